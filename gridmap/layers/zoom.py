"""The cells and groups of a city on the lattice of one zoom, and again after an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gridmap.layers import mvt
from gridmap.layers.borders import thinned
from gridmap.layers.lattice import Lattice
from gridmap.layers.outlines import MOST
from gridmap.layers.quantise import NOTHING, areal, mended, round_half_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.layers.outlines import Outlines

MAX_ZOOM = 16
"""Deepest zoom with tiles of its own (15 cm a unit at the equator); the page enlarges it."""
TOLERANCE = 4
"""Units of the lattice (half a pixel): a vertex whose triangle is smaller than its square is left
out above the deepest zoom (Visvalingam and Whyatt 1993)."""
REACH = 2
"""Units by which snapping can move what lies beside it."""


class _Drawn(NamedTuple):
    """Cells on the lattice, which were snap-rounded, and which keep all their vertices."""

    shapes: NDArray[np.object_]
    snapped: NDArray[np.bool_]
    whole: NDArray[np.bool_]


class Zoom:
    """The cells and groups of a city on the lattice of one zoom.

    Parameters
    ----------
    z : int
        The zoom.
    outlines : Outlines
        The cells.
    before : Zoom, optional
        The same zoom of an earlier version: what is the same there is taken over.
    """

    def __init__(self, z: int, outlines: Outlines, before: Zoom | None = None) -> None:
        self.z = z
        self.outlines = outlines
        self._scale = float(mvt.EXTENT << z)
        self._area = (TOLERANCE / self._scale) ** 2 if z < MAX_ZOOM else 0.0
        self.lattices: dict[str, Lattice] = {}
        if before is None or not self._revise(before):
            self._make()

    def _make(self) -> None:
        n, rim = len(self.outlines.codes), self.outlines.rim
        nobody = np.zeros(n, dtype=bool)
        exact, self._whole = thinned(self.outlines.borders, self._scale, self._area, nobody)
        shapes, self._snapped = mended(exact, shapely.transform(exact, round_half_up), rim)
        self.lattices["cells"] = Lattice(shapes, coverage=rim is not None)
        for level, names in self.outlines.groups.items():
            members, groups = pd.factorize(names, sort=True)
            dissolved = _dissolve(shapes, members, np.arange(len(groups)))
            self.lattices[level] = Lattice(dissolved, coverage=rim is not None)

    def _revise(self, before: Zoom) -> bool:
        """Take over what is the same; answer False where too much is not."""
        if self.outlines.rim is None or before.outlines.rim is None:
            return False
        old, new = before.outlines, self.outlines
        place = pd.Index(old.codes).get_indexer(new.codes)
        same = place >= 0
        same[same] = _ids(new.borders[same]) == _ids(old.borders[place[same]])
        gone = np.ones(len(old.codes), dtype=bool)
        gone[place[same]] = False
        if (~same).sum() * MOST > len(same):
            return False
        shapes = np.full(len(same), NOTHING, dtype=object)
        shapes[same] = before.lattices["cells"].shapes[place[same]]
        known = _Drawn(shapes, *(np.zeros(len(same), dtype=bool) for _ in range(2)))
        known.whole[same] = before._whole[place[same]]
        known.snapped[same] = before._snapped[place[same]]
        found = self._patch(known, np.flatnonzero(~same), widen=bool(before._whole[gone].any()))
        if found is None:
            return False
        changed, drawn = found
        self._whole, self._snapped = known.whole, known.snapped
        rows = np.where(same, place, 0)
        rows[changed] = -1 - np.arange(len(changed))
        self.lattices["cells"] = before.lattices["cells"].merged(drawn, rows)
        same[changed] = False
        for level in new.groups:
            self._revise_level(before, level, place, same)
        return True

    def _patch(
        self, known: _Drawn, fresh: NDArray[np.intp], *, widen: bool
    ) -> tuple[NDArray[np.intp], NDArray[np.object_]] | None:
        """Draw fresh cells among those known; answer with the rows that changed, and their shapes.

        What was snap-rounded together is drawn together again, and where a cell needs all its
        vertices its neighbours are drawn with it. None if that reaches too far.
        """
        boxes = np.array([line.box for line in self.outlines.borders]) * self._scale
        tree = shapely.STRtree(shapely.box(*boxes.T))

        def near(rows: NDArray[np.intp]) -> NDArray[np.intp]:
            grown = boxes[rows] + np.array([-REACH, -REACH, REACH, REACH])
            return np.unique(tree.query(shapely.box(*grown.T))[1])

        rows = near(fresh) if widen else fresh
        while True:
            around = near(rows)
            wider = np.union1d(rows, around[known.snapped[around]])
            if len(wider) * MOST > len(boxes):
                return None
            if len(wider) > len(rows):
                rows = wider
                continue
            part = near(near(rows))
            found = self._drawn(known, rows, part)
            newly = part[found.whole & ~known.whole[part]]
            known.whole[newly] = True
            beside = np.union1d(rows, near(newly)) if len(newly) else rows
            if len(beside) == len(rows):
                break
            rows = beside
        changed = np.union1d(rows, part[found.snapped])
        known.snapped[rows] = False
        known.snapped[part[found.snapped]] = True
        within = np.isin(changed, around).all()
        return (changed, found.shapes[np.searchsorted(part, changed)]) if within else None

    def _drawn(self, known: _Drawn, rows: NDArray[np.intp], part: NDArray[np.intp]) -> _Drawn:
        """Draw the rows anew among the others of a part, which stay as they are if they can."""
        lines, rim = self.outlines.borders[part], self.outlines.rim
        exact, whole = thinned(lines, self._scale, self._area, known.whole[part])
        anew, rounded = np.isin(part, rows), known.shapes[part]
        rounded[anew] = shapely.transform(exact[anew], round_half_up)
        return _Drawn(*mended(exact, rounded, None if rim is None else rim[part]), whole)

    def _revise_level(
        self, before: Zoom, level: str, place: NDArray[np.intp], same: NDArray[np.bool_]
    ) -> None:
        """Join the cells of those groups anew that lost, gained or redrew a cell."""
        was, now = before.outlines.groups[level], self.outlines.groups[level]
        stays = same.copy()
        stays[same] = was[place[same]] == now[same]
        left = np.ones(len(was), dtype=bool)
        left[place[stays]] = False
        members, groups = pd.factorize(now, sort=True)
        rows = pd.Index(pd.factorize(was, sort=True)[1]).get_indexer(groups)
        other = set(was[left]) | set(now[~stays])
        redo = np.flatnonzero([group in other for group in groups] | (rows < 0))
        rows[redo] = -1 - np.arange(len(redo))
        joined = _dissolve(self.lattices["cells"].shapes, members, redo)
        self.lattices[level] = before.lattices[level].merged(joined, rows)


def _ids(borders: NDArray[np.object_]) -> NDArray[np.int64]:
    return np.fromiter(map(id, borders), np.int64, len(borders))


def _dissolve(
    shapes: NDArray[np.object_], members: NDArray[np.intp], groups: NDArray[np.intp]
) -> NDArray[np.object_]:
    """Join the cells of some groups along the borders they share."""
    joined = np.full(len(groups), NOTHING, dtype=object)
    order = np.argsort(members, kind="stable")
    edges = np.searchsorted(members[order], np.column_stack([groups, groups + 1]))
    for group, (first, last) in enumerate(edges):
        cells = shapes[order[first:last]]
        drawn = cells[~shapely.is_empty(cells)]
        if len(drawn):
            joined[group] = shapely.coverage_union_all(drawn)
    for broken in np.flatnonzero(~shapely.is_valid(joined)):
        joined[broken] = shapely.union_all(shapes[members == groups[broken]], grid_size=1)
    return shapely.orient_polygons(areal(joined))
