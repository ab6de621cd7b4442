"""map: cells and incidents as one page that needs no network."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # typer looks at the types
from pathlib import Path  # noqa: TC003
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gridmap.cli.output import Cells, CellsCrs, Code, Json, Lang, Levels, Output

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd


def register(app: typer.Typer) -> None:
    """Add the command.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    app.command("map")(draw)


def draw(  # noqa: PLR0913  # each is an option of the command
    cells: Cells,
    out: Annotated[Path, typer.Argument(metavar="OUT.html", help="The page.")],
    *,
    incidents: Annotated[Path | None, typer.Option(help="Incidents to show.")] = None,
    kind: Annotated[
        Literal["choropleth", "heat", "hotspots", "change"], typer.Option(help="What is shown.")
    ] = "choropleth",
    per: Annotated[
        str | None,
        typer.Option(metavar="COL", help="People or another weight of the cells; area; share."),
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option("--from", metavar="DATE", formats=["%Y-%m-%d"], help="First day."),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", metavar="DATE", formats=["%Y-%m-%d"], help="Day after the last."),
    ] = None,
    category: Annotated[
        str | None, typer.Option(metavar="COL=VALUE", help="Only incidents with this value.")
    ] = None,
    level: Annotated[str | None, typer.Option(metavar="COL", help="Show groups.")] = None,
    code: Code = None,
    levels: Levels = "",
    cells_crs: CellsCrs = None,
    json: Json = None,
    lang: Lang = "en",
) -> None:
    """Draw cells and incidents as one page that opens anywhere."""
    with Output(json, lang) as output:
        from gridmap.files.replace import replacing
        from gridmap.incidents.measure import Filter
        from gridmap.journeys import map as journey

        grid = output.read_grid(cells, code, levels or (level or ""), cells_crs)
        notices: list[str] = []
        frame = first = None
        if incidents is not None:
            frame, first, notices = _read(output, incidents, category)
        chosen = Filter(start, end)
        asked = journey.MapRequest(kind, per, level, chosen, _title(cells, incidents), lang, first)
        with output.progress("layers.drawing"):
            drawn = journey.file_map(grid, frame, asked)
        with replacing(out) as path:
            path.write_text(drawn.html, encoding="utf-8")
        notices += [output.notice(key, **values) for key, values in drawn.notices]
        legend = [
            {"color": row.color, "label": row.label, "cells": row.cells}
            for row in drawn.picture.rows
        ]
        shown = {"out": out, "cells": len(grid.cells), "title": drawn.picture.title}
        output.say(
            "layers.written_account" if drawn.totals else "layers.written",
            **shown,
            **(drawn.totals or {}),
        )
        answer = {**shown, "kind": kind, "totals": drawn.totals, "legend": legend}
        if drawn.back_test is not None:
            answer["back_test"] = _told(drawn.back_test)
        output.json({**answer, "notices": notices})


def _told(back_test: pd.DataFrame) -> list[dict[str, Any]]:
    plain = back_test.astype(object).where(back_test.notna(), None)
    return plain.to_dict("records")


def _read(
    output: Output, path: Path, category: str | None
) -> tuple[pd.DataFrame, date | None, list[str]]:
    """Read the incidents of a category, and the first day of all there are."""
    from gridmap.files.incidents import read_table
    from gridmap.incidents.interpret import as_text, interpret
    from gridmap.journeys.map import first_day

    with output.progress("import.reading", path=path):
        table = read_table(path)
        incoming = interpret(table, table.guess(), "UTC")
    notices = [output.notice(key, **values) for key, values in incoming.notices]
    if incoming.faults:
        notices.append(output.notice("layers.faults", path=path, count=len(incoming.faults)))
    first = first_day(incoming.frame)
    if category is None:
        return incoming.frame, first, notices
    column, value = _wanted(category, path, [str(name) for name in table.frame.columns])
    return incoming.frame[(as_text(table.frame[column]) == value).to_numpy()], first, notices


def _wanted(category: str, path: Path, columns: list[str]) -> tuple[str, str]:
    from gridmap.errors import ColumnError, ValueRefused

    column, equals, value = category.partition("=")
    if not equals:
        raise ValueRefused("layers.no_category", given=category)
    if column not in columns:
        shown = ", ".join(columns)
        raise ColumnError("layers.no_such_column", path=path, column=column, columns=shown)
    return column, value


def _title(cells: Path, incidents: Path | None) -> str:
    return cells.name if incidents is None else f"{cells.name} · {incidents.name}"
