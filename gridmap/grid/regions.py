"""Regions: the ground that directed chains enclose on their left.

At its end a chain is followed by the first one clockwise, so that no ground but its own lies
between; walks that come back close a region, or are the outline of others within one. Which of two
directions comes first is decided exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridmap.grid import _tracing
from gridmap.grid._numbers import runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridmap.grid.chains import Chains

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]

OUTSIDE = -1
"""The ground beyond all regions."""


class _Rings(NamedTuple):
    """Rings: vertices, where each begins and the end, its region, whether it is round that."""

    ids: Ints
    starts: Ints
    owners: Ints
    shell: Bools
    boxes: Floats


@dataclass(frozen=True, eq=False)
class Regions:
    """Connected ground on the left of directed chains.

    Parameters
    ----------
    chains : Chains
        Lines that meet only at their ends.
    left : ndarray of int64, shape (k,)
        The region on the left of each half-chain; :data:`OUTSIDE` where it encloses none, or has
        the same ground on its right.
    labels : ndarray of int64, shape (r,)
        Label of each region.
    """

    chains: Chains
    left: Ints
    labels: Ints
    _rings: _Rings

    @classmethod
    def of(cls, chains: Chains, halves: Ints, labels: Ints) -> Regions:
        """Find the regions.

        Parameters
        ----------
        chains : Chains
            Lines that meet only at their ends.
        halves : ndarray of int64, shape (k,)
            Chains and the way they are walked: 2c along chain c, 2c + 1 back.
        labels : ndarray of int64, shape (k,)
            Each label is traced for itself.

        Returns
        -------
        Regions
            Connected ground, by label.
        """
        after, walk = _walks(chains, halves, labels)
        ids, starts, of_ring, ccw, leftmost, boxes = _tracing.rings(
            chains.points, chains.vertices, chains.starts, halves, after, walk
        )
        number = np.full(int(walk.max(initial=-1)) + 2, OUTSIDE)  # the last for those on no walk
        inner = np.unique(of_ring[ccw])
        number[inner] = np.arange(len(inner))
        label = np.zeros(len(number), np.int64)
        label[walk] = labels
        rings = _Rings(ids, starts, number[of_ring], ccw, boxes)
        made = cls(chains, number[walk], label[inner], rings)
        outlines = np.flatnonzero(number[of_ring] == OUTSIDE)
        if not len(outlines) or not len(inner):
            return made
        number[of_ring[outlines]] = made._round(leftmost[outlines], label[of_ring[outlines]])
        rings = rings._replace(owners=number[of_ring])
        return replace(made, left=number[walk], _rings=rings)

    @classmethod
    def faces(cls, chains: Chains) -> Regions:
        """Find the bounded faces between chains.

        Parameters
        ----------
        chains : Chains
            Lines that meet only at their ends.

        Returns
        -------
        Regions
            The faces; ``left`` tells for each chain the one on its left, then that on its right.
        """
        halves = np.arange(2 * len(chains))
        return cls.of(chains, halves, np.zeros(len(halves), np.int64))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.labels)

    def polygons(self, numbers: Sequence[int] | Ints) -> Shapes:
        """Return some regions.

        Parameters
        ----------
        numbers : array-like of int, shape (k,)
            Which.

        Returns
        -------
        ndarray of Polygon, shape (k,)
            Their ground.
        """
        wanted, at = np.unique(np.asarray(numbers, np.int64), return_inverse=True)
        rings = self._rings
        mine = np.flatnonzero(np.isin(rings.owners, wanted))
        mine = mine[np.lexsort((~rings.shell[mine], rings.owners[mine]))]
        sizes = np.diff(rings.starts)[mine]
        xy = self.chains.points[rings.ids[runs(rings.starts[mine], sizes)]]
        lines = shapely.linearrings(xy, indices=np.repeat(np.arange(len(mine)), sizes))
        owners = np.searchsorted(wanted, rings.owners[mine])
        return shapely.polygons(lines, indices=owners)[at]

    @cached_property
    def shapes(self) -> Shapes:
        """All of them."""
        return self.polygons(np.arange(len(self)))

    def _round(self, vertices: Ints, labels: Ints) -> Ints:
        """Return the region round the leftmost vertex of each outline, the innermost of several."""
        xy, shell = self.chains.points[vertices], self._rings.shell
        boxes = np.empty((len(self), 4))
        boxes[self._rings.owners[shell]] = self._rings.boxes[shell]
        points = shapely.points(xy)
        outline, region = shapely.STRtree(shapely.box(*boxes.T)).query(points)
        other = boxes[region, 0] < xy[outline, 0]  # nothing an outline is round reaches farther
        real = other & (self.labels[region] == labels[outline])
        outline, region = outline[real], region[real]
        round_ = self.polygons(region)
        shapely.prepare(round_)
        inside = shapely.contains(round_, points[outline])
        outline, region, areas = outline[inside], region[inside], shapely.area(round_[inside])
        out = np.full(len(vertices), OUTSIDE)
        order = np.argsort(-areas, kind="stable")
        out[outline[order]] = region[order]
        return out


def _walks(chains: Chains, halves: Ints, labels: Ints) -> tuple[Ints, Ints]:
    """Return the half that follows each and the closed walk it is on; -1 for none.

    A chain with the same ground on both sides is left out.
    """
    size = len(chains.points)
    first, last = chains.starts[halves // 2], chains.starts[halves // 2 + 1] - 1
    back = halves % 2
    begin, end = chains.vertices[np.where(back, (last, first), (first, last))]
    ahead = chains.vertices[np.where(back, last - 1, first + 1)]
    behind = chains.vertices[np.where(back, first + 1, last - 1)]
    order = np.argsort(labels * size + begin, kind="stable")
    keys, goal = (labels * size + begin)[order], labels * size + end
    span = np.searchsorted(keys, goal), np.searchsorted(keys, goal, side="right")
    after = _tracing.following(chains.points, ahead, end, behind, order, *span)
    walk = _tracing.orbits(after)
    key = halves // 2 * (int(walk.max(initial=0)) + 1) + walk
    _, at, many = np.unique(key, return_inverse=True, return_counts=True)
    kept = np.flatnonzero((many[at] == 1) | (walk < 0))
    if len(kept) == len(halves):
        return after, walk
    less, walk_of = _walks(chains, halves[kept], labels[kept])
    after, walk = np.full((2, len(halves)), -1)
    after[kept], walk[kept] = np.where(less < 0, -1, kept[less]), walk_of
    return after, walk
