"""Incidents in Morton order, as a whole and in stretches of time, counted per pixel.

Incidents of any tile stand together. Down to :data:`PIXEL_LEVEL` the pixels of every zoom are kept
with where their incidents start. For periods the incidents are dealt out by time to
:data:`STRETCHES` runs of the same size, and :data:`TOGETHER` of them are joined to longer ones: the
runs within the period are counted as they are, only the two at its ends by their times, and of a
long period what lies outside is taken away instead.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from gridmap.layers import _heat

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIXEL_LEVEL = 19
"""Deepest level whose pixels are kept: those of the tiles of zoom 11."""
STRETCHES, TOGETHER = 64, 8
FOREVER = (-(2**31), 2**31 - 1)
"""The whole of time in seconds since 1970; the first stands for an incident without a time."""
NO_TIMES = np.empty(0, np.int32)


class Run:
    """Incidents in Morton order.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        Ascending.
    times : ndarray of int32, shape (n,)
        Seconds since 1970 (UTC); empty if no part of the run is asked for.
    ends : tuple of int
        First and last time.
    """

    def __init__(
        self,
        keys: NDArray[np.uint64],
        times: NDArray[np.int32],
        ends: tuple[int, int] = FOREVER,
    ) -> None:
        self.keys, self.times, self.ends = keys, times, ends
        self._pixels: dict[int, tuple[NDArray[np.uint64], NDArray[np.int64]]] = {}

    def pixels(self, level: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Return the pixels of a level that hold incidents.

        Parameters
        ----------
        level : int
            The level.

        Returns
        -------
        ndarray of uint64, shape (p,)
            Their keys.
        ndarray of int64, shape (p + 1,)
            Where their incidents start.
        """
        if level not in self._pixels:
            self._pixels[level] = _heat.pixels_of(self.keys, 2 * (_heat.BITS - level))
        return self._pixels[level]

    def count(
        self,
        grid: NDArray[np.int32],
        corner: tuple[int, int],
        level: int,
        blocks: NDArray[np.int64],
        span: tuple[int, int] = FOREVER,
    ) -> None:
        """Add the counts of blocks to a grid.

        Parameters
        ----------
        grid : ndarray of int32
            Rows from the north.
        corner : tuple of int
            Column and row of its first pixel.
        level : int
            Level of its pixels.
        blocks : ndarray of int64, shape (k, 3)
            Level, column and row of each.
        span : tuple of int
            Half-open period in seconds.
        """
        if span != FOREVER:
            _heat.count_keys(self.keys, self.times, span, level, blocks, grid, corner)
        elif level <= PIXEL_LEVEL:
            _heat.count_pixels(*self.pixels(level), (level, level), blocks, grid, corner)
        else:
            _heat.count_keys(self.keys, NO_TIMES, span, level, blocks, grid, corner)


class Runs:
    """Incidents in Morton order, as a whole and, for periods, in stretches of time.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        Ascending.
    times : ndarray of int32, shape (n,)
        Seconds since 1970 (UTC), the least for none; empty if no period is asked for.
    """

    def __init__(self, keys: NDArray[np.uint64], times: NDArray[np.int32]) -> None:
        self.whole = Run(keys, times)

    @cached_property
    def stretches(self) -> list[Run]:
        """The same incidents by time, the earliest first."""
        keys, times = self.whole.keys, self.whole.times
        if not len(keys):
            return []
        sample = np.sort(times[:: max(1, len(times) // 100_000)])
        edges = np.unique(sample[np.linspace(0, len(sample) - 1, STRETCHES + 1)[1:-1].astype(int)])
        stretch = np.searchsorted(edges, times, side="right").astype(np.uint8)
        order = np.argsort(stretch, kind="stable")
        starts = np.searchsorted(stretch[order], np.arange(len(edges) + 2))
        keys, times = keys[order], times[order]
        parts = [slice(*pair) for pair in pairwise(starts.tolist())]
        return [
            Run(keys[part], times[part], (int(times[part].min()), int(times[part].max())))
            for part in parts
            if part.stop > part.start
        ]

    @cached_property
    def longer(self) -> list[tuple[Run, list[Run]]]:
        """Stretches joined, each with those it is made of."""
        found = []
        for first in range(0, len(self.stretches), TOGETHER):
            parts = self.stretches[first : first + TOGETHER]
            keys = np.sort(np.concatenate([part.keys for part in parts]), kind="stable")
            found.append((Run(keys, NO_TIMES, (parts[0].ends[0], parts[-1].ends[1])), parts))
        return found

    def count(
        self,
        grid: NDArray[np.int32],
        corner: tuple[int, int],
        level: int,
        blocks: NDArray[np.int64],
        span: tuple[int, int],
    ) -> None:
        """Add the counts of blocks in a period to a grid.

        Parameters
        ----------
        grid : ndarray of int32
            Rows from the north; zeros.
        corner : tuple of int
            Column and row of its first pixel.
        level : int
            Level of its pixels.
        blocks : ndarray of int64, shape (k, 3)
            Level, column and row of each.
        span : tuple of int
            Half-open period in seconds.
        """
        if span == FOREVER:
            self.whole.count(grid, corner, level, blocks)
            return
        within, ends, beyond = self._sides(span)
        if sum(len(run.keys) for run in within) > sum(len(run.keys) for run in beyond):
            for run in (*beyond, *ends):
                run.count(grid, corner, level, blocks)
            np.negative(grid, out=grid)
            within = [self.whole]
        for run in within:
            run.count(grid, corner, level, blocks)
        for run in ends:
            run.count(grid, corner, level, blocks, span)

    def _sides(self, span: tuple[int, int]) -> tuple[list[Run], list[Run], list[Run]]:
        """Return the runs within a period, across one of its ends, and beyond."""
        sides: tuple[list[Run], list[Run], list[Run]] = ([], [], [])
        for run, parts in self.longer:
            side = _side(run, span)
            for each in parts if side == ACROSS else [run]:
                sides[_side(each, span)].append(each)
        return sides


WITHIN, ACROSS, BEYOND = range(3)


def _side(run: Run, span: tuple[int, int]) -> int:
    first, last = run.ends
    if span[0] <= first and last < span[1]:
        return WITHIN
    return BEYOND if last < span[0] or first >= span[1] else ACROSS
