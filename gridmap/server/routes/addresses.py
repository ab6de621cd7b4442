"""Addresses: where one lies, and those whose place staff have put right."""

from dataclasses import asdict
from datetime import datetime
from math import isfinite
from typing import Annotated

from fastapi import APIRouter, Path, Query

from gridmap.journeys.incidents.addresses import finder
from gridmap.journeys.incidents.figures import cell_of
from gridmap.server.deps import CityDep, PointViewer, Reporter
from gridmap.server.guard import StrictRoute
from gridmap.server.schemas import Wire
from gridmap.streets.match import FOUND

router = APIRouter(prefix="/api/v1/addresses", tags=["addresses"], route_class=StrictRoute)

AddressId = Annotated[int, Path(ge=1, le=2**53)]


class PutRight(Wire):
    """An address whose place staff have put right."""

    id: int
    address: str
    lon: float
    lat: float
    at: datetime
    by: str


class Place(Wire):
    """Where an address lies, or why that cannot be told."""

    reason: str
    lon: float | None
    lat: float | None
    match: str
    score: float
    error_m: float | None
    name: str
    cell: str


@router.get("")
def put_right(city: CityDep, _user: Reporter) -> list[PutRight]:
    """Return the addresses whose place staff have put right, the newest first."""
    return [PutRight.model_validate(asdict(each)) for each in city.store.addresses.all()]


@router.get("/find")
def find(
    city: CityDep,
    _user: PointViewer,
    q: Annotated[str, Query(min_length=1, max_length=200, description="An address")],
) -> Place:
    """Find an address: put right by staff, in the gazetteer, or on the streets."""
    match = finder(city)(q)
    found = match.reason == FOUND
    return Place(
        reason=match.reason,
        lon=round(match.lon, 7) if found else None,
        lat=round(match.lat, 7) if found else None,
        match=match.level,
        score=round(match.score, 4),
        error_m=match.error_m if isfinite(match.error_m) else None,
        name=match.name,
        cell=cell_of(city, match.lon, match.lat) if found and city.store.plans.all() else "",
    )


@router.delete("/{address}", status_code=204)
def forget(city: CityDep, _user: Reporter, address: AddressId) -> None:
    """Forget where an address lies; incidents placed there stay."""
    city.store.addresses.forget(address)
