"""Editing a draft: edits, undo, redo, publish.

What replaces something takes ``If-Match``; locks and allowed holes are added to a set or taken out
of it, so that two people at once lose nothing, and take none.
"""

from typing import Annotated, Any, Literal

import shapely
from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import Field

from gridmap.errors import EditRefused, InputError
from gridmap.grid.edit_json import from_json
from gridmap.journeys.cells import drafts, publishing
from gridmap.journeys.cells.edit import diff_json
from gridmap.journeys.cells.saving import Saved
from gridmap.journeys.city import City
from gridmap.messages import text
from gridmap.server.deps import CityDep, LangDep, Planner, etag, expected_version
from gridmap.server.guard import StrictRoute
from gridmap.server.routes.plans import PlanId, plan_info
from gridmap.server.schemas import Day, Lat, Lon, Note, PlanInfo, Wire, Word

router = APIRouter(prefix="/api/v1/plans", tags=["edits"], route_class=StrictRoute)

IfMatch = Annotated[str | None, Header(description="ETag of the plan the edit was made on")]


class GeoJson(Wire):
    """A geometry in longitude and latitude."""

    type: Literal["LineString", "Polygon", "MultiPolygon"]
    coordinates: list[Any]


class EditBody(Wire):
    """One edit, as in ``EDITS.json``."""

    op: Literal["merge", "split", "move", "assign", "recode"]
    cells: list[Word] | None = None
    cell: Word | None = None
    code: Word | None = None
    codes: list[Word] | None = None
    to: Word | None = None
    line: GeoJson | None = None
    area: GeoJson | None = None
    snap_m: float | None = None


class CellFigures(Wire):
    """Figures of a touched cell."""

    code: str
    area_m2: float
    people: float | None
    incidents: int


class Edited(Wire):
    """What an edit, an undo or a redo changed."""

    plan: PlanInfo
    before: list[CellFigures]
    after: list[CellFigures]
    gained: list[str]
    notices: list[str]


class Preview(Wire):
    """What an edit would change; only ``refused`` and where if it cannot be done."""

    refused: str | None = None
    place: list[float] | None = None
    before: tuple[CellFigures, ...] = ()
    after: tuple[CellFigures, ...] = ()
    gained: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    features: dict[str, Any] | None = None


class Publication(Wire):
    """From when on, and why."""

    start: Day
    reason: Note


class Locks(Wire):
    """Cells to lock or unlock."""

    codes: Annotated[tuple[Word, ...], Field(max_length=1_000_000)] = ()
    level: Word | None = None
    group: Word | None = None
    locked: bool


class Hole(Wire):
    """A hole that is meant to be there."""

    lon: Lon
    lat: Lat
    who: Word = ""
    why: Annotated[str, Field(min_length=1, max_length=2000)]


class Move(Wire):
    """Ground that changes its cell."""

    old: str
    new: str
    area_m2: float
    people: float | None = None


class Compared(Wire):
    """What becomes of the cells of a plan in another."""

    changed: list[str]
    created: list[str]
    vanished: list[str]
    recoded: list[list[str]]
    redrawn: list[str]
    area_m2: float
    people: float | None
    moves: list[Move]
    bounds: list[float] | None


@router.post("/{plan}/edits")
def edit(
    city: CityDep,
    user: Planner,
    lang: LangDep,
    plan: PlanId,
    body: Annotated[EditBody, Body()],
    response: Response,
    if_match: IfMatch = None,
) -> Edited:
    """Carry out an edit if its result is still a coverage; else nothing is saved."""
    change = from_json(body.model_dump(exclude_none=True))
    expected = expected_version(if_match)
    saved = drafts.edit(city, plan, expected, change, user.name or user.role)
    return _answer(city, saved, lang, response)


@router.post("/{plan}/preview")
def preview(
    city: CityDep,
    _user: Planner,
    lang: LangDep,
    plan: PlanId,
    body: Annotated[EditBody, Body()],
    if_match: IfMatch = None,
) -> Preview:
    """Tell what an edit would do, or why it would be refused; nothing is saved."""
    expected = expected_version(if_match)
    try:
        would, cells = drafts.preview(
            city, plan, expected, from_json(body.model_dump(exclude_none=True))
        )
    except (EditRefused, InputError) as error:
        [*known] = [one["place"] for one in error.values.get("defects", []) if one["place"]]
        place = list(known[0]) if known else None
        return Preview(refused=text(error.key, error.values, lang), place=place)
    changed = cells.drop(index=list(would.gained)).geometry
    features = [
        {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(shape),
            "properties": {"code": code, "part": part},
        }
        for part, (code, shape) in enumerate(changed.items())
    ]
    return Preview(
        before=tuple(_rows(would.before)),
        after=tuple(_rows(would.after)),
        gained=would.gained,
        notices=tuple(text(key, values, lang) for key, values in would.notices),
        features={"type": "FeatureCollection", "features": features},
    )


@router.post("/{plan}/undo")
def undo(
    city: CityDep,
    _user: Planner,
    lang: LangDep,
    plan: PlanId,
    response: Response,
    if_match: IfMatch = None,
) -> Edited:
    """Go back to the version before."""
    return _answer(city, drafts.undo(city, plan, expected_version(if_match)), lang, response)


@router.post("/{plan}/redo")
def redo(
    city: CityDep,
    _user: Planner,
    lang: LangDep,
    plan: PlanId,
    response: Response,
    if_match: IfMatch = None,
) -> Edited:
    """Go forward to the version undone last."""
    return _answer(city, drafts.redo(city, plan, expected_version(if_match)), lang, response)


@router.post("/{plan}/publish")
def publish(
    city: CityDep,
    _user: Planner,
    plan: PlanId,
    body: Publication,
    response: Response,
    if_match: IfMatch = None,
) -> PlanInfo:
    """Put a draft in force from a day on; it can never be changed again."""
    expected = expected_version(if_match)
    found = publishing.publish(city, plan, expected, body.start, body.reason)
    response.headers["ETag"] = etag(found.head)
    return plan_info(city, found)


@router.delete("/{plan}")
def withdraw(
    city: CityDep, _user: Planner, plan: PlanId, response: Response, if_match: IfMatch = None
) -> PlanInfo:
    """Put a draft aside; nothing of it is lost. Published plans stay."""
    found = publishing.withdraw(city, plan, expected_version(if_match))
    response.headers["ETag"] = etag(found.head)
    return plan_info(city, found)


@router.post("/{plan}/bring-back")
def bring_back(city: CityDep, _user: Planner, plan: PlanId, response: Response) -> PlanInfo:
    """Make a withdrawn draft a draft again, as it stood."""
    found = city.store.plans.bring_back(plan)
    response.headers["ETag"] = etag(found.head)
    return plan_info(city, found)


@router.post("/{plan}/locks")
def lock(city: CityDep, _user: Planner, plan: PlanId, body: Locks) -> PlanInfo:
    """Lock or unlock cells of a draft: by their codes, and all of a group."""
    codes = list(body.codes)
    if body.level is not None:
        codes += publishing.members(city, plan, body.level, body.group or "")
    return plan_info(city, publishing.lock(city, plan, codes, locked=body.locked))


@router.post("/{plan}/holes")
def allow(city: CityDep, user: Planner, plan: PlanId, body: Hole) -> PlanInfo:
    """Say that a hole in a draft is meant to be there: a lake, an enclave."""
    who = body.who or user.name or user.role
    return plan_info(city, publishing.allow(city, plan, (body.lon, body.lat), who, body.why))


@router.delete("/{plan}/holes")
def disallow(
    city: CityDep,
    _user: Planner,
    plan: PlanId,
    lon: Annotated[Lon, Query()],
    lat: Annotated[Lat, Query()],
) -> PlanInfo:
    """Take back that a hole is meant to be there."""
    return plan_info(city, publishing.disallow(city, plan, (lon, lat)))


@router.get("/{plan}/compare")
def compare(
    city: CityDep,
    _user: Planner,
    plan: PlanId,
    other: Annotated[int, Query(alias="with", ge=1, le=2**53, description="The plan before")],
) -> Compared:
    """Tell what becomes of the cells of another plan in this one."""
    found = drafts.compare(city, other, plan)
    here = [*found.changed, *found.created, *(code for _, code in found.recoded)]
    box = city.grid(city.store.plans.get(plan).head).cells.loc[here].total_bounds.tolist()
    return Compared(**diff_json(found), bounds=box if here else None)


def _answer(city: City, saved: Saved, lang: str, response: Response) -> Edited:
    response.headers["ETag"] = etag(saved.plan.head)
    return Edited(
        plan=plan_info(city, saved.plan),
        before=_rows(saved.before),
        after=_rows(saved.after),
        gained=list(saved.gained),
        notices=[text(key, values, lang) for key, values in saved.notices],
    )


def _rows(figures: Any) -> list[CellFigures]:
    plain = figures.astype(object).where(figures.notna(), None)
    records = zip(plain.index, plain.to_dict("records"), strict=True)
    return [CellFigures(code=str(code), **row) for code, row in records]
