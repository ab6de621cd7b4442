"""Kernels that number things: equal ones get one number, in the order they first come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def numbered(words: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Number rows of two 64-bit words.

    Returns where each distinct row stands first, and the number of every row.
    """
    n = len(words)
    size = 16
    while size < 2 * n:
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int64)
    first = np.empty(n, np.int64)
    number = np.empty(n, np.int64)
    count = 0
    for i in range(n):
        key = words[i, 0] * np.uint64(0x9E3779B97F4A7C15) ^ (words[i, 0] >> np.uint64(32))
        key = (key ^ words[i, 1]) * np.uint64(0xC2B2AE3D27D4EB4F)
        key = (key ^ (key >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
        at = (key ^ (key >> np.uint64(32))) & mask
        while table[at] >= 0:
            j = first[table[at]]
            if words[j, 0] == words[i, 0] and words[j, 1] == words[i, 1]:
                break
            at = (at + np.uint64(1)) & mask
        if table[at] < 0:
            table[at] = count
            first[count] = i
            count += 1
        number[i] = table[at]
    return first[:count].copy(), number


@njit(cache=True, nogil=True)
def runs(first: Any, many: Any) -> NDArray[Any]:
    """Return ``many[i]`` numbers from ``first[i]`` on, for each i in turn."""
    out = np.empty(many.sum(), np.int64)
    n = 0
    for i in range(len(first)):
        for k in range(many[i]):
            out[n] = first[i] + k
            n += 1
    return out


@njit(cache=True, nogil=True)
def grouped(number: Any, size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Sort things by their numbers, equal ones in their order.

    Returns where each number begins, and the end; and the things.
    """
    starts = np.zeros(size + 1, np.int64)
    for i in range(len(number)):
        starts[number[i] + 1] += 1
    starts = np.cumsum(starts)
    at = starts[:-1].copy()
    order = np.empty(len(number), np.int64)
    for i in range(len(number)):
        order[at[number[i]]] = i
        at[number[i]] += 1
    return starts, order
