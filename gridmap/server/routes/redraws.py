"""Balanced cells: proposed as a new draft, or drawn anew within a group of one."""

from typing import Annotated, Any

from fastapi import APIRouter, Header
from pydantic import Field

from gridmap.grid.redraw import Redraw
from gridmap.journeys.cells import redraws
from gridmap.journeys.cells.saving import require_draft
from gridmap.messages import text
from gridmap.server.deps import CityDep, JobsDep, LangDep, Planner, expected_version
from gridmap.server.guard import StrictRoute
from gridmap.server.routes.jobs import job_info
from gridmap.server.routes.plans import PlanId
from gridmap.server.schemas import JobInfo, Wire, Word

router = APIRouter(prefix="/api/v1/plans", tags=["redraws"], route_class=StrictRoute)

IfMatch = Annotated[str | None, Header(description="ETag of the draft")]


class Asked(Wire):
    """What cells are to be like."""

    target: Annotated[float, Field(gt=0, le=1e9)]
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.1
    level: Word | None = None
    group: Word | None = None
    fresh: bool = False
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0

    def wanted(self) -> redraws.Wanted:
        """Return it as the journey takes it."""
        asked = self.model_dump(include=set(redraws.Wanted.__dataclass_fields__))
        return redraws.Wanted(**asked)


class NewDraft(Asked):
    """What the draft is to be called."""

    name: Word


def _told(made: Redraw, lang: str) -> dict[str, Any]:
    left = [
        text(f"redraw.left_{each.reason}", {"cell": each.cell, "weight": each.weight}, lang)
        for each in made.left
    ]
    return {"cells": len(made.grid.codes), "band": list(made.band), "left": left}


@router.post("/{plan}/redraws", status_code=202)
def propose(
    city: CityDep, jobs: JobsDep, user: Planner, lang: LangDep, plan: PlanId, body: NewDraft
) -> JobInfo:
    """Make a new draft of balanced cells; a job does."""
    city.store.plans.get(plan)
    by = user.name or user.role

    def work(job: Any) -> dict[str, Any]:
        draw = redraws.new_draft
        imported, made = draw(city, plan, body.name, body.wanted(), by, job.progress)
        return {"plan": imported.plan.id, **_told(made, lang)}

    return job_info(jobs.submit("redraw", work, by), lang)


@router.post("/{plan}/redraw", status_code=202)
def within(
    city: CityDep,
    jobs: JobsDep,
    user: Planner,
    lang: LangDep,
    plan: PlanId,
    body: Asked,
    if_match: IfMatch = None,
) -> JobInfo:
    """Draw cells of a draft anew, as one edit that can be undone; a job does."""
    expected = expected_version(if_match)
    require_draft(city, plan, expected)
    by = user.name or user.role

    def work(job: Any) -> dict[str, Any]:
        draw = redraws.within_draft
        saved, made = draw(city, plan, expected, body.wanted(), by, job.progress)
        return {"plan": saved.plan.id, **_told(made, lang)}

    return job_info(jobs.submit("redraw", work, by), lang)
