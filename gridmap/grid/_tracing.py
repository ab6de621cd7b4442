"""Kernels of :mod:`gridmap.grid.regions`: rings of directed chains with the ground on their left.

Half 2c walks chain c from its first vertex to its last, half 2c + 1 back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from gridmap.grid._orient import side

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIGHT, BEHIND, LEFT, ALIKE = 0, 1, 2, 3
"""Where a direction points, seen from another and going round clockwise."""


@njit(cache=True, nogil=True)
def _side(points: Any, v: int, a: int, b: int) -> int:
    """Tell on which side of the way from v to a vertex b lies: 1 left, -1 right, 0 on the line."""
    return side(points[v, 0], points[v, 1], points[a, 0], points[a, 1], points[b, 0], points[b, 1])


@njit(cache=True, nogil=True)
def _class(points: Any, v: int, a: int, b: int) -> int:
    turn = _side(points, v, a, b)
    if turn < 0:
        return RIGHT
    if turn > 0:
        return LEFT
    ahead = True
    for k in range(2):
        ahead &= (points[a, k] > points[v, k]) == (points[b, k] > points[v, k])
        ahead &= (points[a, k] < points[v, k]) == (points[b, k] < points[v, k])
    return ALIKE if ahead else BEHIND


@njit(cache=True, nogil=True)
def _sooner(points: Any, v: int, back: int, a: int, b: int) -> bool:
    """Tell whether, going round v clockwise from the way back, a comes before b."""
    one, other = _class(points, v, back, a), _class(points, v, back, b)
    if one != other:
        return one < other
    return one in (RIGHT, LEFT) and _side(points, v, a, b) < 0


@njit(cache=True, nogil=True)
def following(
    points: Any, ahead: Any, end: Any, behind: Any, order: Any, first: Any, last: Any
) -> NDArray[Any]:
    """Return which half continues each, keeping its ground on the left; -1 where none does.

    ``ahead`` is the second vertex of each, ``end`` its last and ``behind`` the one before; those
    between ``first[h]`` and ``last[h]`` in ``order`` begin where h ends.
    """
    out = np.full(len(ahead), -1, np.int64)
    for h in range(len(ahead)):
        for k in order[first[h] : last[h]]:
            best = out[h]
            if best < 0 or _sooner(points, end[h], behind[h], ahead[k], ahead[best]):
                out[h] = k
    return out


@njit(cache=True, nogil=True)
def orbits(after: Any) -> NDArray[Any]:
    """Number the closed walks; -1 for halves that are on none."""
    out = np.full(len(after), -1, np.int64)
    count = 0
    for h in range(len(after)):
        if out[h] != -1:
            continue
        k = h
        while k >= 0 and out[k] == -1:
            out[k] = count
            k = after[k]
        if k == h:
            count += 1
            continue
        k = h  # a walk that comes to an end, or into another
        while k >= 0 and out[k] == count:
            out[k] = -2
            k = after[k]
    return np.maximum(out, -1)


@njit(cache=True, nogil=True)
def _begin(vertices: Any, starts: Any, half: int) -> int:
    """Return the vertex at which a half begins."""
    return vertices[starts[half // 2 + 1] - 1] if half % 2 else vertices[starts[half // 2]]


@njit(cache=True, nogil=True)
def _measured(points: Any, ids: Any, box: Any) -> tuple[bool, int]:
    """Tell whether a simple ring runs counter-clockwise, and its leftmost vertex; fill its box."""
    n = len(ids) - 1
    at = 0
    box[0], box[1], box[2], box[3] = np.inf, np.inf, -np.inf, -np.inf
    for i in range(n):
        x, y = points[ids[i], 0], points[ids[i], 1]
        if x < box[0] or (x == box[0] and y < points[ids[at], 1]):
            at = i
        box[0], box[1] = min(box[0], x), min(box[1], y)
        box[2], box[3] = max(box[2], x), max(box[3], y)
    return _side(points, ids[at - 1 if at else n - 1], ids[at], ids[at + 1]) > 0, ids[at]


@njit(cache=True, nogil=True)
def _copied(vertices: Any, starts: Any, half: int, out: Any, n: int) -> int:
    """Copy the vertices of a half but its last; return where the next one goes."""
    low, high = starts[half // 2], starts[half // 2 + 1]
    for i in range(high - low - 1):
        out[n + i] = vertices[high - 1 - i] if half % 2 else vertices[low + i]
    return n + high - low - 1


@njit(cache=True, nogil=True)
def rings(points: Any, vertices: Any, starts: Any, halves: Any, after: Any, orbit: Any) -> Any:
    """Split closed walks into rings where they pass a vertex twice.

    Returns the vertices of all rings, one ring after the other, each closed; where each begins, and
    the end; its walk; whether it runs counter-clockwise; its leftmost vertex; and its box: low x,
    low y, high x, high y.
    """
    total = len(halves)
    for half in halves:
        total += starts[half // 2 + 1] - starts[half // 2] - 1
    ids = np.empty(total, np.int64)
    begins = np.zeros(len(halves) + 1, np.int64)
    walk, leftmost = np.empty(len(halves), np.int64), np.empty(len(halves), np.int64)
    ccw, boxes = np.empty(len(halves), np.bool_), np.empty((len(halves), 4))
    stack, seen = np.empty(len(halves), np.int64), np.full(len(points), -1, np.int64)
    done = orbit < 0
    count = n = 0
    for k in range(len(halves)):
        depth, h = 0, k
        while not done[h]:
            done[h] = True
            seen[_begin(vertices, starts, halves[h])] = depth
            stack[depth] = h
            depth += 1
            back = seen[_begin(vertices, starts, halves[h] ^ 1)]
            if back >= 0:
                for p in range(back, depth):
                    seen[_begin(vertices, starts, halves[stack[p]])] = -1
                    n = _copied(vertices, starts, halves[stack[p]], ids, n)
                depth = back
                ids[n] = ids[begins[count]]
                n += 1
                walk[count] = orbit[k]
                ring = ids[begins[count] : n]
                ccw[count], leftmost[count] = _measured(points, ring, boxes[count])
                count += 1
                begins[count] = n
            h = after[h]
    found = walk[:count], ccw[:count], leftmost[:count], boxes[:count]
    return ids[:n], begins[: count + 1], *found
