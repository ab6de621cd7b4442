"""Files into the store: a job reads each, all of it or nothing."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, UploadFile

from gridmap.incidents.mapping import Mapping
from gridmap.journeys import imports
from gridmap.journeys.imports import Source
from gridmap.messages import text
from gridmap.server.deps import ABILITIES, CityDep, JobsDep, LangDep, Reporter
from gridmap.server.guard import StrictRoute
from gridmap.server.jobs import Job
from gridmap.server.problems import Problem
from gridmap.server.routes.jobs import job_info
from gridmap.server.schemas import JobInfo, Wire
from gridmap.server.uploads import submit
from gridmap.store import Store

router = APIRouter(prefix="/api/v1", tags=["imports"], route_class=StrictRoute)

Kind = Literal["incidents", "grid", "streets", "blocks", "place"]
Text = Annotated[str, Form(max_length=2000)]


class ImportedFile(Wire):
    """A file that was imported."""

    id: int
    kind: str
    name: str
    sha256: str
    at: str
    notices: list[str]


@router.get("/imports")
def files(city: CityDep, _user: Reporter) -> list[ImportedFile]:
    """Return what was imported."""
    return [ImportedFile.model_validate(row) for row in city.store.files.all()]


@dataclass(frozen=True)
class Options:
    """How a file is to be read."""

    kind: Kind
    name: str
    mapping: Mapping | None
    crs: str | None
    code: str | None
    levels: tuple[str, ...]
    weight: str | None


def get_options(
    kind: Annotated[Kind, Form()],
    name: Text = "",
    mapping: Annotated[str, Form(max_length=20_000, description="Mapping as JSON")] = "",
    crs: Text = "",
    code: Text = "",
    levels: Text = "",
    weight: Text = "",
) -> Options:
    """Return how a file is to be read; what is empty is guessed."""
    chosen = tuple(each.strip() for each in levels.split(",") if each.strip())
    meant = _mapping(mapping)
    return Options(kind, name, meant, crs or None, code or None, chosen, weight or None)


@router.post("/imports", status_code=202)
def send(
    city: CityDep,
    jobs: JobsDep,
    user: Reporter,
    lang: LangDep,
    file: Annotated[UploadFile, File(description="The file")],
    options: Annotated[Options, Depends(get_options)],
) -> JobInfo:
    """Send a file; a job reads it into the store."""
    if options.kind != "incidents" and user.role not in ABILITIES["plan"]:
        raise Problem(403, "server.may_not_plan", role=user.role)

    def work(path: Path, called: str, job: Job) -> dict[str, Any]:
        source = imports.Source(path, called, options.name or called, job.progress)
        return _WORK.get(options.kind, _layer)(city.store, source, options, lang)

    return job_info(submit(jobs, "import", file, work, user.name or user.role), lang)


def _incidents(store: Store, source: Source, options: Options, lang: str) -> dict[str, Any]:
    added = imports.import_incidents(store, source, options.mapping, options.crs)
    notices = [text(key, values, lang) for key, values in added.notices]
    return {"rows": added.rows, "notices": notices}


def _grid(store: Store, source: Source, options: Options, _lang: str) -> dict[str, Any]:
    made = imports.import_cells(
        store, source, options.code, options.levels, None, options.crs, options.weight
    )
    return {"plan": made.plan.id, "moved_m": made.moved_m, "outside": made.outside}


def _layer(store: Store, source: Source, options: Options, _lang: str) -> dict[str, Any]:
    return {"layer": imports.import_layer(store, options.kind, source, options.weight).id}


_WORK: dict[str, Any] = {"incidents": _incidents, "grid": _grid}


def _mapping(given: str) -> Mapping | None:
    if not given.strip():
        return None
    try:
        value = json.loads(given)
    except (ValueError, RecursionError) as cause:
        raise Problem(422, "server.json", why=str(cause)[:200]) from cause
    if not isinstance(value, dict):
        raise Problem(422, "server.json", why="an object is needed")
    return Mapping.from_dict(value)
