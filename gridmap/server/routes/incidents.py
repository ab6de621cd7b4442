"""Incidents one by one: lists, reports, corrections."""

from math import isfinite
from typing import Annotated, Any

import pandas as pd
from fastapi import APIRouter, Depends, Header, Path, Query, Response

from gridmap.journeys.city import City
from gridmap.journeys.incidents import figures as journeys
from gridmap.journeys.incidents import reports
from gridmap.server.deps import (
    CityDep,
    FilterDep,
    PointViewer,
    Reporter,
    StoreDep,
    etag,
    expected_version,
)
from gridmap.server.guard import StrictRoute
from gridmap.server.routes.figures import PlanQuery
from gridmap.server.schemas import Change, Correction, Incident, IncidentPage, IncidentRow, Report
from gridmap.store import User
from gridmap.store.incidents import moment_of

router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"], route_class=StrictRoute)

IncidentId = Annotated[int, Path(ge=1, le=2**53)]
IfMatch = Annotated[str | None, Header(description="ETag the change was made on")]


def row(found: Any) -> dict[str, Any]:
    """Return an incident of a frame as it goes over the wire."""
    values = {name: getattr(found, name) for name in IncidentRow.model_fields}
    values["id"] = int(found.id)
    for name in ("when", "due"):
        values[name] = None if pd.isna(values[name]) else values[name]
    return values | {name: finite(values[name]) for name in ("lon", "lat", "score")}


def finite(value: float | None) -> float | None:
    """Return a coordinate, or None where the file had something that is none."""
    return value if value is not None and isfinite(value) else None


def record(store: StoreDep, user: User, what: str) -> None:
    """Record that somebody with a name looked at exact points."""
    if user.name:
        store.users.record(user.name, what)


def get_part(
    cell: Annotated[str | None, Query(max_length=200, description="Or name of a group")] = None,
    level: Annotated[str | None, Query(max_length=200, description="Level of the group")] = None,
    *,
    unplaced: Annotated[bool, Query(description="Those without a cell only")] = False,
    late: Annotated[bool, Query(description="Those open and past due only")] = False,
) -> dict[str, Any]:
    """Return which part of the incidents under a filter is listed."""
    return {"cell": cell, "level": level, "unplaced": unplaced, "late": late}


@router.get("")
def incidents(
    city: CityDep,
    user: PointViewer,
    chosen: FilterDep,
    part: Annotated[dict[str, Any], Depends(get_part)],
    plan: PlanQuery = None,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> IncidentPage:
    """List incidents, the newest first."""
    found = journeys.listed(city, chosen, plan=plan, **part)
    shown = found.iloc[offset : offset + limit]
    record(city.store, user, f"incidents {offset}-{offset + len(shown)} of {len(found)}")
    rows = [IncidentRow(**row(each)) for each in shown.itertuples()]
    return IncidentPage(incidents=rows, total=len(found), offset=offset)


@router.get("/unplaced")
def unplaced(
    city: CityDep,
    user: PointViewer,
    chosen: FilterDep,
    plan: PlanQuery = None,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> IncidentPage:
    """List incidents without a cell, each with its reason."""
    return incidents(city, user, chosen, {"unplaced": True}, plan, offset, limit)


@router.post("", status_code=201)
def report(city: CityDep, user: Reporter, body: Report, response: Response) -> Incident:
    """Enter an incident by hand."""
    number = reports.report(city, body.model_dump(), user.name or user.role)
    response.headers["Location"] = f"/api/v1/incidents/{number}"
    response.headers["ETag"] = etag(1)
    return whole(city, number)


@router.get("/{incident}")
def one(city: CityDep, user: PointViewer, incident: IncidentId, response: Response) -> Incident:
    """Return an incident with its history."""
    found = whole(city, incident)
    record(city.store, user, f"incident {incident}")
    response.headers["ETag"] = etag(found.version)
    return found


@router.patch("/{incident}")
def change(
    city: CityDep,
    user: Reporter,
    incident: IncidentId,
    body: Change,
    response: Response,
    if_match: IfMatch = None,
) -> Incident:
    """Move a wrong pin, or change category, status or result; what stood there is kept.

    A new place is remembered for the incident's address, unless ``remember`` is false; incidents
    of that address that had no place get it, too, and ``also`` says how many.
    """
    expected = expected_version(if_match)
    values = body.model_dump(exclude_unset=True) | {"remember": body.remember}
    changed = reports.correct(city, incident, expected, values, user.name or user.role)
    response.headers["ETag"] = etag(expected + 1)
    return whole(city, incident).model_copy(update={"also": changed["also"]})


def whole(city: City, incident: int) -> Incident:
    """Return an incident with everything that is known of it."""
    stored = city.store.incidents.get(incident)
    placed = reports.placed(city, stored)
    moments: dict[str, Any] = {
        name: moment_of(stored[key], city.zone) for name, key in _MOMENTS.items()
    }
    history = [
        Correction(at=each["at"], by=each["by"], before=each["before"], after=each["after"])
        for each in stored["history"]
    ]
    point: dict[str, Any] = {name: finite(stored[name]) for name in ("lon", "lat")}
    own = set(Incident.model_fields) - {"history", "also", *moments, *placed, *point}
    values = {name: stored[name] for name in own}
    return Incident(**values, **point, **moments, **placed, history=history)


_MOMENTS = {"when": "moment", "due": "due", "closed": "closed"}
