"""Figures per cell, over time and by the clock."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from gridmap.incidents.measure import Filter, totals
from gridmap.journeys.city import City
from gridmap.journeys.incidents import counts as counted
from gridmap.journeys.incidents import figures as journeys
from gridmap.journeys.incidents.figures import Figures, Question
from gridmap.journeys.incidents.service import UNITS, now
from gridmap.server.answers import Answer, answered
from gridmap.server.deps import CityDep, FilterDep, Viewer
from gridmap.server.guard import StrictRoute
from gridmap.server.schemas import (
    Bar,
    Clock,
    Day,
    Facets,
    FigureRow,
    FiguresAnswer,
    Histogram,
    Totals,
)
from gridmap.server.stored import Sent

router = APIRouter(prefix="/api/v1/incidents", tags=["figures"], route_class=StrictRoute)

Step = Literal["day", "week", "month"]
PlanQuery = Annotated[int | None, Query(ge=1, le=2**53, description="Absent: the one in force")]


def get_question(
    chosen: FilterDep,
    plan: PlanQuery = None,
    version: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    level: Annotated[str | None, Query(max_length=200, description="Absent: cells")] = None,
    per: Annotated[str, Query(max_length=200, description="count, people, area, share")] = "count",
    start2: Annotated[Day | None, Query(description="First day of the second period")] = None,
    end2: Day | None = None,
    classes: Annotated[int, Query(ge=2, le=7)] = 5,
) -> Question:
    """Return what figures are asked for."""
    from dataclasses import replace

    second = start2 is not None or end2 is not None
    other = replace(chosen, start=start2, end=end2) if second else None
    return Question(plan, version, level, per, chosen, other, classes)


QuestionDep = Annotated[Question, Depends(get_question)]


@router.get("/figures", response_model=FiguresAnswer)
def figures(city: CityDep, _user: Viewer, asked: QuestionDep) -> Response:
    """Return the figures of every cell or group."""
    return Sent(answered(city, figures_answer(city, asked)))


def figures_answer(city: City, asked: Question) -> Answer:
    """Return how figures are answered; how incidents are dealt with is judged up to now."""
    plan = city.plan(asked.plan)
    when = now(city) if asked.per in UNITS else None
    key = ("figures", plan.id, plan.head, plan.weight, asked, when, city.revision())
    return Answer(key, lambda: wired(journeys.figures(city, asked), asked).encode())


def wired(found: Figures, asked: Question) -> str:
    """Return figures as they go over the wire; NaN becomes null, areas are told to the m².

    The rows are written as a table: thousands of models take longer than the figures themselves.
    """
    about = FiguresAnswer(
        plan=found.plan,
        version=found.version,
        level=asked.level,
        per=asked.per or "count",
        unit=found.unit,
        n=int(found.frame["n"].sum()),
        breaks=list(found.breaks),
        rows=[],
        totals=Totals(**found.totals),
        totals2=None if found.totals2 is None else Totals(**found.totals2),
    )
    codes = found.frame.index.astype(str)
    frame = found.frame.assign(code=codes, area_km2=found.frame["area_km2"].round(6))
    table = frame[[name for name in FigureRow.model_fields if name in frame]]
    rows = table.to_json(orient="records", force_ascii=False, double_precision=15)
    head = about.model_dump_json(exclude={"rows"})
    return f'{head[:-1]},"rows":{rows}}}'


@router.get("/totals")
def all_totals(city: CityDep, _user: Viewer, chosen: FilterDep, plan: PlanQuery = None) -> Totals:
    """Account for every incident."""
    return Totals(**totals(city.placed(city.plan(plan).head), chosen))


@router.get("/histogram", response_model=Histogram)
def histogram(
    city: CityDep,
    _user: Viewer,
    chosen: FilterDep,
    plan: PlanQuery = None,
    step: Step = "month",
    cell: Annotated[str | None, Query(max_length=200, description="Or name of a group")] = None,
    level: Annotated[str | None, Query(max_length=200, description="Level of the group")] = None,
) -> Response:
    """Count incidents per day, week or month."""
    return Sent(answered(city, histogram_answer(city, plan, chosen, step, cell, level)))


def histogram_answer(
    city: City,
    plan: int | None,
    chosen: Filter,
    step: Step,
    cell: str | None = None,
    level: str | None = None,
) -> Answer:
    """Return how a histogram is answered."""

    def make() -> bytes:
        counts = counted.histogram(city, plan, chosen, step, cell, level)
        bars = [Bar(start=date.fromisoformat(str(day)), n=int(n)) for day, n in counts.items()]
        return Histogram(step=step, bars=bars).model_dump_json().encode()

    head = city.plan(plan).head
    return Answer(("histogram", head, chosen, step, cell, level, city.revision()), make)


@router.get("/clock", response_model=Clock)
def clock(city: CityDep, _user: Viewer, chosen: FilterDep, plan: PlanQuery = None) -> Response:
    """Count incidents by weekday and hour."""
    return Sent(answered(city, clock_answer(city, plan, chosen)))


def clock_answer(city: City, plan: int | None, chosen: Filter) -> Answer:
    """Return how the clock is answered."""

    def make() -> bytes:
        return Clock(counts=counted.clock(city, plan, chosen)).model_dump_json().encode()

    return Answer(("clock", city.plan(plan).head, chosen, city.revision()), make)


@router.get("/facets", response_model=Facets)
def facets(city: CityDep, _user: Viewer, chosen: FilterDep) -> Response:
    """Count incidents by category, source and status."""
    return Sent(answered(city, facets_answer(city, chosen)))


def facets_answer(city: City, chosen: Filter) -> Answer:
    """Return how facets are answered."""

    def make() -> bytes:
        return Facets(**counted.facets(city, chosen)).model_dump_json().encode()

    return Answer(("facets", chosen, city.revision()), make)
