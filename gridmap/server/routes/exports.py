"""What is shown, as a file: CSV, GeoJSON, a standalone HTML page."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from gridmap.journeys import exports
from gridmap.journeys.city import City
from gridmap.journeys.incidents import figures as journeys
from gridmap.journeys.incidents.figures import Question
from gridmap.server.deps import CityDep, LangDep, Viewer
from gridmap.server.guard import StrictRoute, strict_json
from gridmap.server.routes.figures import QuestionDep
from gridmap.server.routes.incidents import record

router = APIRouter(prefix="/api/v1", tags=["export"], route_class=StrictRoute)

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "html": "text/html; charset=utf-8",
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.split(";")[0]: {} for kind in TYPES.values()}}
}


@router.get("/export", responses=FILES, response_class=Response)
def export(
    city: CityDep,
    user: Viewer,
    lang: LangDep,
    asked: QuestionDep,
    format_: Annotated[Literal["csv", "geojson", "html"], Query(alias="format")] = "csv",
    what: Literal["figures", "incidents"] = "figures",
    kind: Annotated[
        Literal["choropleth", "heat", "hotspots", "change"],
        Query(description="What the map page shows"),
    ] = "choropleth",
) -> Response:
    """Hand over what is shown; the browser makes the picture (PNG) itself."""
    if what == "incidents":
        record(city.store, user, f"export of incidents as {format_}")
        body = _incidents(city, asked, format_)
    else:
        body = _figures(city, asked, format_, lang, kind)
    days = [day.isoformat() for day in (asked.chosen.start, asked.chosen.end) if day]
    name = "-".join(filter(None, ["gridmap", what, "_".join(days)])) + f".{format_}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=TYPES[format_], headers=headers)


def _figures(city: City, asked: Question, format_: str, lang: str, kind: str) -> bytes:
    if format_ == "html":
        from gridmap.journeys.handover import figures_map

        return figures_map(city, asked, lang, kind).encode()
    found = journeys.figures(city, asked)
    if format_ == "geojson":
        return strict_json(exports.figures_geojson(city, found, asked, lang))
    return exports.csv(exports.figures_table(found, asked, lang))


def _incidents(city: City, asked: Question, format_: str) -> bytes:
    table = exports.incidents_table(city, asked.chosen, asked.plan)
    if format_ == "geojson":
        return strict_json(exports.incidents_geojson(table))
    return exports.csv(table)
