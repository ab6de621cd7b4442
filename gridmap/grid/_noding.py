"""Kernels of :mod:`gridmap.grid.noding`: where edges meet, and chains of edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from gridmap.grid._numbers import grouped

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLOSE = 0.5
"""Share of the rounding within which a vertex touches an edge. Its ends being farther than the
rounding, the angle it makes there is over 120 degrees, so that no end touches the pieces in turn:
rounds of cutting come to an end."""
INNER = 2
"""Edges at a vertex within a chain."""
CROWD = 8
"""Bins are made larger until an edge lies in no more than this many on average."""


@njit(cache=True, nogil=True)
def _bin_size(low: Any, high: Any) -> float:
    n = len(low)
    span = max(high[:, 0].max() - low[:, 0].min(), high[:, 1].max() - low[:, 1].min())
    size = max(span / (2 * np.sqrt(n)), 1e-300)  # about four bins for each edge
    while True:
        entries = 0.0
        for i in range(n):
            entries += ((high[i, 0] - low[i, 0]) / size + 1) * ((high[i, 1] - low[i, 1]) / size + 1)
        if entries <= CROWD * n:
            return size
        size *= 2


@njit(cache=True, nogil=True)
def _span(low: Any, high: Any, origin: Any, size: float, i: int) -> tuple[int, int, int, int]:
    return (
        int((low[i, 0] - origin[0]) / size),
        int((low[i, 1] - origin[1]) / size),
        int((high[i, 0] - origin[0]) / size),
        int((high[i, 1] - origin[1]) / size),
    )


@njit(cache=True, nogil=True)
def _binned(low: Any, high: Any, origin: Any, size: float) -> Any:
    """Sort edges into bins; return the first entry of each bin, the entries, and the columns."""
    columns = int((high[:, 0].max() - origin[0]) / size) + 1
    rows = int((high[:, 1].max() - origin[1]) / size) + 1
    first = np.zeros(columns * rows + 1, np.int64)
    for i in range(len(low)):
        a, b, c, d = _span(low, high, origin, size, i)
        for y in range(b, d + 1):
            for x in range(a, c + 1):
                first[y * columns + x + 1] += 1
    first = np.cumsum(first)
    at = first[:-1].copy()
    entries = np.empty(first[-1], np.int64)
    for i in range(len(low)):
        a, b, c, d = _span(low, high, origin, size, i)
        for y in range(b, d + 1):
            for x in range(a, c + 1):
                entries[at[y * columns + x]] = i
                at[y * columns + x] += 1
    return first, entries, columns


@njit(cache=True, nogil=True)
def _far(points: Any, u: int, v: int, eps: float) -> bool:
    dx, dy = points[u, 0] - points[v, 0], points[u, 1] - points[v, 1]
    return dx * dx + dy * dy > eps * eps


@njit(cache=True, nogil=True)
def _crossing(points: Any, a: int, b: int, c: int, d: int) -> tuple[bool, float, float]:
    dx, dy = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1]
    ex, ey = points[d, 0] - points[c, 0], points[d, 1] - points[c, 1]
    turn = dx * ey - dy * ex
    if turn == 0.0:
        return False, 0.0, 0.0
    rx, ry = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1]
    t = (rx * ey - ry * ex) / turn
    u = (rx * dy - ry * dx) / turn
    if t <= 0 or t >= 1 or u <= 0 or u >= 1:
        return False, 0.0, 0.0
    return True, points[a, 0] + t * dx, points[a, 1] + t * dy


@njit(cache=True, nogil=True)
def _touch(
    points: Any, ends: Any, i: int, v: int, fixed: Any, eps: float, near: Any, on: Any
) -> bool:
    """Note whether vertex v meets edge i: at an end, for which it may be taken, or in between."""
    a, b = ends[i, 0], ends[i, 1]
    dx, dy = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1]
    ux, uy = points[v, 0] - points[a, 0], points[v, 1] - points[a, 1]
    across, length = ux * dy - uy * dx, dx * dx + dy * dy
    if across * across > eps * eps * length or v in (a, b):
        return False
    for end in (a, b):
        if not _far(points, v, end, eps):
            if not (fixed[v] and fixed[end]):
                near.append((v, end))
                return True
            return False
    along = ux * dx + uy * dy
    if 0 < along < length and across * across <= eps * CLOSE * eps * CLOSE * length:
        on.append((i, v))
        return True
    return False


@njit(cache=True, nogil=True)
def _parting(points: Any, a: int, b: int, c: int, d: int) -> bool:
    """Tell whether two edges run from a common vertex in directions more than 90 degrees apart."""
    if d in (a, b):
        c, d = d, c
    if b == c:
        a, b = b, a
    if a != c:
        return False
    ux, uy = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1]
    vx, vy = points[d, 0] - points[a, 0], points[d, 1] - points[a, 1]
    return ux * vx + uy * vy < 0


@njit(cache=True, nogil=True)
def _boxes(points: Any, ends: Any, eps: float) -> tuple[NDArray[Any], NDArray[Any]]:
    low, high = np.empty((len(ends), 2)), np.empty((len(ends), 2))
    for i in range(len(ends)):
        for k in range(2):
            p, q = points[ends[i, 0], k], points[ends[i, 1], k]
            low[i, k], high[i, k] = min(p, q) - eps, max(p, q) + eps
    return low, high


@njit(cache=True, nogil=True)
def beside(points: Any, ends: Any, active: Any, eps: float) -> NDArray[Any]:
    """Return the edges in whose neighbourhood there is an active one."""
    low, high = _boxes(points, ends, eps)
    size = _bin_size(low, high)
    origin = np.array([low[:, 0].min(), low[:, 1].min()])
    columns = int((high[:, 0].max() - origin[0]) / size) + 1
    rows = int((high[:, 1].max() - origin[1]) / size) + 1
    lively = np.zeros((rows, columns), np.bool_)
    for i in range(len(ends)):
        if not active[i]:
            continue
        a, b, c, d = _span(low, high, origin, size, i)
        lively[b : d + 1, a : c + 1] = True
    near = np.zeros(len(ends), np.bool_)
    for i in range(len(ends)):
        a, b, c, d = _span(low, high, origin, size, i)
        near[i] = lively[b : d + 1, a : c + 1].any()
    return np.flatnonzero(near)


@njit(cache=True, nogil=True)
def _meet(
    points: Any, ends: Any, i: int, j: int, fixed: Any, eps: float, near: Any, on: Any
) -> Any:
    """Note where two edges touch; return whether they cross without, and where."""
    a, b, c, d = ends[i, 0], ends[i, 1], ends[j, 0], ends[j, 1]
    if _parting(points, a, b, c, d):
        return False, 0.0, 0.0
    touched = False
    for end in range(2):
        touched |= _touch(points, ends, i, ends[j, end], fixed, eps, near, on)
        touched |= _touch(points, ends, j, ends[i, end], fixed, eps, near, on)
    if touched or a in (c, d) or b in (c, d):
        return False, 0.0, 0.0
    return _crossing(points, a, b, c, d)


@njit(cache=True, nogil=True)
def meetings(points: Any, ends: Any, active: Any, open_: Any, fixed: Any, eps: float) -> Any:
    """Find where active edges meet others between their ends.

    Returns lists of (vertex, vertex) that are one place, not both fixed, of (edge, vertex) that
    touches it, of such touches where neither edge is open, and of (edge, edge, x, y) that cross.
    """
    near = [(0, 0) for _ in range(0)]
    touches = [(0, 0) for _ in range(0)]
    hidden = [(0, 0) for _ in range(0)]
    crossings = [(0, 0, 0.0, 0.0) for _ in range(0)]
    if len(ends) == 0:
        return near, touches, hidden, crossings
    for i in range(len(ends)):
        a, b = ends[i, 0], ends[i, 1]
        if active[i] and not (fixed[a] and fixed[b]) and not _far(points, a, b, eps):
            near.append((a, b))
    low, high = _boxes(points, ends, eps)
    size = _bin_size(low, high)
    origin = np.array([low[:, 0].min(), low[:, 1].min()])
    first, entries, columns = _binned(low, high, origin, size)
    for number in range(len(first) - 1):
        for p in range(first[number], first[number + 1]):
            i = entries[p]
            for q in range(p + 1, first[number + 1]):
                j = entries[q]
                x, y = max(low[i, 0], low[j, 0]), max(low[i, 1], low[j, 1])
                if x > min(high[i, 0], high[j, 0]) or y > min(high[i, 1], high[j, 1]):
                    continue
                home = int((y - origin[1]) / size) * columns + int((x - origin[0]) / size)
                if home == number and (active[i] or active[j]):
                    on = touches if open_[i] or open_[j] else hidden
                    cross, x, y = _meet(points, ends, i, j, fixed, eps, near, on)
                    if cross:
                        crossings.append((i, j, x, y))
    return near, touches, hidden, crossings


@njit(cache=True, nogil=True)
def merged(near: Any, fixed: Any) -> NDArray[Any]:
    """Return the vertex each vertex is taken for: a fixed one if there is one, else the first."""
    same = np.arange(len(fixed))
    for u, v in near:
        a, b = u, v
        while same[a] != a:
            a = same[a]
        while same[b] != b:
            b = same[b]
        if a == b or (fixed[a] and fixed[b]):
            continue
        if fixed[b] or (b < a and not fixed[a]):
            a, b = b, a
        same[b] = a
    for v in range(len(same)):
        while same[same[v]] != same[v]:
            same[v] = same[same[v]]
    return same


@njit(cache=True, nogil=True)
def chains(pairs: Any, size: int) -> Any:
    """Join edges at vertices where exactly two meet.

    Returns the vertices of all chains, one after the other; where each begins, and the end; for
    each edge its chain, and 1 or -1 for the way it is walked there.
    """
    first, incident = grouped(pairs.ravel(), size)
    of_edge, ahead = np.full(len(pairs), -1, np.int64), np.empty(len(pairs), np.int64)
    out, starts = np.empty(2 * len(pairs), np.int64), np.zeros(len(pairs) + 1, np.int64)
    n = count = 0
    for round_ in range(2):  # chains between junctions first, then closed loops
        for k in range(2 * len(pairs)):
            edge, v = k // 2, pairs[k // 2, k % 2]
            if of_edge[edge] >= 0 or (round_ == 0 and first[v + 1] - first[v] == INNER):
                continue
            while of_edge[edge] < 0:
                of_edge[edge], ahead[edge] = count, 1 if v == pairs[edge, 0] else -1
                out[n] = v
                n += 1
                v = pairs[edge, 0] + pairs[edge, 1] - v
                if first[v + 1] - first[v] == INNER:
                    a, b = incident[first[v]] // 2, incident[first[v] + 1] // 2
                    edge = b if a == edge else a
            out[n] = v
            n += 1
            count += 1
            starts[count] = n
    return out[:n], starts[: count + 1], of_edge, ahead
