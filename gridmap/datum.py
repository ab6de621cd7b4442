"""The shifted datums of Chinese map services: GCJ-02 and BD-09.

Both are WGS84 degrees moved by some hundred metres by formulas that became public in 2013 (the
transformation known as ``transform`` of "eviltransform"; the providers' own values differ from it
by up to 0.7 m). The services shift nothing outside a rectangle around China, nor does this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Degrees = tuple[NDArray[np.float64], NDArray[np.float64]]

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""The rectangle (least lon, lat, greatest lon, lat) within which coordinates are shifted."""
_AXIS = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BD_TURN = np.pi * 3000.0 / 180.0
_BD_SHIFT = (0.0065, 0.006)
_CLOSE = 1e-12
"""Degrees within which an inverse is taken as found."""
_ROUNDS = 30
_EDGE = 1e-9
"""Degrees by which a point on the edge of the rectangle may come back outside it."""


def to_gcj02(lon: Any, lat: Any) -> Degrees:
    """Shift WGS84 degrees to GCJ-02 (AMap, Tencent, most Chinese maps).

    Parameters
    ----------
    lon, lat : array-like of float, shape (n,)
        WGS84 degrees.

    Returns
    -------
    tuple of ndarray of float64, shape (n,)
        GCJ-02 degrees; points outside :data:`CHINA` and NaN come back as they are.
    """
    lon, lat = _arrays(lon, lat)
    china = _in_china(lon, lat)
    east, north = _gcj02_shift(np.where(china, lon, np.nan), np.where(china, lat, np.nan))
    return np.where(china, lon + east, lon), np.where(china, lat + north, lat)


def from_gcj02(lon: Any, lat: Any) -> Degrees:
    """Shift GCJ-02 degrees back to WGS84, exact to 1e-9 degrees.

    Parameters
    ----------
    lon, lat : array-like of float, shape (n,)
        GCJ-02 degrees.

    Returns
    -------
    tuple of ndarray of float64, shape (n,)
        WGS84 degrees; points outside :data:`CHINA` and NaN come back as they are.
    """
    lon, lat = _arrays(lon, lat)
    return _if_china(lon, lat, *_inverse(_gcj02_shift, lon, lat))


def to_bd09(lon: Any, lat: Any) -> Degrees:
    """Shift WGS84 degrees to BD-09 (Baidu).

    Parameters
    ----------
    lon, lat : array-like of float, shape (n,)
        WGS84 degrees.

    Returns
    -------
    tuple of ndarray of float64, shape (n,)
        BD-09 degrees; points outside :data:`CHINA` and NaN come back as they are.
    """
    lon, lat = _arrays(lon, lat)
    china = _in_china(lon, lat)
    gcj_lon, gcj_lat = to_gcj02(np.where(china, lon, np.nan), np.where(china, lat, np.nan))
    east, north = _bd09_shift(gcj_lon, gcj_lat)
    return np.where(china, gcj_lon + east, lon), np.where(china, gcj_lat + north, lat)


def from_bd09(lon: Any, lat: Any) -> Degrees:
    """Shift BD-09 degrees back to WGS84, exact to 1e-9 degrees.

    Parameters
    ----------
    lon, lat : array-like of float, shape (n,)
        BD-09 degrees.

    Returns
    -------
    tuple of ndarray of float64, shape (n,)
        WGS84 degrees; points outside :data:`CHINA` and NaN come back as they are.
    """
    lon, lat = _arrays(lon, lat)
    gcj_lon, gcj_lat = _inverse(_bd09_shift, lon, lat)
    return _if_china(lon, lat, *_inverse(_gcj02_shift, gcj_lon, gcj_lat))


def _arrays(lon: Any, lat: Any) -> Degrees:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def _in_china(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    west, south, east, north = CHINA
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _if_china(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    found_lon: NDArray[np.float64],
    found_lat: NDArray[np.float64],
) -> Degrees:
    """Take what was found where it is in China: only such points were ever shifted."""
    west, south, east, north = CHINA
    china = (found_lon > west - _EDGE) & (found_lon < east + _EDGE)
    china &= (found_lat > south - _EDGE) & (found_lat < north + _EDGE)
    return np.where(china, found_lon, lon), np.where(china, found_lat, lat)


def _gcj02_shift(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Degrees:
    x, y = lon - 105.0, lat - 35.0
    root, product = np.sqrt(np.abs(x)), x * y
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * product + 0.2 * root + wave
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * product + 0.1 * root + wave
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(phi) ** 2
    meridian = _AXIS * (1.0 - _ECCENTRICITY2) / magic**1.5
    return (
        np.degrees(east / (_AXIS / np.sqrt(magic) * np.cos(phi))),
        np.degrees(north / meridian),
    )


def _bd09_shift(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Degrees:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return (
        radius * np.cos(angle) + _BD_SHIFT[0] - lon,
        radius * np.sin(angle) + _BD_SHIFT[1] - lat,
    )


def _inverse(
    shift: Callable[[NDArray[np.float64], NDArray[np.float64]], Degrees],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> Degrees:
    """Fixed point of ``p = q - shift(p)``: the shift changes by less than 1 % of a step."""
    west, south, east, north = CHINA
    far = ~((lon > west - 1) & (lon < east + 1) & (lat > south - 1) & (lat < north + 1))
    lon, lat = np.where(far, np.nan, lon), np.where(far, np.nan, lat)
    found_lon, found_lat = lon, lat
    for _ in range(_ROUNDS):
        move_lon, move_lat = shift(found_lon, found_lat)
        miss = np.abs(found_lon + move_lon - lon) + np.abs(found_lat + move_lat - lat)
        found_lon, found_lat = lon - move_lon, lat - move_lat
        if not (miss > _CLOSE).any():
            break
    return found_lon, found_lat
