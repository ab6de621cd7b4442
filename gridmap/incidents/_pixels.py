"""Point to cell by a table of pixels: fast, and exact where cells do not overlap.

A pixel inside one cell holds its label. A mixed pixel points to a record of one cache line: a
finer raster of the pixel, the label at its middle (the reference) and the borders in it. A point
in a part without border has that part's label; in any other, the label is the reference's, changed
at each border that the way to the middle crosses. Each border stands once, with the labels of both
sides combined by exclusive or, so that crossing it turns the one into the other.
"""

from __future__ import annotations

import mmap
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from gridmap.incidents import _pixels_build as build
from gridmap.incidents._mates import EVERY, NO_EDGE, SAMPLE, pair
from gridmap.incidents._pixels_query import WORDS, Pixels, query

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.cancel import Rings

PIXELS_PER_EDGE = 0.8
MOST_PIXELS = 1 << 24
LEAST_PIXELS = 1 << 12
PIECE = 1 << 17
"""Points a thread takes at a time."""
HUGE = 1 << 21
SURE = 1e-8
"""Pixels by which rounding may move a coordinate at most."""
ROUNDING = 2.0**-50
LEAST, MOST = 1e-100, 1e100
"""Coordinates between which products and their rounding errors can be held."""


class PixelIndex:
    """The borders of cells that do not overlap, in a table of pixels.

    Parameters
    ----------
    rings : Rings
        Rings of valid cells that do not overlap; owners are the positions.
    mate : ndarray of int32
        For each vertex the edge that runs back along the one beginning there (:func:`mates`).
    rank : ndarray of int32
        Rank of each position: on a border the least wins.
    """

    def __init__(self, rings: Rings, mate: NDArray[np.int32], rank: NDArray[np.int32]) -> None:
        ring_of = np.repeat(np.arange(len(rings.owners), dtype=np.int32), np.diff(rings.starts))
        vertices, firsts, labels = build.chain(
            rings.xy, rings.starts, rings.owners.astype(np.int32), mate, ring_of
        )
        raster = _raster(rings.xy, len(vertices) // 2 - len(labels))
        count = raster[4] * raster[5]
        none = np.zeros(0, np.uint32), np.zeros((0, 4), np.int32)
        ranks = np.append(np.int32(-1), rank).astype(np.int32)
        pixels = Pixels(*raster, _huge(count + 1, np.int32), *none, vertices, ranks)
        runs = build.trace(pixels, firsts, labels, np.full(count, -1, np.int32))
        build.settle(pixels)
        runs = runs[np.argsort(runs[:, 0], kind="stable")]
        mixed, counts = np.unique(runs[:, 0], return_counts=True)
        self.pixels = pixels._replace(
            words=_huge(len(mixed) * WORDS, np.uint32),
            runs=np.column_stack([runs[:, 1], runs[:, 2], labels[runs[:, 3]]]),
            vertices=_huge(len(vertices), np.float64),
        )
        self.pixels.vertices[:] = vertices
        build.records(self.pixels, mixed, np.cumsum(counts))

    @property
    def nbytes(self) -> int:
        """Memory of the index in bytes."""
        return sum(array.nbytes for array in self.pixels if isinstance(array, np.ndarray))

    def locate(
        self, x: NDArray[np.float64], y: NDArray[np.float64], threads: int = 1
    ) -> NDArray[np.int32]:
        """Return the position of the cell of each point.

        Parameters
        ----------
        x, y : ndarray of float64, shape (n,)
            Points, contiguous.
        threads : int
            Threads to share the points among.

        Returns
        -------
        ndarray of int32, shape (n,)
            Positions, -1 outside.
        """
        n = len(x)
        out = np.empty(n, np.int32)

        def part(start: int) -> None:
            piece = slice(start, start + PIECE)
            query(self.pixels, x[piece], y[piece], out[piece])

        if threads == 1 or n <= PIECE:
            for start in range(0, n, PIECE):
                part(start)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(part, range(0, n, PIECE)))
        return out


def mates(rings: Rings) -> NDArray[np.int32]:
    """Pair each edge with the one of another cell that runs back along it.

    Parameters
    ----------
    rings : Rings
        Rings of valid cells.

    Returns
    -------
    ndarray of int32, shape (n,)
        For the edge that begins at each vertex the number of the other edge, -1 where there is
        none, -2 where no edge begins.
    """
    mate = np.full(len(rings.xy), -1, np.int32)
    mate[rings.starts[1:] - 1] = NO_EDGE
    mate[:-1][(rings.xy[1:] == rings.xy[:-1]).all(axis=1)] = NO_EDGE
    signs = rings.orientation()
    bits = (rings.xy + 0.0).view(np.uint64)  # -0.0 and 0.0 are one number
    for sample, share in ((SAMPLE, 4), (EVERY, 1)):
        alone = int((mate == -1).sum())
        space = 1 << max(4, (2 * alone // share).bit_length())
        pair(rings.xy, bits, rings.starts, signs, mate, sample, space)
    return mate


def fits(xy: NDArray[np.float64]) -> bool:
    """Tell whether coordinates leave room for pixels and exact products.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Vertices of the cells.

    Returns
    -------
    bool
        False for coordinates so large, or so large against their extent, that rounding would
        reach into the next pixel.
    """
    size = np.abs(xy)
    nonzero = size[size > 0]
    if not len(nonzero) or nonzero.min() < LEAST or size.max() > MOST:
        return False
    scale = _raster(xy, len(xy))[3]
    return bool(float(size.max()) * scale * ROUNDING < SURE)


def _raster(xy: NDArray[np.float64], edges: int) -> tuple[float, float, float, float, int, int]:
    """Return left, bottom, size of a pixel, its inverse, columns, rows; with a margin."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    width, height = high - low
    count = min(max(edges * PIXELS_PER_EDGE, LEAST_PIXELS), MOST_PIXELS)
    size = float(max(np.sqrt(width * height / count), max(width, height) / count))
    columns, rows = int(width / size) + 3, int(height / size) + 3
    return float(low[0] - size), float(low[1] - size), size, 1.0 / size, columns, rows


def _huge(count: int, kind: Any) -> NDArray[Any]:
    """Return zeros in huge pages where the system has them: fewer misses of address lookup."""
    size = count * np.dtype(kind).itemsize
    held = mmap.mmap(-1, size + HUGE)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # a kernel built without them
            held.madvise(mmap.MADV_HUGEPAGE)
    raw = np.frombuffer(held, np.uint8)
    skip = -raw.ctypes.data % HUGE
    return raw[skip : skip + size].view(kind)
