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

from gridmap.grid._walks import BOUNDARY, OPEN, Steps, Walks, laid_out
from gridmap.grid.cancel import continued
from gridmap.grid.chains import Chains
from gridmap.grid.noding import Noded, Quiet, undirected
from gridmap.grid.regions import OUTSIDE, Regions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gridmap.grid.cancel import Leftover
    from gridmap.grid.survey import Survey

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Faces between the borders of cells.

    Borders are chains of edges between places where more than two meet.

    Parameters
    ----------
    chains : Chains
        The borders.
    faces : Regions
        What they enclose.
    walks : Steps
        Which owners walk along each chain, and which way.
    open : ndarray of bool, shape (c,)
        Chains with edges that nothing cancels as the cells are.
    rough : ndarray of bool, shape (c,)
        Chains with vertices that some cell along them does not have.
    bounded : bool
        Whether there is a boundary.
    """

    chains: Chains
    faces: Regions
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
        walks = Walks.of(ends, owners)
        quiet = Quiet(walks.loose, walks.fixed(len(points)), survey.held_twice)
        noded = Noded.of(points, walks.pairs, survey.eps, quiet)
        pairs, at, sign = undirected(noded.pieces)
        chains = Chains.of(noded.points, pairs)
        chain, amount = chains.of_edge[at], len(chains)
        last = np.empty(amount, np.int64)  # one edge of each chain tells who walks along it
        last[chains.of_edge] = np.arange(len(pairs))
        some = np.flatnonzero(last[chain] == at)
        way = (sign * chains.ahead[at])[some]
        cut = np.bincount(noded.parents, minlength=len(walks.pairs)) != 1
        bent = (noded.pieces != walks.pairs[noded.parents]).any(axis=1) | cut[noded.parents]
        return cls(
            chains,
            Regions.faces(chains),
            walks.along(noded.parents[some], way, chain[some], amount),
            np.bincount(chain[walks.open[noded.parents]], minlength=amount) > 0,
            np.bincount(chain[bent], minlength=amount) > 0,
            boundary is not None,
        )

    @property
    def beside(self) -> Ints:
        """The faces on the left of all chains, and those on their right: shape (2, c)."""
        return self.faces.left.reshape(-1, 2).T

    @cached_property
    def held(self) -> list[dict[int, int]]:
        """How often each owner covers each face; owners that do not are not named."""
        found: list[dict[int, int] | None] = [None] * (len(self.faces) + 1)
        found[OUTSIDE] = {}
        queue = deque([OUTSIDE])
        starts, owners, ways = self.walks
        left = self.beside[0].tolist()
        while queue:
            face = queue.popleft()
            for chain, beyond in self.sides(face):
                if found[beyond] is None:
                    there = dict(found[face] or {})
                    sign = 1 if left[chain] == beyond else -1
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
        left, right = self.beside
        parting = np.flatnonzero(left != right)
        near = np.concatenate([left[parting], right[parting]])
        far = np.concatenate([right[parting], left[parting]])
        order = np.argsort(near, kind="stable")
        first = np.searchsorted(near[order], np.arange(OUTSIDE, len(self.faces) + 1))
        return first.tolist(), np.tile(parting, 2)[order].tolist(), far[order].tolist()

    @cached_property
    def lengths(self) -> list[float]:
        """Length of each chain, in units of the layer."""
        return shapely.length(self.chains.lines).tolist()


def _missing(made: Mosaic, survey: Survey) -> Ints:
    """Find cells that must take part too: they hold disputed ground or gain a vertex."""
    found = [np.zeros(0, np.int64)]
    shared = [
        face
        for face in range(len(made.faces))
        if made.others(face)
        and (made.others(face) > 1 or made.cells(face) or not made.inside(face))
    ]
    if shared:
        faces = made.faces.polygons(shared)
        face, cell = survey.tree.query(faces, predicate="intersects")
        found.append(cell[shapely.relate_pattern(survey.ground[cell], faces[face], "T********")])
    for chain in np.flatnonzero(made.rough).tolist():
        one, other = made.beside[:, chain].tolist()
        if any(made.cells(a) and made.others(b) for a, b in ((one, other), (other, one))):
            point = shapely.Point(made.chains.points[made.chains.path(chain)[:2]].mean(axis=0))
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
