"""Kernel for the largest circle in a polygon.

A ball that touches the border at a sample point is shrunk until nothing sticks into it (Ma, Bae and
Choi 2012, the shrinking ball); the best of them then climbs to where it is largest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLES = 96
TINY = 1e-300
"""In place of the length of an edge that rounding made a point."""
BLOCK = 16
SHRINKS = 200
"""A ball in a sliver of any length has shrunk to its width before."""
MOVES = 80
"""Along a long sliver that widens slowly a ball would climb without end."""
STARTS = 3
"""Best balls that climb."""


@njit(cache=True, nogil=True)
def _edges(a: Any, b: Any) -> NDArray[Any]:
    """Return edges: x and y of where each begins, its way, and 1 / its squared length."""
    out = np.empty((len(a), 5))
    for k in range(len(a)):
        dx, dy = b[k, 0] - a[k, 0], b[k, 1] - a[k, 1]
        out[k, 0], out[k, 1], out[k, 2], out[k, 3] = a[k, 0], a[k, 1], dx, dy
        out[k, 4] = 1 / max(dx * dx + dy * dy, TINY)
    return out


@njit(cache=True, nogil=True)
def _boxes(a: Any, b: Any) -> NDArray[Any]:
    """Return the boxes round every BLOCK edges: low x, low y, high x, high y."""
    out = np.empty(((len(a) + BLOCK - 1) // BLOCK, 4))
    for k in range(len(out)):
        low, high = k * BLOCK, min(len(a), (k + 1) * BLOCK)
        out[k, 0] = min(a[low:high, 0].min(), b[low:high, 0].min())
        out[k, 1] = min(a[low:high, 1].min(), b[low:high, 1].min())
        out[k, 2] = max(a[low:high, 0].max(), b[low:high, 0].max())
        out[k, 3] = max(a[low:high, 1].max(), b[low:high, 1].max())
    return out


@njit(cache=True, nogil=True)
def _nearest(
    x: float, y: float, edges: Any, boxes: Any, reach: float
) -> tuple[float, float, float]:
    """Return the squared distance to the nearest edge within reach, and the nearest point."""
    best, best_x, best_y = reach * reach, x, y
    for block in range(len(boxes)):
        ox = max(boxes[block, 0] - x, x - boxes[block, 2], 0.0)
        oy = max(boxes[block, 1] - y, y - boxes[block, 3], 0.0)
        if ox * ox + oy * oy >= best:
            continue
        for k in range(block * BLOCK, min(len(edges), (block + 1) * BLOCK)):
            ax, ay, dx, dy, inverse = edges[k]
            t = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) * inverse))
            px, py = ax + t * dx, ay + t * dy
            d = (px - x) * (px - x) + (py - y) * (py - y)
            if d < best:
                best, best_x, best_y = d, px, py
    return best, best_x, best_y


@njit(cache=True, nogil=True)
def _ball(k: int, t: float, edges: Any, boxes: Any, size: float) -> tuple[float, float, float]:
    """Return the centre and radius of the largest ball touching edge k at t from inside."""
    ax, ay, dx, dy, _ = edges[k]
    length = max(np.hypot(dx, dy), TINY)
    nx, ny = -dy / length, dx / length
    px, py = ax + t * dx, ay + t * dy
    r = size
    for _ in range(SHRINKS):
        reach = r * (1 - 1e-9)
        d, qx, qy = _nearest(px + nx * r, py + ny * r, edges, boxes, reach)
        if d >= reach * reach:
            return px + nx * r, py + ny * r, reach
        ahead = nx * (qx - px) + ny * (qy - py)
        if ahead <= 0:
            break
        smaller = ((qx - px) ** 2 + (qy - py) ** 2) / (2 * ahead)
        if smaller >= r:
            break
        r = smaller
    return px, py, 0.0


@njit(cache=True, nogil=True)
def _inside(x: float, y: float, a: Any, b: Any) -> bool:
    """Tell whether a place away from the edges lies inside them (even-odd rule)."""
    inside = False
    for k in range(len(a)):
        if (a[k, 1] > y) != (b[k, 1] > y):
            t = (y - a[k, 1]) / (b[k, 1] - a[k, 1])
            inside ^= a[k, 0] + t * (b[k, 0] - a[k, 0]) > x
    return inside


@njit(cache=True, nogil=True)
def _climb(x: float, y: float, r: float, edges: Any, boxes: Any) -> float:
    """Move the centre while the ball grows; a step within the ball stays inside the polygon."""
    step, turn = r / 2, 0.0
    for _ in range(MOVES):
        if step < r * 1e-3:
            break
        grown = False
        turn += 0.7
        for k in range(12):
            angle = turn + k * np.pi / 6
            u, v = x + step * np.cos(angle), y + step * np.sin(angle)
            d = np.sqrt(_nearest(u, v, edges, boxes, r + step)[0])
            if d > r * (1 + 1e-9):
                x, y, r, grown = u, v, d, True
                break
        if not grown:
            step /= 2
    return r


@njit(cache=True, nogil=True)
def radius(a: Any, b: Any) -> float:
    """Return the radius of the largest circle inside edges a-b with the inside on their left."""
    n = len(a)
    if n == 0:
        return 0.0
    edges, boxes = _edges(a, b), _boxes(a, b)
    size = max(np.ptp(a[:, 0]), np.ptp(a[:, 1]))
    each = max(1, SAMPLES // n)
    m = min(n * each, SAMPLES)
    xs, ys, rs = np.zeros(m), np.zeros(m), np.zeros(m)
    for s in range(m):
        t = (s % each + 0.5) / each
        xs[s], ys[s], rs[s] = _ball(s * n // m if each == 1 else s // each, t, edges, boxes, size)
    best, climbed = 0.0, 0
    while climbed < STARTS:
        s = int(np.argmax(rs))
        if rs[s] <= 0:
            break
        if not _inside(xs[s], ys[s], a, b):  # where the border touches itself, both sides are
            rs[s] = 0.0  # its left
            continue
        climbed += 1
        r = _climb(xs[s], ys[s], rs[s], edges, boxes)
        best = max(best, r)
        for other in range(m):  # those inside this ball climb to the same place
            if (xs[other] - xs[s]) ** 2 + (ys[other] - ys[s]) ** 2 <= rs[s] ** 2:
                rs[other] = 0.0
    return best


@njit(cache=True, nogil=True)
def radii(a: Any, b: Any, starts: Any) -> NDArray[Any]:
    """Return :func:`radius` of each polygon; its edges run from ``starts[i]``."""
    out = np.zeros(starts.size - 1)
    for i in range(out.size):
        out[i] = radius(a[starts[i] : starts[i + 1]], b[starts[i] : starts[i + 1]])
    return out
