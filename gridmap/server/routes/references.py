"""Layers somebody sent: uploaded and checked."""

from typing import Annotated, Any

import shapely
from fastapi import APIRouter, File, Form, Path, Query, Response, UploadFile

from gridmap import crs
from gridmap.grid.model import Grid
from gridmap.journeys.cells import references
from gridmap.journeys.cells.check import check_json
from gridmap.journeys.city import City
from gridmap.journeys.layers import import_reference
from gridmap.journeys.source import Source
from gridmap.server.deps import CityDep, JobsDep, LangDep, Planner, Viewer
from gridmap.server.guard import StrictRoute, strict_json
from gridmap.server.routes.jobs import job_info
from gridmap.server.routes.plans import PlanId
from gridmap.server.schemas import JobInfo, Wire
from gridmap.server.uploads import boundary_of, submit
from gridmap.store import Layer

router = APIRouter(prefix="/api/v1", tags=["references"], route_class=StrictRoute)

ReferenceId = Annotated[int, Path(ge=1, le=2**53)]
Outline = Annotated[bool, Query(description="With the outline of all cells")]


class Reference(Wire):
    """A layer somebody sent."""

    id: int
    name: str
    at: str
    rows: int
    bounds: list[float] | None


def info(city: City, layer: Layer) -> Reference:
    """Return a reference as it goes over the wire."""
    grid = references.grid_of(city, layer.id)
    bounds = shapely.total_bounds(crs.to_lonlat(grid.shapes, grid.crs)).tolist()
    known = None if any(value != value for value in bounds) else bounds  # noqa: PLR0124 - NaN
    return Reference(
        id=layer.id, name=layer.name, at=layer.at, rows=layer.about["rows"], bounds=known
    )


@router.get("/references")
def all_references(city: CityDep, _user: Viewer) -> list[Reference]:
    """Return every layer somebody sent."""
    return [info(city, layer) for layer in city.store.layers.all("reference")]


@router.post("/references", status_code=202)
def send(  # noqa: PLR0913, PLR0917  # each is a part of the request
    city: CityDep,
    jobs: JobsDep,
    user: Planner,
    lang: LangDep,
    file: Annotated[UploadFile, File(description="Cells, in any of the formats of cells")],
    name: Annotated[str, Form(max_length=200)] = "",
    code: Annotated[str | None, Form(max_length=200)] = None,
    cells_crs: Annotated[str | None, Form(max_length=200)] = None,
    boundary: Annotated[UploadFile | None, File(description="The area to be covered")] = None,
) -> JobInfo:
    """Send a layer; a job reads it."""

    def work(path: Any, called: str, job: Any) -> dict[str, Any]:
        layer = import_reference(
            city.store,
            Source(path, called, name or called, job.progress),
            code=code or None,
            crs=cells_crs or None,
            boundary=boundary_of(path, boundary),
        )
        return {"reference": layer.id}

    return job_info(submit(jobs, "reference", file, work, user.name or user.role, boundary), lang)


@router.get("/references/{reference}")
def one(city: CityDep, _user: Viewer, reference: ReferenceId) -> Reference:
    """Return a layer somebody sent."""
    return info(city, references.layer(city, reference))


@router.delete("/references/{reference}", status_code=204, response_class=Response)
def remove(city: CityDep, _user: Planner, reference: ReferenceId) -> None:
    """Take a layer away."""
    references.layer(city, reference)
    city.store.layers.remove(reference)


@router.get("/references/{reference}/check")
def check(
    city: CityDep, _user: Viewer, lang: LangDep, reference: ReferenceId, outline: Outline = True
) -> Response:
    """Check a layer; the answer is that of ``gridmap check --json``."""
    references.layer(city, reference)
    found = references.checked(city, reference)
    body = check_json(found, lang, outline=outline)
    return Response(strict_json(body), media_type="application/json")


@router.get("/references/{reference}/features")
def features(city: CityDep, _user: Viewer, reference: ReferenceId) -> Response:
    """Return the cells of a layer as GeoJSON in longitude and latitude."""
    references.layer(city, reference)
    body = _features(references.grid_of(city, reference))
    return Response(strict_json(body), media_type="application/geo+json")


def _features(grid: Grid) -> dict[str, Any]:
    shapes = crs.to_lonlat(grid.shapes, grid.crs)
    rows = [
        {
            "type": "Feature",
            "id": n,
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
            "properties": {"code": code},
        }
        for n, (shape, code) in enumerate(zip(shapes, grid.codes, strict=True))
    ]
    return {"type": "FeatureCollection", "features": rows}


@router.get("/plans/{plan}/check")
def check_plan(
    city: CityDep, _user: Viewer, lang: LangDep, plan: PlanId, outline: Outline = True
) -> Response:
    """Check a plan; the answer is that of ``gridmap check --json``."""
    found = references.checked_plan(city, city.store.plans.get(plan))
    body = check_json(found, lang, outline=outline)
    return Response(strict_json(body), media_type="application/json")
