"""Who answers for a cell or group: roles with a duty contact."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Header, Query, Response, UploadFile
from pydantic import Field

from gridmap.journeys.cells import duties as journeys
from gridmap.journeys.source import Source
from gridmap.server.deps import CityDep, JobsDep, LangDep, Planner, Viewer, etag, expected_version
from gridmap.server.guard import StrictRoute
from gridmap.server.jobs import Job
from gridmap.server.routes.figures import PlanQuery
from gridmap.server.routes.jobs import job_info
from gridmap.server.schemas import JobInfo, Wire, Word
from gridmap.server.uploads import submit
from gridmap.store import Duties, Duty

router = APIRouter(prefix="/api/v1/duties", tags=["duties"], route_class=StrictRoute)

IfMatch = Annotated[str | None, Header(description="Version the change was made on; 0 at first")]


class Role(Wire):
    """A role on duty, never a person."""

    role: Annotated[str, Field(min_length=1, max_length=60)]
    contact: Annotated[str, Field(max_length=100)] = ""


class UnitDuties(Wire):
    """The roles of a cell or group."""

    level: Word
    unit: Word
    roles: list[Role]
    version: int


class NewDuties(Wire):
    """The roles a cell or group is to have; none takes them away."""

    level: Word = ""
    unit: Annotated[str, Field(min_length=1, max_length=200)]
    roles: Annotated[list[Role], Field(max_length=journeys.MOST_ROLES)]


def wire(found: Duties) -> UnitDuties:
    """Return the roles of a unit as they go over the wire."""
    roles = [Role(role=each.role, contact=each.contact) for each in found.roles]
    return UnitDuties(level=found.level, unit=found.unit, roles=roles, version=found.version)


@router.get("")
def duties(
    city: CityDep,
    _user: Viewer,
    unit: Annotated[str, Query(min_length=1, max_length=200)],
    level: Annotated[str | None, Query(max_length=200, description="Absent: a cell")] = None,
    plan: PlanQuery = None,
) -> list[UnitDuties]:
    """Return the roles of a cell or group, then those of the groups around it."""
    return [wire(each) for each in journeys.duties_of(city, unit, level, plan)]


@router.put("")
def change(
    city: CityDep, _user: Planner, body: NewDuties, response: Response, if_match: IfMatch = None
) -> UnitDuties:
    """Change the roles of a cell or group."""
    roles = [Duty(each.role.strip(), each.contact.strip()) for each in body.roles]
    done = journeys.put_duties(city, body.level, body.unit, roles, expected_version(if_match))
    response.headers["ETag"] = etag(done.version)
    return wire(done)


@router.post("/file", status_code=202)
def send(
    city: CityDep,
    jobs: JobsDep,
    user: Planner,
    lang: LangDep,
    file: Annotated[UploadFile, File(description="A table: unit, role, contact, level")],
) -> JobInfo:
    """Send a table of duties; a job takes it over. The result tells how many ``units``."""

    def work(path: Path, called: str, job: Job) -> dict[str, Any]:
        return {"units": journeys.import_duties(city, Source(path, called, called, job.progress))}

    return job_info(submit(jobs, "duties", file, work, user.name or user.role), lang)
