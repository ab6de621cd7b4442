"""locate and import incidents: files of incidents to cells, and into a store."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path  # noqa: TC003  # typer looks at the types
from typing import TYPE_CHECKING, Annotated

import typer

from gridmap.cli.opening import DEFAULT, opened
from gridmap.cli.output import CellsCrs, Code, Json, Lang, Levels, Output, StoreUrl

if TYPE_CHECKING:
    from gridmap.incidents.mapping import Mapping
    from gridmap.incidents.table import Fault, Table
    from gridmap.journeys.incidents.addresses import Find
    from gridmap.journeys.incidents.intake import Taken
    from gridmap.journeys.incidents.look import Look

FAULTS_SHOWN = 5
TABLES = ".csv .csv.gz .xlsx .parquet .geojson .gpkg"
LABELS = {"order": "date_order", "by_address": "find_by_address"}
"""What the page calls those parts of a mapping that are no columns."""


def register(app: typer.Typer) -> None:
    """Add the command.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    app.command()(locate)


def locate(  # noqa: PLR0913  # each is an option of the command
    incidents: Annotated[Path, typer.Argument(help=f"Incidents: {TABLES}, Open311 .json .xml")],
    out: Annotated[Path, typer.Argument(help=f"Where the placed incidents go: {TABLES}")],
    *,
    grid: Annotated[Path, typer.Option(help="The cells.")],
    x: Annotated[str, typer.Option(metavar="COL", help="Column of the longitude.")] = "",
    y: Annotated[str, typer.Option(metavar="COL", help="Column of the latitude.")] = "",
    crs: Annotated[
        str, typer.Option(metavar="EPSG:n|gcj02|bd09", help="What the coordinates are in.")
    ] = "",
    address: Annotated[str, typer.Option(metavar="COL", help="Column of the address.")] = "",
    gazetteer: Annotated[
        Path | None, typer.Option(help="Places to find addresses among, with coordinates.")
    ] = None,
    streets: Annotated[
        Path | None, typer.Option(help="Street layer with names and house numbers.")
    ] = None,
    unplaced: Annotated[
        Path | None, typer.Option(help="Write the incidents without a cell here too.")
    ] = None,
    code: Code = None,
    levels: Levels = "",
    cells_crs: CellsCrs = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Place every incident in its cell, or say why it has none."""
    with Output(json, lang) as output:
        from gridmap.files.reader import READER

        READER.start(2)
        from gridmap.files.incidents import read_table
        from gridmap.files.tables import require_table, write_table
        from gridmap.journeys.incidents import locate as journey
        from gridmap.journeys.incidents.addresses import find_by_address
        from gridmap.journeys.source import Source

        for path in (out, *([unplaced] if unplaced else [])):
            require_table(path)
        cells = output.read_grid(grid, code, levels, cells_crs)
        with output.progress("import.reading", path=incidents) as progress:
            table = read_table(incidents, Source(incidents, "", "", progress).tick)
        asked = {"x": x, "y": y, "crs": crs}
        find = _finder(gazetteer, streets)
        mapping = _mapping(table, asked, address, by_address=find is not None)
        if bool(find) != bool(mapping.address) and (find or address):
            output.notice("address.nowhere" if address else "address.none", path=incidents)
        with output.progress("import.placing") as progress:
            geocode = find and partial(find_by_address, find=find, progress=progress)
            located = journey.locate(table, mapping, cells, geocode)
        mark = any(key == "import.chinese" for key, _ in located.notices)
        write_table(located.frame, out, located.points, mark=mark)
        if unplaced is not None:
            keep = located.frame["reason"].to_numpy() != journey.OK
            points = (located.points[0][keep], located.points[1][keep])
            write_table(located.unplaced, unplaced, points, mark=mark)
        for key, values in located.notices:
            output.notice(key, **values)
        if located.faults:
            _faults(output, located.faults)
        summary = located.summary()
        output.say("import.placed", **summary, out=out)
        output.json({**summary, "notices": output.notices})


def _finder(gazetteer: Path | None, streets: Path | None) -> Find | None:
    """Return what finds the place of an address, if the call names something to find it in."""
    from gridmap.errors import ValueRefused
    from gridmap.incidents.address import Geocoder

    if gazetteer is not None and streets is not None:
        raise ValueRefused("address.both")
    if gazetteer is not None:
        from gridmap.files.gazetteer import read_gazetteer

        return Geocoder(read_gazetteer(gazetteer)).find
    if streets is not None:
        from gridmap.files.streets import read_streets
        from gridmap.streets.addresses import StreetAddresses

        return StreetAddresses(read_streets(streets)).find
    return None


def _mapping(
    table: Table, asked: dict[str, str], address: str, *, by_address: bool = False
) -> Mapping:
    """Return what the call says of the columns, and for the rest what their names say."""
    from gridmap.errors import ColumnError, ValueRefused

    if bool(asked["x"]) != bool(asked["y"]):
        raise ValueRefused("import.half_point")
    given = {name: value for name, value in asked.items() if value}
    mapping = replace(table.guess(), **given)  # type: ignore[arg-type]  # none of them the address
    if address:
        mapping = replace(mapping, address=tuple(part.strip() for part in address.split(",")))
    try:
        mapping.require(map(str, table.frame.columns))
    except ColumnError as error:
        raise ColumnError("files.in_file", path=table.name, said=error) from error
    if not mapping.x and not (by_address and mapping.address):
        columns = ", ".join(map(str, table.frame.columns))
        raise ColumnError("import.no_place", path=table.name, columns=columns)
    return mapping


def _faults(output: Output, faults: tuple[Fault, ...]) -> None:
    shown = "; ".join(_fault(output, fault) for fault in faults[:FAULTS_SHOWN])
    output.notice("import.faults_first", count=len(faults), shown=shown)


def _fault(output: Output, fault: Fault) -> str:
    why = output.text(fault.key, value=fault.value)
    about = {"row": fault.row, "column": fault.column, "value": fault.value[:40]}
    return output.text("import.fault", **about, why=why)


def import_incidents(  # noqa: PLR0913  # each is an option of the command
    file: Annotated[Path, typer.Argument(help="The file.")],
    *,
    store: StoreUrl = DEFAULT,
    feed: Annotated[
        str, typer.Option("--feed", help="Where the file is from; absent: known by its columns.")
    ] = "",
    mapping: Annotated[
        Path | None, typer.Option(help="What the columns mean, as JSON; absent: known or guessed.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=COL", help="What one column means; may be repeated."),
    ] = None,
    crs: Annotated[
        str | None, typer.Option(metavar="EPSG:n|gcj02|bd09", help="CRS of the coordinates.")
    ] = None,
    by_address: Annotated[
        bool | None,
        typer.Option(
            "--by-address/--no-address",
            help="Find those without coordinates by address; absent: as remembered of the feed.",
        ),
    ] = None,
    look: Annotated[
        bool, typer.Option("--look", help="Tell what would be done; write nothing.")
    ] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="Write the rows held back here, to be put right.")
    ] = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Bring in incidents: the same file again adds nothing, changed rows are updated."""
    with Output(json, lang) as output:
        from gridmap.files.tables import require_table
        from gridmap.journeys.city import City
        from gridmap.journeys.incidents import intake
        from gridmap.journeys.incidents import look as looks
        from gridmap.journeys.source import Source

        if rejected is not None:
            require_table(rejected)
        meant = None if mapping is None else _read_mapping(mapping)
        with (
            opened(store) as kept,
            output.progress("server.importing", path=file) as progress,
        ):
            source, city = Source(file, file.name, file.name, progress), City(kept)
            seen = looks.look(city, source, meant, crs, feed, by_address=by_address)
            if column:
                meant = _with_columns(seen.mapping, column)
                seen = looks.look(city, source, meant, crs, feed, by_address=by_address)
            taken = None if look else intake.bring_in(city, seen, source)
        _tell(output, seen, taken, rejected)


def _tell(output: Output, seen: Look, taken: Taken | None, rejected: Path | None) -> None:
    from gridmap.files.tables import write_table
    from gridmap.journeys.incidents import held_back, intake
    from gridmap.journeys.incidents import look as looks

    faults = seen.incoming.faults
    if rejected is not None and faults:
        write_table(held_back.rejected(seen, output.lang), rejected)
    notices = [output.notice(key, **values) for key, values in looks.notices(seen)]
    if faults:
        _faults(output, faults)
    result = {"feed": seen.feed, **intake.counts(seen, taken), "notices": notices}
    meant = seen.mapping.to_dict()
    rows = [
        {"row": f.row, "column": f.column, "value": f.value, "why": output.text(f.key, value="")}
        for f in faults
    ]
    output.json(
        {**result, "mapping": meant, "placed": seen.totals, "found": seen.found, "faults": rows}
    )
    if taken is None:
        for field, value in meant.items():
            if value:
                shown = ", ".join(value) if isinstance(value, list) else str(value)
                name = output.text(f"page.{LABELS.get(field, f'field_{field}')}")
                output.say("import.means", name=name, field=field, column=shown)
    output.say("import.looked" if taken is None else "import.taken", **result)


def _with_columns(mapping: Mapping, given: list[str]) -> Mapping:
    """Return a mapping with what the call says of single columns; an empty column is none."""
    from gridmap.errors import ValueRefused
    from gridmap.incidents.mapping import Mapping

    held = mapping.to_dict()
    for each in given:
        field, sign, name = each.partition("=")
        if not sign:
            raise ValueRefused("import.bad_column", given=each)
        parts = [part.strip() for part in name.split(",")]
        held[field.strip()] = parts if field.strip() == "address" else name.strip()
    return Mapping.from_dict(held)


def _read_mapping(path: Path) -> Mapping:
    from json import loads

    from gridmap.errors import FileError
    from gridmap.incidents.mapping import Mapping

    try:
        return Mapping.from_dict(loads(path.read_text(encoding="utf-8")))
    except (ValueError, AttributeError, TypeError) as cause:
        raise FileError("files.json_broken", path=str(path), reason=str(cause)) from cause
