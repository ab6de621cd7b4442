"""Borders of a coverage, and which of their vertices a zoom shows.

Each vertex has the area of the triangle at which it falls away (Visvalingam and Whyatt 1993), the
same in both neighbours, so that simplifying is choosing by a number and neighbours stay neighbours.
A cell that crosses itself when simplified keeps all its vertices, and so do its neighbours along
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridmap.layers import _falling
from gridmap.layers.quantise import NOTHING, sound

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Border(NamedTuple):
    """The rings of a cell.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Vertices, ring after ring, each closed.
    area : ndarray of float64, shape (n,)
        Area at which each falls away; infinite at forks.
    rings : ndarray of int64, shape (rings,)
        Vertices of each ring.
    parts : ndarray of int64, shape (parts,)
        Rings of each part, the shell first.
    box : tuple of float
        West, north, east, south; -1 for nothing.
    """

    xy: NDArray[np.float64]
    area: NDArray[np.float64]
    rings: NDArray[np.int64]
    parts: NDArray[np.int64]
    box: tuple[float, float, float, float]


def borders(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the borders of cells.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        Cells, each border vertex by vertex the same in both neighbours.

    Returns
    -------
    ndarray of Border, shape (n,)
        One a cell.
    """
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    xy, at = shapely.get_coordinates(rings, return_index=True)
    starts = np.searchsorted(at, np.arange(len(rings) + 1))
    area = _falling.falling(xy + 0.0, starts)  # -0.0 is 0.0
    first_ring = np.searchsorted(ring_of, np.arange(len(parts) + 1))
    first_part = np.searchsorted(part_of, np.arange(len(shapes) + 1))
    in_ring, in_part = np.diff(starts), np.diff(first_ring)
    found = np.empty(len(shapes), dtype=object)
    ring_edge = first_ring[first_part]
    edges = zip(first_part, ring_edge, starts[ring_edge], strict=True)
    boxes = map(tuple, np.nan_to_num(shapely.bounds(shapes), nan=-1).tolist())
    before = next(edges)
    for n, after in enumerate(edges):
        part, ring, vertex = (slice(*pair) for pair in zip(before, after, strict=True))
        found[n] = Border(xy[vertex], area[vertex], in_ring[ring], in_part[part], next(boxes))
        before = after
    return found


def thinned(
    lines: NDArray[np.object_], scale: float, area: float, whole: NDArray[np.bool_]
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Simplify cells.

    Parameters
    ----------
    lines : ndarray of Border, shape (n,)
        Their borders.
    scale : float
        Units of the zoom across the square.
    area : float
        Vertices that fall away below this area are left out; in the measure of the borders.
    whole : ndarray of bool, shape (n,)
        Cells known to need all their vertices.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        Valid cells in units of the zoom.
    ndarray of bool, shape (n,)
        Cells that keep all their vertices, because simplified they would cross themselves.
    """
    flat = _Flat(lines, scale)
    keep = flat.area >= area
    whole = whole.copy()
    fresh = whole
    while True:
        if fresh.any():  # their neighbours keep what they share with them
            points = flat.xy.view(np.complex128).ravel()
            keep |= np.isin(points, points[np.repeat(fresh, flat.vertices)])
        shapes = flat.shapes(keep)
        fresh = ~sound(shapes) & ~whole
        if not fresh.any():
            return shapes, whole
        whole |= fresh


class _Flat:
    """Borders laid out flat, in units of a zoom."""

    def __init__(self, lines: NDArray[np.object_], scale: float) -> None:
        self.vertices = np.array([len(line.xy) for line in lines], dtype=np.int64)
        self.xy = np.concatenate([np.empty((0, 2)), *(line.xy for line in lines)]) * scale
        self.area = np.concatenate([np.empty(0), *(line.area for line in lines)])
        none = np.empty(0, np.int64)
        self.rings = _offsets(np.concatenate([none, *(line.rings for line in lines)]))
        self.parts = _offsets(np.concatenate([none, *(line.parts for line in lines)]))
        self.cells = _offsets(np.array([len(line.parts) for line in lines], dtype=np.int64))

    def shapes(self, keep: NDArray[np.bool_]) -> NDArray[np.object_]:
        """Return the cells with the vertices kept."""
        xy, rings = _falling.kept(self.xy, self.rings, keep)
        polygons = shapely.from_ragged_array(shapely.GeometryType.POLYGON, xy, (rings, self.parts))
        count = np.diff(self.cells)
        found = np.full(len(count), NOTHING, dtype=object)
        found[count == 1] = polygons[self.cells[:-1][count == 1]]
        for many in np.flatnonzero(count > 1):
            found[many] = shapely.multipolygons(polygons[self.cells[many] : self.cells[many + 1]])
        return found


def _offsets(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
