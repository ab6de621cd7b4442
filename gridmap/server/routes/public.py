"""What the public may see: tables made beforehand, small counts hidden."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from gridmap.errors import NotFound
from gridmap.incidents.sums import CITY
from gridmap.journeys.incidents.public import make_tables
from gridmap.server.deps import CityDep, JobsDep, LangDep, Planner, SettingsDep
from gridmap.server.guard import StrictRoute
from gridmap.server.routes.jobs import job_info
from gridmap.server.schemas import JobInfo, Wire

router = APIRouter(prefix="/api/v1/public", tags=["public"], route_class=StrictRoute)


class PublicRow(Wire):
    """A count; null where it is hidden."""

    unit: str
    month: str
    category: str
    n: int | None


class PublicTable(Wire):
    """Incidents by unit, month and main category; ``at`` is null while no table is made."""

    level: str
    levels: list[str]
    at: str | None
    least: int
    rows: list[PublicRow]


@router.get("")
def table(
    city: CityDep,
    settings: SettingsDep,
    level: Annotated[str, Query(max_length=200, description="city or a level")] = CITY,
    month: Annotated[str | None, Query(max_length=10, description="Such as 2016-05")] = None,
) -> PublicTable:
    """Return the table of a level; the only figures the public gets."""
    found = city.store.tables.get(level)
    if found is None and level == CITY:
        return PublicTable(level=CITY, levels=[], at=None, least=settings.least, rows=[])
    if found is None:
        raise NotFound("server.no_table", level=level)
    names = ("unit", "month", "category", "n")
    rows = [dict(zip(names, row, strict=True)) for row in found.rows]
    shown = [PublicRow(**row) for row in rows if month in {None, row["month"]}]
    return PublicTable(
        level=level,
        levels=city.store.tables.levels(),
        at=found.at,
        least=found.made_of["least"],
        rows=shown,
    )


@router.post("", status_code=202)
def make(
    city: CityDep, jobs: JobsDep, user: Planner, settings: SettingsDep, lang: LangDep
) -> JobInfo:
    """Make the tables anew; a job does."""

    def work(job: Any) -> dict[str, int]:
        return {"rows": make_tables(city, settings.least, job.progress)}

    return job_info(jobs.submit("public", work, user.name or user.role, once=True), lang)
