"""patrol, patrol-verify: routes for a night, and the check of any plan."""

from __future__ import annotations

from pathlib import Path  # typer looks at the types
from typing import Annotated

import typer

from gridmap.cli.output import Json, Lang, Output

PlanFile = Annotated[Path, typer.Argument(metavar="PLAN.toml", help="Units, shift and stops.")]


def register(app: typer.Typer) -> None:
    """Add the commands.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    app.command("patrol")(patrol)
    app.command("patrol-verify")(patrol_verify)


def patrol(  # each is an option of the command
    plan: PlanFile,
    outdir: Annotated[Path, typer.Argument(metavar="OUTDIR", help="Folder for the results.")],
    *,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same plan.")] = 0,
    seconds: Annotated[float, typer.Option(min=0.01, max=600, help="About how long.")] = 5.0,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Plan the routes of a night: plan, map, sheet and tracks."""
    with Output(json, lang) as out:
        from gridmap.files.patrol import read_patrol
        from gridmap.journeys.patrol.night import plan_night, prepare, write_night
        from gridmap.patrol.minimums import minimums

        asked = read_patrol(plan)
        for row in minimums(asked, ()):
            if row.beyond:
                out.notice("patrol.minimum_many", **{**vars(row), "category": row.title(lang)})
        with out.progress("patrol.preparing"):
            prepare()
        with out.progress("patrol.searching") as progress:
            night = plan_night(asked, seed, seconds, progress)
        written = write_night(night, outdir, lang)
        result = night.plan(lang)
        for row in result["unserved"]:
            out.notice("patrol.unserved_line", stop=row["stop"], why=row["message"])
        for row in night.unmet:
            out.notice("patrol.line", text=row.line(lang))
        visits = sum(len(unit["visits"]) for unit in result["units"])
        out.say("patrol.planned", units=len(result["units"]), visits=visits, folder=outdir)
        out.json({**result, "ok": night.ok, "files": [path.name for path in written]})
        if not night.ok:
            out.findings()


def patrol_verify(
    plan: PlanFile,
    solved: Annotated[Path, typer.Argument(metavar="plan.json", help="The plan to check.")],
    *,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Check a plan against PLAN.toml, whoever made it."""
    with Output(json, lang) as out:
        from gridmap.files.patrol import read_patrol, read_plan, shift_day
        from gridmap.patrol.verify import verify
        from gridmap.streets.engines import Dijkstra

        found = read_plan(solved)
        asked = read_patrol(plan, shift_day(found), Dijkstra)
        broken = verify(asked, found)
        rows = [
            {
                "rule": breach.rule,
                "values": dict(breach.values),
                "message": out.text(f"patrol.broken_{breach.rule}", **breach.values),
            }
            for breach in broken
        ]
        for row in rows:
            out.say("patrol.line", text=row["message"])
        out.json({"ok": not broken, "broken": rows})
        if broken:
            out.findings()
        else:
            out.say("patrol.verified", units=len(asked.units), stops=len(asked.stops))
