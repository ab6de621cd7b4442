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

SAMPLES = 128
STARTS = 4
"""Best balls that climb."""


@njit(cache=True, nogil=True)
def _nearest(x: float, y: float, a: Any, b: Any) -> tuple[float, float, float]:
    """Return the squared distance to the nearest edge, and the nearest point on it."""
    best, best_x, best_y = np.inf, x, y
    for k in range(len(a)):
        dx, dy = b[k, 0] - a[k, 0], b[k, 1] - a[k, 1]
        t = ((x - a[k, 0]) * dx + (y - a[k, 1]) * dy) / (dx * dx + dy * dy)
        t = min(1.0, max(0.0, t))
        px, py = a[k, 0] + t * dx, a[k, 1] + t * dy
        d = (px - x) * (px - x) + (py - y) * (py - y)
        if d < best:
            best, best_x, best_y = d, px, py
    return best, best_x, best_y


@njit(cache=True, nogil=True)
def _ball(k: int, t: float, a: Any, b: Any, size: float) -> tuple[float, float, float]:
    """Return the centre and radius of the largest ball touching edge k at t from inside."""
    dx, dy = b[k, 0] - a[k, 0], b[k, 1] - a[k, 1]
    length = np.hypot(dx, dy)
    nx, ny = -dy / length, dx / length
    px, py = a[k, 0] + t * dx, a[k, 1] + t * dy
    r = size
    for _ in range(30):
        d, qx, qy = _nearest(px + nx * r, py + ny * r, a, b)
        if d >= r * r * (1 - 1e-9):
            break
        ahead = nx * (qx - px) + ny * (qy - py)
        if ahead <= 0:
            break
        smaller = ((qx - px) ** 2 + (qy - py) ** 2) / (2 * ahead)
        if smaller >= r:
            break
        r = smaller
    x, y = px + nx * r, py + ny * r
    return x, y, np.sqrt(_nearest(x, y, a, b)[0])


@njit(cache=True, nogil=True)
def _climb(x: float, y: float, r: float, a: Any, b: Any) -> float:
    """Move the centre while the ball grows; a step within the ball stays inside the polygon."""
    step, turn = r / 2, 0.0
    while step > r * 1e-4:
        grown = False
        turn += 0.7
        for k in range(12):
            angle = turn + k * np.pi / 6
            u, v = x + step * np.cos(angle), y + step * np.sin(angle)
            d = np.sqrt(_nearest(u, v, a, b)[0])
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
    size = max(np.ptp(a[:, 0]), np.ptp(a[:, 1]))
    each = max(1, SAMPLES // n)
    m = min(n * each, SAMPLES)
    xs, ys, rs = np.zeros(m), np.zeros(m), np.zeros(m)
    for s in range(m):
        t = (s % each + 0.5) / each
        xs[s], ys[s], rs[s] = _ball(s * n // m if each == 1 else s // each, t, a, b, size)
    best = 0.0
    for _ in range(min(STARTS, m)):
        s = int(np.argmax(rs))
        if rs[s] <= 0:
            break
        r = _climb(xs[s], ys[s], rs[s], a, b)
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
