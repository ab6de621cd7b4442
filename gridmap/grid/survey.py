"""Survey: all that left-over edges tell about the cells of a Grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid.arrangement import Arrangement
from gridmap.grid.cancel import Leftover, Rings, continued, leftover, leftover_rings
from gridmap.grid.mend import mended
from gridmap.grid.noding import rounding
from gridmap.grid.valid import Fault, faults

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]
    Pair = tuple[int, int]

DISC = 4096
"""Roundings: radius in which it is looked whether ground is held twice."""
CLEARLY = 1.25
"""Times a disc must be covered to be held twice, rounding aside."""


@dataclass(frozen=True, eq=False)
class Survey:
    """All that left-over edges tell about cells.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
        Cells as they are.
    faults : list of Fault
        Cells that are not valid by themselves.
    ground : ndarray of geometry, shape (n,)
        What each cell holds: its shape, mended where it is broken, None where it holds nothing.
    left : Leftover
        Directed edges of the ground that nothing cancels.
    eps : float
        Rounding of the coordinates, in units of the layer.
    """

    shapes: Shapes
    faults: list[Fault]
    ground: Shapes
    left: Leftover
    eps: float

    @classmethod
    def of(cls, shapes: Shapes) -> Survey:
        """Survey cells.

        Parameters
        ----------
        shapes : ndarray of Polygon or MultiPolygon, shape (n,)
            Cells as they are; None and broken ones allowed.

        Returns
        -------
        Survey
            What they hold and what does not cancel.
        """
        rings = Rings.of(shapes)
        broken = faults(shapes, rings)
        ground = shapes.copy()
        ground[shapely.is_empty(shapes)] = None
        for each in broken:
            ground[each.cell] = mended(shapes[each.cell])
        bounds = shapely.bounds(ground)
        eps = rounding(bounds[np.isfinite(bounds)])
        rows = [each.cell for each in broken]
        left = leftover_rings(rings, len(shapes), without=rows)
        if broken:
            left = continued(left, ground[rows], (), rows)
        return cls(shapes, broken, ground, left, eps)

    def replaced(self, shapes: Shapes, rows: list[int]) -> Survey:
        """Survey the same cells after some were changed, at the cost of these only.

        Parameters
        ----------
        shapes : ndarray of geometry, shape (n,)
            All cells, in the same order.
        rows : list of int
            Positions of those that changed.

        Returns
        -------
        Survey
            As :meth:`of` would make it.
        """
        places = np.array(rows, dtype=np.int64)
        gone = set(rows)
        kept = [each for each in self.faults if each.cell not in gone]
        new = [Fault(rows[each.cell], each.reason, each.point) for each in faults(shapes[places])]
        ground = self.ground.copy()
        ground[places] = shapes[places]
        ground[places[shapely.is_empty(shapes[places])]] = None
        for each in new:
            ground[each.cell] = mended(shapes[each.cell])
        left = continued(self.left, ground[places], self.ground[places], rows)
        if (left.owners < 0).any():  # whose edge it is must be told
            left = leftover(ground)
        both = sorted([*kept, *new], key=lambda each: each.cell)
        return Survey(shapes, both, ground, left, self.eps)

    @cached_property
    def arrangement(self) -> Arrangement:
        """The left-over edges, cut where they meet."""
        return Arrangement.of(self.left, self.eps)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the ground."""
        return shapely.STRtree(self.ground)

    def held_twice(self, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell at which places ground is held by more than one cell.

        Parameters
        ----------
        xy : ndarray of float64, shape (n, 2)
            Places, on borders or not.

        Returns
        -------
        ndarray of bool, shape (n,)
            True where cells cover a small disc there more than once.
        """
        if not len(xy):
            return np.zeros(0, bool)
        discs = shapely.buffer(shapely.points(xy), DISC * self.eps)
        disc, cell = self.tree.query(discs, predicate="intersects")
        areas = shapely.area(shapely.intersection(self.ground[cell], discs[disc]))
        return np.bincount(disc, areas, len(xy)) > CLEARLY * shapely.area(discs)

    def _thin(self, shapes: Any) -> NDArray[np.bool_]:
        """Tell which shapes are narrower than the coordinates can say."""
        return shapely.area(shapes) <= self.eps * shapely.length(shapes)

    def _faces(self, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.flatnonzero(wanted & ~self._thin(self.arrangement.faces))

    @cached_property
    def overlaps(self) -> dict[Pair, Any]:
        """Ground held twice: a geometry by pair of cells."""
        numbers = self._faces(self.arrangement.counts > 1)
        faces = self.arrangement.faces[numbers]
        face, cell = self.tree.query(faces, predicate="intersects")
        pieces = shapely.intersection(self.ground[cell], faces[face])
        real = ~self._thin(pieces)
        face, cell, pieces = face[real], cell[real], pieces[real]
        order = np.lexsort((cell, face))
        starts = np.searchsorted(face[order], np.arange(len(faces) + 1))
        found: dict[Pair, list[Any]] = {}
        for number, (start, end) in enumerate(pairwise(starts)):
            inside = order[start:end]
            alone = len(inside) == self.arrangement.counts[numbers[number]]
            for one, other in combinations(inside, 2):
                both = faces[number] if alone else _areal(pieces[one], pieces[other])
                if alone or not self._thin(both):
                    found.setdefault((int(cell[one]), int(cell[other])), []).append(both)
        return {pair: _joined(found[pair]) for pair in sorted(found)}

    @cached_property
    def gaps(self) -> list[tuple[Any, tuple[int, ...]]]:
        """Faces inside the cover that no cell holds, each with its neighbours."""
        numbers = self._faces(self.arrangement.counts < 1)
        round_ = self._round
        return [(self.arrangement.faces[i], round_.get(int(i), ())) for i in numbers]

    @cached_property
    def _round(self) -> dict[int, tuple[int, ...]]:
        """Cells with an edge round each face."""
        found: dict[int, list[int]] = {}
        pairs = np.column_stack(self.arrangement.owners_round(self.arrangement.counts != 1))
        for face, cell in pairs.tolist():
            found.setdefault(face, []).append(cell)
        return {face: tuple(cells) for face, cells in found.items()}

    @cached_property
    def seams(self) -> dict[Pair, Any]:
        """Borders whose vertices do not match although no ground lies between, by pair."""
        cells, ends = self.arrangement.unmatched
        lines: dict[Pair, list[Any]] = {}
        pieces = shapely.linestrings(self.arrangement.points[ends])
        single = ends[:, 0] == ends[:, 1]
        pieces[single] = shapely.points(self.arrangement.points[ends[single, 0]])
        for (one, other), piece in zip(cells.tolist(), pieces, strict=True):
            lines.setdefault((one, other), []).append(piece)
        hair = self._thin(self.arrangement.faces) & (self.arrangement.counts != 1)
        for number in np.flatnonzero(hair):
            owners = self._round.get(int(number), ())
            for pair in combinations(owners, 2):
                line = shapely.boundary(self.arrangement.faces[number])
                lines.setdefault(pair, []).append(line)
        return {pair: _line(lines[pair]) for pair in sorted(lines)}

    @cached_property
    def outline(self) -> Any:
        """The ground held by any cell, gaps left open; None if there is none."""
        covered = self.arrangement.faces[self.arrangement.counts > 0]
        return shapely.coverage_union_all(covered) if len(covered) else None


def _line(pieces: list[Any]) -> Any:
    lines = [each for each in pieces if each.length > 0]
    return shapely.line_merge(shapely.union_all(lines)) if lines else pieces[0]


def _areal(one: Any, other: Any) -> Any:
    parts = shapely.get_parts(shapely.intersection(one, other))
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == 3])  # noqa: PLR2004


def _joined(shapes: list[Any]) -> Any:
    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
