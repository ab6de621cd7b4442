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
from scipy.spatial import cKDTree

from gridmap.grid import _noding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.cancel import Leftover

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROUNDING = 4
"""Units in the last place of the coordinates that count as the same place."""


def rounding(xy: Floats) -> float:
    """Return the distance below which coordinates cannot tell two places apart.

    Parameters
    ----------
    xy : ndarray of float64
        Coordinates of a layer.

    Returns
    -------
    float
        A few units in the last place of the largest, in units of the layer.
    """
    return float(ROUNDING * np.spacing(np.abs(xy).max())) if xy.size else 0.0


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
    """

    points: Floats
    edges: Ints
    parents: Ints
    owners: Ints
    eps: float

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
        points, ends = _vertices(left.edges, eps)
        points, nodes = _nodes(points, ends, eps)
        parents, edges = _cut(points, ends, nodes)
        return cls(points, edges, parents, left.owners[parents], eps)

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
        points, ends = _vertices(edges, eps)
        _, nodes = _nodes(points, ends, eps)
        return edges[np.unique(nodes[:, 0])]

    @cached_property
    def _groups(self) -> tuple[Ints, Ints, Ints]:
        """Number of the undirected border of each piece; each border's key and its net walk."""
        low, high = self.edges.min(axis=1), self.edges.max(axis=1)
        keys, group = np.unique(low * len(self.points) + high, return_inverse=True)
        sign = np.where(self.edges[:, 0] == low, 1, -1)
        return group, keys, np.bincount(group, sign, len(keys)).astype(np.int64)

    @cached_property
    def borders(self) -> tuple[Ints, Ints]:
        """Borders that do not cancel: vertices (m, 2) and net number of walks along them (m,)."""
        _, keys, net = self._groups
        open_ = net != 0
        pairs = np.column_stack(np.divmod(keys[open_], max(len(self.points), 1)))
        return pairs, net[open_]

    @cached_property
    def unmatched(self) -> tuple[Ints, Ints]:
        """Borders that cancel only after cutting: the two cells (k, 2) and the vertices (k, 2)."""
        group, keys, _ = self._groups
        forward = self.edges[:, 0] < self.edges[:, 1]
        one = np.full(len(keys), -1)
        other = np.full(len(keys), -1)
        one[group[forward]] = self.owners[forward]
        other[group[~forward]] = self.owners[~forward]
        both = (one >= 0) & (other >= 0) & (one != other)
        cells = np.sort(np.column_stack([one[both], other[both]]), axis=1)
        return cells, np.column_stack(np.divmod(keys[both], max(len(self.points), 1)))

    @cached_property
    def faces(self) -> NDArray[np.object_]:
        """The bounded faces of the open borders."""
        vertices, line = _noding.chains(self.borders[0], len(self.points))
        lines = shapely.linestrings(self.points[vertices], indices=line)
        return shapely.get_parts(shapely.polygonize(lines))

    @cached_property
    def counts(self) -> Ints:
        """How many cells cover each face."""
        return self._walk(*self._sides)

    @cached_property
    def _sides(self) -> tuple[Ints, Ints]:
        """Face on the left and on the right of each open border; -1 is outside."""
        pairs, _ = self.borders
        walls, faces = self.walls
        size = len(self.points)
        keys = pairs[:, 0] * size + pairs[:, 1]
        left = np.full(len(pairs), -1)
        right = np.full(len(pairs), -1)
        along = walls[:, 0] < walls[:, 1]
        at = np.searchsorted(keys, walls.min(axis=1) * size + walls.max(axis=1))
        left[at[along]] = faces[along]
        right[at[~along]] = faces[~along]
        return left, right

    @cached_property
    def walls(self) -> tuple[Ints, Ints]:
        """Edges round every face, the face on their left: vertices (w, 2) and face (w,)."""
        shells = shapely.orient_polygons(self.faces)
        rings, owner = shapely.get_rings(shells, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        ids = self.find(xy)
        inner = ring[1:] == ring[:-1]
        return np.column_stack([ids[:-1], ids[1:]])[inner], owner[ring[1:][inner]]

    def find(self, xy: Floats) -> Ints:
        """Return the numbers of vertices.

        Parameters
        ----------
        xy : ndarray of float64, shape (n, 2)
            Coordinates of vertices of the arrangement.

        Returns
        -------
        ndarray of int64, shape (n,)
            Their numbers.
        """
        order, sorted_ = self._sorted
        return order[np.minimum(np.searchsorted(sorted_, _complex(xy)), len(order) - 1)]

    @cached_property
    def _sorted(self) -> tuple[Ints, NDArray[np.complex128]]:
        values = _complex(self.points)
        order = np.argsort(values)
        return order, values[order]

    def _walk(self, left: Ints, right: Ints) -> Ints:
        """Count from the outside (node 0) inwards, face by face."""
        net = self.borders[1]
        n = len(self.faces) + 1
        rows, columns = np.concatenate([left, right]) + 1, np.concatenate([right, left]) + 1
        step = np.concatenate([net, -net])  # count of row minus count of column
        graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(n, n)).tocsr()
        order, before = breadth_first_order(graph, 0)
        keys = rows * n + columns
        first = np.unique(keys, return_index=True)
        steps = dict(zip(first[0].tolist(), step[first[1]].tolist(), strict=True))
        counts = np.zeros(n, np.int64)
        for face in order[1:]:
            source = before[face]
            counts[face] = counts[source] + steps[int(face) * n + int(source)]
        return counts[1:]

    def owners_round(self) -> tuple[Ints, Ints]:
        """Return which cells own an edge round which face.

        Returns
        -------
        tuple of ndarray of int64, shape (k,)
            Faces and cells, each pair once, sorted.
        """
        walls, faces = self.walls
        group, keys, _ = self._groups
        size = len(self.points)
        at = np.searchsorted(keys, walls.min(axis=1) * size + walls.max(axis=1))
        order = np.argsort(group, kind="stable")
        first = np.searchsorted(group[order], np.arange(len(keys) + 1))
        many = np.diff(first)[at]
        rows = np.repeat(first[at], many) + _ramp(many)
        pairs = np.column_stack([np.repeat(faces, many), self.owners[order[rows]]])
        pairs = np.unique(pairs[pairs[:, 1] >= 0], axis=0)
        return pairs[:, 0], pairs[:, 1]


def _ramp(sizes: Ints) -> Ints:
    """Return 0, 1, … for each size in turn."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)


def _complex(xy: Floats) -> NDArray[np.complex128]:
    return np.ascontiguousarray(xy + 0.0).view(np.complex128).ravel()


def _vertices(edges: Floats, eps: float) -> tuple[Floats, Ints]:
    """Number the ends of edges; ends closer than the rounding are one vertex."""
    values, ends = np.unique(_complex(edges.reshape(-1, 2)), return_inverse=True)
    points = np.column_stack([values.real, values.imag])
    near = cKDTree(points).query_pairs(eps, output_type="ndarray")
    if len(near):
        same = np.arange(len(points))
        for low, high in near[np.lexsort((near[:, 1], near[:, 0]))]:
            same[high] = min(same[high], same[low])
        ends = same[ends]
    return points, ends.reshape(-1, 2).astype(np.int64)


def _nodes(points: Floats, ends: Ints, eps: float) -> tuple[Floats, Ints]:
    """Find where edges are touched or crossed: pairs of edge and vertex; crossings are added."""
    touches, crossings = _noding.meetings(points, ends, eps)
    touched = np.array(touches, np.int64).reshape(-1, 2)
    crossed = np.array(crossings, float).reshape(-1, 4)
    values, number = np.unique(_complex(crossed[:, 2:]), return_inverse=True)
    number = number + len(points)
    edges = crossed[:, :2].astype(np.int64)
    found = [touched, *(np.column_stack([edges[:, k], number]) for k in (0, 1))]
    return np.vstack([points, np.column_stack([values.real, values.imag])]), np.vstack(found)


def _cut(points: Floats, ends: Ints, nodes: Ints) -> tuple[Ints, Ints]:
    """Cut edges at their nodes; return the edge each piece comes from, and its vertices."""
    every = np.arange(len(ends))
    edge = np.concatenate([every, every, nodes[:, 0]])
    vertex = np.concatenate([ends[:, 0], ends[:, 1], nodes[:, 1]])
    start = points[ends[edge, 0]]
    along = ((points[vertex] - start) * (points[ends[edge, 1]] - start)).sum(axis=1)
    along[: len(ends)] = -np.inf
    along[len(ends) : 2 * len(ends)] = np.inf
    order = np.lexsort((along, edge))
    edge, vertex = edge[order], vertex[order]
    real = (edge[1:] == edge[:-1]) & (vertex[1:] != vertex[:-1])
    return edge[1:][real], np.column_stack([vertex[:-1], vertex[1:]])[real]
