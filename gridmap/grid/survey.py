"""Survey: all that left-over edges tell about the cells of a Grid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid.arrangement import Arrangement
from gridmap.grid.cancel import Leftover, Rings, continued, leftover, leftover_rings
from gridmap.grid.mend import mended
from gridmap.grid.noding import numbered, rounding, undirected
from gridmap.grid.valid import Fault, faults

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
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
        broken, ground = _held(shapes, rings)
        rows = [each.cell for each in broken]
        left = leftover_rings(rings, len(shapes), without=rows)
        if broken:
            left = continued(left, ground[rows], (), rows)
        return cls(shapes, broken, ground, left, _rounding(ground))

    def after(self, shapes: Shapes, source: Ints) -> Survey:
        """Survey cells most of which are cells of this survey, at the cost of the others.

        An edge is left over or not by who walks it. So only edges of the cells that came and went
        are asked about again, with the cells beside them.

        Parameters
        ----------
        shapes : ndarray of geometry, shape (n,)
            All cells.
        source : ndarray of int64, shape (n,)
            Position each has here, ascending; -1 for one that is not here.

        Returns
        -------
        Survey
            As :meth:`of` would make it.
        """
        kept, new = np.flatnonzero(source >= 0), np.flatnonzero(source < 0)
        today = np.full(len(self.shapes), -1, np.int64)
        today[source[kept]] = kept
        fresh, held = _held(shapes[new])
        ground = np.empty(len(shapes), object)
        ground[kept], ground[new] = self.ground[source[kept]], held
        both = [replace(each, cell=int(today[each.cell])) for each in self.faults]
        both += [replace(each, cell=int(new[each.cell])) for each in fresh]
        known = sorted((each for each in both if each.cell >= 0), key=lambda each: each.cell)
        changed = np.concatenate([self.ground[today < 0], held])
        left = _continued(self.left, today, ground, changed[~shapely.is_missing(changed)])
        return Survey(shapes, known, ground, left, _rounding(ground))

    @cached_property
    def _edges(self) -> Floats:
        """The left-over edges, sorted: what follows must not depend on how they were found."""
        ends = self.left.edges.reshape(-1, 4).view(complex)  # by x, then by y
        return self.left.edges[np.lexsort((ends[:, 1], ends[:, 0]))]

    @cached_property
    def _owners(self) -> Ints:
        """Cell of each of them: where several cells walk one, the first."""
        near = np.unique(self.tree.query(shapely.points(self._edges[:, 0]))[1])
        rings = Rings.of(self.ground[near])
        walked, cell = rings.edges()
        points, number = numbered(np.concatenate([self._edges, rings.xy[walked]]))
        way = number[:, 0] * len(points) + number[:, 1]
        mine, theirs = np.split(way, [len(self._edges)])
        order = np.lexsort((cell, theirs))
        place = np.arange(len(mine))
        fresh = np.append(True, mine[1:] != mine[:-1])[: len(mine)]
        repeated = place - np.maximum.accumulate(np.where(fresh, place, 0))
        return near[cell[order[np.searchsorted(theirs[order], mine) + repeated]]]

    @cached_property
    def arrangement(self) -> Arrangement:
        """The left-over edges, cut where they meet."""
        return Arrangement.of(self._edges, self.eps)

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
        if not len(numbers):
            return {}
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
        return [(self.arrangement.faces[i], self._round.get(int(i), ())) for i in numbers]

    @cached_property
    def _round(self) -> dict[int, tuple[int, ...]]:
        """Cells with an edge round each face."""
        found: dict[int, list[int]] = {}
        faces, edges = self.arrangement.edges_round(self.arrangement.counts != 1)
        pairs = np.unique(np.column_stack([faces, self._owners[edges]]), axis=0)
        for face, cell in pairs.tolist():
            found.setdefault(face, []).append(cell)
        return {face: tuple(cells) for face, cells in found.items()}

    @cached_property
    def seams(self) -> dict[Pair, Any]:
        """Borders whose vertices do not match although no ground lies between, by pair."""
        cells, ends = self._unmatched
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
    def _unmatched(self) -> tuple[Ints, Ints]:
        """Borders that cancel only after cutting: the two cells (k, 2) and the vertices (k, 2)."""
        edges, ends = self.arrangement.unmatched
        if not len(edges):  # whose they are takes its time
            return edges, ends
        cells = np.sort(self._owners[edges], axis=1)
        apart = cells[:, 0] != cells[:, 1]
        met = np.unique(np.column_stack([cells, ends])[apart], axis=0)
        return met[:, :2], met[:, 2:]

    @cached_property
    def outline(self) -> Any:
        """The ground held by any cell, gaps left open; None if there is none."""
        covered = self.arrangement.faces[self.arrangement.counts > 0]
        return shapely.coverage_union_all(covered) if len(covered) else None


def _line(pieces: list[Any]) -> Any:
    lines = [each for each in pieces if each.length > 0]
    return shapely.line_merge(shapely.union_all(lines)) if lines else pieces[0]


def _held(shapes: Shapes, rings: Rings | None = None) -> tuple[list[Fault], Shapes]:
    """Return the broken ones among cells, and what each cell holds."""
    broken = faults(shapes, rings)
    ground = shapes.copy()
    ground[shapely.is_empty(shapes)] = None
    for each in broken:
        ground[each.cell] = mended(shapes[each.cell])
    return broken, ground


def _rounding(ground: Shapes) -> float:
    bounds = shapely.bounds(ground)
    return rounding(bounds[np.isfinite(bounds)])


def _continued(left: Leftover, today: Ints, ground: Shapes, changed: Shapes) -> Leftover:
    """Return what is left over after some cells changed, whose each edge was having moved."""
    near = np.unique(shapely.STRtree(ground).query(shapely.box(*shapely.bounds(changed).T))[1])
    part = leftover(ground[near])
    rings = Rings.of(changed)
    walked = rings.xy[rings.edges()[0]]
    _, ends = numbered(np.concatenate([walked, left.edges, part.edges]))
    pairs, border, _ = undirected(ends)
    mine = np.zeros(len(pairs), bool)
    mine[border[: len(walked)]] = True
    before, now = np.split(mine[border[len(walked) :]], [len(left.edges)])
    edges = np.concatenate([left.edges[~before], part.edges[now]])
    return Leftover(edges, np.append(today[left.owners[~before]], near[part.owners[now]]))


def _areal(one: Any, other: Any) -> Any:
    parts = shapely.get_parts(shapely.intersection(one, other))
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == 3])  # noqa: PLR2004


def _joined(shapes: list[Any]) -> Any:
    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
