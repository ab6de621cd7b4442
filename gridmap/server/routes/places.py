"""Layers of places: which there are, what stands where, which of them the public sees."""

from math import isfinite
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Path, Query, Response

from gridmap.errors import NotAllowed
from gridmap.journeys import places as journeys
from gridmap.journeys.city import City
from gridmap.server.deps import ABILITIES, CityDep, Planner, UserDep
from gridmap.server.guard import StrictRoute, strict_json
from gridmap.server.schemas import Lat, Lon, Wire
from gridmap.store import Layer, User

router = APIRouter(prefix="/api/v1/places", tags=["places"], route_class=StrictRoute)

LayerId = Annotated[int, Path(ge=1, le=2**53)]
GEOJSON = "application/geo+json"


class PlaceLayer(Wire):
    """A layer of places."""

    id: int
    name: str
    at: str
    rows: int
    shapes: list[str]
    bounds: list[float]
    public: bool
    dropped: list[str]
    left_out: int


def seen_layer(city: City, user: User, layer: int) -> Layer:
    """Return a layer that was sent, if the user may see it: the public sees published places."""
    found = city.store.layers.get(layer)
    if user.role not in ABILITIES["points"] and not found.about.get("public"):
        raise NotAllowed("server.may_not_points", role=user.title)
    return found


def info(city: City, layer: Layer) -> PlaceLayer:
    """Return a layer of places as it goes over the wire."""
    about = layer.about
    return PlaceLayer(
        id=layer.id,
        name=layer.name,
        at=layer.at,
        rows=about["rows"],
        shapes=about["shapes"],
        bounds=journeys.lonlat(city, layer.id).total_bounds.tolist(),
        public=about["public"],
        dropped=list(about["dropped"]),
        left_out=about["left_out"],
    )


@router.get("")
def all_layers(city: CityDep, user: UserDep) -> list[PlaceLayer]:
    """Return the layers of places the reader may see."""
    layers = city.store.layers.all(journeys.KIND)
    everything = user.role in ABILITIES["points"]
    return [info(city, layer) for layer in layers if everything or layer.about["public"]]


@router.get("/{layer}/at", response_class=Response)
def at(
    city: CityDep,
    user: UserDep,
    layer: LayerId,
    lon: Annotated[Lon, Query()],
    lat: Annotated[Lat, Query()],
    metres: Annotated[float, Query(ge=0, le=100_000, description="How far beside")] = 10,
) -> Response:
    """Return the places of a layer where somebody points, the nearest first."""
    seen_layer(city, user, layer)
    journeys.place_layer(city, layer)
    found = journeys.places_at(city, layer, lon, lat, metres)
    body = {"type": "FeatureCollection", "features": [feature(place) for place in found]}
    return Response(strict_json(body), media_type=GEOJSON)


@router.get("/{layer}/{row}", response_class=Response)
def one(
    city: CityDep, user: UserDep, layer: LayerId, row: Annotated[int, Path(ge=0, le=2**53)]
) -> Response:
    """Return one place with everything the file says of it."""
    seen_layer(city, user, layer)
    journeys.place_layer(city, layer)
    body = feature(journeys.place(city, layer, row))
    return Response(strict_json(body), media_type=GEOJSON)


@router.put("/{layer}/published", status_code=204, response_class=Response)
def publish(city: CityDep, _user: Planner, layer: LayerId) -> None:
    """Show a layer to the public too."""
    journeys.place_layer(city, layer)
    city.store.layers.amend(layer, public=True)


@router.delete("/{layer}/published", status_code=204, response_class=Response)
def withdraw(city: CityDep, _user: Planner, layer: LayerId) -> None:
    """Keep a layer from the public."""
    journeys.place_layer(city, layer)
    city.store.layers.amend(layer, public=False)


@router.delete("/{layer}", status_code=204, response_class=Response)
def remove(city: CityDep, _user: Planner, layer: LayerId) -> None:
    """Take a layer away."""
    journeys.place_layer(city, layer)
    city.store.layers.remove(layer)


def feature(place: journeys.Place) -> dict[str, Any]:
    """Return a place as GeoJSON."""
    columns = {name: _plain(value) for name, value in place.columns.items()}
    return {
        "type": "Feature",
        "id": place.row,
        "geometry": shapely.geometry.mapping(place.shape),
        "properties": {"name": place.name, "columns": columns},
    }


def _plain(value: Any) -> str | int | float | bool | None:
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float):
        return plain if isfinite(plain) else None
    return plain if isinstance(plain, str | int | bool) else str(plain)
