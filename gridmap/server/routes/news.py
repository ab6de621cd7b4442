"""What came in since somebody last looked."""

from typing import Annotated

from fastapi import APIRouter, Query

from gridmap.server.deps import CityDep, PointViewer
from gridmap.server.guard import StrictRoute
from gridmap.server.routes.incidents import record, row
from gridmap.server.schemas import IncidentRow, Wire

router = APIRouter(prefix="/api/v1/news", tags=["incidents"], route_class=StrictRoute)


class News(Wire):
    """Incidents entered after one of them."""

    newest: int
    total: int
    incidents: list[IncidentRow]


@router.get("")
def news(
    city: CityDep,
    user: PointViewer,
    after: Annotated[int, Query(ge=0, le=2**53, description="Number last seen")] = 0,
    limit: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> News:
    """Count, and list if asked, the incidents that came in after one, the newest first."""
    frame = city.in_force() if limit else city.incidents()
    ids = frame["id"].astype("int64")
    later = frame[ids > after]
    shown = later.iloc[::-1].iloc[:limit]
    if len(shown):
        record(city.store, user, f"{len(shown)} incidents after {after}")
    rows = [IncidentRow(**row(each)) for each in shown.itertuples()]
    return News(newest=int(ids.max()) if len(ids) else 0, total=len(later), incidents=rows)
