"""Plans and their cells."""

from datetime import datetime
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Path, Query, Response

from gridmap import crs
from gridmap.errors import NotFound
from gridmap.incidents.units import weighed_in
from gridmap.journeys.cells.balance import balance as spread
from gridmap.journeys.cells.numbering import next_code as proposed
from gridmap.journeys.city import City
from gridmap.server.deps import ABILITIES, STAFF, CityDep, Planner, UserDep, Viewer, etag, seen
from gridmap.server.guard import StrictRoute
from gridmap.server.schemas import AllowedHole, Id, PlanInfo, Wire, Word
from gridmap.store import Plan

router = APIRouter(prefix="/api/v1/plans", tags=["plans"], route_class=StrictRoute)

PlanId = Annotated[int, Path(ge=1, le=2**53)]
MOST_CELLS = 200
"""Cells whose exact shape is given at once; the map draws from tiles."""


class NewPlan(Wire):
    """A draft that starts as another plan stands now."""

    name: Word
    source: Id


class VersionInfo(Wire):
    """One step of a plan's history."""

    version: int
    at: datetime
    by: str
    op: str
    cells: list[str]


class CellInfo(Wire):
    """A cell of a plan."""

    code: str
    area_m2: float
    columns: dict[str, Any]
    place: list[float]
    bounds: list[float]
    neighbours: list[str]
    history: list[VersionInfo]


class Tick(Wire):
    """A cell that stands for all with about as many people."""

    code: str
    people: float


class Balance(Wire):
    """How evenly people are spread over the cells of a plan."""

    mean: float
    quarters: list[float]
    ticks: list[Tick]


class NextCode(Wire):
    """A code no cell ever had."""

    code: str


def plan_info(city: City, plan: Plan) -> PlanInfo:
    """Return a plan as it goes over the wire."""
    store = city.store.plans
    head = store.version(plan.head)
    draft = plan.state(city.today()) == "draft"
    rules = plan.rules if draft else {}  # of use to planners only: who allowed what stays inside
    return PlanInfo(
        id=plan.id,
        name=plan.name,
        state=plan.state(city.today()),
        version=plan.head,
        levels=list(plan.levels),
        weight=plan.weight,
        counts=weighed_in(plan.weight),
        valid_from=plan.valid_from,
        valid_to=plan.valid_to,
        reason=plan.reason,
        created=plan.created,
        published=plan.published,
        cells=city.size(plan.head),
        can_undo=draft and head.edit is not None,
        can_redo=draft and store.next(plan.id, plan.head) is not None,
        locked=rules.get("locked", []),
        allowed=[AllowedHole(**hole) for hole in rules.get("allowed", [])],
        withdrawn=plan.withdrawn,
    )


@router.get("")
def all_plans(city: CityDep, user: UserDep) -> list[PlanInfo]:
    """Return every plan, the newest first; the public sees no drafts."""
    plans = city.store.plans.all()
    can_plan = user.role in ABILITIES["plan"]
    shown = [
        plan
        for plan in plans
        if plan.valid_from is not None
        or (user.role in STAFF and (plan.withdrawn is None or can_plan))
    ]
    return [plan_info(city, plan) for plan in shown]


@router.post("", status_code=201)
def new_plan(city: CityDep, user: Planner, body: NewPlan, response: Response) -> PlanInfo:
    """Make a draft that starts as another plan stands now."""
    plan = city.store.plans.draft(body.name, body.source, user.name or user.role)
    response.headers["Location"] = f"/api/v1/plans/{plan.id}"
    response.headers["ETag"] = etag(plan.head)
    return plan_info(city, plan)


@router.get("/{plan}")
def one_plan(city: CityDep, user: UserDep, plan: PlanId, response: Response) -> PlanInfo:
    """Return a plan; its ETag is what edits must name."""
    found = seen(city, user, plan)
    response.headers["ETag"] = etag(found.head)
    return plan_info(city, found)


@router.get("/{plan}/balance")
def balance(city: CityDep, user: Viewer, plan: PlanId) -> Balance:
    """Tell how evenly people are spread over the cells of a plan."""
    found = spread(city, seen(city, user, plan))
    ticks = [Tick(code=code, people=people) for code, people in found.ticks]
    return Balance(mean=found.mean, quarters=list(found.quarters), ticks=ticks)


@router.get("/{plan}/next-code")
def next_code(
    city: CityDep, _user: Planner, plan: PlanId, cell: Annotated[Word, Query(min_length=1)]
) -> NextCode:
    """Propose a code for one more cell beside one: the next of its parent, never given before."""
    return NextCode(code=proposed(city, city.store.plans.get(plan), cell))


@router.get("/{plan}/history")
def history(city: CityDep, _user: Planner, plan: PlanId) -> list[VersionInfo]:
    """Return the steps that led to where a plan stands, the newest first."""
    return _steps(city, plan)


def _steps(city: City, plan: int, code: str | None = None) -> list[VersionInfo]:
    store = city.store.plans
    steps = []
    for version in store.history(plan):
        if version.edit is None:
            continue
        cells = store.touched(version.id)
        if code is None or code in cells:
            steps.append(
                VersionInfo(
                    version=version.id,
                    at=datetime.fromisoformat(version.at),
                    by=version.by,
                    op=version.edit["op"],
                    cells=cells,
                )
            )
    return steps


@router.get("/{plan}/cells")
def cells(
    city: CityDep,
    user: UserDep,
    plan: PlanId,
    codes: Annotated[str, Query(max_length=20_000, description="Codes with commas between")],
) -> dict[str, Any]:
    """Return exact shapes of some cells as GeoJSON, every decimal kept."""
    grid = city.grid(seen(city, user, plan).head)
    wanted = list(dict.fromkeys(code for code in codes.split(",") if code))[:MOST_CELLS]
    at = grid.cells.index.get_indexer(wanted)
    if (at < 0).any():
        raise NotFound("store.no_cell", codes=codes[:200])
    features = [
        {
            "type": "Feature",
            "id": code,
            "geometry": shapely.geometry.mapping(grid.shapes[where]),
            "properties": {"code": code},
        }
        for code, where in zip(wanted, at, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


@router.get("/{plan}/cells/{code:path}")
def cell(
    city: CityDep,
    user: UserDep,
    plan: PlanId,
    code: Annotated[str, Path(max_length=200)],
) -> CellInfo:
    """Return what is known of a cell; the public sees its place, its levels and its ground."""
    found = seen(city, user, plan)
    grid = city.grid(found.head)
    at = int(grid.cells.index.get_indexer([code])[0])
    if at < 0:
        raise NotFound("store.no_cell", codes=code)
    shape = grid.shapes[at]
    inside = shapely.point_on_surface(shape)
    names = grid.cells.columns.drop(grid.cells.geometry.name)
    known = names if user.role in STAFF else list(grid.levels)
    return CellInfo(
        code=code,
        area_m2=float(shapely.area(crs.transform(shape, grid.crs, grid.metric_crs))),
        columns={str(name): _plain(value) for name, value in grid.cells[known].iloc[at].items()},
        place=[inside.x, inside.y],
        bounds=list(shape.bounds),
        neighbours=_neighbours(grid, at),
        history=_steps(city, plan, code) if user.role in STAFF else [],
    )


def _plain(value: Any) -> Any:
    plain = value.item() if hasattr(value, "item") else value
    missing = plain is None or (isinstance(plain, float) and not abs(plain) < float("inf"))
    return None if missing else plain


def _neighbours(grid: Any, at: int) -> list[str]:
    """Return the cells that share a border, not only a corner."""
    shape = grid.shapes[at]
    near = [n for n in grid.cells.sindex.query(shape, predicate="touches") if n != at]
    shared = shapely.length(shapely.intersection(shape, grid.shapes[near]))
    return sorted(str(grid.codes[n]) for n, length in zip(near, shared, strict=True) if length > 0)
