"""What sums give away of each other, compiled: bounds pushed along equations from one to the next.

An equation is a total and its members; the first sums are those of the table, the others the basic
counts, which nobody is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 2**40
"""A count nobody reaches: no bound."""
SWEEPS = 60
DEEPEST = 6
"""Equations passed on the way from a bound to what causes it."""


@njit(cache=True, nogil=True)
def _bounds(
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    starts: NDArray[np.int64],
    sums: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Narrow the bounds in place; answer with the equation that bounds each sum from above."""
    why = np.full(len(low), -1, np.int64)
    for _ in range(SWEEPS):
        changed = False
        for e in range(len(starts) - 1):
            total = sums[starts[e]]
            members = sums[starts[e] + 1 : starts[e + 1]]
            least = most = np.int64(0)
            for m in members:
                least += low[m]
                most = min(most + high[m], np.int64(MOST))
            if most < high[total]:
                high[total], why[total], changed = most, e, True
            if least > low[total]:
                low[total], changed = least, True
            for m in members:
                up = high[total] - (least - low[m])
                if high[total] < MOST and up < high[m]:
                    high[m], why[m], changed = up, e, True
                if most < MOST and low[total] - (most - high[m]) > low[m]:
                    low[m], changed = low[total] - (most - high[m]), True
                    break
        if not changed:
            break
    return why


@njit(cache=True, nogil=True)
def _best(
    equation: NDArray[np.int64],
    counts: NDArray[np.int64],
    hide: NDArray[np.bool_],
    behind: NDArray[np.int64],
    within: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> int:
    """Return what to hide of an equation, -1 for nothing.

    What stands beside hidden sums elsewhere too closes a ring with them and is taken first; then
    the smallest.
    """
    best, chosen = (MOST, MOST), -1
    for i in equation:
        if hide[i] or counts[i] == 0:
            continue
        alone = 0
        for k in within[1][within[0][i] : within[0][i + 1]]:
            alone += behind[k] == 0
        if (alone, counts[i]) < best:
            best, chosen = (alone, counts[i]), i
    return chosen


@njit(cache=True, nogil=True)
def _cause(
    which: int,
    why: NDArray[np.int64],
    equations: tuple[NDArray[np.int64], NDArray[np.int64]],
    state: tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]],
    within: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> int:
    """Return what to hide so that a sum is bounded less tightly, -1 if nothing is found."""
    starts, sums = equations
    seen = np.zeros(len(why), np.bool_)
    front = [which]
    seen[which] = True
    for _ in range(DEEPEST):
        chosen = -1
        following = [which]
        for at in front:
            e = why[at]
            if e < 0:
                continue
            found = _best(sums[starts[e] : starts[e + 1]], *state, within)
            if found >= 0 and (chosen < 0 or state[0][found] < state[0][chosen]):
                chosen = found
            total = sums[starts[e]]
            for i in sums[starts[e] : starts[e + 1]]:
                if not seen[i] and total in (at, i):
                    seen[i] = True
                    following.append(i)
        if chosen >= 0:
            return chosen
        front = following[1:]
        if not front:
            break
    return -1


@njit(cache=True, nogil=True)
def cover(
    counts: NDArray[np.int64],
    hide: NDArray[np.bool_],
    shown: int,
    least: int,
    equations: tuple[NDArray[np.int64], NDArray[np.int64]],
    within: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> None:
    """Hide more of the first ``shown`` sums, in place, until bounds give no small one away.

    ``equations`` are starts and sums, the total of each first; ``within`` says in which equations
    each sum stands.
    """
    starts, sums = equations
    behind = np.zeros(len(starts) - 1, np.int64)
    for i in range(shown):
        if hide[i]:
            for k in within[1][within[0][i] : within[0][i + 1]]:
                behind[k] += 1
    given_up = np.zeros(shown, np.bool_)
    while True:
        low = np.where(hide, 0, counts)
        low[:shown][hide[:shown]] = 1
        high = np.where(hide, MOST, counts)
        why = _bounds(low, high, starts, sums)
        found = -1
        for i in range(shown):
            open_ = hide[i] and not given_up[i] and counts[i] < least and high[i] < least
            if open_ and (found < 0 or high[i] < high[found]):
                found = i
        if found < 0:
            return
        chosen = _cause(found, why, equations, (counts, hide, behind), within)
        if chosen < 0:
            given_up[found] = True
            continue
        hide[chosen] = True
        for k in within[1][within[0][chosen] : within[0][chosen + 1]]:
            behind[k] += 1
