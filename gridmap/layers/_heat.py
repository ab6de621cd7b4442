"""Counting and smoothing of incidents on Morton-ordered keys, compiled."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 30
"""Bits a key holds for each axis: pixels of 4 cm at the equator."""
TILE_BITS = 8
"""A tile is 256 pixels wide."""
CUT = 3.0
"""Standard deviations at which the Gaussian kernel ends."""


class Part(NamedTuple):
    """A part of the map to be counted."""

    grid: NDArray[np.int32]
    """Counts, rows from the north."""
    corner: tuple[int, int]
    """Column and row of the first pixel of the grid."""
    level: int
    """Level of its pixels."""
    blocks: NDArray[np.int64]
    """Level, column and row of each block that is counted."""


@njit(cache=True, nogil=True, inline="always")
def _spread(value: np.uint64) -> np.uint64:
    v = np.uint64(value)
    v = (v | (v << np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    v = (v | (v << np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    v = (v | (v << np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    v = (v | (v << np.uint64(2))) & np.uint64(0x3333333333333333)
    return (v | (v << np.uint64(1))) & np.uint64(0x5555555555555555)


@njit(cache=True, nogil=True, inline="always")
def _squeeze(value: np.uint64) -> np.uint64:
    v = value & np.uint64(0x5555555555555555)
    v = (v | (v >> np.uint64(1))) & np.uint64(0x3333333333333333)
    v = (v | (v >> np.uint64(2))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    v = (v | (v >> np.uint64(4))) & np.uint64(0x00FF00FF00FF00FF)
    v = (v | (v >> np.uint64(8))) & np.uint64(0x0000FFFF0000FFFF)
    return (v | (v >> np.uint64(16))) & np.uint64(0x00000000FFFFFFFF)


@njit(cache=True, nogil=True)
def morton(square: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Interleave the bits of points of the unit square."""
    keys = np.empty(len(square), np.uint64)
    most = (1 << BITS) - 1
    for i in range(len(square)):
        x = min(int(square[i, 0] * (1 << BITS)), most)
        y = min(int(square[i, 1] * (1 << BITS)), most)
        keys[i] = _spread(np.uint64(x)) | (_spread(np.uint64(y)) << np.uint64(1))
    return keys


@njit(cache=True, nogil=True)
def pixels_of(keys: NDArray[np.uint64], shift: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Find the runs of ascending keys that share a pixel: their prefixes and where they start."""
    drop = np.uint64(shift)
    pixels = np.empty(len(keys), np.uint64)
    starts = np.empty(len(keys) + 1, np.int64)
    n = 0
    for i in range(len(keys)):
        prefix = keys[i] >> drop
        if n == 0 or prefix != pixels[n - 1]:
            pixels[n] = prefix
            starts[n] = i
            n += 1
    starts[n] = len(keys)
    return pixels[:n].copy(), starts[: n + 1].copy()


@njit(cache=True, nogil=True)
def corners(pixels: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return column and row of pixels from their prefixes."""
    out = np.empty((len(pixels), 2), np.int64)
    for i in range(len(pixels)):
        out[i, 0] = np.int64(_squeeze(pixels[i]))
        out[i, 1] = np.int64(_squeeze(pixels[i] >> np.uint64(1)))
    return out


@njit(cache=True, nogil=True, inline="always")
def _range(keys: NDArray[np.uint64], level: int, key_level: int, x: int, y: int) -> tuple[int, int]:
    prefix = _spread(np.uint64(x)) | (_spread(np.uint64(y)) << np.uint64(1))
    up = np.uint64(2 * (key_level - level))
    low = int(np.searchsorted(keys, prefix << up))
    return low, low + int(np.searchsorted(keys[low:], (prefix + np.uint64(1)) << up))


@njit(cache=True, nogil=True)
def count_pixels(
    pixels: NDArray[np.uint64], low: NDArray[Any], high: NDArray[Any], part: Part
) -> None:
    """Add to the grid of a part how far the sums of its pixels are apart."""
    grid, corner, blocks = part.grid, part.corner, part.blocks
    for b in range(len(blocks)):
        start, end = _range(pixels, blocks[b, 0], part.level, blocks[b, 1], blocks[b, 2])
        for i in range(start, end):
            row = np.int64(_squeeze(pixels[i] >> np.uint64(1))) - corner[1]
            column = np.int64(_squeeze(pixels[i])) - corner[0]
            if 0 <= row < grid.shape[0] and 0 <= column < grid.shape[1]:
                grid[row, column] += np.int32(high[i] - low[i])


@njit(cache=True, nogil=True)
def count_keys(
    keys: NDArray[np.uint64],
    times: NDArray[np.int32],
    span: tuple[int, int],
    sign: int,
    part: Part,
) -> None:
    """Add ``sign`` to the grid of a part for single keys; ``times`` beside them, or empty.

    No branch depends on a time: one that is guessed wrong costs more than the sum.
    """
    grid, corner, blocks = part.grid, part.corner, part.blocks
    drop, timed, one = np.uint64(2 * (BITS - part.level)), len(times) > 0, np.int32(sign)
    since, width = np.int32(span[0]), np.uint32(span[1] - span[0])
    for b in range(len(blocks)):
        low, high = _range(keys, blocks[b, 0], BITS, blocks[b, 1], blocks[b, 2])
        for i in range(low, high):
            prefix = keys[i] >> drop
            row = np.int64(_squeeze(prefix >> np.uint64(1))) - corner[1]
            column = np.int64(_squeeze(prefix)) - corner[0]
            if 0 <= row < grid.shape[0] and 0 <= column < grid.shape[1]:
                # one unsigned comparison tells whether a time is in the period
                inside = not timed or np.uint32(times[i] - since) < width
                grid[row, column] += one * np.int32(inside)


@njit(cache=True, nogil=True)
def sums(
    stretch: NDArray[np.uint8], starts: NDArray[np.int64], stretches: int, step: int
) -> NDArray[np.uint32]:
    """Count the incidents of every pixel before every so many stretches; all at the end."""
    out = np.zeros((-(-stretches // step) + 1, len(starts) - 1), np.uint32)
    for pixel in range(len(starts) - 1):
        for i in range(starts[pixel], starts[pixel + 1]):
            out[stretch[i] // step + 1, pixel] += np.uint32(1)
    for row in range(1, len(out)):
        for pixel in range(out.shape[1]):
            out[row, pixel] += out[row - 1, pixel]
    return out


@njit(cache=True, nogil=True, fastmath=True)
def smooth(grid: NDArray[np.int32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convolve with a symmetric kernel along both axes; the margin of its radius falls away."""
    radius = len(weights) // 2
    rows, columns = grid.shape
    wide = np.zeros((rows - 2 * radius, columns), np.float32)
    for row in range(rows):
        line = grid[row]
        if not line.any():
            continue
        for k in range(2 * radius + 1):
            target = row - k
            if 0 <= target < wide.shape[0]:
                weight = weights[k]
                for column in range(columns):
                    wide[target, column] += weight * line[column]
    out = np.zeros((wide.shape[0], columns - 2 * radius), np.float32)
    for row in range(out.shape[0]):
        for k in range(2 * radius + 1):
            weight = weights[k]
            for column in range(out.shape[1]):
                out[row, column] += weight * wide[row, column + k]
    return out


@njit(cache=True, nogil=True)
def enlarge(
    coarse: NDArray[np.float32], factor: int, at: tuple[int, int], size: int
) -> NDArray[np.float32]:
    """Interpolate a part of a grid linearly; ``at`` is its corner in fine pixels of the grid."""
    out = np.empty((size, size), np.float32)
    for row in range(size):
        y = (at[1] + row + 0.5) / factor - 0.5
        y0 = int(np.floor(y))
        fy = np.float32(y - y0)
        for column in range(size):
            x = (at[0] + column + 0.5) / factor - 0.5
            x0 = int(np.floor(x))
            fx = np.float32(x - x0)
            top = coarse[y0, x0] * (1 - fx) + coarse[y0, x0 + 1] * fx
            low = coarse[y0 + 1, x0] * (1 - fx) + coarse[y0 + 1, x0 + 1] * fx
            out[row, column] = top * (1 - fy) + low * fy
    return out


@njit(cache=True, nogil=True)
def paint(density: NDArray[np.float32], peak: float, steps: int) -> NDArray[np.uint8]:
    """Bring densities to steps of a palette by their square root; the peak and above is the last.

    Each row begins with the filter byte 0 of the PNG format.
    """
    rows, columns = density.shape
    out = np.zeros((rows, columns + 1), np.uint8)
    scale = np.float32((steps - 1) / np.sqrt(peak)) if peak > 0 else np.float32(0)
    for row in range(rows):
        for column in range(columns):
            step = int(np.sqrt(density[row, column]) * scale + np.float32(0.5))
            out[row, column + 1] = min(step, steps - 1)
    return out


def gaussian(sigma: float) -> NDArray[np.float32]:
    """Return the mass a Gaussian puts into each pixel around its own, cut off and summing to 1."""
    radius = max(math.ceil(CUT * sigma), 1)
    edges = (np.arange(-radius, radius + 2) - 0.5) / (sigma * math.sqrt(2))
    mass = np.diff([math.erf(edge) for edge in edges])
    return (mass / mass.sum()).astype(np.float32)
