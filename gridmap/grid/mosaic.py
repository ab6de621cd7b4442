"""The mosaic of a repair: cells cut into faces at all their borders, and who holds each face.

Every cell concerned takes part with all its edges, so that who holds a face is counted, not
measured: crossing a border from its right to its left enters the cells that walk along it. However
thin a face is, and however its edges were bent by rounding, the count is exact.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid import _noding
from gridmap.grid._walks import BOUNDARY, OPEN, Steps, Walks, laid_out
from gridmap.grid.cancel import continued
from gridmap.grid.noding import Faces, Noded, Quiet, undirected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gridmap.grid.cancel import Leftover
    from gridmap.grid.survey import Survey

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

OUTSIDE = -1
"""The face beyond all others."""


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Faces between the borders of cells.

    Borders are chains of edges between places where more than two meet.

    Parameters
    ----------
    rows : ndarray of int64
        Positions of the cells that take part, ascending.
    points : ndarray of float64, shape (p, 2)
        Vertices.
    vertices, starts : ndarray of int64, shape (v,) and (c + 1,)
        Vertices of all chains, one after the other, and where each begins.
    faces : Faces
        What they enclose.
    left, right : ndarray of int64, shape (c,)
        The face on each side of a chain.
    walks : Steps
        Which owners walk along each chain, and which way.
    open : ndarray of bool, shape (c,)
        Chains with edges that nothing cancels as the cells are.
    rough : ndarray of bool, shape (c,)
        Chains with vertices that some cell along them does not have.
    bounded : bool
        Whether there is a boundary.
    """

    rows: Ints
    points: Floats
    vertices: Ints
    starts: Ints
    faces: Faces
    left: Ints
    right: Ints
    walks: Steps
    open: NDArray[np.bool_]
    rough: NDArray[np.bool_]
    bounded: bool

    @classmethod
    def of(cls, survey: Survey, boundary: Any = None, lines: Floats | None = None) -> Mosaic:
        """Cut the cells that own a left-over edge, and those that hold disputed ground.

        Parameters
        ----------
        survey : Survey
            The cells.
        boundary : Polygon or MultiPolygon, optional
            The area to be covered.
        lines : ndarray of float64, shape (n, 2, 2), optional
            Edges that part faces.

        Returns
        -------
        Mosaic
            The faces.
        """
        left = survey.left if boundary is None else continued(survey.left, (), [boundary])
        rows = np.unique(
            np.concatenate([left.owners[left.owners >= 0], _along(survey, left.edges)])
        )
        while True:
            made = cls._cut(survey, left, rows, boundary, lines)
            more = np.setdiff1d(_missing(made, survey), rows)
            if not len(more):
                return made
            rows = np.union1d(rows, more)

    @classmethod
    def _cut(
        cls, survey: Survey, left: Leftover, rows: Ints, boundary: Any, lines: Floats | None
    ) -> Mosaic:
        points, ends, owners = laid_out(survey.ground[rows], rows, left, boundary, lines)
        walks = Walks.of(ends, owners, len(points))
        quiet = Quiet(walks.loose, walks.fixed(len(points)), survey.held_twice)
        noded = Noded.of(points, walks.pairs, survey.eps, quiet)
        pairs, at, sign = undirected(noded.pieces, len(noded.points))
        vertices, line, by = _noding.chains(pairs, len(noded.points))
        starts = np.append(
            np.searchsorted(line, np.arange(line[-1] + 1 if len(line) else 0)), len(line)
        )
        faces = Faces.of(noded.points, vertices, line)
        chain = np.empty(len(pairs), np.int64)
        chain[by] = line
        ends_of = np.column_stack([vertices[starts[:-1]], vertices[starts[:-1] + 1]])
        first = np.full(len(pairs), 0)
        first[by[starts[:-1]]] = np.where(ends_of[:, 0] < ends_of[:, 1], 1, -1)
        cut = np.bincount(noded.parents, minlength=len(walks.pairs)) != 1
        bent = (noded.pieces != walks.pairs[noded.parents]).any(axis=1) | cut[noded.parents]
        rep = np.flatnonzero(first[at])
        amount = len(starts) - 1
        return cls(
            rows,
            noded.points,
            vertices,
            starts,
            faces,
            *_beside(faces, ends_of),
            walks.along(noded.parents[rep], sign[rep] * first[at[rep]], chain[at[rep]], amount),
            np.bincount(chain[at[walks.open[noded.parents]]], minlength=amount) > 0,
            np.bincount(chain[at[bent]], minlength=amount) > 0,
            boundary is not None,
        )

    @cached_property
    def held(self) -> list[dict[int, int]]:
        """How often each owner covers each face; owners that do not are not named."""
        found: list[dict[int, int] | None] = [None] * (len(self.faces.shapes) + 1)
        found[OUTSIDE] = {}
        queue = deque([OUTSIDE])
        starts, owners, ways = self.walks
        while queue:
            face = queue.popleft()
            for chain, beyond in self.sides(face):
                if found[beyond] is None:
                    there = dict(found[face] or {})
                    sign = 1 if self._left[chain] == beyond else -1
                    for k in range(starts[chain], starts[chain + 1]):
                        there[owners[k]] = there.get(owners[k], 0) + sign * ways[k]
                    found[beyond] = {owner: times for owner, times in there.items() if times}
                    queue.append(beyond)
        return [each or {} for each in found[:OUTSIDE]]

    def cells(self, face: int) -> tuple[int, ...]:
        """Return the cells that hold a face, of those that take part.

        Parameters
        ----------
        face : int
            Its number.

        Returns
        -------
        tuple of int
            Their positions, ascending.
        """
        return self._holders[face][0]

    @cached_property
    def _holders(self) -> list[tuple[tuple[int, ...], int]]:
        """The cells that hold each face, and how many others; the last stands for the outside."""
        out = []
        for held in self.held:
            cells = {owner: times for owner, times in held.items() if owner >= 0}
            every = held.get(OPEN, 0) + (held.get(BOUNDARY, 0) if self.bounded else 0)
            holders = tuple(sorted(owner for owner, times in cells.items() if times > 0))
            out.append((holders, every - sum(cells.values())))
        return [*out, ((), 0)]

    def inside(self, face: int) -> bool:
        """Tell whether a face lies within the boundary, if there is one.

        Parameters
        ----------
        face : int
            Its number.

        Returns
        -------
        bool
            True without a boundary.
        """
        return not self.bounded or self.held[face].get(BOUNDARY, 0) > 0

    def others(self, face: int) -> int:
        """Return how many cells hold a face that do not take part.

        Parameters
        ----------
        face : int
            Its number.

        Returns
        -------
        int
            Their number.
        """
        return self._holders[face][1]

    def sides(self, face: int) -> Iterable[tuple[int, int]]:
        """Return the chains round a face, and the face beyond each.

        Parameters
        ----------
        face : int
            Its number.

        Returns
        -------
        iterable of tuple of int
            Chains and faces.
        """
        first, chains, beyond = self._sides
        here = slice(first[face + 1], first[face + 2])
        return zip(chains[here], beyond[here], strict=True)

    @cached_property
    def _sides(self) -> tuple[list[int], list[int], list[int]]:
        parting = np.flatnonzero(self.left != self.right)
        near = np.concatenate([self.left[parting], self.right[parting]])
        far = np.concatenate([self.right[parting], self.left[parting]])
        order = np.argsort(near, kind="stable")
        first = np.searchsorted(near[order], np.arange(OUTSIDE, len(self.faces.shapes) + 1))
        return first.tolist(), np.tile(parting, 2)[order].tolist(), far[order].tolist()

    @cached_property
    def _left(self) -> list[int]:
        return self.left.tolist()

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """The chains."""
        line = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        return shapely.linestrings(self.points[self.vertices], indices=line)

    @cached_property
    def lengths(self) -> list[float]:
        """Length of each chain, in units of the layer."""
        return shapely.length(self.lines).tolist()

    def path(self, chain: int) -> Ints:
        """Return the vertices of a chain.

        Parameters
        ----------
        chain : int
            Its number.

        Returns
        -------
        ndarray of int64
            Their numbers.
        """
        return self.vertices[self.starts[chain] : self.starts[chain + 1]]


def _missing(made: Mosaic, survey: Survey) -> Ints:
    """Find cells that must take part too: they hold disputed ground or gain a vertex."""
    found = [np.zeros(0, np.int64)]
    shapes = [
        made.faces.shapes[face]
        for face in range(len(made.faces.shapes))
        if made.others(face) and (made.others(face) > 1 or made.cells(face))
    ]
    if shapes:
        faces = np.array(shapes, dtype=object)
        face, cell = survey.tree.query(faces, predicate="intersects")
        found.append(cell[shapely.relate_pattern(survey.ground[cell], faces[face], "T********")])
    for chain in np.flatnonzero(made.rough & ~made.open).tolist():
        pair = int(made.left[chain]), int(made.right[chain])
        if any(made.cells(a) and made.others(b) for a, b in (pair, pair[::-1])):
            at = made.points[made.path(chain)[:2]].mean(axis=0)
            point = shapely.Point(at)
            found.append(survey.tree.query(point, predicate="dwithin", distance=survey.eps))
    return np.concatenate(found)


def _along(survey: Survey, edges: Floats) -> Ints:
    """Find the cells at the middle of every run of left-over edges."""
    if not len(edges):
        return np.zeros(0, np.int64)
    begins = np.flatnonzero(np.append(True, (edges[1:, 0] != edges[:-1, 1]).any(axis=1)))
    middle = (begins + np.append(begins[1:], len(edges))) // 2
    points = shapely.points(edges[middle, 0])
    return survey.tree.query(points, predicate="intersects")[1]


def _beside(faces: Faces, first: Ints) -> tuple[Ints, Ints]:
    """Return the faces on the left and on the right of chains, by their first edges."""
    size = int(first.max(initial=0)) + 1
    ends = np.zeros(max(size, int(faces.walls.max(initial=0)) + 1), bool)
    ends[first] = True
    near = ends[faces.walls].all(axis=1)
    walls, owners = faces.walls[near], faces.owners[near]
    keys = {pair: number for number, pair in enumerate(map(tuple, first.tolist()))}
    left = np.full(len(first), OUTSIDE)
    right = np.full(len(first), OUTSIDE)
    for (a, b), face in zip(walls.tolist(), owners.tolist(), strict=True):
        if (number := keys.get((a, b))) is not None:
            left[number] = face
        elif (number := keys.get((b, a))) is not None:
            right[number] = face
    return left, right
