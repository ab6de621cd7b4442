"""Kernels of :mod:`gridmap.grid.cancel`: directed edges that meet their opposite are struck out.

Borders run through many vertices, so a few edges chosen by their hash are enough to find two
borders that face each other; from there the match is followed vertex by vertex in both
directions. What stands unmatched after that is looked up edge by edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE = np.uint64(15)
"""One edge in sixteen is looked up in the first pass."""
EVERY = np.uint64(0)


@njit(cache=True, nogil=True, inline="always")
def _mix(x: Any) -> Any:
    x ^= x >> np.uint64(33)
    x *= np.uint64(0xFF51AFD7ED558CCD)
    x ^= x >> np.uint64(33)
    x *= np.uint64(0xC4CEB9FE1A85EC53)
    return x ^ (x >> np.uint64(33))


@njit(cache=True, nogil=True, inline="always")
def _vertex_hash(xy: Any, bits: Any, i: int) -> Any:
    """Hash a vertex; -0.0 and 0.0 are one number, so they must be one hash."""
    zero = np.uint64(0)
    u = bits[i, 0] if xy[i, 0] != 0.0 else zero
    v = bits[i, 1] if xy[i, 1] != 0.0 else zero
    u = (u ^ (u >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    v = (v ^ (v >> np.uint64(29))) * np.uint64(0xC2B2AE3D27D4EB4F)
    return u ^ (v >> np.uint64(31)) ^ (v << np.uint64(33))


@njit(cache=True, nogil=True, inline="always")
def _same(xy: Any, i: int, j: int) -> bool:
    return xy[i, 0] == xy[j, 0] and xy[i, 1] == xy[j, 1]


@njit(cache=True, nogil=True, inline="always")
def _opposed(xy: Any, i: int, j: int, step: int) -> bool:
    """Tell whether edge j undoes edge i: run backwards where step is -1, alike where it is 1."""
    if step < 0:
        return _same(xy, i, j + 1) and _same(xy, i + 1, j)
    return _same(xy, i, j) and _same(xy, i + 1, j + 1)


@njit(cache=True, nogil=True, inline="always")
def _advance(i: int, step: int, first: int, last: int) -> int:
    i += step
    if i > last:
        return first
    return last if i < first else i


@njit(cache=True, nogil=True)
def _follow(xy: Any, done: Any, starts: Any, i: int, r: int, j: int, s: int, step: int) -> None:
    """Strike out the pairs that continue the match of edge i of ring r with j of s, both ways."""
    for along in (1, -1):
        p, q = i, j
        while True:
            p = _advance(p, along, starts[r], starts[r + 1] - 2)
            q = _advance(q, along * step, starts[s], starts[s + 1] - 2)
            if p == q or done[p] or done[q] or not _opposed(xy, p, q, step):
                break
            done[p] = done[q] = 1


@njit(cache=True, nogil=True)
def _rehash(keys: Any, edges: Any, rings: Any, done: Any) -> Any:
    """Drop struck-out entries; grow when more than a quarter is still alive."""
    alive = 0
    for q in range(edges.size):
        if edges[q] >= 0 and not done[edges[q]]:
            alive += 1
    size = edges.size
    while alive * 4 > size:
        size *= 4
    mask = np.uint64(size - 1)
    new_keys = np.zeros(size, np.uint64)
    new_edges = np.full(size, -1, np.int64)
    new_rings = np.zeros(size, np.int32)
    for q in range(edges.size):
        if edges[q] >= 0 and not done[edges[q]]:
            p = keys[q] & mask
            while new_edges[p] >= 0:
                p = (p + np.uint64(1)) & mask
            new_keys[p] = keys[q]
            new_edges[p] = edges[q]
            new_rings[p] = rings[q]
    return new_keys, new_edges, new_rings, alive


@njit(cache=True, nogil=True)
def strike(xy: Any, bits: Any, starts: Any, signs: Any, order: Any, done: Any, sample: Any) -> None:
    """Strike out pairs of opposed edges among those not done yet.

    Edge i runs from vertex i to vertex i + 1 of the same ring. ``signs`` turns a ring round; rings
    are visited in ``order``. ``sample`` masks the hash: only edges with zero there are looked up.
    """
    size = 1 << 12
    keys = np.zeros(size, np.uint64)
    edges = np.full(size, -1, np.int64)
    rings = np.zeros(size, np.int32)
    used = 0
    for q in range(order.size):
        r = order[q]
        first, last = starts[r], starts[r + 1] - 2
        if last < first:
            continue
        hashed, hash_b = -1, np.uint64(0)
        for i in range(first, last + 1):
            if done[i]:
                continue
            hash_a = hash_b if hashed == i else _vertex_hash(xy, bits, i)
            hashed, hash_b = i + 1, _vertex_hash(xy, bits, i + 1)
            key = _mix(hash_a + hash_b)
            if (key >> np.uint64(58)) & sample:
                continue
            if _same(xy, i, i + 1):
                done[i] = 1
                continue
            p = key & np.uint64(edges.size - 1)
            while edges[p] >= 0:
                j, s = edges[p], rings[p]
                step = -1 if signs[s] == signs[r] else 1
                if keys[p] == key and not done[j] and _opposed(xy, i, j, step):
                    done[i] = done[j] = 1
                    _follow(xy, done, starts, i, r, j, s, step)
                    break
                p = (p + np.uint64(1)) & np.uint64(edges.size - 1)
            if not done[i]:
                keys[p], edges[p], rings[p] = key, i, r
                used += 1
                if used * 2 > edges.size:
                    keys, edges, rings, used = _rehash(keys, edges, rings, done)


@njit(cache=True, nogil=True)
def doubled_areas(xy: Any, starts: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return twice the signed area of every ring and a bound of its rounding error."""
    m = starts.size - 1
    area = np.zeros(m)
    bound = np.zeros(m)
    for r in range(m):
        total = size = 0.0
        x0, y0 = xy[starts[r], 0], xy[starts[r], 1]
        for i in range(starts[r], starts[r + 1] - 1):
            ax, ay = xy[i, 0] - x0, xy[i, 1] - y0
            bx, by = xy[i + 1, 0] - x0, xy[i + 1, 1] - y0
            total += ax * by - bx * ay
            size += abs(ax * by) + abs(bx * ay)
        area[r] = total
        bound[r] = (starts[r + 1] - starts[r] + 8) * 2.3e-16 * size
    return area, bound


def left(
    xy: NDArray[np.float64],
    starts: NDArray[np.int64],
    signs: NDArray[np.int8],
    order: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the edges that no other edge undoes, as numbers of their first vertices."""
    done = np.zeros(len(xy), np.uint8)
    done[starts[1:] - 1] = 1  # the last vertex of a ring begins no edge
    bits = xy.view(np.uint64)
    strike(xy, bits, starts, signs, order, done, SAMPLE)
    if (open_ := rings_with(done, starts, order)).size:
        strike(xy, bits, starts, signs, open_, done, EVERY)
    return np.flatnonzero(done == 0)


@njit(cache=True, nogil=True)
def rings_with(done: Any, starts: Any, order: Any) -> NDArray[Any]:
    """Return the rings, in order, that still hold an edge that is not done."""
    keep = np.zeros(order.size, np.bool_)
    for q in range(order.size):
        r = order[q]
        for i in range(starts[r], starts[r + 1]):
            if not done[i]:
                keep[q] = True
                break
    return order[keep]
