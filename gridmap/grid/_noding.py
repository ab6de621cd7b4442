"""Kernels of :mod:`gridmap.grid.arrangement`: where edges meet, and chains of edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
def _on(points: Any, vertex: int, a: int, b: int, eps: float) -> bool:
    """Tell whether a vertex lies on the edge a-b, but is none of its ends."""
    if vertex in (a, b) or a == b:
        return False
    dx, dy = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1]
    ux, uy = points[vertex, 0] - points[a, 0], points[vertex, 1] - points[a, 1]
    t = min(1.0, max(0.0, (ux * dx + uy * dy) / (dx * dx + dy * dy)))
    return np.hypot(ux - t * dx, uy - t * dy) <= eps


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
def _meet(points: Any, ends: Any, i: int, j: int, eps: float, touches: Any, crossings: Any) -> None:
    """Note where two edges touch or cross."""
    a, b, c, d = ends[i, 0], ends[i, 1], ends[j, 0], ends[j, 1]
    joined = a in (c, d) or b in (c, d)
    touched = False
    for vertex in (c, d):
        if _on(points, vertex, a, b, eps):
            touches.append((i, vertex))
            touched = True
    for vertex in (a, b):
        if _on(points, vertex, c, d, eps):
            touches.append((j, vertex))
            touched = True
    if not touched and not joined:
        crossing, x, y = _crossing(points, a, b, c, d)
        if crossing:
            crossings.append((i, j, x, y))


@njit(cache=True, nogil=True)
def meetings(points: Any, ends: Any, eps: float) -> Any:
    """Find where edges meet between their ends.

    Returns lists of (edge, vertex) that touches it, and of (edge, edge, x, y) that cross.
    """
    touches = [(0, 0) for _ in range(0)]
    crossings = [(0, 0, 0.0, 0.0) for _ in range(0)]
    n = len(ends)
    if n == 0:
        return touches, crossings
    low, high = np.empty((n, 2)), np.empty((n, 2))
    for i in range(n):
        for k in range(2):
            p, q = points[ends[i, 0], k], points[ends[i, 1], k]
            low[i, k], high[i, k] = min(p, q) - eps, max(p, q) + eps
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
                if home == number:
                    _meet(points, ends, i, j, eps, touches, crossings)
    return touches, crossings


@njit(cache=True, nogil=True)
def chains(pairs: Any, size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Join edges at vertices where exactly two meet.

    Returns the vertices of all chains, one after the other, and the number of its chain for each.
    """
    degree = np.zeros(size + 1, np.int64)
    for k in range(len(pairs)):
        degree[pairs[k, 0] + 1] += 1
        degree[pairs[k, 1] + 1] += 1
    first = np.cumsum(degree)
    at = first[:-1].copy()
    incident = np.empty(2 * len(pairs), np.int64)
    for k in range(len(pairs)):
        for v in (pairs[k, 0], pairs[k, 1]):
            incident[at[v]] = k
            at[v] += 1
    used = np.zeros(len(pairs), np.bool_)
    out, line = np.empty(2 * len(pairs), np.int64), np.empty(2 * len(pairs), np.int64)
    n = count = 0
    for round_ in range(2):  # chains between junctions first, then closed loops
        for k in range(len(pairs)):
            for end in range(2):
                v = pairs[k, end]
                if used[k] or (round_ == 0 and first[v + 1] - first[v] == INNER):
                    continue
                edge = k
                out[n], line[n] = v, count
                n += 1
                while True:
                    used[edge] = True
                    v = pairs[edge, 0] + pairs[edge, 1] - v
                    out[n], line[n] = v, count
                    n += 1
                    if first[v + 1] - first[v] != INNER:
                        break
                    a, b = incident[first[v]], incident[first[v] + 1]
                    edge = b if a == edge else a
                    if used[edge]:
                        break
                count += 1
    return out[:n], line[:n]
