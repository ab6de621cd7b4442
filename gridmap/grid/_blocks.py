"""Blocks as a graph: which lie beside each other, along how long a border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_matrix, csgraph

from gridmap.grid._edges import directed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

BARRIER_M = 10.0
"""A border this close to a barrier for most of its length is part of it."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """Blocks and their common borders.

    Parameters
    ----------
    weight : ndarray of float64, shape (n,)
        Weight of each block.
    u, v : ndarray of int64, shape (m,)
        Blocks beside each other, each pair once, ``u < v``.
    length_m : ndarray of float64, shape (m,)
        Length of their common border.
    """

    weight: NDArray[np.float64]
    u: NDArray[np.int64]
    v: NDArray[np.int64]
    length_m: NDArray[np.float64]

    @classmethod
    def of(cls, grid: Grid, weight: NDArray[np.float64], barriers: Any = None) -> Blocks:
        """Return the graph of blocks.

        Parameters
        ----------
        grid : Grid
            The blocks; a border counts where both have the same vertices.
        weight : ndarray of float64, shape (n,)
            Their weights.
        barriers : geometry, optional
            Lines no cell may cross, in the metric CRS of the grid.

        Returns
        -------
        Blocks
            The graph.
        """
        shapes = grid.metric_shapes
        start, end = directed(shapes)
        rings = shapely.get_num_coordinates(shapely.get_rings(shapely.get_parts(shapes)))
        _, part = shapely.get_parts(shapes, return_index=True)
        _, ring = shapely.get_rings(shapely.get_parts(shapes), return_index=True)
        owner = np.repeat(part[ring], rings - 1)
        one, other = _meeting(start, end)
        a, b = owner[one], owner[other]
        length = np.hypot(*(end[one] - start[one]).T)
        keep = a != b
        if barriers is not None:
            middle = shapely.points((start[one] + end[one]) / 2)
            shapely.prepare(barriers)
            barred = shapely.dwithin(barriers, middle, BARRIER_M)
        else:
            barred = np.zeros(len(one), dtype=bool)
        n = len(shapes)
        pair = np.minimum(a, b)[keep] * n + np.maximum(a, b)[keep]
        pairs, at = np.unique(pair, return_inverse=True)
        whole = np.bincount(at, length[keep], minlength=len(pairs)).astype(float)
        closed = np.bincount(at, (length * barred)[keep], minlength=len(pairs))
        open_ = closed <= whole / 2
        return cls(weight, pairs[open_] // n, pairs[open_] % n, whole[open_])

    def within(self, group: NDArray[Any]) -> Blocks:
        """Return the graph without borders between blocks of different groups."""
        same = group[self.u] == group[self.v]
        return Blocks(self.weight, self.u[same], self.v[same], self.length_m[same])

    def components(self) -> NDArray[np.int64]:
        """Return the number of the connected piece each block is in."""
        n = len(self.weight)
        matrix = coo_matrix((np.ones(len(self.u)), (self.u, self.v)), shape=(n, n))
        return csgraph.connected_components(matrix, directed=False)[1].astype(np.int64)

    def rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return the graph as compressed rows: starts, neighbours, border lengths."""
        a, b = np.concatenate([self.u, self.v]), np.concatenate([self.v, self.u])
        order = np.argsort(a, kind="stable")
        starts = np.searchsorted(a[order], np.arange(len(self.weight) + 1))
        return starts, b[order], np.concatenate([self.length_m, self.length_m])[order]


def _meeting(
    start: NDArray[np.float64], end: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of directed edges that are the same edge walked both ways."""
    bits = [np.ascontiguousarray(xy).view(np.uint64) for xy in (start, end)]
    mixed = [(b[:, 0] * np.uint64(0x9E3779B97F4A7C15)) ^ (b[:, 1] >> np.uint64(7)) * np.uint64(
        0xC2B2AE3D27D4EB4F) for b in bits]  # fmt: skip
    key = mixed[0] + mixed[1]
    order = np.argsort(key, kind="stable")
    one, other = order[:-1], order[1:]
    same = (key[one] == key[other]) & (start[one] == end[other]).all(axis=1)
    same &= (end[one] == start[other]).all(axis=1)
    return one[same], other[same]
