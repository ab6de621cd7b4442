"""Permutations of the Gi* statistic, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True, nogil=True, inline="always")
def _next(state: np.uint64) -> np.uint64:
    """Advance a xorshift64* generator (Vigna 2016)."""
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    return state ^ (state >> np.uint64(27))


@njit(cache=True, nogil=True, inline="always")
def _below(state: np.uint64, limit: int) -> int:
    high = (state * np.uint64(2685821657736338717)) >> np.uint64(32)
    return int((high * np.uint64(limit)) >> np.uint64(32))


@njit(cache=True, nogil=True)
def tails(
    values: NDArray[np.float64],
    starts: NDArray[np.int64],
    near: NDArray[np.int32],
    permutations: int,
    seed: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count, for each unit, the permutations with a sum at least, and at most, as large as its own.

    The unit's own value stays in its place; as many others as it has neighbours are drawn without
    repetition from the rest: the first steps of a Fisher-Yates shuffle, going on from wherever the
    last one left the deck.
    """
    n = len(values)
    high, low = np.zeros(n, np.int64), np.zeros(n, np.int64)
    deck = np.arange(n, dtype=np.int32)
    where = np.arange(n, dtype=np.int32)
    state = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0x1234567)
    for unit in range(n):
        k = starts[unit + 1] - starts[unit]
        observed = 0.0
        for at in range(starts[unit], starts[unit + 1]):
            observed += values[near[at]]
        own, last = where[unit], deck[n - 1]  # the unit itself goes to the end, out of reach
        deck[own], deck[n - 1] = last, unit
        where[last], where[unit] = own, n - 1
        slack = 1e-9 * (abs(observed) + 1)
        for _ in range(permutations):
            drawn = 0.0
            for j in range(k):
                state = _next(state)
                r = j + _below(state, n - 1 - j)
                a, b = deck[j], deck[r]
                deck[j], deck[r] = b, a
                where[b], where[a] = j, r
                drawn += values[b]
            high[unit] += drawn >= observed - slack
            low[unit] += drawn <= observed + slack
    return high, low
