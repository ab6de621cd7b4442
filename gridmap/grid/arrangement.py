"""Left-over edges cut at every place where they meet, and the faces they enclose.

How many cells cover a face follows from its border alone: crossing a directed edge from its right
to its left enters a cell. Starting from 0 outside, whole numbers are counted, nothing is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order

from gridmap.grid.chains import Chains
from gridmap.grid.noding import Noded, numbered, rounding, undirected
from gridmap.grid.regions import Regions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.cancel import Leftover

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
    owners : ndarray of int64, shape (n,)
        Cell of each piece.
    eps : float
        Distance within which vertices were taken as one.
    tiny : ndarray of int64, shape (t, 2)
        Vertex and cell of edges shorter than ``eps``, of which nothing is left.
    """

    points: Floats
    edges: Ints
    parents: Ints
    owners: Ints
    eps: float
    tiny: Ints

    @classmethod
    def of(cls, left: Leftover, eps: float | None = None) -> Arrangement:
        """Cut left-over edges.

        Parameters
        ----------
        left : Leftover
            Directed edges and their cells.
        eps : float, optional
            Distance within which vertices are one; absent means :func:`rounding` of the edges.

        Returns
        -------
        Arrangement
            The pieces.
        """
        eps = rounding(left.edges) if eps is None else eps
        points, ends = numbered(left.edges)
        made = Noded.of(points, ends, eps)
        gone = np.bincount(made.parents, minlength=len(ends)) == 0
        tiny = np.column_stack([made.same[ends[gone, 0]], left.owners[gone]])
        owners = left.owners[made.parents]
        return cls(made.points, made.pieces, made.parents, owners, eps, tiny)

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
        xy, ring = shapely.get_coordinates(shapely.get_rings(shape), return_index=True)
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
        """Borders that cancel only after cutting: the two cells (k, 2) and the vertices (k, 2)."""
        group, pairs, _ = self._groups
        forward = self.edges[:, 0] < self.edges[:, 1]
        ahead = pd.DataFrame({"at": group[forward], "cell": self.owners[forward]})
        back = pd.DataFrame({"at": group[~forward], "cell": self.owners[~forward]})
        met = ahead.merge(back, on="at", suffixes=("", "_back")).to_numpy(np.int64)
        met = met[(met[:, 1] != met[:, 2]) & (met[:, 1:] >= 0).all(axis=1)]
        ends = pairs[met[:, 0]]
        cells = np.vstack([met[:, 1:], self._collapsed[:, :2]])
        return np.sort(cells, axis=1), np.vstack([ends, self._collapsed[:, [2, 2]]])

    @cached_property
    def _collapsed(self) -> Ints:
        """Edges shorter than the rounding: their cell, each other cell there, and the vertex."""
        tiny = pd.DataFrame(self.tiny, columns=["at", "cell"])
        ends = {"at": self.edges.ravel(), "cell": np.repeat(self.owners, 2)}
        met = tiny.merge(pd.DataFrame(ends).drop_duplicates(), on="at", suffixes=("", "_other"))
        met = met[["cell", "cell_other", "at"]].to_numpy(np.int64)
        return met[(met[:, 0] != met[:, 1]) & (met[:, :2] >= 0).all(axis=1)]

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

    def owners_round(self, wanted: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Return which cells own an edge round which face.

        Parameters
        ----------
        wanted : ndarray of bool, shape (f,)
            Faces.

        Returns
        -------
        tuple of ndarray of int64, shape (k,)
            Faces and cells, each pair once, sorted.
        """
        group, _, net = self._groups
        border = np.cumsum(net != 0) - 1
        open_ = (net != 0)[group] & (self.owners >= 0)
        chain = self._chains.of_edge[border[group[open_]]]
        faces = self._found.left.reshape(-1, 2)[chain]
        cells = np.repeat(self.owners[open_], 2)
        faces = faces.ravel()
        mine = np.append(wanted, False)[faces]
        pairs = np.unique(np.column_stack([faces[mine], cells[mine]]), axis=0)
        return pairs[:, 0], pairs[:, 1]
