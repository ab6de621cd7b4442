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
from gridmap.layers.sheet import sheet_html, sheet_table
from gridmap.messages import text
from gridmap.server.deps import CityDep, FilterDep, LangDep, Viewer
from gridmap.server.guard import StrictRoute
from gridmap.server.routes.figures import PlanQuery
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
    """One cell or group in a month."""

    code: str
    rank: int | None
    n: int
    n_before: int
    change: float | None
    response: float | None
    resolution: float | None
    on_time: float | None
    satisfaction: float | None
    median_hours: float | None
    open: int
    overdue: int


class Ranking(Wire):
    """The monthly sheet."""

    month: str
    at: str
    least: int
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
    city: CityDep, _user: Viewer, month: Month, level: Level = None, by: By = None,
    plan: PlanQuery = None,
) -> Ranking:  # fmt: skip
    """Return the monthly ranking of cells or groups."""
    sheet = journeys.month_sheet(city, month, plan=plan, level=level, by=by or "")
    rows = sheet.astype(object).where(sheet.notna(), None)
    wanted = [name for name in RankRow.model_fields if name != "code"]
    records = zip(rows.index, rows[wanted].to_dict("records"), strict=True)
    found = [RankRow(code=str(code), **row) for code, row in records]
    at = city.today().isoformat()
    return Ranking(month=f"{month:%Y-%m}", at=at, least=FEWEST, rows=found)


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
    notes = [_note(city, month, by, lang)]
    if kind == "xlsx":
        book = titled_book(sheet_table(sheet, lang), title, notes, hold=2)
        return Response(book, media_type=XLSX, headers=headers)
    return Response(
        sheet_html(sheet, title, notes, lang),
        media_type="text/html; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def _note(city: City, month: date, by: str | None, lang: str) -> str:
    values = {
        "month": f"{month:%Y-%m}",
        "now": city.today().isoformat(),
        "by": text(f"measure.{by or 'resolution'}", lang=lang),
        "least": FEWEST,
    }
    return text("measure.ranking_note", values, lang)


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
