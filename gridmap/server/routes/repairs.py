"""Repair: what it would change, one by one, and saving what was accepted."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import Field

from gridmap.grid.changes import Repair
from gridmap.grid.repair import GAP_WIDTH
from gridmap.journeys.cells import references, repairs
from gridmap.journeys.cells.proposal import proposal_json
from gridmap.journeys.cells.repairs import Wishes
from gridmap.journeys.cells.saving import require_draft
from gridmap.server.deps import CityDep, JobsDep, LangDep, Planner, expected_version
from gridmap.server.guard import StrictRoute, strict_json
from gridmap.server.routes.jobs import job_info
from gridmap.server.routes.plans import PlanId
from gridmap.server.routes.references import ReferenceId
from gridmap.server.schemas import Id, JobInfo, Wire, Word

router = APIRouter(prefix="/api/v1", tags=["repairs"], route_class=StrictRoute)

ChangeId = Annotated[str, Field(max_length=40)]
IfMatch = Annotated[str | None, Header(description="ETag of the plan the repair was made on")]


class Asked(Wire):
    """How a repair is to be done, and which changes are refused."""

    gap_width: float = GAP_WIDTH
    prefer: Word = "longest-border"
    keep_from: Id | None = None
    refused: Annotated[tuple[ChangeId, ...], Field(max_length=100_000)] = ()

    def wishes(self) -> Wishes:
        """Return them as the journey takes them."""
        prefer: Any = self.prefer
        return Wishes(self.gap_width, prefer, self.keep_from, frozenset(self.refused))


class NewDraft(Asked):
    """What the draft made of a reference is to be called."""

    name: Word


def get_settings(
    gap_width: float = GAP_WIDTH,
    prefer: Annotated[str, Query(max_length=200)] = "longest-border",
    keep_from: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> Wishes:
    """Return how a repair is to be done."""
    named: Any = prefer
    return Wishes(gap_width, named, keep_from)


Settings = Annotated[Wishes, Depends(get_settings)]


def _json(body: Any) -> Response:
    return Response(strict_json(body), media_type="application/json")


def _told(done: Repair, wishes: Wishes, lang: str) -> dict[str, Any]:
    return {
        "changed": len(done.changes),
        "refused": len(wishes.refused),
        "left": [each.text(lang) for each in done.left],
        "vanished": list(done.vanished),
    }


@router.post("/references/{reference}/proposal", status_code=202)
def propose(
    city: CityDep, jobs: JobsDep, user: Planner, lang: LangDep, reference: ReferenceId, body: Asked
) -> JobInfo:
    """Tell what a repair of a layer would change; a job does, nothing is saved."""
    references.layer(city, reference)
    wishes = body.wishes()

    def work(job: Any) -> dict[str, Any]:
        job.progress(0, 1)
        done = repairs.of_reference(city, reference, wishes)
        job.progress(1, 1)
        return {"changes": len(done.changes), "left": len(done.left)}

    return job_info(jobs.submit("proposal", work, user.name or user.role), lang)


@router.get("/references/{reference}/proposal")
def proposal(
    city: CityDep, _user: Planner, lang: LangDep, reference: ReferenceId, asked: Settings
) -> Response:
    """Return what a repair of a layer would change, each with what was and what would be."""
    references.layer(city, reference)
    done = repairs.of_reference(city, reference, asked)
    return _json(proposal_json(references.grid_of(city, reference), done, lang))


@router.post("/references/{reference}/repair", status_code=202)
def repair(
    city: CityDep,
    jobs: JobsDep,
    user: Planner,
    lang: LangDep,
    reference: ReferenceId,
    body: NewDraft,
) -> JobInfo:
    """Make a draft of a repaired layer; a job does."""
    references.layer(city, reference)
    by, wishes = user.name or user.role, body.wishes()

    def work(job: Any) -> dict[str, Any]:
        save = repairs.save_reference
        made, done = save(city, reference, body.name, wishes, by, job.progress)
        return {"plan": made.plan.id, "moved_m": made.moved_m, **_told(done, wishes, lang)}

    return job_info(jobs.submit("repair", work, by), lang)


@router.post("/plans/{plan}/proposal", status_code=202)
def propose_for_draft(
    city: CityDep,
    jobs: JobsDep,
    user: Planner,
    lang: LangDep,
    plan: PlanId,
    body: Asked,
    if_match: IfMatch = None,
) -> JobInfo:
    """Tell what a repair of a draft would change; a job does, nothing is saved."""
    found = require_draft(city, plan, expected_version(if_match))
    wishes = body.wishes()

    def work(job: Any) -> dict[str, Any]:
        job.progress(0, 1)
        done = repairs.of_draft(city, found, wishes)
        job.progress(1, 1)
        return {"changes": len(done.changes), "left": len(done.left)}

    return job_info(jobs.submit("proposal", work, user.name or user.role), lang)


@router.get("/plans/{plan}/proposal")
def proposal_for_draft(
    city: CityDep, _user: Planner, lang: LangDep, plan: PlanId, asked: Settings
) -> Response:
    """Return what a repair of a draft would change, each with what was and what would be."""
    found = city.store.plans.get(plan)
    done = repairs.of_draft(city, found, asked)
    return _json(proposal_json(city.grid(found.head), done, lang))


@router.post("/plans/{plan}/repair", status_code=202)
def repair_draft(
    city: CityDep,
    jobs: JobsDep,
    user: Planner,
    lang: LangDep,
    plan: PlanId,
    body: Asked,
    if_match: IfMatch = None,
) -> JobInfo:
    """Repair a draft as one edit that can be undone; a job does."""
    expected = expected_version(if_match)
    require_draft(city, plan, expected)
    by, wishes = user.name or user.role, body.wishes()

    def work(job: Any) -> dict[str, Any]:
        save = repairs.save_draft
        saved, done = save(city, plan, expected, wishes, by, job.progress)
        return {"plan": saved.plan.id, **_told(done, wishes, lang)}

    return job_info(jobs.submit("repair", work, by), lang)
