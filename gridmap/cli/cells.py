"""check, repair and codes: is a layer a coverage, and how does it become one."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # typer looks at the types
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gridmap.cli.beside import beside_cells
from gridmap.cli.output import (
    Boundary,
    Cells,
    CellsCrs,
    Code,
    Json,
    Lang,
    Levels,
    Output,
    RulesFile,
)
from gridmap.cli.targets import GPKG, HTML, require_targets

if TYPE_CHECKING:
    from gridmap.grid.changes import Repair
    from gridmap.grid.check import Check
    from gridmap.grid.model import Grid
    from gridmap.grid.rules import Rules

LISTED = 20
"""Defects a terminal shows before it says how many more there are."""

GapWidth = Annotated[
    float | None,
    typer.Option("--gap-width", metavar="M", min=0, help="Gaps wider than this are meant to be."),
]


def register(app: typer.Typer) -> None:
    """Add the commands.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    app.command()(check)
    app.command()(repair)
    app.command()(codes)


def check(  # noqa: PLR0913, PLR0917 - the options of the contract
    cells: Cells,
    boundary: Boundary = None,
    rules: RulesFile = None,
    gap_width: GapWidth = None,
    defects: Annotated[
        Path | None, typer.Option("--defects", metavar="OUT.gpkg", help="Defects for QGIS.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="OUT.html", help="A page to hand on.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="List the slivers of self-crossing rings too.")
    ] = False,
    code: Code = None,
    levels: Levels = "",
    cells_crs: CellsCrs = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Prove that cells are a coverage, or name every defect."""
    with Output(json, lang) as out:
        from time import perf_counter

        from gridmap.grid.check import check as check_grid
        from gridmap.journeys.cells.check import check_json

        require_targets(
            [(defects, GPKG), (report, HTML), (json, ())], kept=(cells, boundary, rules)
        )
        asked = _rules(rules)
        grid = out.read_grid(cells, code, levels, cells_crs, boundary)
        start = perf_counter()
        with out.progress("check.working", path=cells):
            found = check_grid(grid, asked, gap_width, every=every)
        seconds = perf_counter() - start
        if defects is not None:
            from gridmap.files.report import write_defects

            write_defects(found, defects, lang)
        if report is not None:
            from gridmap.files.report import write_report

            write_report(found, report, title=cells.name, lang=lang)
        _tell_idle(out, grid, asked, found)
        out.json({**check_json(found, lang, seconds), "notices": out.notices})
        _tell(out, found)


def repair(  # noqa: PLR0913, PLR0917 - the options of the contract
    cells: Cells,
    result: Annotated[Path, typer.Argument(metavar="OUT", help="The repaired cells.")],
    boundary: Boundary = None,
    rules: RulesFile = None,
    gap_width: Annotated[
        float | None,
        typer.Option("--gap-width", metavar="M", min=0, help="Close gaps up to this. [1 m]"),
    ] = None,
    prefer: Annotated[
        Literal["longest-border", "largest", "smallest", "first"],
        typer.Option("--prefer", help="Which cell gets disputed ground."),
    ] = "longest-border",
    keep_from: Annotated[
        Path | None, typer.Option("--keep-from", help="Cells as they were: they decide.")
    ] = None,
    changes: Annotated[
        Path | None, typer.Option("--changes", metavar="OUT.csv", help="What was changed.")
    ] = None,
    refuse: Annotated[
        str, typer.Option("--refuse", metavar="ID,ID", help="Changes not to make.")
    ] = "",
    code: Code = None,
    levels: Levels = "",
    cells_crs: CellsCrs = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Repair only what is broken, and list every change."""
    with Output(json, lang) as out:
        from gridmap.files.cells import write_frame
        from gridmap.files.kinds import CELLS
        from gridmap.files.report import write_changes
        from gridmap.files.tables import TABLES
        from gridmap.grid import repair as repair_
        from gridmap.journeys.cells.check import in_crs, repair_json
        from gridmap.journeys.cells.edit import with_code_column

        read = boundary, rules, keep_from
        require_targets([(result, CELLS)], kept=read)  # cells may take the place of what they were
        require_targets([(changes, TABLES), (json, ())], kept=(*read, cells, result))
        asked = _rules(rules)
        grid = out.read_grid(cells, code, levels, cells_crs, boundary)
        earlier = None
        if keep_from is not None:
            with beside_cells():
                earlier = in_crs(out.read_grid(keep_from, code), grid.crs)
        width = repair_.GAP_WIDTH if gap_width is None else gap_width
        with out.progress("repair.working", path=cells):
            done = repair_.repair(grid, asked, width, prefer, earlier=earlier)
            if refused := frozenset(filter(None, map(str.strip, refuse.split(",")))):
                _require_known(refused, done)
                done = repair_.repair(grid, asked, width, prefer, earlier=earlier, refused=refused)
        write_frame(with_code_column(done.grid), result)
        if changes is not None:
            write_changes(done, changes, lang)
        _tell_idle(out, grid, asked)
        out.json({**repair_json(done, lang), "notices": out.notices})
        _tell_repair(out, done, grid)


def codes(  # noqa: PLR0913, PLR0917 - the options of the contract
    cells: Cells,
    result: Annotated[Path, typer.Argument(metavar="OUT", help="Cells with their codes.")],
    scheme: Annotated[
        str,
        typer.Option(
            "--scheme",
            metavar="NAME|FILE",
            help="unit-15, division-15, cjt349-20, free, or a TOML file with a scheme.",
        ),
    ],
    retired: Annotated[
        Path | None, typer.Option("--retired", help="Cells whose codes are never given again.")
    ] = None,
    code: Code = None,
    levels: Levels = "",
    cells_crs: CellsCrs = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Number cells by a scheme."""
    with Output(json, lang) as out:
        from gridmap.files.cells import write_frame
        from gridmap.files.kinds import CELLS
        from gridmap.files.rules import read_scheme
        from gridmap.grid import codes as codes_
        from gridmap.journeys.cells.check import renumbered

        require_targets([(result, CELLS)], kept=[retired])
        require_targets([(json, ())], kept=(cells, result, retired))
        rule = read_scheme(scheme)
        grid = out.read_grid(cells, code, levels, cells_crs)
        gone = () if retired is None else out.read_grid(retired, code).codes
        numbered = codes_.number(grid, rule, gone)
        write_frame(renumbered(grid, numbered.grid), result)
        changes = numbered.changes.to_dict(orient="records")
        total = len(grid.cells)
        out.json({"cells": total, "scheme": rule.name, "changes": changes})
        kept = total - len(changes)
        out.say("codes.done", cells=total, scheme=rule.name, changed=len(changes), kept=kept)


def _require_known(refused: frozenset[str], done: Repair) -> None:
    from gridmap.errors import ValueRefused

    if unknown := sorted(refused.difference(each.id for each in done.changes)):
        raise ValueRefused("repair.unknown_change", ids=", ".join(unknown))


def _rules(path: Path | None) -> Rules | None:
    from gridmap.files.rules import read_rules

    return None if path is None else read_rules(path)


def _tell_idle(out: Output, grid: Grid, asked: Rules | None, found: Check | None = None) -> None:
    """Say which rules are about nothing: most likely they are mistyped."""
    if asked is None:
        return
    if unknown := sorted(asked.locked.difference(grid.codes)):
        out.notice("check.idle_locked", codes=", ".join(unknown))
    for hole in asked.allowed:
        if found is not None and hole not in found.allowed:
            lon, lat = hole.point
            out.notice("check.idle_allowed", lon=lon, lat=lat)


def _place(found: Check, point: Any) -> str:
    from gridmap import crs

    place = crs.to_lonlat(point, found.grid.crs)
    return "–" if place.is_empty else f"{place.x:.6f}, {place.y:.6f}"


def _tell(out: Output, found: Check) -> None:
    """Say what was found; errors make exit code 1."""
    errors = sum(each.is_error for each in found.defects)
    notices = len(found.defects) - errors
    for each in found.defects[:LISTED]:
        place = _place(found, each.place)
        severity = out.text(f"check.{each.severity}")
        out.say(
            "check.line",
            severity=severity,
            kind=out.text(f"check.kind_{each.kind}"),
            message=each.text(out.lang),
            place=place,
        )
    if len(found.defects) > LISTED:
        out.say("check.more", count=len(found.defects) - LISTED)
    if found.holes:
        out.say("check.holes", count=found.holes)
    for hole in found.allowed:
        lon, lat = hole.point
        out.say("check.allowed", lon=lon, lat=lat, who=hole.who, why=hole.why)
    values = {"cells": len(found.grid.cells), "errors": errors, "notices": notices}
    if not found.ok:
        out.say("check.not_ok", **values)
        out.findings()
    elif notices:
        out.say("check.ok_notices", cells=values["cells"], notices=notices)
    else:
        out.say("check.ok", cells=values["cells"])


def _tell_repair(out: Output, done: Repair, grid: Grid) -> None:
    """Say what was done and what is left; errors left make exit code 1."""
    for found, more in ((done.changes, "repair.more"), (done.left, "repair.more_left")):
        for each in found[:LISTED]:
            out.say("repair.line", text=each.text(out.lang))
        if len(found) > LISTED:
            out.say(more, count=len(found) - LISTED)
    if done.vanished:
        out.say("repair.vanished", cells=", ".join(done.vanished))
    touched = sum(new is not old for new, old in zip(done.grid.shapes, grid.shapes, strict=True))
    out.say(
        "repair.done",
        cells=len(done.grid.cells),
        changes=len(done.changes),
        moved=f"{done.moved_m2:,.1f}",
        touched=touched,
        left=len(done.left),
    )
    if not done.ok:
        out.findings()
