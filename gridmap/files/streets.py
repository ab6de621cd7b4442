"""Streets in: a city's centre lines, OpenStreetMap extracts, OSMnx graphs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridmap.crs import LONLAT
from gridmap.errors import FileError
from gridmap.files.cells import frame_of, require_crs
from gridmap.files.kinds import STREETS
from gridmap.files.osm import streets_of_edges, streets_of_ways
from gridmap.files.reader import READER
from gridmap.streets.addresses import COLUMNS
from gridmap.streets.model import SPEEDS, require_streets, streets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    import geopandas as gpd

NAMES = ("name", "street", "street_name", "label", "fullname")
CLASSES = ("highway", "class", "fclass")
CITY_RANKS = {1.0: "primary", 2.0: "secondary"}
"""``MajorRoad`` of a city's centre lines in the words of OpenStreetMap."""
ADDRESSES = tuple(what for what in COLUMNS if what != "name")
"""Other names, house numbers and postal codes by side, kept under these names."""
FORWARD, BACKWARD = ("yes", "true", "1", "f", "ft"), ("-1", "reverse", "t", "tf")
NO_CARS = ("footway", "path", "steps", "pedestrian", "cycleway", "track", "corridor")
"""Classes of streets closed to cars."""
NO_WALKING = ("motorway", "motorway_link", "trunk_link")
"""Classes of streets closed to walkers."""


def read_streets(
    path: Path | str, name: str | None = None, tick: Callable[[float], None] | None = None
) -> gpd.GeoDataFrame:
    """Read a street layer.

    Parameters
    ----------
    path : path
        A layer in one of the formats of cells, an OpenStreetMap extract (``.osm.pbf``, ``.osm``)
        or a graph of OSMnx (``.graphml``, ``.graphml.gz``).
    name : str, optional
        What the user calls the file, where it lies under another name.
    tick : callable, optional
        Told some times a second which share is read; what it raises stops the work.

    Returns
    -------
    GeoDataFrame
        Streets as described in :mod:`gridmap.streets.model`, in EPSG:4326; house numbers of the
        layer are kept as ``left_from``, ``left_to``, ``right_from``, ``right_to``.

    Raises
    ------
    FileError
        If the file is not there or cannot be read.
    ValueRefused
        If it has no street.
    """
    path = Path(path)
    if not path.is_file():
        raise FileError("streets.missing", path=str(path))
    table = READER.read(path, STREETS, tick, name)
    rows = (table.schema.metadata or {}).get(b"rows", b"")
    if rows:
        found = streets_of_ways(table) if rows == b"ways" else streets_of_edges(table)
    else:
        frame = frame_of(table)
        require_crs(frame, str(name or path))
        found = _layer(frame)
    require_streets(found)
    return found


def _layer(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame = frame.to_crs(LONLAT)
    columns = {str(column).lower(): column for column in frame.columns}
    directed = {"direction", "fromnode", "tonode"} <= set(columns)
    return _city(frame, columns) if directed else _plain(frame, columns)


def _numbers(frame: gpd.GeoDataFrame, columns: Mapping[str, Any]) -> dict[str, Any]:
    return {
        what: frame[columns[name]].to_numpy()
        for what in ADDRESSES
        for name in COLUMNS[what]
        if name in columns
    }


def _plain(frame: gpd.GeoDataFrame, columns: Mapping[str, Any]) -> gpd.GeoDataFrame:
    kind = _column(frame, columns, CLASSES, "residential")
    drives = ~np.isin(kind, NO_CARS)
    way = _column(frame, columns, ("oneway",), "no")
    return streets(
        {
            "name": _column(frame, columns, NAMES, ""),
            "class": kind,
            "speed": speeds(kind),
            "forward": drives & ~np.isin(way, BACKWARD),
            "backward": drives & ~np.isin(way, FORWARD),
            "foot": ~np.isin(kind, NO_WALKING),
            **_numbers(frame, columns),
        },
        frame.geometry.to_numpy(),
    )


def _city(frame: gpd.GeoDataFrame, columns: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Centre lines of a city: Direction 1 along the line, -1 against it, anything else both ways.

    ``Restriction`` marks streets closed to trucks; a patrol car may use them.
    """
    way = pd.to_numeric(frame[columns["direction"]], errors="coerce").to_numpy()
    rank = frame[columns["majorroad"]] if "majorroad" in columns else pd.Series(0, frame.index)
    kind = rank.map(CITY_RANKS).fillna("residential").to_numpy(object)
    return streets(
        {
            "name": _column(frame, columns, NAMES, ""),
            "class": kind,
            "speed": speeds(kind),
            "forward": way != -1,
            "backward": way != 1,
            "foot": np.ones(len(frame), bool),
            **_numbers(frame, columns),
        },
        frame.geometry.to_numpy(),
    )


def speeds(kinds: Any) -> Any:
    """Return the usual speed by car of each class of street.

    Parameters
    ----------
    kinds : array-like of str
        Classes in the words of OpenStreetMap.

    Returns
    -------
    ndarray of float64
        Speeds in km/h; unknown classes get that of a ``road``.
    """
    return np.array([SPEEDS.get(kind, SPEEDS["road"]) for kind in kinds])


def _column(
    frame: gpd.GeoDataFrame, columns: Mapping[str, Any], wanted: tuple[str, ...], default: str
) -> Any:
    for name in wanted:
        if name in columns:
            return frame[columns[name]].fillna(default).astype(str).str.strip().to_numpy(object)
    return np.full(len(frame), default, dtype=object)
