"""On which side of a line a point lies: exact, by a filter and an expansion where it fails.

Shewchuk, J. R. (1997), Adaptive precision floating-point arithmetic and fast robust geometric
predicates, Discrete & Computational Geometry 18.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

FILTER = 3.3306690738754716e-16
"""(3 + 16 eps) eps, the bound on the relative error of the plain determinant."""
UNDERFLOW = 1e-290
"""Below this the bound on the relative error does not hold."""
SPLITTER = 134217729.0
LIFT = 2.0**300
"""Exact products of tiny coordinates would fall below the least double: lift them first."""


@njit(cache=True, nogil=True, inline="always")
def _two_product(a: float, b: float) -> tuple[float, float]:
    """Return a product and its rounding error."""
    p = a * b
    c = SPLITTER * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = SPLITTER * b
    b_high = c - (c - b)
    b_low = b - b_high
    return p, ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low


@njit(cache=True, nogil=True)
def exact_side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Return the sign of ax·by - ax·py - px·by - ay·bx + ay·px + py·bx, summed as an expansion."""
    ax, ay, bx, by, px, py = ax * LIFT, ay * LIFT, bx * LIFT, by * LIFT, px * LIFT, py * LIFT
    lefts = (ax, -ax, -px, -ay, ay, py)
    rights = (by, py, by, bx, px, bx)
    parts = np.zeros(12)
    n = 0
    for k in range(6):
        product, error = _two_product(lefts[k], rights[k])
        for term in (error, product):
            total = term
            for i in range(n):
                new = total + parts[i]
                other = new - total
                parts[i] = (total - (new - other)) + (parts[i] - other)
                total = new
            parts[n] = total
            n += 1
    for i in range(n - 1, -1, -1):
        if parts[i] != 0.0:
            return 1 if parts[i] > 0.0 else -1
    return 0


@njit(cache=True, nogil=True, inline="always")
def side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Return 1 where p lies left of the line from a to b, -1 right of it, 0 on it."""
    left = (ax - px) * (by - py)
    right = (ay - py) * (bx - px)
    found = left - right
    bound = FILTER * (abs(left) + abs(right)) + UNDERFLOW
    if found > bound:
        return 1
    if found < -bound:
        return -1
    return exact_side(ax, ay, bx, by, px, py)


@njit(cache=True, nogil=True, inline="always")
def nudged_side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Return the side of p moved by (e, e²): never 0 unless a and b are one point."""
    found: Any = side(ax, ay, bx, by, px, py)
    if found == 0:
        if ay < by:
            return -1
        if ay > by:
            return 1
        return 1 if ax < bx else -1
    return found
