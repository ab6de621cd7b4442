"""OGC API – Features, Part 1: Core (OGC 17-069r4), so that QGIS and GDAL read what they may."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from fastapi import APIRouter, Path, Query, Request, Response

from gridmap.errors import NotAllowed, NotFound
from gridmap.journeys.city import City
from gridmap.journeys.features import (
    CELLS,
    INCIDENTS,
    LEVEL,
    Choice,
    Collection,
    choose,
    collections,
    features,
)
from gridmap.server.deps import ABILITIES, STAFF, CityDep, UserDep, is_public
from gridmap.server.guard import StrictRoute
from gridmap.server.problems import Problem
from gridmap.server.routes.incidents import record
from gridmap.store import User

router = APIRouter(prefix="/ogc", tags=["ogc"], route_class=StrictRoute)

GEOJSON = "application/geo+json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
]
MOST = 10_000
"""Features on a page at most; a larger limit is taken as this one."""
OWN = {"limit", "offset", "bbox", "datetime", "f", "lang"}
CollectionId = Annotated[str, Path(max_length=200)]


@router.get("")
def landing(request: Request) -> dict[str, Any]:
    """Return where everything is."""
    about = [
        _link(request, "self", ""),
        _link(request, "conformance", "/conformance"),
        _link(request, "data", "/collections"),
        {
            "rel": "service-desc",
            "type": "application/vnd.oai.openapi+json;version=3.1",
            "href": f"{_base(request)}/api/v1/openapi.json",
        },
    ]
    return {"title": "gridmap", "links": about}


@router.get("/conformance")
def conformance() -> dict[str, list[str]]:
    """Return what this API conforms to."""
    return {"conformsTo": CONFORMS}


@router.get("/collections")
def all_collections(request: Request, city: CityDep, user: UserDep) -> dict[str, Any]:
    """Return the collections the reader may see."""
    shown = [_describe(request, each) for each in collections(city) if _may_see(city, user, each)]
    return {"links": [_link(request, "self", "/collections")], "collections": shown}


@router.get("/collections/{collection}")
def one_collection(
    request: Request, city: CityDep, user: UserDep, collection: CollectionId
) -> dict[str, Any]:
    """Return one collection."""
    return _describe(request, _find(city, user, collection))


@router.get("/collections/{collection}/items", response_class=Response)
def items(
    request: Request,
    city: CityDep,
    user: UserDep,
    collection: CollectionId,
    limit: Annotated[int, Query(ge=1, le=2**31)] = 10,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    bbox: Annotated[str | None, Query(max_length=200)] = None,
    datetime: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """Return a page of features; any property can be asked for by its text."""
    frame = _frame(city, user, collection)
    equal = _equal(request, frame)
    start, end = _interval(datetime)
    chosen = choose(frame, Choice(_bbox(bbox), start, end, equal))
    page = chosen.iloc[offset : offset + min(limit, MOST)]
    if collection == INCIDENTS:
        record(city.store, user, f"ogc incidents {offset}-{offset + len(page)}")
    body = {
        "type": "FeatureCollection",
        "timeStamp": _now(),
        "numberMatched": len(chosen),
        "numberReturned": len(page),
        "links": _page_links(request, collection, offset, len(page), len(chosen)),
        "features": [_feature(*each) for each in _rows(page)],
    }
    return _geojson(body)


@router.get("/collections/{collection}/items/{item:path}", response_class=Response)
def item(
    request: Request,
    city: CityDep,
    user: UserDep,
    collection: CollectionId,
    item: Annotated[str, Path(max_length=200)],
) -> Response:
    """Return one feature."""
    frame = _frame(city, user, collection)
    found = frame[frame.index.astype(str) == item]
    if found.empty:
        raise NotFound("server.no_feature", collection=collection, item=item)
    if collection == INCIDENTS:
        record(city.store, user, f"ogc incident {item}")
    here = f"/collections/{collection}"
    links = [_link(request, "self", f"{here}/items/{quote(item, safe='')}", GEOJSON)]
    links.append(_link(request, "collection", here))
    return _geojson({**_feature(*next(_rows(found.iloc[:1]))), "links": links})


def _may_see(city: City, user: User, collection: Collection) -> bool:
    if user.role in ABILITIES["points"]:
        return True
    plan = city.plan()
    drawn = collection.id == CELLS or collection.id.startswith(LEVEL)
    return not collection.exact and (is_public(plan, plan.head) or not drawn)


def _find(city: City, user: User, collection: str) -> Collection:
    for each in collections(city):
        if each.id == collection:
            if not _may_see(city, user, each):
                raise NotAllowed("server.may_not_points", role=user.title)
            return each
    raise NotFound("server.no_collection", collection=collection)


def _frame(city: City, user: User, collection: str) -> gpd.GeoDataFrame:
    """Return the features a reader may see; of cells and groups the public sees no figures."""
    _find(city, user, collection)
    frame = features(city, collection)
    if user.role in STAFF or not (collection == CELLS or collection.startswith(LEVEL)):
        return frame
    names = [name for name in city.plan().levels if name in frame.columns]
    return frame[[*names, frame.geometry.name]]


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _link(request: Request, rel: str, path: str, kind: str = "application/json") -> dict[str, str]:
    return {"rel": rel, "type": kind, "href": f"{_base(request)}/ogc{path}"}


def _describe(request: Request, collection: Collection) -> dict[str, Any]:
    here = f"/collections/{collection.id}"
    return {
        "id": collection.id,
        "title": collection.title,
        "itemType": "feature",
        "extent": {"spatial": {"bbox": [list(collection.bounds)], "crs": CRS84}},
        "crs": [CRS84],
        "links": [
            _link(request, "self", here),
            _link(request, "items", f"{here}/items", GEOJSON),
        ],
    }


def _page_links(
    request: Request, collection: str, offset: int, shown: int, matched: int
) -> list[dict[str, str]]:
    limit = int(request.query_params.get("limit", 10))
    starts = {"self": offset}
    if offset + shown < matched and shown:
        starts["next"] = offset + shown
    if offset:
        starts["prev"] = max(0, offset - min(limit, MOST))
    path = f"/collections/{collection}/items"
    asked = dict(request.query_params)
    return [
        _link(request, rel, f"{path}?{urlencode({**asked, 'offset': start})}", GEOJSON)
        for rel, start in starts.items()
    ]


def _equal(request: Request, frame: gpd.GeoDataFrame) -> tuple[tuple[str, str], ...]:
    asked = [pair for pair in request.query_params.multi_items() if pair[0] not in OWN]
    known = set(frame.columns) - {frame.geometry.name}
    for name, _ in asked:
        if name not in known:
            raise Problem(400, "server.no_property", name=name, known=", ".join(sorted(known)))
    return tuple(asked)


def _bbox(text: str | None) -> tuple[float, float, float, float] | None:
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    corners = {4: [0, 1, 2, 3], 6: [0, 1, 3, 4]}.get(len(numbers))
    if corners is None or not np.isfinite(numbers).all():
        raise Problem(400, "server.bbox", given=text)
    west, south, east, north = (numbers[at] for at in corners)
    if south > north:
        raise Problem(400, "server.bbox", given=text)
    return west, south, east, north


def _interval(text: str | None) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    if text is None:
        return None, None
    ends = text.split("/")
    if len(ends) == 1:
        ends = [text, text]
    try:
        start, end = (None if part in {"", ".."} else _instant(part) for part in ends)
    except (ValueError, OverflowError) as cause:
        raise Problem(400, "server.datetime", given=text) from cause
    return start, end


def _instant(text: str) -> pd.Timestamp:
    moment = datetime.fromisoformat(text)
    return pd.Timestamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _rows(frame: gpd.GeoDataFrame) -> Any:
    columns = frame.drop(columns=frame.geometry.name)
    shapes = shapely.to_geojson(frame.geometry.to_numpy())
    names = [str(name) for name in columns.columns]
    values = columns.itertuples(index=False, name=None)
    return zip(frame.index, shapes, (dict(zip(names, row, strict=True)) for row in values),
               strict=True)  # fmt: skip


def _feature(key: Any, shape: str | None, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": _plain(key),
        "geometry": None if shape is None else json.loads(shape),
        "properties": {name: _plain(value) for name, value in values.items()},
    }


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float) and not np.isfinite(plain):
        return None
    return plain if isinstance(plain, str | int | float | bool) else str(plain)


def _geojson(body: dict[str, Any]) -> Response:
    content = json.dumps(body, ensure_ascii=False, allow_nan=False)
    return Response(content, media_type=GEOJSON, headers={"Content-Crs": f"<{CRS84}>"})
