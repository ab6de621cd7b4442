"""Cells rebuilt from their directed edges, with faces taken away and given."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid import _noding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gridmap.grid.arrangement import Arrangement

    Ints = NDArray[np.int64]


class Builder:
    """Rebuilds cells on the vertices of an arrangement.

    Edges that were cut are replaced by their pieces, so that both sides of a border gain the same
    vertices; the edges of faces are added or taken away; what cancels is gone, and the rest are the
    rings of the new cell. A coordinate that was not cut keeps its bytes.

    Parameters
    ----------
    arrangement : Arrangement
        Where the cells' edges meet.
    """

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        walls, faces = arrangement.walls
        order = np.argsort(faces, kind="stable")
        self._walls = walls[order]
        self._first = np.searchsorted(faces[order], np.arange(len(arrangement.faces) + 1))

    def walls(self, face: int) -> Ints:
        """Return the directed edges round a face, the face on their left.

        Parameters
        ----------
        face : int
            Its number.

        Returns
        -------
        ndarray of int64, shape (n, 2)
            Vertices from and to.
        """
        return self._walls[self._first[face] : self._first[face + 1]]

    def edges(self, shape: Any) -> tuple[NDArray[np.float64], Ints]:
        """Return the vertices and directed edges of a cell, cut as the arrangement is.

        Parameters
        ----------
        shape : Polygon, MultiPolygon or None
            A cell.

        Returns
        -------
        tuple of ndarray
            Points, those of the arrangement first, shape (p, 2), and edges, shape (n, 2).
        """
        known = self._arrangement.points
        if shape is None:
            return known, np.zeros((0, 2), np.int64)
        rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(shape)))
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        ids = self._arrangement.known(xy)
        new = ids < 0
        values, number = np.unique(xy[new] + 0.0, axis=0, return_inverse=True)
        ids[new] = number.ravel() + len(known)
        cuts = self._arrangement.cuts
        out: list[tuple[int, int]] = []
        inner = ring[1:] == ring[:-1]
        for a, b in np.column_stack([ids[:-1], ids[1:]])[inner].tolist():
            if (path := cuts.get((a, b))) is not None:
                out += pairwise(path.tolist())
            elif a != b:
                out.append((a, b))
        return np.vstack([known, values]), np.array(out, np.int64).reshape(-1, 2)

    def cell(self, shape: Any, lost: Iterable[int] = (), gained: Iterable[int] = ()) -> Any:
        """Return a cell without the faces it loses and with those it gains.

        Parameters
        ----------
        shape : Polygon, MultiPolygon or None
            The cell.
        lost, gained : iterable of int
            Numbers of faces.

        Returns
        -------
        Polygon, MultiPolygon or None
            The new cell; empty if nothing is left of it, None if its edges make no sound rings.
        """
        points, own = self.edges(shape)
        given = [self.walls(face) for face in gained]
        taken = [self.walls(face)[:, ::-1] for face in lost]
        edges = np.vstack([own, *given, *taken])
        low, high = edges.min(axis=1), edges.max(axis=1)
        keys, group = np.unique(low * len(points) + high, return_inverse=True)
        net = np.bincount(group, np.where(edges[:, 0] == low, 1, -1), len(keys))
        pairs = np.column_stack(np.divmod(keys[net != 0], len(points)))
        return _assembled(points, pairs, net[net != 0])


def _assembled(points: NDArray[np.float64], pairs: Ints, net: NDArray[np.float64]) -> Any:
    """Return the ground on the left of borders; ``net`` is negative where they run high to low.

    None if the rings they form cross each other.
    """
    if not len(pairs):
        return shapely.Polygon()
    ids, local = np.unique(pairs, return_inverse=True)
    local = local.reshape(-1, 2)
    vertices, line = _noding.chains(local, len(ids))
    xy = points[ids]
    faces = shapely.get_parts(shapely.polygonize(shapely.linestrings(xy[vertices], indices=line)))
    faces = shapely.orient_polygons(faces)
    directed = np.where((net > 0)[:, None], local, local[:, ::-1])
    mine = [face for face in faces if _inside(face, xy, directed)]
    used = sum(shapely.get_num_coordinates(face) - len(face.interiors) - 1 for face in mine)
    if used != len(pairs):
        return None
    whole = mine[0] if len(mine) == 1 else shapely.multipolygons(mine)
    return whole if shapely.is_valid(whole) else None


def _inside(face: Any, xy: NDArray[np.float64], directed: Ints) -> bool:
    """Tell whether a face lies on the left of the borders round it: one of them is enough."""
    start, end = shapely.get_coordinates(face)[:2]
    leaving = np.flatnonzero((xy[directed[:, 0]] == start).all(axis=1))
    return bool((xy[directed[leaving, 1]] == end).all(axis=1).any())
