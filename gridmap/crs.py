"""The only place that transforms coordinates.

Coordinates are always in x, y order (longitude, latitude for degrees), whatever axis order a CRS
is defined with.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjError

from gridmap.datum import from_bd09, from_gcj02, to_bd09, to_gcj02
from gridmap.errors import CrsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "LONLAT",
    "MAX_LAT",
    "MAX_LON",
    "center",
    "from_bd09",
    "from_gcj02",
    "metric",
    "mover",
    "name",
    "parse",
    "require_axes",
    "to_bd09",
    "to_gcj02",
    "to_lonlat",
    "transform",
    "transform_points",
]

LONLAT = CRS.from_epsg(4326)
MAX_LON, MAX_LAT = 180.0, 90.0
REFUSED_DATUMS = ("Beijing 1954", "Xian 1980", "New Beijing")
"""Datums whose parameters are not public: no transformation without control points."""
CGCS2000 = ("China Geodetic Coordinate System 2000", "China 2000")
"""Names of one datum, older and newer."""


def parse(value: Any) -> CRS:
    """Return the CRS a user named.

    Parameters
    ----------
    value : str, int or CRS
        ``EPSG:n``, a number, WKT or a CRS.

    Returns
    -------
    CRS
        The CRS.

    Raises
    ------
    CrsError
        If PROJ does not know it, or knows of no way from it to WGS84.
    """
    try:
        crs = CRS.from_user_input(value)
    except ProjError as cause:
        raise CrsError("crs.unknown", value=str(value)) from cause
    require_axes(crs)
    return crs


def require_axes(crs: CRS) -> None:
    """Refuse a CRS from which there is no public way to WGS84.

    Parameters
    ----------
    crs : CRS
        The CRS of a layer.

    Raises
    ------
    CrsError
        For Beijing 54 and Xi'an 80, which need local control points.
    """
    datum = crs.geodetic_crs.datum.name if crs.geodetic_crs and crs.geodetic_crs.datum else ""
    if any(name in datum for name in REFUSED_DATUMS):
        raise CrsError("crs.refused_datum", crs=crs.name, datum=datum)


def metric(crs: CRS | None, bounds: Any) -> CRS | None:
    """Return the CRS in which areas and lengths of a layer are measured.

    Parameters
    ----------
    crs : CRS or None
        CRS of the layer; None stands for planar metres.
    bounds : array-like of float, shape (4,)
        Bounds of the layer in its CRS.

    Returns
    -------
    CRS or None
        The layer's own CRS if it is projected in metres, else a Lambert azimuthal equal-area CRS
        centred on the layer.
    """
    if crs is None:
        return None
    if crs.is_projected and all(axis.unit_conversion_factor == 1 for axis in crs.axis_info[:2]):
        return crs
    lon, lat = center(bounds, crs)
    return _equal_area(round(lon, 4), round(lat, 4))


@lru_cache(maxsize=64)
def _equal_area(lon: float, lat: float) -> CRS:
    return CRS.from_dict({"proj": "laea", "lon_0": lon, "lat_0": lat, "datum": "WGS84"})


def center(bounds: Any, crs: CRS) -> tuple[float, float]:
    """Return the centre of bounds as longitude and latitude.

    Parameters
    ----------
    bounds : array-like of float, shape (4,)
        Bounds in the CRS; NaN (an empty layer) gives 0, 0.
    crs : CRS
        Their CRS.

    Returns
    -------
    tuple of float
        Longitude and latitude in degrees.
    """
    low_x, low_y, high_x, high_y = np.nan_to_num(np.asarray(bounds, dtype=float))
    point = np.array([[(low_x + high_x) / 2, (low_y + high_y) / 2]])
    lon, lat = transform_points(point, crs, LONLAT)[0]
    return float(lon), float(lat)


@lru_cache(maxsize=64)
def _transformer(source: CRS, target: CRS) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _identical(source: CRS | None, target: CRS | None) -> bool:
    if source is None or target is None or source == target:
        return True
    return _plain_degrees(source) and _plain_degrees(target)


def _plain_degrees(crs: CRS) -> bool:
    """WGS84 and CGCS2000 in degrees are taken as the same: PROJ knows no better than 1 m."""
    name = crs.datum.name if crs.is_geographic and crs.datum else ""
    return crs == LONLAT or "World Geodetic System 1984" in name or name in CGCS2000


def mover(source: CRS | None, target: CRS | None) -> Callable[[Any], NDArray[np.float64]]:
    """Return what transforms points, for many small calls: comparing CRSs takes its time.

    Parameters
    ----------
    source, target : CRS or None
        Where points are and where they go; None leaves them as they are.

    Returns
    -------
    callable
        :func:`transform_points` of these two.
    """
    if _identical(source, target):
        return lambda points: np.asarray(points, dtype=float)
    assert source is not None and target is not None  # noqa: S101, PT018
    move = _transformer(source, target)

    def moved(points: Any) -> NDArray[np.float64]:
        xy = np.asarray(points, dtype=float)
        return np.column_stack(move.transform(xy[:, 0], xy[:, 1]))

    return moved


def transform_points(points: Any, source: CRS | None, target: CRS | None) -> NDArray[np.float64]:
    """Transform points.

    Parameters
    ----------
    points : array-like of float, shape (n, 2)
        Coordinates x, y.
    source, target : CRS or None
        Where they are and where they go; None leaves them as they are.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        The points in the target CRS; points beyond its reach become infinite.
    """
    return mover(source, target)(points)


def transform(shapes: Any, source: CRS | None, target: CRS | None) -> Any:
    """Transform geometries vertex by vertex.

    Parameters
    ----------
    shapes : array-like of geometry
        Geometries, None allowed.
    source, target : CRS or None
        Where they are and where they go; None leaves them as they are.

    Returns
    -------
    geometry or ndarray of geometry
        The same shape as given; untouched (the same objects) where both CRSs are the same.
    """
    if _identical(source, target):
        return shapes
    return shapely.transform(shapes, lambda xy: transform_points(xy, source, target))


def to_lonlat(shapes: Any, source: CRS | None) -> Any:
    """Transform geometries to longitude and latitude (EPSG:4326).

    Parameters
    ----------
    shapes : array-like of geometry
        Geometries, None allowed.
    source : CRS or None
        Their CRS; None leaves them as they are.

    Returns
    -------
    geometry or ndarray of geometry
        The same shape as given.
    """
    return transform(shapes, source, LONLAT)


def name(crs: CRS | None) -> str:
    """Return a short name of a CRS for people and files.

    Parameters
    ----------
    crs : CRS or None
        A CRS; None stands for planar metres.

    Returns
    -------
    str
        ``EPSG:n`` where PROJ knows the number, else the name, else ``""``.
    """
    if crs is None:
        return ""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)
