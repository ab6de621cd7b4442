"""Heat: incidents counted per pixel, and their density with a bandwidth in metres, as tiles.

Counts are those of :mod:`gridmap.layers.runs`; a density is smoothed with a Gaussian kernel and
drawn on one scale for every tile and period.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridmap.errors import ValueRefused
from gridmap.layers import _heat, mercator, png, shades
from gridmap.layers.runs import FOREVER, Runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = 1 << _heat.TILE_BITS
BLOCK_BITS = 5
"""Margins around a tile are counted in blocks of 32 pixels."""
FINEST_SIGMA = 5.0
"""Widest standard deviation, in pixels, that is smoothed; a wider one is drawn enlarged."""
PEAKS = 0.01
"""Part of the ground with incidents near it that is drawn in the full hue: its peaks."""
BANDWIDTH = 200.0
"""Metres; the standard deviation of the kernel."""
DEEPEST = 22
"""Deepest zoom whose pixels the keys still tell apart."""


class Heat:
    """Incidents as heat tiles of 256 × 256 pixels.

    Parameters
    ----------
    lon, lat : array-like of float, shape (n,)
        Degrees (EPSG:4326); incidents without coordinates are left out.
    when : array-like of datetime, shape (n,), optional
        Times, to the second; absent means that no period can be asked for. Incidents without a
        time are in no period.
    """

    def __init__(self, lon: Any, lat: Any, when: Any = None) -> None:
        lonlat = np.column_stack([np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)])
        there = np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat) <= [180, 90]).all(axis=1)
        self.left_out = int((~there).sum())
        self._timed = when is not None
        keys = _heat.morton(mercator.to_square(lonlat[there]))
        order = np.argsort(keys, kind="stable")
        self._rows = np.flatnonzero(there)[order]
        times = np.empty(0, np.int32) if when is None else _seconds(when)[self._rows]
        self._fill(keys[order], times)
        self.latitude = float(np.median(lonlat[there, 1])) if there.any() else 0.0

    def _fill(self, keys: NDArray[np.uint64], times: NDArray[np.int32]) -> None:
        self._runs = Runs(keys, times)
        self._within = FOREVER
        self._peaks: dict[tuple[float, tuple[int, int]], float] = {}

    @property
    def n(self) -> int:
        """Number of incidents with a place, in the period if there is one."""
        low, high = self._within
        times = self._runs.whole.times
        if self._within == FOREVER:
            return len(self._runs.whole.keys)
        return int(np.count_nonzero((times >= low) & (times < high)))

    def between(self, start: Any = None, end: Any = None) -> Heat:
        """Return the heat of a period, without copying it.

        Parameters
        ----------
        start, end : datetime or str, optional
            Half-open period; a time without zone is UTC. Absent means open.

        Returns
        -------
        Heat
            Of the incidents in it; what is asked of it without a period is asked of this one.
        """
        part = object.__new__(Heat)
        part.__dict__.update(self.__dict__)
        part._within = self._span(start, end)
        return part

    def where(self, keep: NDArray[np.bool_]) -> Heat:
        """Return the heat of some of the incidents, without sorting them again.

        Parameters
        ----------
        keep : ndarray of bool, shape (n,)
            For each incident given at first, whether it takes part.

        Returns
        -------
        Heat
            Of those alone.
        """
        part = object.__new__(Heat)
        chosen = np.asarray(keep, dtype=bool)[self._rows]
        part.left_out, part._timed = self.left_out, self._timed
        part.latitude = self.latitude
        part._rows = self._rows[chosen]
        whole = self._runs.whole
        part._fill(whole.keys[chosen], whole.times[chosen] if len(whole.times) else whole.times)
        return part

    def counts(
        self, z: int, x: int, y: int, start: Any = None, end: Any = None
    ) -> NDArray[np.int32]:
        """Count the incidents in every pixel of a tile.

        Parameters
        ----------
        z, x, y : int
            Zoom (up to 22), column and row.
        start, end : datetime or str, optional
            Half-open period; a time without zone is UTC.

        Returns
        -------
        ndarray of int32, shape (256, 256)
            Rows from the north.
        """
        asked = mercator.tile(z, x, y)
        if z > DEEPEST:
            raise ValueRefused("layers.no_tile", z=z, x=x, y=y)
        grid = np.zeros((SIZE, SIZE), np.int32)
        corner = (asked.x << _heat.TILE_BITS, asked.y << _heat.TILE_BITS)
        tile = np.array([asked], dtype=np.int64)
        part = _heat.Part(grid, corner, z + _heat.TILE_BITS, tile)
        self._runs.count(part, self._span(start, end))
        return grid

    def density(
        self,
        z: int,
        x: int,
        y: int,
        start: Any = None,
        end: Any = None,
        bandwidth: float = BANDWIDTH,
    ) -> NDArray[np.float32]:
        """Return the kernel density of the incidents in every pixel of a tile.

        A Gaussian kernel (Silverman 1986), cut at three standard deviations and averaged over
        the pixel; the same in every tile, without a seam.

        Parameters
        ----------
        z, x, y : int
            Zoom, column and row.
        start, end : datetime or str, optional
            Half-open period.
        bandwidth : float
            Standard deviation of the kernel in metres.

        Returns
        -------
        ndarray of float32, shape (256, 256)
            Incidents per square kilometre.
        """
        asked = mercator.tile(z, x, y)
        return self._density(asked, self._span(start, end), bandwidth)

    def png(
        self,
        z: int,
        x: int,
        y: int,
        start: Any = None,
        end: Any = None,
        bandwidth: float = BANDWIDTH,
        peak: float | None = None,
    ) -> bytes:
        """Draw the density of a tile, from transparent to one hue.

        Parameters
        ----------
        z, x, y : int
            Zoom, column and row.
        start, end : datetime or str, optional
            Half-open period.
        bandwidth : float
            Standard deviation of the kernel in metres.
        peak : float, optional
            Density (incidents per km²) drawn in the full hue; give the same for every tile and
            period that are compared. Absent means that of :meth:`peak`.

        Returns
        -------
        bytes
            PNG, 256 × 256.
        """
        asked = mercator.tile(z, x, y)
        span = self._span(start, end)
        top = self._peak(span, bandwidth) if peak is None else peak
        density = self._density(asked, span, bandwidth)
        return png.indexed(_heat.paint(density, top, shades.STEPS), shades.palette())

    def peak(self, start: Any = None, end: Any = None, bandwidth: float = BANDWIDTH) -> float:
        """Return the density from which on a peak is drawn, for one scale across tiles and times.

        Ninety-nine parts in a hundred of the ground with incidents near it (three standard
        deviations of the kernel) lie below: one dense cluster, or one address that stands for
        many, does not take the colour from all others.

        Parameters
        ----------
        start, end : datetime or str, optional
            Half-open period.
        bandwidth : float
            Standard deviation of the kernel in metres.

        Returns
        -------
        float
            Incidents per square kilometre, to seven binary digits; 0 without incidents.
        """
        return self._peak(self._span(start, end), bandwidth)

    def _peak(self, span: tuple[int, int], bandwidth: float) -> float:
        known = self._peaks.get((bandwidth, span))
        if known is None:
            z = self._deepest(bandwidth)
            pixels = np.zeros(1 << 16, np.int64)
            for x, y in _heat.corners(self._runs.whole.pixels(z)[0]):
                density = self._density(mercator.Tile(z, int(x), int(y)), span, bandwidth)
                # the upper half of a positive float: in the order of its value
                upper = density.view(np.uint32) >> 16
                pixels += np.bincount(upper.ravel(), minlength=len(pixels))
            known = self._peaks[bandwidth, span] = _peak_of(pixels)
        return known

    def _density(
        self, asked: mercator.Tile, span: tuple[int, int], bandwidth: float
    ) -> NDArray[np.float32]:
        deeper = max(asked.z - self._deepest(bandwidth), 0)
        z, x, y = asked.z - deeper, asked.x >> deeper, asked.y >> deeper
        weights = _heat.gaussian(bandwidth / self._pixel(z))
        margin = len(weights) // 2 + 1
        grid = np.zeros((SIZE + 2 * margin, SIZE + 2 * margin), np.int32)
        fine = z + _heat.TILE_BITS - BLOCK_BITS
        ring = _ring_around(x, y, fine, 1 << (_heat.TILE_BITS - BLOCK_BITS))
        blocks = np.array([(z, x, y), *ring], dtype=np.int64)
        corner = (x * SIZE - margin, y * SIZE - margin)
        self._runs.count(_heat.Part(grid, corner, z + _heat.TILE_BITS, blocks), span)
        whole = _heat.smooth(grid, weights / np.float32(self._pixel(z) / 1000))
        if not deeper:
            return whole[1:-1, 1:-1]
        at = [(tile - (up << deeper)) * SIZE for tile, up in ((asked.x, x), (asked.y, y))]
        factor = 1 << deeper
        return _heat.enlarge(whole, factor, (at[0] + factor, at[1] + factor), SIZE)

    def _span(self, start: Any, end: Any) -> tuple[int, int]:
        if start is None and end is None:
            return self._within
        if not self._timed:
            raise ValueRefused("layers.heat_without_times")
        low = FOREVER[0] + 1 if start is None else _second(start)
        return low, FOREVER[1] if end is None else _second(end)

    def _pixel(self, z: int) -> float:
        """Ground width of a pixel in metres, at the latitude of the incidents."""
        return mercator.metres_per_square(self.latitude) / (SIZE << z)

    def _deepest(self, bandwidth: float) -> int:
        """Deepest zoom at which the kernel is narrow enough to be smoothed pixel by pixel."""
        if not bandwidth > 0:
            raise ValueRefused("layers.bandwidth", bandwidth=bandwidth)
        widest = FINEST_SIGMA * self._pixel(0) / bandwidth
        return min(max(math.floor(math.log2(widest)), 0), DEEPEST)


def _peak_of(pixels: NDArray[np.int64]) -> float:
    """Return the density all but the peaks stay under, of pixels by the upper half of theirs."""
    below = pixels[1:].cumsum()
    if not below[-1]:
        return 0.0
    upper = 1 + int(np.searchsorted(below, (1 - PEAKS) * below[-1]))
    return float(np.array(upper + 1 << 16, np.uint32).view(np.float32))


def _seconds(when: Any) -> NDArray[np.int32]:
    """Return times as seconds since 1970 (UTC); a missing one is the least."""
    stamps = pd.to_datetime(pd.Series(when), utc=True).dt.tz_localize(None)
    seconds = stamps.to_numpy(dtype="datetime64[s]").astype(np.int64)
    return np.clip(seconds, FOREVER[0], FOREVER[1]).astype(np.int32)


def _second(when: Any) -> int:
    """Return a moment as :func:`_seconds` does many; of one alone that takes longer than a tile."""
    stamp = pd.Timestamp(when)
    stamp = stamp if stamp.tzinfo is None else stamp.tz_convert("UTC").tz_localize(None)
    return int(np.clip(int(stamp.to_datetime64().astype("datetime64[s]").astype(int)), *FOREVER))


def _ring_around(x: int, y: int, level: int, blocks: int) -> list[tuple[int, int, int]]:
    """Return the blocks of a level that surround a tile, those outside the world left out."""
    columns = range(x * blocks - 1, (x + 1) * blocks + 1)
    rows = range(y * blocks - 1, (y + 1) * blocks + 1)
    inner = {(c, r) for c in columns[1:-1] for r in rows[1:-1]}
    return [
        (level, c, r)
        for c in columns
        for r in rows
        if (c, r) not in inner and 0 <= c < 1 << level and 0 <= r < 1 << level
    ]
