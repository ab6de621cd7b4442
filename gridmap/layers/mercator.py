"""Web Mercator tiles: the unit square, tiles z/x/y, metres on the ground."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridmap.errors import ValueRefused

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_LATITUDE = math.degrees(math.atan(math.sinh(math.pi)))
"""Where the square of Web Mercator ends, 85.0511 degrees."""
EARTH = 2 * math.pi * 6378137.0
"""Length of the equator in metres."""
DEEPEST = 24
"""Deepest zoom a tile is asked for."""


class Tile(NamedTuple):
    """A tile of the z/x/y scheme, y counted from the north."""

    z: int
    x: int
    y: int


def tile(z: int, x: int, y: int) -> Tile:
    """Return a tile.

    Parameters
    ----------
    z, x, y : int
        Zoom, column from the west, row from the north.

    Returns
    -------
    Tile
        The tile.

    Raises
    ------
    ValueRefused
        If there is no such tile.
    """
    if not 0 <= z <= DEEPEST or not (0 <= x < 1 << z and 0 <= y < 1 << z):
        raise ValueRefused("layers.no_tile", z=z, x=x, y=y)
    return Tile(z, x, y)


def to_square(lonlat: Any) -> NDArray[np.float64]:
    """Project longitudes and latitudes to the unit square of Web Mercator.

    Parameters
    ----------
    lonlat : array-like of float, shape (n, 2)
        Degrees (EPSG:4326); latitudes beyond 85.05 degrees are taken as that.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        x from the west and y from the north, both in [0, 1].
    """
    points = np.asarray(lonlat, dtype=float)
    lat = np.radians(np.clip(points[:, 1], -MAX_LATITUDE, MAX_LATITUDE))
    y = 0.5 - np.arcsinh(np.tan(lat)) / (2 * math.pi)
    return np.column_stack([points[:, 0] / 360 + 0.5, np.clip(y, 0, 1)])


def to_lonlat(square: Any) -> NDArray[np.float64]:
    """Undo :func:`to_square`.

    Parameters
    ----------
    square : array-like of float, shape (n, 2)
        Points of the unit square.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Longitude and latitude in degrees.
    """
    points = np.asarray(square, dtype=float)
    lat = np.degrees(np.arctan(np.sinh(math.pi * (1 - 2 * points[:, 1]))))
    return np.column_stack([(points[:, 0] - 0.5) * 360, lat])


def metres_per_square(lat: float) -> float:
    """Return how many metres on the ground the unit square is wide at a latitude.

    Parameters
    ----------
    lat : float
        Latitude in degrees.

    Returns
    -------
    float
        Metres.
    """
    return EARTH * math.cos(math.radians(lat))
