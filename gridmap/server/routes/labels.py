"""Where the codes of cells are written on a map: once a cell, not once a tile."""

from typing import Annotated

import numpy as np
import shapely
from fastapi import APIRouter, Query, Response

from gridmap import crs
from gridmap.errors import NotFound
from gridmap.grid.model import Grid, code_text
from gridmap.journeys.city import City
from gridmap.server.answers import Answer, answered
from gridmap.server.deps import CityDep, UserDep, seen
from gridmap.server.guard import StrictRoute
from gridmap.server.routes.plans import PlanId
from gridmap.server.schemas import Wire
from gridmap.server.stored import Sent

router = APIRouter(prefix="/api/v1/plans", tags=["plans"], route_class=StrictRoute)

DECIMALS = 6


class Labels(Wire):
    """Codes and the places where they stand, in degrees."""

    codes: list[str]
    lon: list[float]
    lat: list[float]


@router.get("/{plan}/labels", response_model=Labels)
def labels(
    city: CityDep,
    user: UserDep,
    plan: PlanId,
    version: Annotated[int, Query(ge=1, le=2**53)],
    level: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Return a place inside each cell or group; a version never changes."""
    found = seen(city, user, plan, version)
    if level is not None and level not in found.levels:
        raise NotFound("measure.no_level", level=level, levels=", ".join(found.levels))
    return Sent(answered(city, labels_answer(city, version, level)))


def labels_answer(city: City, version: int, level: str | None) -> Answer:
    """Return how the labels of cells or groups are answered."""

    def make() -> bytes:
        return _labels(city.grid(version), level).model_dump_json().encode()

    return Answer(("labels", version, level), make, immutable=True)


def _labels(grid: Grid, level: str | None) -> Labels:
    codes, shapes = np.array(grid.codes, dtype=object), crs.to_lonlat(grid.shapes, grid.crs)
    if level is not None:
        names = np.array(code_text(grid.cells[level]), dtype=object)
        codes = np.array([name for name in np.unique(names) if name], dtype=object)
        try:
            shapes = [shapely.coverage_union_all(shapes[names == name]) for name in codes]
        except shapely.GEOSException:  # cells that overlap
            shapes = [shapely.union_all(shapes[names == name]) for name in codes]
    inside = shapely.point_on_surface(shapes)
    lon, lat = (
        np.round(part, DECIMALS).tolist() for part in (shapely.get_x(inside), shapely.get_y(inside))
    )
    return Labels(codes=codes.tolist(), lon=lon, lat=lat)
