"""Long work: how far it is, and stopping it."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path

from gridmap.errors import NotFound
from gridmap.server.deps import STAFF, JobsDep, LangDep, UserDep
from gridmap.server.errors import problem, status_of
from gridmap.server.guard import StrictRoute
from gridmap.server.jobs import Job, Jobs
from gridmap.server.schemas import JobInfo, ProblemDocument
from gridmap.store import User

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"], route_class=StrictRoute)

JobId = Annotated[int, Path(ge=1, le=2**53)]


def job_info(job: Job, lang: str) -> JobInfo:
    """Return a job as it goes over the wire."""
    states: dict[str, Any] = {"state": job.state}
    document = None
    if job.error is not None:
        answer = problem(status_of(job.error), job.error.key, job.error.values, lang)
        document = ProblemDocument(**json.loads(bytes(answer.body)))
    done, total, rate = job.done, job.total, job.rate
    return JobInfo(
        id=job.id,
        kind=job.kind,
        done=done,
        total=total,
        unit=job.unit,
        rate=rate,
        seconds_left=(total - done) / rate if rate else None,
        result=job.result,
        error=document,
        **states,
    )


def _own(jobs: Jobs, user: User, number: int) -> Job:
    """Return a job of the user's; those of others are nobody else's business."""
    job = jobs.get(number)
    if job.by != (user.name or user.role) and user.role != "admin":
        raise NotFound("server.no_job", job=number)
    return job


@router.get("")
def running(jobs: JobsDep, user: UserDep, lang: LangDep) -> list[JobInfo]:
    """Tell what is waiting or running: of the user's, and for staff what the server does itself."""
    name = user.name or user.role
    return [
        job_info(job, lang)
        for job in jobs.alive()
        if job.by == name or user.role == "admin" or (not job.by and user.role in STAFF)
    ]


@router.get("/{job}")
def one(jobs: JobsDep, user: UserDep, lang: LangDep, job: JobId) -> JobInfo:
    """Tell how far a job is."""
    return job_info(_own(jobs, user, job), lang)


@router.delete("/{job}")
def cancel(jobs: JobsDep, user: UserDep, lang: LangDep, job: JobId) -> JobInfo:
    """Ask a job to stop; what it was about to save is not saved."""
    return job_info(jobs.cancel(_own(jobs, user, job).id), lang)
