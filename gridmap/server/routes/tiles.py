"""Tiles of cells, streets, layers and heat, and what they hold (TileJSON 3.0)."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from gridmap.errors import NotFound
from gridmap.incidents.measure import Filter, moment, passes
from gridmap.journeys.city import City
from gridmap.layers import heat as heat_
from gridmap.layers import lines, mercator
from gridmap.layers.heat import Heat
from gridmap.layers.lines import LineTiles
from gridmap.layers.places import PlaceTiles
from gridmap.layers.shades import heat_legend
from gridmap.layers.tiles import CellTiles, bounds_of, layers_of
from gridmap.layers.zoom import MAX_ZOOM
from gridmap.server.deps import CityDep, FilterDep, PointViewer, UserDep, is_public, seen
from gridmap.server.routes.places import seen_layer
from gridmap.server.schemas import Wire
from gridmap.server.stored import Sent, stored

router = APIRouter(prefix="/tiles", tags=["tiles"])

Number = Annotated[int, Path(ge=1, le=2**53)]
Zoom = Annotated[int, Path(ge=0, le=mercator.DEEPEST)]
LeftOutZoom = Annotated[int, Query(ge=0, le=MAX_ZOOM)]
CellZoom = Annotated[int, Path(ge=0, le=MAX_ZOOM)]
Column = Annotated[int, Path(ge=0, lt=2**mercator.DEEPEST)]
Bandwidth = Annotated[float, Query(ge=50, le=20_000, description="Metres: no point is told apart")]
Peak = Annotated[float | None, Query(gt=0, description="Incidents per km² in the full hue")]
VECTOR: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/vnd.mapbox-vector-tile": {}}},
    204: {"description": "Nothing there"},
    304: {"description": "Known already"},
}
PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}}}}


class TileJson(Wire):
    """What a set of tiles holds."""

    tilejson: str = "3.0.0"
    name: str
    tiles: list[str]
    vector_layers: list[dict[str, Any]]
    bounds: list[float]
    minzoom: int = 0
    maxzoom: int = MAX_ZOOM


class LeftOut(Wire):
    """Cells too small to be drawn at a zoom."""

    zoom: int
    cells: int
    left_out: int


class Mark(Wire):
    """One colour of the heat, and the density it stands for."""

    density: float
    color: str


class HeatLegend(Wire):
    """What the colours of the heat mean, in incidents per square kilometre."""

    n: int
    without_place: int
    peak: float
    bandwidth: float
    marks: list[Mark]


def cell_tiles(city: City, version: int) -> CellTiles:
    """Return the tiles of a version of a plan, those of the version drawn last taken over."""
    _, before = city.newest("cell tiles") or ((), None)
    return city.derived(("cell tiles", version), lambda: CellTiles(city.grid(version), before))


def layer_tiles(city: City, layer: int) -> PlaceTiles:
    """Return the tiles of a layer that was sent: its areas as cells, its lines, its points."""
    code = city.store.layers.get(layer).about.get("code")
    return city.derived(("layer tiles", layer), lambda: PlaceTiles(city.layer(layer), code))


def street_tiles(city: City) -> LineTiles:
    """Return the tiles of the newest streets."""
    newest = city.store.layers.latest("streets")
    if newest is None:
        raise NotFound("layers.no_streets")
    return city.derived(("street tiles", newest.id), lambda: LineTiles(city.layer(newest.id)))


@router.get("/cells/{plan}/{version}/tiles.json")
def cells_json(
    city: CityDep, user: UserDep, request: Request, plan: Number, version: Number
) -> TileJson:
    """Describe the tiles of a version of a plan; the public sees no drafts."""
    found = seen(city, user, plan, version)
    grid = city.grid(version)
    return TileJson(
        name=found.name,
        tiles=[f"{request.base_url}tiles/cells/{plan}/{version}/{{z}}/{{x}}/{{y}}.mvt"],
        vector_layers=layers_of(grid),
        bounds=list(bounds_of(grid)),
    )


@router.get("/cells/{plan}/{version}/{z}/{x}/{y}.mvt", responses=VECTOR, response_class=Response)
def cells(
    city: CityDep,
    user: UserDep,
    request: Request,
    plan: Number,
    version: Number,
    z: CellZoom,
    x: Column,
    y: Column,
) -> Response:
    """Return a tile of the cells and levels of a version of a plan; the public sees no drafts."""
    found = seen(city, user, plan, version)
    tile = stored(cell_tiles(city, version).tile(z, x, y), immutable=True)
    if is_public(found, version):
        request.app.state.tiles.put(request.url.path, tile)
    return Sent(tile)


@router.get("/cells/{plan}/{version}/left_out")
def left_out(
    city: CityDep, user: UserDep, plan: Number, version: Number, zoom: LeftOutZoom
) -> LeftOut:
    """Count the cells whose ground is nothing on the lattice of a zoom, and so in no tile of it."""
    seen(city, user, plan, version)
    tiles = cell_tiles(city, version)
    cells = len(city.grid(version).codes)
    return LeftOut(zoom=zoom, cells=cells, left_out=tiles.left_out(zoom))


@router.get("/streets/tiles.json")
def streets_json(city: CityDep, request: Request) -> TileJson:
    """Describe the tiles of the streets."""
    tiles = street_tiles(city)
    return TileJson(
        name="streets",
        tiles=[f"{request.base_url}tiles/streets/{{z}}/{{x}}/{{y}}.mvt"],
        vector_layers=[{"id": tiles.layer, "fields": {"name": "String", "class": "String"}}],
        bounds=list(tiles.bounds),
        maxzoom=lines.MAX_ZOOM,
    )


@router.get("/streets/{z}/{x}/{y}.mvt", responses=VECTOR, response_class=Response)
def streets(city: CityDep, z: Zoom, x: Column, y: Column) -> Response:
    """Return a tile of the streets, with their names."""
    return Sent(stored(street_tiles(city).tile(z, x, y), immutable=False))


@router.get("/layers/{layer}/tiles.json")
def layer_json(city: CityDep, request: Request, user: UserDep, layer: Number) -> TileJson:
    """Describe the tiles of a layer that was sent."""
    seen_layer(city, user, layer)
    tiles = layer_tiles(city, layer)
    return TileJson(
        name=city.store.layers.get(layer).name,
        tiles=[f"{request.base_url}tiles/layers/{layer}/{{z}}/{{x}}/{{y}}.mvt"],
        vector_layers=tiles.layers(),
        bounds=list(tiles.bounds),
    )


@router.get("/layers/{layer}/{z}/{x}/{y}.mvt", responses=VECTOR, response_class=Response)
def layer(city: CityDep, user: UserDep, layer: Number, z: Zoom, x: Column, y: Column) -> Response:
    """Return a tile of a layer that was sent; overlaps stay overlaps.

    A layer never changes, but who may see it does: browsers ask each time.
    """
    seen_layer(city, user, layer)
    return Sent(stored(layer_tiles(city, layer).tile(z, x, y), immutable=False))


def city_heat(city: City, chosen: Filter) -> Heat:
    """Return the heat of the incidents under a filter."""
    frame, revision = city.incidents(), city.revision()
    found = city.derived(
        ("heat", revision), lambda: Heat(frame["lon"], frame["lat"], frame["when"])
    )
    always = replace(chosen, start=None, end=None)
    if always != Filter():
        key, whole = ("heat", revision, always), found
        found = city.derived(key, lambda: whole.where(passes(frame, always)))
    ends = (None if at is None else moment(at, city.zone) for at in (chosen.start, chosen.end))
    return found.between(*ends)


@router.get("/heat/legend")
def heat_scale(
    city: CityDep,
    _user: PointViewer,
    chosen: FilterDep,
    bandwidth: Bandwidth = heat_.BANDWIDTH,
    peak: Peak = None,
) -> HeatLegend:
    """Return what the colours of the heat mean under a filter."""
    found = city_heat(city, chosen)
    top = peak or found.peak(bandwidth=bandwidth)
    marks = [Mark(density=mark.density, color=mark.color) for mark in heat_legend(top)]
    return HeatLegend(
        n=found.n, without_place=found.left_out, peak=top, bandwidth=bandwidth, marks=marks
    )


@router.get("/heat/{z}/{x}/{y}.png", responses=PICTURE, response_class=Response)
def heat(
    city: CityDep,
    _user: PointViewer,
    chosen: FilterDep,
    z: Zoom,
    x: Column,
    y: Column,
    bandwidth: Bandwidth = heat_.BANDWIDTH,
    peak: Peak = None,
) -> Response:
    """Return a tile of the density of the incidents under a filter.

    The scale is that of the filter itself unless ``peak`` fixes one, as a page does that plays
    through time.
    """
    picture = city_heat(city, chosen).png(z, x, y, bandwidth=bandwidth, peak=peak)
    return Response(picture, media_type="image/png", headers={"Cache-Control": "private, no-cache"})
