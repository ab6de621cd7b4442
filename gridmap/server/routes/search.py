"""Search."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from gridmap.journeys.search import Kind
from gridmap.journeys.search import search as find
from gridmap.server.deps import ABILITIES, CityDep, UserDep, seen
from gridmap.server.guard import StrictRoute
from gridmap.server.routes.figures import PlanQuery
from gridmap.server.routes.incidents import record
from gridmap.server.schemas import Wire

router = APIRouter(prefix="/api/v1", tags=["search"], route_class=StrictRoute)


class Answer(Wire):
    """One thing that was found."""

    kind: Kind
    name: str
    bounds: list[float] | None
    match: str
    score: float | None
    ref: str
    within: str


@router.get("/search")
def search(
    city: CityDep,
    user: UserDep,
    q: Annotated[str, Query(max_length=200, description="What somebody typed")],
    plan: PlanQuery = None,
) -> list[Answer]:
    """Find a cell, a group of cells, a place, an address, a street, a crossing or an incident."""
    seen(city, user, city.plan(plan).id)
    points = user.role in ABILITIES["points"]
    found = find(city, q, plan, points=points)
    if shown := [one.name for one in found if one.kind == "incident" and one.bounds]:
        record(city.store, user, f"search found incident {', '.join(shown)}")
    return [Answer(**{**asdict(one), "bounds": one.bounds and list(one.bounds)}) for one in found]
