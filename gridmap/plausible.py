"""Whether coordinates can be in the CRS a layer claims, and what they likely are if not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridmap import crs as crs_
from gridmap.errors import CrsError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

PREFIXED = (*range(4491, 4502), *range(4513, 4534))
"""EPSG codes of CGCS2000 whose eastings begin with the number of the zone."""
PLAIN = (*range(4502, 4513), *range(4534, 4555))
"""EPSG codes of CGCS2000 whose eastings do not; in the same order of meridians."""
BEYOND = 3.0
"""Degrees by which a layer may lie outside the area a CRS is made for."""
MILLION = 1e6
FOOT = 0.3048


def require_plausible(bounds: Any, crs: CRS | None) -> None:
    """Refuse coordinates that cannot be in their CRS.

    Parameters
    ----------
    bounds : array-like of float, shape (4,)
        Bounds of a layer.
    crs : CRS or None
        The CRS it claims; None is refused.

    Raises
    ------
    CrsError
        Naming the likely cause: no CRS, feet or metres for degrees, swapped axes, eastings
        with or without the number of their zone.
    """
    box = np.asarray(bounds, dtype=float)
    shown = ", ".join(f"{value:.6g}" for value in box)
    if crs is None:
        key = "crs.none_degrees" if _in_degrees(box) else "crs.none_metres"
        raise CrsError(key, bounds=shown)
    crs_.require_axes(crs)
    if np.isnan(box).all() or (crs.is_geographic and _in_degrees(box)):
        return
    if not crs.is_geographic:
        _require_in_area(box, crs, shown)
        return
    key = "crs.swapped" if _in_degrees(box[[1, 0, 3, 2]]) else "crs.not_degrees"
    raise CrsError(key, bounds=shown, crs=crs_.name(crs))


def _require_in_area(box: NDArray[np.float64], crs: CRS, shown: str) -> None:
    """Refuse a layer far from where its CRS is used, if another reading puts it there."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if crs.area_of_use is None:
        return
    said = {"bounds": shown, "crs": crs_.name(crs)}
    if _in_degrees(box) and _within(x, y, crs.area_of_use.bounds, 0.0):
        raise CrsError("crs.degrees", **said)
    if _in_area(x, y, crs):
        return
    if _in_area(y, x, crs):
        raise CrsError("crs.northing_first", **said)
    if _in_area(x * FOOT, y * FOOT, crs):
        raise CrsError("crs.feet", **said)
    other = _other_zone_form(x, y, crs)
    if other and x >= MILLION:
        raise CrsError("crs.zone_prefix", zone=int(x // MILLION), other=other, **said)
    if other:
        raise CrsError("crs.no_zone_prefix", other=other, **said)


def _other_zone_form(x: float, y: float, crs: CRS) -> str:
    """Return the CRS of the same meridian whose eastings have, or lack, the zone's number."""
    code = crs.to_epsg()
    for one, two in ((PLAIN, PREFIXED), (PREFIXED, PLAIN)):
        if code in one:
            other = two[one.index(code)]
            return f"EPSG:{other}" if _in_area(x, y, crs_.parse(other)) else ""
    return ""


def _in_area(x: float, y: float, crs: CRS) -> bool:
    (lon, lat), *_ = crs_.transform_points([(x, y)], crs, crs_.LONLAT)
    return crs.area_of_use is not None and _within(lon, lat, crs.area_of_use.bounds, BEYOND)


def _within(lon: float, lat: float, area: tuple[float, ...], beyond: float) -> bool:
    west, south, east, north = area
    if west > east:  # across the antimeridian
        east += 360
        lon += 360 if lon < west - beyond else 0
    return bool(west - beyond <= lon <= east + beyond and south - beyond <= lat <= north + beyond)


def _in_degrees(box: NDArray[np.float64]) -> bool:
    x, y = np.abs(box[[0, 2]]), np.abs(box[[1, 3]])
    return bool((x <= crs_.MAX_LON).all() and (y <= crs_.MAX_LAT).all())
