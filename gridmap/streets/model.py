"""A street layer: one row a stretch of street between two crossings.

Columns of the frame (EPSG:4326, LineString):

``name``
    Name of the street, ``""`` where it has none.
``class``
    Rank in the words of OpenStreetMap (``primary``, ``residential``, ``footway`` …).
``speed``
    Usual speed by car in km/h.
``forward``, ``backward``
    Whether a car may drive along the line, and against it.
``foot``
    Whether one may walk there, always both ways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from gridmap.crs import LONLAT
from gridmap.errors import ColumnError, ValueRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ("name", "class", "speed", "forward", "backward", "foot")
SPEEDS: Mapping[str, float] = {
    "motorway": 90,
    "motorway_link": 55,
    "trunk": 70,
    "trunk_link": 45,
    "primary": 45,
    "primary_link": 40,
    "secondary": 40,
    "secondary_link": 35,
    "tertiary": 35,
    "tertiary_link": 30,
    "unclassified": 30,
    "residential": 25,
    "living_street": 10,
    "service": 15,
    "road": 25,
}
"""Usual speed by car in km/h, lights and parking considered, by class."""
WALKING = 4.5
"""Walking speed in km/h."""


def streets(columns: Mapping[str, Any], shapes: Any) -> gpd.GeoDataFrame:
    """Return a street layer of its columns.

    Parameters
    ----------
    columns : mapping of str to array-like
        The columns named in :data:`COLUMNS` and any others, one value a stretch.
    shapes : array-like of LineString
        The stretches in longitude and latitude; multi-part ones are split.

    Returns
    -------
    GeoDataFrame
        The layer; stretches without length or with a broken coordinate are left out.
    """
    frame = gpd.GeoDataFrame(dict(columns), geometry=np.asarray(shapes, object), crs=LONLAT)
    frame = frame.explode(ignore_index=True)
    lines = frame.geometry.to_numpy()
    sound = (shapely.get_type_id(lines) == 1) & (shapely.length(lines) > 0)
    sound &= np.isfinite(shapely.bounds(lines)).all(axis=1)
    frame = frame[sound].reset_index(drop=True)
    others = [name for name in columns if name not in COLUMNS]
    return frame.astype({"speed": float, "forward": bool, "backward": bool, "foot": bool}).loc[
        :, [*COLUMNS, *others, "geometry"]
    ]


def require_streets(frame: gpd.GeoDataFrame) -> None:
    """Refuse a frame that is not a street layer.

    Parameters
    ----------
    frame : GeoDataFrame
        What should be a street layer.

    Raises
    ------
    ColumnError
        If a column is missing.
    ValueRefused
        If it has no stretch of street.
    """
    for column in COLUMNS:
        if column not in frame.columns:
            raise ColumnError("streets.no_column", column=column)
    if frame.empty:
        raise ValueRefused("streets.empty")
