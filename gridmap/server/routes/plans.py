"""Plans and their cells."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from gridmap.journeys.city import City
from gridmap.server.deps import CityDep, etag
from gridmap.server.guard import StrictRoute
from gridmap.server.schemas import PlanInfo
from gridmap.store import Plan

router = APIRouter(prefix="/api/v1/plans", tags=["plans"], route_class=StrictRoute)

PlanId = Annotated[int, Path(ge=1, le=2**53)]


def plan_info(city: City, plan: Plan) -> PlanInfo:
    """Return a plan as it goes over the wire."""
    store = city.store.plans
    head = store.version(plan.head)
    draft = plan.valid_from is None
    return PlanInfo(
        id=plan.id,
        name=plan.name,
        state=plan.state(city.today()),
        version=plan.head,
        levels=list(plan.levels),
        weight=plan.weight,
        valid_from=plan.valid_from,
        valid_to=plan.valid_to,
        reason=plan.reason,
        created=plan.created,
        published=plan.published,
        cells=len(city.grid(plan.head).codes),
        can_undo=draft and head.edit is not None,
        can_redo=draft and store.next(plan.id, plan.head) is not None,
    )


@router.get("")
def all_plans(city: CityDep) -> list[PlanInfo]:
    """Return every plan, the newest first."""
    return [plan_info(city, plan) for plan in city.store.plans.all()]


@router.get("/{plan}")
def one_plan(city: CityDep, plan: PlanId, response: Response) -> PlanInfo:
    """Return a plan; its ETag is what edits must name."""
    found = city.store.plans.get(plan)
    response.headers["ETag"] = etag(found.head)
    return plan_info(city, found)
