"""Left-over edges cut at every place where they meet, and the faces they enclose.

How many cells cover a face follows from its border alone: crossing a directed edge from its right
to its left enters a cell. Starting from 0 outside, whole numbers are counted, nothing is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order

from gridmap.grid._numbers import runs
from gridmap.grid.chains import Chains
from gridmap.grid.noding import Noded, numbered, undirected
from gridmap.grid.regions import Regions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Directed edges cut where they meet; what cancels only after cutting is set apart.

    Parameters
    ----------
    points : ndarray of float64, shape (p, 2)
        Vertices.
    edges : ndarray of int64, shape (n, 2)
        From and to, as vertex numbers, of every piece.
    parents : ndarray of int64, shape (n,)
        Number of the edge each piece was cut from.
    eps : float
        Distance within which vertices were taken as one.
    tiny : ndarray of int64, shape (t, 2)
        Vertex and number of edges shorter than ``eps``, of which nothing is left.
    """

    points: Floats
    edges: Ints
    parents: Ints
    eps: float
    tiny: Ints

    @classmethod
    def of(cls, edges: Floats, eps: float) -> Arrangement:
        """Cut left-over edges.

        Parameters
        ----------
        edges : ndarray of float64, shape (n, 2, 2)
            Directed edges.
        eps : float
            Distance within which vertices are one.

        Returns
        -------
        Arrangement
            The pieces.
        """
        points, ends = numbered(edges)
        made = Noded.of(points, ends, eps)
        gone = np.flatnonzero(np.bincount(made.parents, minlength=len(ends)) == 0)
        tiny = np.column_stack([made.same[ends[gone, 0]], gone])
        return cls(made.points, made.pieces, made.parents, eps, tiny)

    @staticmethod
    def crossed(shape: Any, eps: float) -> Floats:
        """Return the edges of a shape that other edges of it touch or cross between their ends.

        Parameters
        ----------
        shape : Polygon or MultiPolygon
            A shape, broken or not.
        eps : float
            Distance within which vertices are one.

        Returns
        -------
        ndarray of float64, shape (n, 2, 2)
            Those edges.
        """
        rings = shapely.get_rings(shapely.get_parts(shape))
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        edges = np.stack([xy[:-1], xy[1:]], axis=1)[ring[1:] == ring[:-1]]
        made = Noded.of(*numbered(edges), eps)
        return edges[np.bincount(made.parents, minlength=len(edges)) > 1]

    @cached_property
    def _groups(self) -> tuple[Ints, Ints, Ints]:
        """Number of the undirected border of each piece; each border's ends and its net walk."""
        pairs, group, sign = undirected(self.edges)
        return group, pairs, np.bincount(group, sign, len(pairs)).astype(np.int64)

    @cached_property
    def borders(self) -> tuple[Ints, Ints]:
        """Borders that do not cancel: vertices (m, 2) and net number of walks along them (m,)."""
        _, pairs, net = self._groups
        return pairs[net != 0], net[net != 0]

    @cached_property
    def unmatched(self) -> tuple[Ints, Ints]:
        """Borders that cancel only after cutting: two edges (k, 2) and the vertices (k, 2)."""
        group, pairs, _ = self._groups
        ahead = np.flatnonzero(self.edges[:, 0] < self.edges[:, 1])
        back = np.flatnonzero(self.edges[:, 0] > self.edges[:, 1])
        one, other = _matches(group[ahead], group[back])
        vertex, edge = self.tiny.T  # of edges shorter than the rounding a vertex is left
        short, beside = _matches(vertex, self.edges.ravel())
        met = np.column_stack(
            [
                np.append(self.parents[ahead[one]], edge[short]),
                np.append(self.parents[back[other]], self.parents[beside // 2]),
            ]
        )
        ends = np.vstack([pairs[group[ahead[one]]], np.tile(vertex[short], (2, 1)).T])
        return met, ends

    @cached_property
    def _chains(self) -> Chains:
        return Chains.of(self.points, self.borders[0])

    @cached_property
    def _found(self) -> Regions:
        return Regions.faces(self._chains)

    @property
    def faces(self) -> NDArray[np.object_]:
        """The bounded faces of the open borders."""
        return self._found.shapes

    @cached_property
    def counts(self) -> Ints:
        """How many cells cover each face: counted from the outside inwards, face by face."""
        steps = np.zeros(len(self._chains), np.int64)
        steps[self._chains.of_edge] = self.borders[1] * self._chains.ahead
        left, right = self._found.left.reshape(-1, 2).T
        n = len(self._found) + 1  # the outside is node 0
        rows, columns = np.concatenate([left, right]) + 1, np.concatenate([right, left]) + 1
        step = np.concatenate([steps, -steps])  # count of row minus count of column
        graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(n, n)).tocsr()
        order, before = breadth_first_order(graph, 0)
        known = dict(zip(zip(rows.tolist(), columns.tolist(), strict=True), step, strict=True))
        counts = np.zeros(n, np.int64)
        for face, source in zip(order[1:].tolist(), before[order[1:]].tolist(), strict=True):
            counts[face] = counts[source] + known[face, source]
        return counts[1:]

    def edges_round(self, wanted: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Return which edges run along which face.

        Parameters
        ----------
        wanted : ndarray of bool, shape (f,)
            Faces.

        Returns
        -------
        tuple of ndarray of int64, shape (k,)
            Faces, and numbers of edges as given to :meth:`of`.
        """
        group, _, net = self._groups
        border = np.cumsum(net != 0) - 1
        open_ = (net != 0)[group]
        chain = self._chains.of_edge[border[group[open_]]]
        faces = self._found.left.reshape(-1, 2)[chain].ravel()
        mine = np.append(wanted, False)[faces]
        return faces[mine], np.repeat(self.parents[open_], 2)[mine]


def _matches(keys: Ints, others: Ints) -> tuple[Ints, Ints]:
    """Return the positions of all pairs of equal keys."""
    order = np.argsort(others, kind="stable")
    first = np.searchsorted(others[order], keys)
    many = np.searchsorted(others[order], keys, side="right") - first
    return np.repeat(np.arange(len(keys)), many), order[runs(first, many)]
