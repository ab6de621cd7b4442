"""Figures per cell, over time and by the clock."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from gridmap.incidents.measure import totals
from gridmap.journeys.incidents import counts as counted
from gridmap.journeys.incidents import figures as journeys
from gridmap.journeys.incidents.figures import Figures, Question
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

router = APIRouter(prefix="/api/v1/incidents", tags=["figures"], route_class=StrictRoute)

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
    return Response(wired(journeys.figures(city, asked), asked), media_type="application/json")


def wired(found: Figures, asked: Question) -> str:
    """Return figures as they go over the wire; NaN becomes null.

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
    table = found.frame.assign(code=codes).reindex(columns=list(FigureRow.model_fields))
    rows = table.to_json(orient="records", force_ascii=False, double_precision=15)
    head = about.model_dump_json(exclude={"rows"})
    return f'{head[:-1]},"rows":{rows}}}'


@router.get("/totals")
def all_totals(city: CityDep, _user: Viewer, chosen: FilterDep, plan: PlanQuery = None) -> Totals:
    """Account for every incident."""
    return Totals(**totals(city.placed(city.plan(plan).head), chosen))


@router.get("/histogram")
def histogram(
    city: CityDep,
    _user: Viewer,
    chosen: FilterDep,
    plan: PlanQuery = None,
    step: Literal["day", "week", "month"] = "month",
    cell: Annotated[str | None, Query(max_length=200, description="Or name of a group")] = None,
    level: Annotated[str | None, Query(max_length=200, description="Level of the group")] = None,
) -> Histogram:
    """Count incidents per day, week or month."""
    counts = counted.histogram(city, plan, chosen, step, cell, level)
    bars = [Bar(start=date.fromisoformat(str(day)), n=int(n)) for day, n in counts.items()]
    return Histogram(step=step, bars=bars)


@router.get("/clock")
def clock(city: CityDep, _user: Viewer, chosen: FilterDep, plan: PlanQuery = None) -> Clock:
    """Count incidents by weekday and hour."""
    return Clock(counts=counted.clock(city, plan, chosen))


@router.get("/facets")
def facets(city: CityDep, _user: Viewer, chosen: FilterDep) -> Facets:
    """Count incidents by category, source and status."""
    return Facets(**counted.facets(city, chosen))
