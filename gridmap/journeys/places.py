"""Layers of places: points, lines and areas of any kind, shown beside the incidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from gridmap import crs
from gridmap.errors import FileError, NotFound
from gridmap.files.cells import read_frame
from gridmap.incidents.persons import personal_columns
from gridmap.layers.places import name_column

if TYPE_CHECKING:
    from gridmap.journeys.city import City
    from gridmap.journeys.source import Source
    from gridmap.store import Layer, Store

KIND = "place"
SHAPES = {"points": (0, 4), "lines": (1, 2, 5), "areas": (3, 6)}
"""Type ids of shapely by what people call them."""
LONGITUDE_M = 111_320.0
"""Metres of a degree on the equator."""
NEAR = 20
"""Places told of at most where somebody points."""


@dataclass(frozen=True)
class Place:
    """One place of a layer.

    Parameters
    ----------
    row : int
        Its row in the layer, from 0.
    name : str
        What it is called; empty if the layer has no names.
    columns : dict
        What the file says of it, column by column; missing values are left out.
    shape : Geometry
        In degrees.
    """

    row: int
    name: str
    columns: dict[str, Any]
    shape: Any


def import_places(store: Store, source: Source) -> Layer:
    """Bring in a layer of places.

    Columns that look person-level are dropped, rows without a point, line or area left out; both
    are told in the layer's ``about`` (``dropped``: why by column, ``left_out``: rows). It is not
    shown to the public before it is published.

    Parameters
    ----------
    store : Store
        The store.
    source : Source
        The file: any format of cells.

    Returns
    -------
    Layer
        The layer.

    Raises
    ------
    InputError
        If the file cannot be read or holds no places; nothing was written.
    """
    frame = read_frame(source.path, None, source.tick, source.called)
    kept, about = places_of(frame)
    if kept.empty:
        raise FileError("files.no_places", path=source.called)
    # the file itself is not kept: it holds the columns that were dropped
    return store.layers.add(KIND, source.title, kept, about)


def places_of(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    """Return the places of a frame, without the columns that look person-level.

    Parameters
    ----------
    frame : GeoDataFrame
        As it was read.

    Returns
    -------
    GeoDataFrame
        The rows with a point, line or area.
    dict
        What was done to them: ``shapes``, ``dropped``, ``left_out``, ``public``.
    """
    dropped = personal_columns(frame.drop(columns=frame.geometry.name))
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    kinds = shapely.get_type_id(shapes)
    known = [name for name, ids in SHAPES.items() if np.isin(kinds, ids).any()]
    there = np.isin(kinds, sum(SHAPES.values(), ())) & ~shapely.is_empty(shapes)
    kept = frame.drop(columns=list(dropped)).set_geometry(gpd.GeoSeries(shapes, crs=frame.crs))
    kept = kept[there].reset_index(drop=True)
    left_out = len(frame) - len(kept)
    about = {"shapes": known, "dropped": dropped, "left_out": left_out, "public": False}
    return kept, about


def place_layer(city: City, layer: int) -> Layer:
    """Return a layer of places.

    Parameters
    ----------
    city : City
        The city.
    layer : int
        Its number.

    Returns
    -------
    Layer
        Without its rows.

    Raises
    ------
    NotFound
        If there is none, or it is a layer of another kind.
    """
    found = city.store.layers.get(layer)
    if found.kind != KIND:
        raise NotFound("store.no_layer", layer=layer)
    return found


def lonlat(city: City, layer: int) -> gpd.GeoDataFrame:
    """Return the places of a layer in degrees.

    Parameters
    ----------
    city : City
        The city.
    layer : int
        Number of the layer.

    Returns
    -------
    GeoDataFrame
        In EPSG:4326, in the order of the file.
    """

    def make() -> gpd.GeoDataFrame:
        frame = city.layer(layer)
        shapes = crs.to_lonlat(frame.geometry.to_numpy(), frame.crs)
        return frame.set_geometry(gpd.GeoSeries(shapes, crs=crs.LONLAT))

    return city.derived(("places", layer), make)


def place_names(city: City, layer: int) -> list[str]:
    """Return the names of the places of a layer, for searching.

    Parameters
    ----------
    city : City
        The city.
    layer : int
        Number of the layer.

    Returns
    -------
    list of str
        In the order of its rows, without case; empty where a place has none.
    """
    frame = city.layer(layer)
    named = name_column(frame)
    if named is None:
        return [""] * len(frame)
    return [str(name).casefold() for name in frame[named].fillna("")]


def place(city: City, layer: int, row: int) -> Place:
    """Return one place of a layer.

    Parameters
    ----------
    city : City
        The city.
    layer : int
        Number of the layer.
    row : int
        Row of the place, from 0.

    Returns
    -------
    Place
        With everything the file says of it.

    Raises
    ------
    NotFound
        If the layer has no such row.
    """
    frame = lonlat(city, layer)
    if not 0 <= row < len(frame):
        raise NotFound("store.no_place", layer=layer, row=row)
    values = frame.drop(columns=frame.geometry.name).iloc[row]
    named = name_column(frame)
    name = "" if named is None else values[named]
    columns = {str(key): value for key, value in values[values.notna()].items()}
    return Place(row, str(name) if name == name else "", columns, frame.geometry.iloc[row])  # noqa: PLR0124 - NaN


def places_at(city: City, layer: int, lon: float, lat: float, metres: float) -> list[Place]:
    """Return the places of a layer where somebody points, the nearest first.

    Parameters
    ----------
    city : City
        The city.
    layer : int
        Number of the layer.
    lon, lat : float
        Where, in degrees.
    metres : float
        How far beside a place still means it.

    Returns
    -------
    list of Place
        At most :data:`NEAR`; of places equally near, the smaller one first.
    """
    frame = lonlat(city, layer)
    squeeze = np.cos(np.radians(lat))
    reach = np.array([metres / max(squeeze, 0.01), metres]) / LONGITUDE_M
    (west, south), (east, north) = np.array([lon, lat]) - reach, np.array([lon, lat]) + reach
    rows = frame.sindex.query(shapely.box(west, south, east, north))
    level = shapely.transform(frame.geometry.to_numpy()[rows], lambda xy: xy * [squeeze, 1])
    apart = shapely.distance(level, shapely.Point(lon * squeeze, lat)) * LONGITUDE_M
    order = np.lexsort((shapely.area(level), apart))
    return [place(city, layer, int(rows[at])) for at in order[:NEAR] if apart[at] <= metres]
