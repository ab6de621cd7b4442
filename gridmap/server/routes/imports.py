"""Files into the store: a job reads each, all of it or nothing."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, UploadFile

from gridmap.files.tables import as_csv
from gridmap.incidents.doubts import ABOUT, GRAVE
from gridmap.incidents.interpret import as_text
from gridmap.incidents.mapping import Mapping
from gridmap.journeys.cells.imports import Reading, import_cells
from gridmap.journeys.city import City
from gridmap.journeys.incidents import intake
from gridmap.journeys.incidents import look as looks
from gridmap.journeys.incidents.addresses import can_find
from gridmap.journeys.incidents.held_back import rejected
from gridmap.journeys.layers import import_layer
from gridmap.journeys.source import Source
from gridmap.messages import text
from gridmap.server.deps import ABILITIES, CityDep, JobsDep, LangDep, Reporter
from gridmap.server.guard import StrictRoute
from gridmap.server.jobs import Job
from gridmap.server.problems import Problem
from gridmap.server.routes.jobs import job_info
from gridmap.server.schemas import JobInfo, Wire
from gridmap.server.uploads import boundary_of, submit

router = APIRouter(prefix="/api/v1", tags=["imports"], route_class=StrictRoute)

Kind = Literal["incidents", "grid", "streets", "gazetteer", "blocks", "place"]
Text = Annotated[str, Form(max_length=2000)]
FAULTS_MOST = 500
REJECTED_MOST = 5_000
LONGEST_VALUE = 200


class ImportedFile(Wire):
    """A file that was imported."""

    id: int
    kind: str
    name: str
    sha256: str
    at: str
    notices: list[str]


class FeedInfo(Wire):
    """Where incidents come from."""

    name: str
    mapping: dict[str, Any]
    columns: list[str]


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
    feed: str
    by_address: bool | None
    code: str | None
    levels: tuple[str, ...]
    weight: str | None
    nested: bool


def get_options(  # noqa: PLR0913, PLR0917  # each is a field of the form
    kind: Annotated[Kind, Form()],
    name: Text = "",
    mapping: Annotated[str, Form(max_length=20_000, description="Mapping as JSON")] = "",
    crs: Text = "",
    feed: Text = "",
    by_address: Annotated[
        bool | None, Form(description="Find incidents without coordinates by their address")
    ] = None,
    code: Text = "",
    levels: Text = "",
    weight: Text = "",
    nested: Annotated[
        bool, Form(description="A name in several groups of the coarser level: several groups")
    ] = False,
) -> Options:
    """Return how a file is to be read; what is empty is guessed."""
    chosen = tuple(each.strip() for each in levels.split(",") if each.strip())
    meant = _mapping(mapping)
    cells = code or None, chosen, weight or None, nested
    return Options(kind, name, meant, crs or None, feed, by_address, *cells)


@router.post("/imports", status_code=202)
def send(
    city: CityDep,
    jobs: JobsDep,
    user: Reporter,
    lang: LangDep,
    file: Annotated[UploadFile, File(description="The file")],
    options: Annotated[Options, Depends(get_options)],
    boundary: Annotated[UploadFile | None, File(description="Of a grid: what it covers")] = None,
) -> JobInfo:
    """Send a file; a job reads it into the store."""
    if options.kind != "incidents" and user.role not in ABILITIES["plan"]:
        raise Problem(403, "server.may_not_plan", role=user.title)

    def work(path: Path, called: str, job: Job) -> dict[str, Any]:
        source = Source(path, called, options.name or called, job.progress)
        if options.kind == "grid":
            return _grid(city, source, options, boundary_of(path, boundary), lang)
        if options.kind == "incidents":
            return _incidents(city, source, options, lang)
        return _layer(city, source, options)

    return job_info(submit(jobs, "import", file, work, user.name or user.role, boundary), lang)


@router.post("/imports/look", status_code=202)
def look(
    city: CityDep,
    jobs: JobsDep,
    user: Reporter,
    lang: LangDep,
    file: Annotated[UploadFile, File(description="A file of incidents")],
    options: Annotated[Options, Depends(get_options)],
) -> JobInfo:
    """Send a file of incidents and be told what would come of it; nothing is kept.

    The job's result holds ``feed``, ``known``, ``columns``, ``first`` (the first rows),
    ``mapping``, ``personal``, ``rows``, ``rejected``, ``faults``, ``totals``, ``found`` (those
    found by address, by match), ``can_find`` (whether the city knows addresses) and ``notices``,
    the grave first (each ``text``, ``grave`` and the ``field`` of the mapping it is about, if any).
    """

    def work(path: Path, called: str, job: Job) -> dict[str, Any]:
        source = Source(path, called, called, job.progress)
        seen = _look(city, source, options)
        return {**_seen(seen, None, lang), **_first(seen), "can_find": can_find(city)}

    return job_info(submit(jobs, "look", file, work, user.name or user.role), lang)


@router.get("/feeds")
def feeds(city: CityDep, _user: Reporter) -> list[FeedInfo]:
    """Return where incidents come from, and what the columns of those files mean."""
    return [
        FeedInfo(name=feed.name, mapping=feed.mapping, columns=list(feed.columns))
        for feed in city.store.feeds.all()
    ]


def _incidents(city: City, source: Source, options: Options, lang: str) -> dict[str, Any]:
    seen = _look(city, source, options)
    return _seen(seen, intake.bring_in(city, seen, source), lang)


def _look(city: City, source: Source, options: Options) -> looks.Look:
    how = options.mapping, options.crs, options.feed
    return looks.look(city, source, *how, by_address=options.by_address)


def _seen(seen: looks.Look, taken: intake.Taken | None, lang: str) -> dict[str, Any]:
    back = rejected(seen, lang)
    return {
        "feed": seen.feed,
        **intake.counts(seen, taken),
        "notices": [
            {"text": text(key, values, lang), "grave": key in GRAVE, "field": ABOUT.get(key)}
            for key, values in sorted(looks.notices(seen), key=lambda told: told[0] not in GRAVE)
        ],
        "totals": seen.totals,
        "found": seen.found,
        "faults": [
            {
                "row": fault.row,
                "column": fault.column,
                "value": fault.value[:LONGEST_VALUE],
                "why": text(fault.key, {"value": fault.value}, lang),
            }
            for fault in seen.incoming.faults[:FAULTS_MOST]
        ],
        "rejected_csv": as_csv(back.iloc[:REJECTED_MOST]),
    }


def _first(seen: looks.Look) -> dict[str, Any]:
    frame = seen.table.frame
    rows = [as_text(frame[name].iloc[: looks.FIRST_ROWS]).tolist() for name in frame.columns]
    return {
        "known": seen.known,
        "mapping": seen.mapping.to_dict(),
        "personal": seen.personal,
        "columns": [str(name) for name in frame.columns],
        "first": [list(row) for row in zip(*rows, strict=True)],
    }


def _grid(
    city: City, source: Source, options: Options, boundary: Source | None, lang: str
) -> dict[str, Any]:
    how = Reading(
        options.code,
        options.levels,
        boundary,
        options.crs,
        options.weight,
        options.nested,
    )
    made = import_cells(city.store, source, how)
    notices = [
        text("server.divided", {"level": level, "count": count}, lang)
        for level, count in made.divided.items()
    ]
    if made.dropped:
        notices.append(text("import.personal", {"columns": ", ".join(made.dropped)}, lang))
    done = {"plan": made.plan.id, "moved_m": made.moved_m, "outside": made.outside}
    return {**done, "notices": notices}


def _layer(city: City, source: Source, options: Options) -> dict[str, Any]:
    return {"layer": import_layer(city.store, options.kind, source, options.weight).id}


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
