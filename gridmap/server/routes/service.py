"""How the city deals with its incidents: the monthly ranking, and alarms."""

from datetime import date
from math import isfinite
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from gridmap.files.book import titled_book
from gridmap.incidents.alarms import RATE
from gridmap.incidents.service import FEWEST
from gridmap.journeys.city import City
from gridmap.journeys.incidents import service as journeys
from gridmap.journeys.incidents.unit import unit_service
from gridmap.layers.sheet import COLUMNS, sheet_html, sheet_table
from gridmap.messages import text
from gridmap.server.deps import CityDep, FilterDep, LangDep, Viewer
from gridmap.server.guard import PRINTED, StrictRoute
from gridmap.server.routes.figures import PlanQuery
from gridmap.server.routes.session import named
from gridmap.server.schemas import Day, Wire

router = APIRouter(prefix="/api/v1/incidents", tags=["service"], route_class=StrictRoute)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {}, "text/html": {}}}}
Month = Annotated[Day, Query(description="Any day of the month")]
Level = Annotated[str | None, Query(max_length=200, description="Absent: cells")]
By = Annotated[
    Literal["response", "resolution", "on_time", "satisfaction"] | None,
    Query(description="Rate that ranks; absent: the first the city can answer"),
]


class RankRow(Wire):
    """One cell or group in a month; what is left out has no value in any row."""

    code: str
    rank: int | None = None
    n: int
    n_before: int
    change: float | None = None
    sure: Literal["more", "less", "few", ""] | None = None
    response: float | None = None
    resolution: float | None = None
    on_time: float | None = None
    satisfaction: float | None = None
    median_hours: float | None = None
    open: int | None = None
    overdue: int | None = None


class Ranking(Wire):
    """The monthly sheet: its columns in order, what is to be said of it, its rows."""

    month: str
    by: str
    columns: list[str]
    notes: list[str]
    rows: list[RankRow]


class UnitAnswer(Wire):
    """How the incidents of one cell or group are dealt with."""

    n: int
    open: int
    measures: dict[str, float | None]
    categories: dict[str, int]


class Alarm(Wire):
    """A cell or group whose count left its own history."""

    code: str
    n: int
    expected: float
    p: float


class Alarms(Wire):
    """What was raised in a month, and how much of it is false by chance."""

    month: str
    rate: float
    units: int
    false_expected: float
    dispersion: float
    rows: list[Alarm]


@router.get("/ranking")
def ranking(
    city: CityDep, _user: Viewer, lang: LangDep, month: Month, level: Level = None, by: By = None,
    plan: PlanQuery = None,
) -> Ranking:  # fmt: skip
    """Return the monthly ranking of cells or groups."""
    sheet = journeys.month_sheet(city, month, plan=plan, level=level, by=by or "")
    columns = [name for name in COLUMNS if name in sheet.frame]
    rows = sheet.frame[columns].astype(object).where(sheet.frame[columns].notna(), None)
    records = zip(rows.index, rows.to_dict("records"), strict=True)
    found = [RankRow(code=str(code), **row) for code, row in records]
    notes = _notes(city, sheet, month, lang)
    return Ranking(month=f"{month:%Y-%m}", by=sheet.by, columns=columns, notes=notes, rows=found)


@router.get("/ranking.{kind}", responses=SHEETS, response_class=Response)
def ranking_sheet(
    city: CityDep,
    _user: Viewer,
    lang: LangDep,
    kind: Literal["xlsx", "html"],
    month: Month,
    level: Level = None,
    by: By = None,
    plan: PlanQuery = None,
) -> Response:
    """Return the monthly ranking as a spreadsheet, or as a page to print."""
    sheet = journeys.month_sheet(city, month, plan=plan, level=level, by=by or "")
    name = f"ranking-{month:%Y-%m}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    title = text("measure.ranking", {"month": f"{month:%Y-%m}"}, lang)
    notes = _notes(city, sheet, month, lang)
    if kind == "xlsx":
        table = sheet_table(sheet.frame, _unit(city, level, lang), lang)
        book = titled_book(table, title, notes, hold=2 if sheet.by else 1)
        return Response(book, media_type=XLSX, headers=headers)
    return Response(
        sheet_html(sheet.frame, _unit(city, level, lang), title, notes, lang),
        media_type="text/html; charset=utf-8",
        headers={
            "Content-Disposition": f'inline; filename="{name}"',
            "Content-Security-Policy": PRINTED,
        },
    )


def _unit(city: City, level: str | None, lang: str) -> str:
    """What a row of the sheet is called, as the page calls it."""
    if level is None:
        return text("page.cell", lang=lang)
    return named(city.store.fact("levels", {}).get(level, {}), lang, level)


def _notes(city: City, sheet: journeys.MonthSheet, month: date, lang: str) -> list[str]:
    """Say what was counted, how it is ranked, and what is left out and why."""

    def name(measure: str) -> str:
        return text("measure.open" if measure == "open" else f"page.per_{measure}", lang=lang)

    said = {"month": f"{month:%Y-%m}", "now": city.today().isoformat(), "least": FEWEST}
    notes = [text("measure.ranking_note", said, lang)]
    if sheet.by:
        notes[0] += text("measure.ranking_by", {"by": name(sheet.by), **said}, lang)
    if not sheet.whole:
        notes.append(text("measure.ranking_part", lang=lang))
    comma, apart = (text(key, lang=lang) for key in ("page.comma", "measure.apart"))
    reasons = [
        text(f"measure.none_{need}", {"names": comma.join(map(name, names))}, lang)
        for need, names in sorted(sheet.left_out.items())
    ]
    if reasons:
        notes.append(text("measure.left_out", {"what": apart.join(reasons)}, lang))
    return notes


@router.get("/unit")
def unit(
    city: CityDep,
    _user: Viewer,
    chosen: FilterDep,
    unit: Annotated[str, Query(max_length=200, description="Code of a cell, name of a group")],
    level: Level = None,
    plan: PlanQuery = None,
) -> UnitAnswer:
    """Return how the incidents of a cell or group are dealt with, and of what kinds they are."""
    found = unit_service(city, unit, chosen, level=level, plan=plan)
    measures = {name: value if isfinite(value) else None for name, value in found.measures.items()}
    return UnitAnswer(n=found.n, open=found.open, measures=measures, categories=found.categories)


@router.get("/alarms")
def alarms(
    city: CityDep,
    _user: Viewer,
    chosen: FilterDep,
    month: Month,
    level: Level = None,
    plan: PlanQuery = None,
) -> Alarms:
    """Return the cells or groups whose count in a month left their own history."""
    found = journeys.raised(city, month, plan=plan, level=level, chosen=chosen)
    loud = found[found["alarm"]].sort_values("p")
    rows = [
        Alarm(code=str(code), n=row["n"], expected=row["expected"], p=row["p"])
        for code, row in zip(loud.index, loud.to_dict("records"), strict=True)
    ]
    return Alarms(
        month=f"{month:%Y-%m}",
        rate=RATE,
        units=len(found),
        false_expected=found.attrs["false"],
        dispersion=found.attrs["dispersion"],
        rows=rows,
    )
