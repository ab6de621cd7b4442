"""import: a file becomes part of what a city keeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path  # typer looks at the types
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridmap.cli.incidents import import_incidents
from gridmap.cli.opening import DEFAULT, opened, source_of
from gridmap.cli.output import (
    Boundary,
    CellsCrs,
    Code,
    Json,
    Lang,
    Levels,
    Output,
    RulesFile,
    StoreUrl,
)
from gridmap.cli.reference import import_reference

if TYPE_CHECKING:
    from gridmap.journeys.source import Source

File = Annotated[Path, typer.Argument(help="The file.")]
Name = Annotated[str, typer.Option("--name", help="What it is to be called; absent: the file.")]


def register(app: typer.Typer) -> None:
    """Add the commands.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    imports = typer.Typer(no_args_is_help=True, help="Bring a file into a store.")
    imports.command("grid")(import_grid)
    imports.command("incidents")(import_incidents)
    imports.command("blocks")(import_blocks)
    for kind in ("streets", "gazetteer", "place"):
        imports.command(kind)(_importer(kind))
    imports.command("duties")(import_duties)
    imports.command("reference")(import_reference)
    app.add_typer(imports, name="import")


def import_grid(  # noqa: PLR0913  # each is an option of the command
    file: File,
    *,
    store: StoreUrl = DEFAULT,
    name: Name = "",
    code: Code = None,
    levels: Levels = "",
    boundary: Boundary = None,
    cells_crs: CellsCrs = None,
    weight: Annotated[
        str | None, typer.Option(metavar="COL", help="Column with people or households.")
    ] = None,
    nested: Annotated[
        bool, typer.Option("--nested", help="A name in two coarser groups means two groups.")
    ] = False,
    rules: RulesFile = None,
    city: Annotated[str | None, typer.Option(help="The city's name, for its page.")] = None,
    zone: Annotated[str | None, typer.Option(help="The city's time zone.")] = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Bring in cells as a draft."""
    with Output(json, lang) as output:
        from gridmap.incidents.times import require_zone
        from gridmap.journeys.cells.imports import Reading, import_cells

        if zone is not None:
            require_zone(zone)
        source = source_of(file, name)
        chosen = [each.strip() for each in levels.split(",") if each.strip()]
        with (
            opened(store) as kept,
            output.progress("server.importing", path=file) as progress,
        ):
            area = None if boundary is None else source_of(boundary, "")
            how = Reading(code, chosen, area, cells_crs, weight, nested, rules)
            made = import_cells(kept, replace(source, progress=progress), how)
            if zone is not None:
                kept.set_fact("zone", zone)
            if city is not None:
                kept.set_fact("city", {**kept.fact("city", {}), lang: city})
        if made.dropped:
            output.notice("import.personal", columns=", ".join(made.dropped))
        for level, count in made.divided.items():
            output.notice("server.divided", level=level, count=count)
        values = {"plan": made.plan.id, "moved_m": round(made.moved_m, 4)}
        more = {"version": made.plan.head, "outside": made.outside, "notices": output.notices}
        output.json({**values, **more})
        output.say("server.imported_grid", **values)


def import_blocks(
    file: File,
    weight: Annotated[
        str, typer.Option(metavar="COL", help="Column that counts people or households.")
    ],
    *,
    store: StoreUrl = DEFAULT,
    name: Name = "",
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Bring in a layer: blocks, small areas with people."""
    with Output(json, lang) as output:
        _bring_in(output, "blocks", source_of(file, name), store, weight)


def _importer(kind: str) -> Any:
    def bring_in(
        file: File,
        *,
        store: StoreUrl = DEFAULT,
        name: Name = "",
        json: Json = None,
        lang: Lang = "en",
    ) -> None:
        with Output(json, lang) as output:
            _bring_in(output, kind, source_of(file, name), store)

    bring_in.__doc__ = f"Bring in a layer: {kind}."
    return bring_in


def _bring_in(
    output: Output, kind: str, source: Source, store: str, weight: str | None = None
) -> None:
    from gridmap.journeys.layers import import_layer

    with (
        opened(store) as kept,
        output.progress("server.importing", path=source.path) as progress,
    ):
        layer = import_layer(kept, kind, replace(source, progress=progress), weight)
    if dropped := layer.about.get("dropped"):
        output.notice("import.personal", columns=", ".join(dropped))
    if left_out := layer.about.get("left_out"):
        output.notice("server.left_out", count=left_out)
    found = {"layer": layer.id, "rows": layer.about["rows"]}
    output.json({**found, "notices": output.notices})
    output.say("server.imported_layer", layer=layer.id, rows=layer.about["rows"])


def import_duties(
    file: File, *, store: StoreUrl = DEFAULT, json: Json = None, lang: Lang = "en"
) -> None:
    """Take over who is on duty: a table of unit, role, contact and, for groups, level."""
    with Output(json, lang) as output:
        from gridmap.journeys.cells.duties import import_duties as take
        from gridmap.journeys.city import City

        with opened(store) as kept, output.progress("server.importing", path=file):
            units = take(City(kept), source_of(file, ""))
        output.json({"units": units})
        output.say("server.imported_duties", units=units)
