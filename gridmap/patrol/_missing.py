"""Which visits are missing, and where in a route each would cost least."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray  # part of a type

from gridmap.patrol._routes import (
    BEGIN,
    CHEAPEST,
    DONE,
    HERE,
    ITEM,
    LAST,
    NEVER_FITS,
    NONE,
    UNIT,
    Routes,
    price,
)
from gridmap.patrol._tables import (
    CLOSE,
    DWELL,
    HOME,
    MODE,
    OPEN,
    PLACE,
    SPECIAL,
    START,
    STOP,
    Tables,
)

Dice = NDArray[np.uint64]
"""State of the generator, one number."""


@njit(cache=True, nogil=True)
def draw(dice: Dice) -> float:
    """Return the next number of a seeded xorshift generator, in [0, 1)."""
    x = dice[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    dice[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def below(dice: Dice, count: int) -> int:
    return int(draw(dice) * count)


@njit(cache=True, nogil=True)
def wanted(tables: Tables, routes: Routes) -> NDArray[np.float64]:
    """Return the gain of each item now by each mode: with the bonus of minimums it would fill."""
    items, modes = tables.gain.size, tables.seconds.shape[0]
    gain = np.empty((items, modes))
    for mode in range(modes):
        gain[:, mode] = tables.gain
    if tables.needed.size == 0:
        return gain
    lacking = tables.needed.copy()
    visited = np.zeros(tables.category.shape, np.bool_)
    for item in range(items):
        stop, unit = tables.stays[item, STOP], routes.held[item, UNIT]
        if unit < 0:
            continue
        for column in (0, 1 + tables.units[unit, MODE]):
            group = tables.category[stop, column]
            if group >= 0 and not visited[stop, column]:
                lacking[group] -= 1
            visited[stop, column] = True
    for item in range(items):
        stop = tables.stays[item, STOP]
        for mode in range(modes):
            for column in (0, 1 + mode):
                group = tables.category[stop, column]
                if group >= 0 and not visited[stop, column] and lacking[group] > 0:
                    gain[item, mode] += tables.bonus
    return gain


@njit(cache=True, nogil=True)
def _scan(
    tables: Tables, routes: Routes, item: int, unit: int, blend: float, blink: float, dice: Dice
) -> tuple[float, int]:
    """Return the least cost of a visit in a route and its rank, delay and travel blended.

    The same as :func:`price` at every rank, written out for visits of one window.
    """
    ride = tables.seconds[tables.units[unit, MODE]]
    line, stays, size = routes.lines[unit], tables.stays, routes.size[unit]
    there, dwell = stays[item, PLACE], stays[item, DWELL]
    opens, closes = stays[item, OPEN], stays[item, CLOSE]
    best, where = CHEAPEST, NONE
    here, free = tables.units[unit, START], 0
    for rank in range(size + 1):
        if rank == size:
            onward, limit = tables.units[unit, HOME], tables.finish
            then = free + ride[here, onward]
        else:
            onward, limit, then = line[rank, HERE], line[rank, LAST], line[rank, BEGIN]
        begin = free + ride[here, there]
        if begin > closes:
            break
        if stays[line[rank, ITEM], PLACE] < 0 and rank < size:
            travel, delay = price(tables, routes, item, unit, rank)
        else:
            reach = max(begin, opens) + dwell + ride[there, onward]
            travel = ride[here, there] + ride[there, onward] - ride[here, onward]
            delay = max(reach - then, 0) if reach <= limit else NONE
        if delay >= 0 and (blink == 0.0 or draw(dice) >= blink):
            cost = blend * delay + (1.0 - blend) * (travel + dwell) + 1.0
            if cost < best:
                best, where = cost, rank
        here, free = line[rank, HERE], line[rank, DONE]
    return best, where


@njit(cache=True, nogil=True)
def cheapest(
    tables: Tables, routes: Routes, item: int, unit: int, blend: float, blink: float, dice: Dice
) -> tuple[float, int]:
    """Return the least cost of any visit in a route and its rank; busy units are dearer."""
    best, where = CHEAPEST, NONE
    if not tables.allowed[item, unit]:
        return best, where
    dearer = 1.0 + routes.busy[unit] / tables.finish
    if not tables.stays[item, SPECIAL]:
        best, where = _scan(tables, routes, item, unit, blend, blink, dice)
        return best * dearer, where
    for rank in range(routes.size[unit] + 1):
        travel, delay = price(tables, routes, item, unit, rank)
        if delay == NEVER_FITS:
            break
        if delay >= 0 and (blink == 0.0 or draw(dice) >= blink):
            cost = blend * delay + (1.0 - blend) * (travel + tables.stays[item, DWELL]) + 1.0
            if cost < best:
                best, where = cost, rank
    return best * dearer, where


@njit(cache=True, nogil=True)
def next_copy(tables: Tables, routes: Routes, stop: int) -> int:
    """Return the first visit of a stop that is missing, or -1; its visits are all alike."""
    for item in range(tables.first[stop], tables.first[stop + 1]):
        if routes.held[item, UNIT] < 0:
            return item
    return NONE


@njit(cache=True, nogil=True)
def candidates(tables: Tables, routes: Routes) -> NDArray[np.int64]:
    """Return one missing visit of each stop that lacks some."""
    found = np.empty(tables.spacing.size, np.int64)
    count = 0
    for stop in range(tables.spacing.size):
        item = next_copy(tables, routes, stop)
        if item >= 0:
            found[count] = item
            count += 1
    return found[:count]
