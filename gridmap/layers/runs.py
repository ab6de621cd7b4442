"""Incidents in Morton order, as a whole and in stretches of time, counted per pixel.

Incidents of any tile stand together. Down to :data:`PIXEL_LEVEL` the pixels of every zoom are kept
with where their incidents start. For periods the incidents are dealt out by time to
:data:`STRETCHES` runs of the same size, and every pixel knows how many of its incidents came before
each of them: a period is the difference of two such sums, put right by the incidents of the two
stretches at its ends.
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
STRETCHES = 64
FEW = 8
"""Stretches that are counted one by one where there are no sums."""
BYTES = 80_000_000
"""Memory the sums of a level may take; of more pixels only every second, fourth… sum is kept."""
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
    """

    def __init__(self, keys: NDArray[np.uint64], times: NDArray[np.int32]) -> None:
        self.keys, self.times = keys, times
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

    def count(self, part: _heat.Part, span: tuple[int, int] = FOREVER, sign: int = 1) -> None:
        """Add the counts of a part of the map to its grid.

        Parameters
        ----------
        part : Part
            Grid and blocks.
        span : tuple of int
            Half-open period in seconds.
        sign : int
            1, or -1 to take them away.
        """
        times = NO_TIMES if span == FOREVER else self.times
        _heat.count_keys(self.keys, times, span, sign, part)


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
        self._sums: dict[int, tuple[int, NDArray[np.uint32]]] = {}

    @cached_property
    def edges(self) -> NDArray[np.int32]:
        """Seconds at which a stretch ends and the next begins."""
        times = self.whole.times
        sample = np.sort(times[:: max(1, len(times) // 100_000)])
        return np.unique(sample[np.linspace(0, len(sample) - 1, STRETCHES + 1)[1:-1].astype(int)])

    @cached_property
    def stretch(self) -> NDArray[np.uint8]:
        """Stretch of every incident."""
        return np.searchsorted(self.edges, self.whole.times, side="right").astype(np.uint8)

    @cached_property
    def stretches(self) -> list[Run]:
        """The same incidents by time, the earliest first."""
        keys, times = self.whole.keys, self.whole.times
        order = np.argsort(self.stretch, kind="stable")
        starts = np.searchsorted(self.stretch[order], np.arange(len(self.edges) + 2))
        keys, times = keys[order], times[order]
        parts = [slice(*pair) for pair in pairwise(starts.tolist())]
        return [Run(keys[part], times[part]) for part in parts]

    def sums(self, level: int) -> tuple[int, NDArray[np.uint32]]:
        """Return how many incidents of every pixel came before a stretch.

        Parameters
        ----------
        level : int
            Level of the pixels.

        Returns
        -------
        int
            How many stretches lie between two sums.
        ndarray of uint32, shape (k, p)
            Sums before the first stretch (0) and before every so many more.
        """
        if level not in self._sums:
            starts = self.whole.pixels(level)[1]
            step = 1
            while 4 * len(starts) * (STRETCHES / step + 1) > BYTES and step < STRETCHES:
                step *= 2
            found = _heat.sums(self.stretch, starts, len(self.edges) + 1, step)
            self._sums[level] = step, found
        return self._sums[level]

    def count(self, part: _heat.Part, span: tuple[int, int]) -> None:
        """Add the counts of a part of the map in a period to its grid.

        Parameters
        ----------
        part : Part
            Grid and blocks.
        span : tuple of int
            Half-open period in seconds.
        """
        kept = part.level <= PIXEL_LEVEL
        if span[0] >= span[1]:
            return
        if span == FOREVER and kept:
            pixels, starts = self.whole.pixels(part.level)
            _heat.count_pixels(pixels, starts[:-1], starts[1:], part)
        elif span == FOREVER or not len(self.whole.keys):
            self.whole.count(part)
        else:
            first, last = np.searchsorted(self.edges, span, side="right").tolist()
            if kept:
                self._add(part, first, last)
                self._put_right(part, first, last, span)
            elif last - first < FEW:
                for n in range(first, last):
                    self.stretches[n].count(part)
                self._put_right(part, first, last, span)
            else:
                self.whole.count(part, span)

    def _add(self, part: _heat.Part, first: int, last: int) -> None:
        """Add the stretches from one to before another."""
        step, sums = self.sums(part.level)
        low, high = -(-first // step), last // step
        if low < high:
            pixels, _ = self.whole.pixels(part.level)
            _heat.count_pixels(pixels, sums[low], sums[high], part)
            ends = (*range(first, low * step), *range(high * step, last))
        else:
            ends = tuple(range(first, last))
        for n in ends:
            self.stretches[n].count(part)

    def _put_right(self, part: _heat.Part, first: int, last: int, span: tuple[int, int]) -> None:
        """Take away what came before a period in its first stretch; add what came in its last."""
        if first == last:
            self.stretches[first].count(part, span)
            return
        self.stretches[first].count(part, (FOREVER[0], span[0]), -1)
        self.stretches[last].count(part, (FOREVER[0], span[1]))
