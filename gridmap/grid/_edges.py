"""Edges of borders: each once, comparable by its ends, and given new vertices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges of borders, each once whatever the number of cells beside it.

    Parameters
    ----------
    a, b : ndarray of float64, shape (n, 2)
        End points; ``a`` is the lesser one.
    """

    a: NDArray[np.float64]
    b: NDArray[np.float64]

    @classmethod
    def of(cls, shapes: NDArray[np.object_]) -> Edges:
        """Return the edges of polygons.

        Parameters
        ----------
        shapes : ndarray of Polygon or MultiPolygon
            Cells.

        Returns
        -------
        Edges
            Their edges.
        """
        return cls.between(*directed(shapes))

    @classmethod
    def between(cls, start: NDArray[np.float64], end: NDArray[np.float64]) -> Edges:
        """Return edges given by their end points, once each and without those of no length."""
        less = (start[:, 0] < end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] < end[:, 1]))
        pairs = np.where(less[:, None], np.hstack([start, end]), np.hstack([end, start]))
        pairs = np.unique(pairs[(start != end).any(axis=1)], axis=0)
        return cls(pairs[:, :2], pairs[:, 2:])

    def keys(self) -> NDArray[np.void]:
        """Return one comparable value an edge."""
        return keys(self.a, self.b)

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Edges:
        """Return some of the edges."""
        return Edges(self.a[which], self.b[which])

    def lines(self) -> NDArray[np.object_]:
        """Return the edges as lines."""
        return shapely.linestrings(np.stack([self.a, self.b], axis=1))


def directed(shapes: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the edges of polygons in the direction of their rings: starts and ends."""
    rings = shapely.get_rings(shapely.get_parts(shapes))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    xy = xy + 0.0  # -0.0 and 0.0 are one place
    same = ring[1:] == ring[:-1]
    return xy[:-1][same], xy[1:][same]


def keys(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.void]:
    """Return one comparable value a directed edge."""
    rows = np.ascontiguousarray(np.hstack([start, end]))
    return rows.view([("", np.void, 32)]).ravel()


def with_vertices(
    shapes: NDArray[np.object_], edges: Edges, vertices: list[NDArray[np.float64]]
) -> NDArray[np.object_]:
    """Put new vertices into the borders of cells.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon
        Cells.
    edges : Edges
        Edges that gain vertices.
    vertices : list of ndarray
        The vertices of each edge, from its ``a`` to its ``b``.

    Returns
    -------
    ndarray of Polygon or MultiPolygon
        The cells; the same objects where nothing was put in.
    """
    forth, back = keys(edges.a, edges.b), keys(edges.b, edges.a)
    wanted = np.concatenate([forth, back])
    result = shapes.copy()
    for row, shape in enumerate(shapes):
        if np.isin(keys(*directed(np.array([shape]))), wanted).any():
            result[row] = _refined(shape, forth, back, vertices)
    return result


def _refined(
    shape: shapely.Geometry,
    forth: NDArray[np.void],
    back: NDArray[np.void],
    vertices: list[NDArray[np.float64]],
) -> shapely.Geometry:
    def ring(xy: NDArray[np.float64]) -> shapely.LinearRing:
        edge = keys(xy[:-1] + 0.0, xy[1:] + 0.0)
        places, points = [], []
        for forward, wanted in ((True, forth), (False, back)):
            for place in np.flatnonzero(np.isin(edge, wanted)):
                new = vertices[int(np.flatnonzero(wanted == edge[place])[0])]
                points.append(new if forward else new[::-1])
                places.extend([place + 1] * len(new))
        if not places:
            return shapely.linearrings(xy)
        return shapely.linearrings(np.insert(xy, places, np.concatenate(points), axis=0))

    def part(polygon: shapely.Polygon) -> shapely.Polygon:
        rings = [ring(shapely.get_coordinates(each)) for each in shapely.get_rings(polygon)]
        return shapely.polygons(rings[0], rings[1:] or None)

    parts = [part(polygon) for polygon in shapely.get_parts(shape)]
    return shapely.multipolygons(parts) if shape.geom_type == "MultiPolygon" else parts[0]
