"""Kernels that pair the edges of neighbouring cells.

Borders run through many vertices, so a few edges chosen by their hash are enough to find two
borders that face each other; from there the match is followed in both directions. What stands
alone after that is looked up edge by edge.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

SAMPLE = np.uint64(15)
"""One edge in sixteen is looked up in the first pass; its neighbours are followed."""
EVERY = np.uint64(0)
NO_EDGE = -2
"""Mate of a vertex that no edge begins at."""


@njit(cache=True, nogil=True, inline="always")
def _hash(bits: Any, i: int) -> Any:
    key = bits[i, 0] * np.uint64(0x9E3779B97F4A7C15) ^ bits[i, 1] * np.uint64(0xC2B2AE3D27D4EB4F)
    key ^= key >> np.uint64(29)
    key *= np.uint64(0xBF58476D1CE4E5B9)
    return key ^ (key >> np.uint64(32))


@njit(cache=True, nogil=True, inline="always")
def _opposed(xy: Any, i: int, j: int, step: int) -> bool:
    """Tell whether edge j runs along edge i: backwards where step is -1, alike where it is 1."""
    a, b = (j + 1, j) if step < 0 else (j, j + 1)
    return (
        xy[i, 0] == xy[a, 0]
        and xy[i, 1] == xy[a, 1]
        and xy[i + 1, 0] == xy[b, 0]
        and xy[i + 1, 1] == xy[b, 1]
    )


@njit(cache=True, nogil=True)
def _follow(xy: Any, mate: Any, i: int, j: int, along: int, step: int) -> None:
    """Pair the edges that continue a match; -2 ends every ring."""
    i += along
    j += along * step
    while i >= 0 and j >= 0 and mate[i] == -1 and mate[j] == -1 and _opposed(xy, i, j, step):
        mate[i], mate[j] = j, i
        i += along
        j += along * step


@njit(cache=True, nogil=True)
def pair(xy: Any, bits: Any, starts: Any, signs: Any, mate: Any, sample: Any, space: int) -> None:
    """Pair each edge with the one that runs back along it in another ring.

    Edge i runs from vertex i to i + 1; ``mate`` is -1 where there is none yet, NO_EDGE where no
    edge begins. ``sample`` masks the hash of the edges to look up, ``space`` is the
    size of the table.
    """
    table = np.full(space, -1, np.int32)
    mask = np.uint64(space - 1)
    ring_of = np.empty(space, np.int32)
    for r in range(starts.size - 1):
        hash_a = _hash(bits, starts[r])
        for i in range(starts[r], starts[r + 1] - 1):
            hash_b = _hash(bits, i + 1)
            key = hash_a + hash_b
            hash_a = hash_b
            if mate[i] != -1 or (key >> np.uint64(58)) & sample:
                continue
            p = key & mask
            while table[p] >= 0:
                j = table[p]
                step = -1 if signs[ring_of[p]] == signs[r] else 1
                if mate[j] == -1 and _opposed(xy, i, j, step):
                    mate[i], mate[j] = j, i
                    _follow(xy, mate, i, j, 1, step)
                    _follow(xy, mate, i, j, -1, step)
                    break
                p = (p + np.uint64(1)) & mask
            if mate[i] == -1:
                table[p] = i
                ring_of[p] = r
