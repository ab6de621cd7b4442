"""Collections of features for other programs: what OGC API – Features hands out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from gridmap import crs
from gridmap.errors import NotFound

if TYPE_CHECKING:
    import pandas as pd

    from gridmap.journeys.city import City
    from gridmap.store import Plan

CELLS, INCIDENTS, LEVEL = "cells", "incidents", "level-"
SHOWN = ("reference", "streets", "place")
"""Kinds of layers that are handed out whole."""


@dataclass(frozen=True)
class Collection:
    """A collection of features.

    Parameters
    ----------
    id : str
        Its name in addresses.
    title : str
        Its name for people, as stored.
    exact : bool
        Whether it holds what only named roles may see: points of incidents, layers that were sent
        and not published.
    bounds : tuple of float
        West, south, east, north in degrees.
    """

    id: str
    title: str
    exact: bool
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class Choice:
    """Which features of a collection are asked for.

    Parameters
    ----------
    bbox : tuple of float, optional
        West, south, east, north in degrees; west over east crosses the date line.
    start, end : Timestamp, optional
        Closed interval of time, with a zone; absent means open.
    equal : tuple of (str, str)
        Properties and the text they must have.
    """

    bbox: tuple[float, float, float, float] | None = None
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    equal: tuple[tuple[str, str], ...] = ()


def collections(city: City) -> list[Collection]:
    """Return all there is: cells, levels, incidents, layers.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    list of Collection
        Cells and levels of the plan in force first.
    """
    plan, bounds = city.plan(), city.bounds()
    names = [CELLS, *(f"{LEVEL}{level}" for level in plan.levels), INCIDENTS]
    found = [Collection(name, name, name == INCIDENTS, bounds or (0, 0, 0, 0)) for name in names]
    for kind in SHOWN:
        for layer in city.store.layers.all(kind):
            west, south, east, north = _layer(city, layer.id).total_bounds.tolist()
            area = (west, south, east, north)
            held = kind != "streets" and not layer.about.get("public")
            found.append(Collection(f"layer-{layer.id}", layer.name, exact=held, bounds=area))
    return found


def features(city: City, collection: str) -> gpd.GeoDataFrame:
    """Return all features of a collection.

    Parameters
    ----------
    city : City
        The city.
    collection : str
        Its id.

    Returns
    -------
    GeoDataFrame
        In EPSG:4326, the index holding the ids of the features.

    Raises
    ------
    NotFound
        If there is no such collection.
    """
    plan = city.plan()
    if collection == CELLS:
        return city.grid(plan.head).cells
    if collection == INCIDENTS:
        return _incidents(city)
    kind, _, name = collection.partition("-")
    if kind == "level" and name in plan.levels:
        return _level(city, plan, name)
    if kind == "layer" and name.isdecimal() and name.isascii():
        return _layer(city, int(name))
    raise NotFound("server.no_collection", collection=collection)


def _layer(city: City, layer: int) -> gpd.GeoDataFrame:
    if city.store.layers.get(layer).kind not in SHOWN:
        raise NotFound("server.no_collection", collection=f"layer-{layer}")
    frame = city.layer(layer)
    return frame if frame.crs is None or frame.crs == crs.LONLAT else frame.to_crs(crs.LONLAT)


def _level(city: City, plan: Plan, level: str) -> gpd.GeoDataFrame:
    def make() -> gpd.GeoDataFrame:
        cells = city.grid(plan.head).cells
        named = cells[cells[level].fillna("").astype(str) != ""]
        weights = [plan.weight] if plan.weight else []
        shown = named[[level, *weights, named.geometry.name]]
        return shown.dissolve(by=level, aggfunc="sum", method="coverage")

    return city.derived(("features", plan.head, level), make)


def _incidents(city: City) -> gpd.GeoDataFrame:
    found = city.in_force()
    key = ("incident features", city.revision(), city.today())

    def make() -> gpd.GeoDataFrame:
        points = shapely.points(found["lon"], found["lat"])
        points[found["lon"].isna().to_numpy()] = None
        return gpd.GeoDataFrame(found.set_index("id"), geometry=points, crs=crs.LONLAT)

    return city.derived(key, make)


def choose(frame: gpd.GeoDataFrame, choice: Choice) -> gpd.GeoDataFrame:
    """Return the features that are asked for, in their order.

    Parameters
    ----------
    frame : GeoDataFrame
        Features in EPSG:4326.
    choice : Choice
        Which of them.

    Returns
    -------
    GeoDataFrame
        A part of the frame. Without a column ``when`` time does not choose.
    """
    chosen = frame
    for name, wanted in choice.equal:
        chosen = chosen[chosen[name].astype("string") == wanted]
    if "when" in chosen.columns:
        if choice.start is not None:
            chosen = chosen[chosen["when"] >= choice.start]
        if choice.end is not None:
            chosen = chosen[chosen["when"] <= choice.end]
    return chosen if choice.bbox is None else chosen[_touches(chosen, choice.bbox)]


def _touches(frame: gpd.GeoDataFrame, bbox: tuple[float, float, float, float]) -> Any:
    west, south, east, north = bbox
    parts = [(west, south, east, north)]
    if west > east:
        parts = [(west, south, 180.0, north), (-180.0, south, east, north)]
    area = shapely.union_all([shapely.box(*part) for part in parts])
    return shapely.intersects(frame.geometry.to_numpy(), area)
