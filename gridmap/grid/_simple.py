"""Kernel of :mod:`gridmap.grid.valid`: rings that certainly do not touch themselves.

A filter: what it cannot prove with a margin for rounding is left to GEOS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_EDGES = 5_000
"""Longer rings are left to GEOS."""
ENTRIES = 8
"""Bins an edge may lie in, on average."""
HUGE = 1e150
"""Coordinates whose products stay finite."""
ROUNDING = 4e-16
"""Relative error of an orientation in double precision (Shewchuk 1997, bound A, rounded up)."""


@njit(cache=True, nogil=True, inline="always")
def _side(xy: Any, a: int, b: int, c: int) -> int:
    """Tell on which side of a-b point c certainly lies; 0 if that is not sure."""
    left = (xy[b, 0] - xy[a, 0]) * (xy[c, 1] - xy[a, 1])
    right = (xy[b, 1] - xy[a, 1]) * (xy[c, 0] - xy[a, 0])
    turn = left - right
    bound = ROUNDING * (abs(left) + abs(right))
    if turn > bound:
        return 1
    return -1 if turn < -bound else 0


@njit(cache=True, nogil=True, inline="always")
def _apart(xy: Any, i: int, j: int) -> bool:
    """Tell whether edges i and j certainly have no point in common."""
    if max(xy[i, 0], xy[i + 1, 0]) < min(xy[j, 0], xy[j + 1, 0]):
        return True
    if max(xy[j, 0], xy[j + 1, 0]) < min(xy[i, 0], xy[i + 1, 0]):
        return True
    if max(xy[i, 1], xy[i + 1, 1]) < min(xy[j, 1], xy[j + 1, 1]):
        return True
    if max(xy[j, 1], xy[j + 1, 1]) < min(xy[i, 1], xy[i + 1, 1]):
        return True
    if _side(xy, i, i + 1, j) * _side(xy, i, i + 1, j + 1) > 0:
        return True
    return _side(xy, j, j + 1, i) * _side(xy, j, j + 1, i + 1) > 0


@njit(cache=True, nogil=True)
def _turns(xy: Any, first: int, last: int) -> bool:
    """Tell whether no edge is a point and none folds back on the one before."""
    for i in range(first, last + 1):
        before = last if i == first else i - 1
        ux, uy = xy[before + 1, 0] - xy[before, 0], xy[before + 1, 1] - xy[before, 1]
        vx, vy = xy[i + 1, 0] - xy[i, 0], xy[i + 1, 1] - xy[i, 1]
        if vx == 0.0 and vy == 0.0:
            return False
        if ux * vx + uy * vy <= 0.0 and _side(xy, before, before + 1, i + 1) == 0:
            return False
    return True


@njit(cache=True, nogil=True)
def _ring(xy: Any, first: int, last: int, head: Any, chain: Any, edges: Any) -> bool:
    n = last - first + 1
    low_x, low_y = xy[first, 0], xy[first, 1]
    high_x, high_y = low_x, low_y
    for i in range(first, last + 1):
        if not (abs(xy[i, 0]) < HUGE and abs(xy[i, 1]) < HUGE):  # nor for what is no number
            return False
        low_x, high_x = min(low_x, xy[i, 0]), max(high_x, xy[i, 0])
        low_y, high_y = min(low_y, xy[i, 1]), max(high_y, xy[i, 1])
    side = max(high_x - low_x, high_y - low_y)
    if side == 0.0 or not _turns(xy, first, last):
        return False
    columns = int(2 * np.sqrt(n)) + 1
    scale = columns / side * (1 - 1e-12)
    head[: columns * columns] = -1
    used = 0
    for i in range(first, last + 1):
        a = int((min(xy[i, 0], xy[i + 1, 0]) - low_x) * scale)
        b = int((min(xy[i, 1], xy[i + 1, 1]) - low_y) * scale)
        c = int((max(xy[i, 0], xy[i + 1, 0]) - low_x) * scale)
        d = int((max(xy[i, 1], xy[i + 1, 1]) - low_y) * scale)
        for y in range(b, d + 1):
            for x in range(a, c + 1):
                place = y * columns + x
                entry = head[place]
                while entry >= 0:
                    j = edges[entry]
                    near = j >= i - 1 or (i == last and j == first)
                    if not near and not _apart(xy, i, j):
                        return False
                    entry = chain[entry]
                if used == ENTRIES * n:
                    return False
                edges[used], chain[used] = i, head[place]
                head[place] = used
                used += 1
    return True


@njit(cache=True, nogil=True)
def simple(xy: Any, starts: Any) -> NDArray[Any]:
    """Tell which rings certainly are simple: no edge touches another but the next at its end."""
    out = np.zeros(starts.size - 1, np.bool_)
    most = 0
    for r in range(out.size):
        n = starts[r + 1] - starts[r] - 1
        most = max(most, n) if n <= MOST_EDGES else most
    head = np.empty((int(2 * np.sqrt(most)) + 2) ** 2, np.int32)
    chain = np.empty(ENTRIES * most + 1, np.int32)
    edges = np.empty(ENTRIES * most + 1, np.int64)
    for r in range(out.size):
        first, last = starts[r], starts[r + 1] - 2
        if last - first < 2 or last - first >= MOST_EDGES:  # noqa: PLR2004 - a triangle has three
            continue
        out[r] = _ring(xy, first, last, head, chain, edges)
    return out
