"""Rings that cross themselves, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap import crs
from gridmap.errors import GeometryError
from gridmap.grid import _simple
from gridmap.grid.cancel import Rings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

REASONS = {
    "Self-intersection": "crosses",
    "Ring Self-intersection": "touches_itself",
    "Hole lies outside shell": "hole_outside",
    "Holes are nested": "nested_holes",
    "Nested holes": "nested_holes",
    "Nested shells": "nested_parts",
    "Duplicate Rings": "twice",
    "Interior is disconnected": "cut_apart",
    "Too few points in geometry component": "too_few",
    "Invalid Coordinate": "not_finite",
}
"""What GEOS says, and the last word of our message key."""


@dataclass(frozen=True)
class Fault:
    """Why a cell is not valid by itself.

    Parameters
    ----------
    cell : int
        Position of the cell.
    reason : str
        A value of :data:`REASONS`, or ``broken``.
    point : Point
        Where, in the CRS of the cells; empty if no finite point is known.
    """

    cell: int
    reason: str
    point: Any


def faults(shapes: NDArray[np.object_], rings: Rings | None = None) -> list[Fault]:
    """Find the cells that are not valid by themselves.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        Cells; None and empty ones are not looked at.
    rings : Rings, optional
        Their rings, if they are laid out already.

    Returns
    -------
    list of Fault
        One for each broken cell, in order.
    """
    rings = Rings.of(shapes) if rings is None else rings
    unproved = ~proved(rings, len(shapes)) & ~shapely.is_missing(shapes)
    doubtful = np.flatnonzero(unproved)
    broken = doubtful[~shapely.is_valid(shapes[doubtful])]
    return [_fault(int(i), shapes[i]) for i in broken]


def proved(rings: Rings, size: int) -> NDArray[np.bool_]:
    """Tell which polygons are valid for sure: those of one ring that meets itself nowhere.

    Parameters
    ----------
    rings : Rings
        The rings of the polygons.
    size : int
        Number of polygons.

    Returns
    -------
    ndarray of bool, shape (size,)
        True where GEOS need not be asked.
    """
    count = np.bincount(rings.owners, minlength=size)
    sound = np.bincount(rings.owners, _simple.simple(rings.xy, rings.starts), minlength=size)
    return (count == 1) & (sound == 1)


def _fault(cell: int, shape: Any) -> Fault:
    text = shapely.is_valid_reason(shape)
    name, _, place = text.partition("[")
    numbers = re.findall(r"[-+0-9.eE]+", place)
    xy = [float(value) for value in numbers[:2]] if "n" not in place.lower() else []
    known = np.isfinite(shapely.get_coordinates(shape)).all(axis=1)
    if len(xy) < 2:  # noqa: PLR2004 - x and y
        xy = shapely.get_coordinates(shape)[known][:1].ravel().tolist()
    reason = REASONS.get(name.strip(), "broken") if known.all() else "not_finite"
    return Fault(cell, reason, shapely.Point(xy) if xy else shapely.Point())


def require_valid(grid: Grid) -> None:
    """Refuse a Grid with a cell whose ring is broken.

    Parameters
    ----------
    grid : Grid
        Cells to work with.

    Raises
    ------
    GeometryError
        Naming the first such cell and the place where its ring crosses itself.
    """
    found = faults(grid.shapes)
    if not found:
        return
    first = found[0]
    place = crs.to_lonlat(first.point, grid.crs)
    shown = "–" if place.is_empty else f"{place.x:.7g}, {place.y:.7g}"
    raise GeometryError("check.refused", code=grid.codes[first.cell], place=shown, count=len(found))
