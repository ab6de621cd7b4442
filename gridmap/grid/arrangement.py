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
from scipy.spatial import cKDTree

from gridmap.grid import _noding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.cancel import Leftover

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

WALL = -2
"""Owner of edges that part faces although they cancel."""
ROUNDING = 256
"""Units in the last place of the coordinates that count as the same place: less than a micrometre
in a city. What a coordinate went through (a projection and back, a computed crossing) costs some
tens; nothing narrower can be repaired without new crossings."""


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
    same : ndarray of int64, shape (v,)
        For the first vertices of ``points``, the vertex each was taken to be.
    tiny : ndarray of int64, shape (t, 2)
        Vertex and cell of edges shorter than ``eps``, of which nothing is left.
    """

    points: Floats
    edges: Ints
    parents: Ints
    owners: Ints
    eps: float
    same: Ints
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
        points, ends, same = _vertices(left.edges, eps)
        points, nodes = _nodes(points, ends, eps)
        parents, edges = _cut(points, ends, nodes)
        gone = ends[:, 0] == ends[:, 1]
        tiny = np.column_stack([ends[gone, 0], left.owners[gone]])
        return cls(points, edges, parents, left.owners[parents], eps, same, tiny)

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
        points, ends, _ = _vertices(edges, eps)
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
        group, keys, net = self._groups
        open_ = net != 0
        open_[group[self.owners == WALL]] = True
        pairs = np.column_stack(np.divmod(keys[open_], max(len(self.points), 1)))
        return pairs, net[open_]

    @cached_property
    def unmatched(self) -> tuple[Ints, Ints]:
        """Borders that cancel only after cutting: the two cells (k, 2) and the vertices (k, 2)."""
        group, keys, _ = self._groups
        forward = self.edges[:, 0] < self.edges[:, 1]
        ahead = pd.DataFrame({"at": group[forward], "cell": self.owners[forward]})
        back = pd.DataFrame({"at": group[~forward], "cell": self.owners[~forward]})
        met = ahead.merge(back, on="at", suffixes=("", "_back")).to_numpy(np.int64)
        met = met[(met[:, 1] != met[:, 2]) & (met[:, 1:] >= 0).all(axis=1)]
        ends = np.column_stack(np.divmod(keys[met[:, 0]], max(len(self.points), 1)))
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

    def known(self, xy: Floats) -> Ints:
        """Return the numbers of coordinates that may be vertices, -1 for those that are not.

        Parameters
        ----------
        xy : ndarray of float64, shape (n, 2)
            Any coordinates.

        Returns
        -------
        ndarray of int64, shape (n,)
            Their numbers, of the vertex each was taken to be.
        """
        ids = self.find(xy)
        merged = np.concatenate([self.same, np.arange(len(self.same), len(self.points))])
        return np.where((self.points[ids] == xy).all(axis=1), merged[ids], -1)

    @cached_property
    def cuts(self) -> dict[tuple[int, int], Ints]:
        """The vertices along every edge that was cut, by its ends, in both directions."""
        first = np.flatnonzero(np.r_[True, self.parents[1:] != self.parents[:-1]])
        last = np.r_[first[1:], len(self.parents)]
        out = {}
        for start, end in zip(first, last, strict=True):
            if end - start > 1:
                path = np.append(self.edges[start:end, 0], self.edges[end - 1, 1])
                out[int(path[0]), int(path[-1])] = path
                out[int(path[-1]), int(path[0])] = path[::-1]
        return out

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

    def _beside(self, wanted: Any) -> tuple[Ints, Ints, Floats]:
        """Face, cell and length of every edge of a cell that runs along a wanted face."""
        walls, faces = self.walls
        mask = np.zeros(len(self.faces), bool)
        mask[wanted] = True
        walls, faces = walls[mask[faces]], faces[mask[faces]]
        group, keys, _ = self._groups
        at = np.searchsorted(keys, walls.min(axis=1) * len(self.points) + walls.max(axis=1))
        order = np.argsort(group, kind="stable")
        first = np.searchsorted(group[order], np.arange(len(keys) + 1))
        many = np.diff(first)[at]
        rows = np.repeat(first[at], many) + _ramp(many)
        cells = self.owners[order[rows]]
        along = self.points[walls[:, 1]] - self.points[walls[:, 0]]
        lengths = np.repeat(np.hypot(*along.T), many)
        real = cells >= 0
        return np.repeat(faces, many)[real], cells[real], lengths[real]

    def owners_round(self, wanted: Any) -> tuple[Ints, Ints]:
        """Return which cells own an edge round which face.

        Parameters
        ----------
        wanted : ndarray of int or bool
            Faces, by number or mask.

        Returns
        -------
        tuple of ndarray of int64, shape (k,)
            Faces and cells, each pair once, sorted.
        """
        face, cell, _ = self._beside(wanted)
        pairs = np.unique(np.column_stack([face, cell]), axis=0)
        return pairs[:, 0], pairs[:, 1]

    def borders_round(self, wanted: Any) -> dict[int, dict[int, float]]:
        """Return how long the border of each face is that each cell has an edge along.

        Parameters
        ----------
        wanted : ndarray of int or bool
            Faces, by number or mask.

        Returns
        -------
        dict of int to dict of int to float
            Length by cell by face, in units of the layer.
        """
        out: dict[int, dict[int, float]] = {}
        for face, cell, length in zip(
            *(each.tolist() for each in self._beside(wanted)), strict=True
        ):
            lengths = out.setdefault(face, {})
            lengths[cell] = lengths.get(cell, 0.0) + length
        return out


def _ramp(sizes: Ints) -> Ints:
    """Return 0, 1, … for each size in turn."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)


def _complex(xy: Floats) -> NDArray[np.complex128]:
    return np.ascontiguousarray(xy + 0.0).view(np.complex128).ravel()


def _vertices(edges: Floats, eps: float) -> tuple[Floats, Ints, Ints]:
    """Number the ends of edges; ends closer than the rounding are one vertex."""
    values, ends = np.unique(_complex(edges.reshape(-1, 2)), return_inverse=True)
    points = np.column_stack([values.real, values.imag])
    same = np.arange(len(points))
    near = cKDTree(points).query_pairs(eps, output_type="ndarray")
    for low, high in near[np.lexsort((near[:, 1], near[:, 0]))]:
        same[high] = min(same[high], same[low])
    return points, same[ends].reshape(-1, 2).astype(np.int64), same


def _nodes(points: Floats, ends: Ints, eps: float) -> tuple[Floats, Ints]:
    """Find where edges are touched or crossed: pairs of edge and vertex; crossings are added."""
    touches, crossings = _noding.meetings(points, ends, eps)
    touched = np.array(touches, np.int64).reshape(-1, 2)
    crossed = np.array(crossings, float).reshape(-1, 4)
    values, number = np.unique(_complex(crossed[:, 2:]), return_inverse=True)
    near, at = cKDTree(points).query(np.column_stack([values.real, values.imag]))
    fresh = near > eps  # a crossing beside a vertex is that vertex
    new = np.where(fresh, len(points) + np.cumsum(fresh) - 1, at)
    number, values = new[number], values[fresh]
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
