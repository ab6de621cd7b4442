"""Patrols: asked, solved as a job, changed, printed, exported."""

import io
import zipfile
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Response
from fastapi.responses import HTMLResponse
from pydantic import Field

from gridmap.errors import NotFound
from gridmap.journeys.city import City
from gridmap.journeys.patrol import marks, nights
from gridmap.messages import text
from gridmap.server.deps import CityDep, JobsDep, LangDep, PatrolLead, etag, expected_version
from gridmap.server.guard import PRINTED, StrictRoute
from gridmap.server.jobs import Job
from gridmap.server.routes.jobs import job_info
from gridmap.server.schemas import JobInfo, Wire, Word
from gridmap.store.patrols import StoredPatrol

router = APIRouter(prefix="/api/v1/patrols", tags=["patrols"], route_class=StrictRoute)

PatrolId = Annotated[int, Path(ge=1, le=2**53)]
IfMatch = Annotated[str | None, Header(description="ETag of the patrol that was changed")]
GPX = "application/gpx+xml"


class PatrolBody(Wire):
    """A patrol as its lead asks for it; ``asked`` is as in ``PLAN.toml``."""

    name: Word
    asked: dict[str, Any]


class Asked(Wire):
    """What is asked now."""

    asked: dict[str, Any]


class Search(Wire):
    """How to search."""

    seed: int = Field(default=0, ge=0, le=2**53)
    seconds: float = Field(default=5.0, ge=0.01, le=120)


class Mark(Wire):
    """What became of a visit; a plan is followed, people are not."""

    stop: Word
    arrive: Word = Field(description="Planned arrival, as in the plan")
    state: Literal["open", "done", "closed", "road", "called", "late"]


class PatrolInfo(Wire):
    """A patrol, with its plan once it is solved."""

    id: int
    name: str
    at: str
    version: int
    asked: dict[str, Any]
    plan: dict[str, Any] | None
    routes: dict[str, Any] | None
    stops: list[dict[str, Any]]


class PatrolRow(Wire):
    """A patrol in a list."""

    id: int
    name: str
    at: str
    version: int
    solved: bool


def _info(city: City, stored: StoredPatrol, lang: str) -> PatrolInfo:
    document = stored.document
    asked = nights.dated(document["asked"], city)
    plan = document.get("plan")
    if plan is not None:
        rows = [
            {**row, "message": text(f"patrol.reason_{row['reason']}", row["values"], lang)}
            for row in plan["unserved"]
        ]
        plan = {**plan, "unserved": rows}
    return PatrolInfo(
        id=stored.id,
        name=stored.name,
        at=stored.at,
        version=stored.version,
        asked=asked,
        plan=plan,
        routes=document.get("routes"),
        stops=document.get("stops", []),
    )


@router.get("")
def all_patrols(city: CityDep, _user: PatrolLead) -> list[PatrolRow]:
    """List the patrols, the newest first."""
    return [
        PatrolRow(id=p.id, name=p.name, at=p.at, version=p.version, solved="plan" in p.document)
        for p in city.store.patrols.all()
    ]


@router.get("/tonight")
def template(city: CityDep, _user: PatrolLead) -> Asked:
    """Return a patrol to begin with."""
    return Asked(asked=nights.tonight(city))


@router.post("", status_code=201)
def create(
    city: CityDep, _user: PatrolLead, lang: LangDep, body: PatrolBody, response: Response
) -> PatrolInfo:
    """Keep a new patrol."""
    nights.asked_patrol(city, body.asked)
    stored = city.store.patrols.add(body.name, {"asked": nights.dated(body.asked, city)})
    response.headers["ETag"] = etag(stored.version)
    return _info(city, stored, lang)


@router.get("/{patrol}")
def one(
    city: CityDep, _user: PatrolLead, lang: LangDep, patrol: PatrolId, response: Response
) -> PatrolInfo:
    """Return a patrol with its plan and routes."""
    stored = city.store.patrols.get(patrol)
    response.headers["ETag"] = etag(stored.version)
    return _info(city, stored, lang)


@router.put("/{patrol}")
def change(  # dependencies of the route
    city: CityDep,
    _user: PatrolLead,
    lang: LangDep,
    patrol: PatrolId,
    body: Asked,
    response: Response,
    if_match: IfMatch = None,
) -> PatrolInfo:
    """Ask for something else; the plan stays until it is solved again."""
    expected = expected_version(if_match)
    nights.asked_patrol(city, body.asked)
    saved = city.store.patrols.save(patrol, expected, {"asked": nights.dated(body.asked, city)})
    response.headers["ETag"] = etag(saved.version)
    return _info(city, saved, lang)


@router.delete("/{patrol}", status_code=204)
def remove(city: CityDep, _user: PatrolLead, patrol: PatrolId) -> None:
    """Give a patrol up."""
    city.store.patrols.remove(patrol)


@router.post("/{patrol}/solve", status_code=202)
def solve(  # dependencies of the route
    city: CityDep, jobs: JobsDep, user: PatrolLead, lang: LangDep, patrol: PatrolId, body: Search
) -> JobInfo:
    """Search for routes; stopping the job keeps the best routes found so far."""
    city.store.patrols.get(patrol)

    def work(job: Job) -> dict[str, Any]:
        saved = nights.solve_stored(city, patrol, body.seed, body.seconds, job.progress)
        return {"patrol": saved.id, "version": saved.version}

    return job_info(jobs.submit("patrol", work, user.name or user.role), lang)


@router.get("/{patrol}/marks")
def all_marks(city: CityDep, _user: PatrolLead, patrol: PatrolId) -> list[Mark]:
    """Return what became of the plan's visits so far."""
    return [Mark.model_validate(row) for row in marks.marks_of(city, patrol)]


@router.put("/{patrol}/marks")
def set_mark(city: CityDep, _user: PatrolLead, patrol: PatrolId, body: Mark) -> list[Mark]:
    """Keep what became of a visit: done, left out and why, or open again."""
    found = marks.mark(city, patrol, body.stop, body.arrive, body.state)
    return [Mark.model_validate(row) for row in found]


@router.get("/{patrol}/sheet", response_class=HTMLResponse)
def sheet(city: CityDep, _user: PatrolLead, lang: LangDep, patrol: PatrolId) -> HTMLResponse:
    """Return the sheet to print."""
    night = nights.night_of(city, city.store.patrols.get(patrol))
    return HTMLResponse(night.sheet(lang), headers={"Content-Security-Policy": PRINTED})


@router.get("/{patrol}/routes.geojson")
def routes(city: CityDep, _user: PatrolLead, patrol: PatrolId) -> dict[str, Any]:
    """Return the routes and visits as GeoJSON."""
    return nights.night_of(city, city.store.patrols.get(patrol)).geojson()


@router.get("/{patrol}/plan.json")
def plan(city: CityDep, _user: PatrolLead, lang: LangDep, patrol: PatrolId) -> dict[str, Any]:
    """Return the plan, as ``gridmap patrol`` writes it."""
    return nights.night_of(city, city.store.patrols.get(patrol)).plan(lang)


@router.get("/{patrol}/files.zip", response_class=Response)
def files(city: CityDep, _user: PatrolLead, lang: LangDep, patrol: PatrolId) -> Response:
    """Return all that is handed over in one file: plan, routes, sheet, tracks."""
    stored = city.store.patrols.get(patrol)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, body in nights.night_of(city, stored).files(lang).items():
            folder.writestr(name, body)
    return _download(packed.getvalue(), "application/zip", f"patrol-{patrol}.zip")


@router.get("/{patrol}/gpx/{unit}", response_class=Response)
def gpx(
    city: CityDep, _user: PatrolLead, patrol: PatrolId, unit: Annotated[int, Path(ge=1, le=50)]
) -> Response:
    """Return the track of a unit, counted from 1, for its handheld."""
    tracks = list(nights.night_of(city, city.store.patrols.get(patrol)).gpx().items())
    if unit > len(tracks):
        raise NotFound("patrol.no_unit", unit=unit)
    name, body = tracks[unit - 1]
    return _download(body, GPX, name)


def _download(body: str | bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(body, media_type=kind, headers=headers)
