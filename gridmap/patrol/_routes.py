"""Routes as arrays: their times, and what putting one more visit in would cost."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray  # noqa: TC002  # fields of a NamedTuple

from gridmap.patrol._tables import (
    CLOSE,
    DWELL,
    FAR,
    HOME,
    MODE,
    OPEN,
    PLACE,
    SPECIAL,
    START,
    STOP,
    Tables,
)

NONE = -1
NEVER_FITS = -2
"""Answer of :func:`price` when the last window is over: later ranks are of no use."""
CHEAPEST = 1e18
ITEM, BEGIN, DONE, LAST, HERE = range(5)
"""Columns of :attr:`Routes.lines`: the item, when its stay begins and ends, the last arrival that
spoils nothing after it, and where it is; a break is where the visit before it was."""
UNIT, LOW, HIGH, RANK = range(4)
"""Columns of :attr:`Routes.held`: unit of an item (-1: not visited), the times between which it
begins, so that visits of one stop keep apart, and its rank in the route."""


class Routes(NamedTuple):
    """The routes of all units, and the times they allow."""

    lines: NDArray[np.int64]  # unit, rank, column
    size: NDArray[np.int64]  # unit
    held: NDArray[np.int64]  # item, column
    busy: NDArray[np.int64]  # unit: seconds of travel and dwell


def empty_routes(units: int, items: int) -> Routes:
    """Return routes without visits."""
    held = np.tile(np.array([NONE, 0, FAR, 0], np.int64), (items, 1))
    size, busy = np.zeros(units, np.int64), np.zeros(units, np.int64)
    return Routes(np.zeros((units, items + 1, 5), np.int64), size, held, busy)


@njit(cache=True, nogil=True)
def earliest(tables: Tables, routes: Routes, item: int, when: int) -> int:
    """Return when a stay can begin on arrival at a time, or -1."""
    when = max(when, routes.held[item, LOW])
    for rank in range(tables.opens.shape[1]):
        if when <= tables.closes[item, rank]:
            start = max(when, tables.opens[item, rank])
            return start if start <= routes.held[item, HIGH] else NONE
    return NONE


@njit(cache=True, nogil=True)
def latest(tables: Tables, routes: Routes, item: int, when: int) -> int:
    """Return the last time at which a stay can begin up to a time, or -1."""
    when = min(when, routes.held[item, HIGH])
    for rank in range(tables.opens.shape[1] - 1, -1, -1):
        if tables.opens[item, rank] <= when:
            start = min(when, tables.closes[item, rank])
            return start if start >= routes.held[item, LOW] else NONE
    return NONE


@njit(cache=True, nogil=True)
def retime(tables: Tables, routes: Routes, unit: int) -> bool:
    """Work out the times of a route; tell whether it can be kept."""
    ride = tables.seconds[tables.units[unit, MODE]]
    line, stays = routes.lines[unit], tables.stays
    size = routes.size[unit]
    for rank in range(size):
        routes.held[line[rank, ITEM], RANK] = rank
    here, now, busy = tables.units[unit, START], 0, 0
    for rank in range(size):
        item = line[rank, ITEM]
        there = stays[item, PLACE] if stays[item, PLACE] >= 0 else here
        begin = now + ride[here, there]
        if stays[item, SPECIAL]:
            begin = earliest(tables, routes, item, begin)
            if begin < 0:
                return False
        elif begin > stays[item, CLOSE]:
            return False
        else:
            begin = max(begin, stays[item, OPEN])
        now = begin + stays[item, DWELL]
        busy += ride[here, there] + stays[item, DWELL]
        line[rank, BEGIN], line[rank, DONE], line[rank, HERE] = begin, now, there
        here = there
    there = tables.units[unit, HOME]
    routes.busy[unit] = busy + ride[here, there]
    if now + ride[here, there] > tables.finish:
        return False
    limit = tables.finish
    for rank in range(size - 1, -1, -1):
        item = line[rank, ITEM]
        here = line[rank, HERE]
        limit -= ride[here, there] + stays[item, DWELL]
        if stays[item, SPECIAL]:
            limit = latest(tables, routes, item, limit)
        elif limit > stays[item, CLOSE]:
            limit = stays[item, CLOSE]
        line[rank, LAST] = limit
        there = here
    return True


@njit(cache=True, nogil=True)
def apart(tables: Tables, routes: Routes, item: int, when: int, unit: int, rank: int) -> int:
    """Return the first time from then on that keeps clear of other visits of the stop, or -1.

    A visit put in at a rank cannot come after those that follow it.
    """
    stop = tables.stays[item, STOP]
    gap = tables.stays[item, DWELL] + tables.spacing[stop]
    moved = True
    while moved and when >= 0:
        moved = False
        for other in range(tables.first[stop], tables.first[stop + 1]):
            if other == item or routes.held[other, UNIT] < 0:
                continue
            begin = begin_of(routes, other)
            follows = routes.held[other, UNIT] == unit and routes.held[other, RANK] >= rank
            if follows and when > begin - gap:
                return NONE
            if begin - gap < when < begin + gap:
                when = earliest(tables, routes, item, begin + gap)
                moved = True
                break
    return when


@njit(cache=True, nogil=True)
def begin_of(routes: Routes, item: int) -> int:
    """Return when the stay of a visited item begins."""
    return routes.lines[routes.held[item, UNIT], routes.held[item, RANK], BEGIN]


@njit(cache=True, nogil=True)
def _before(tables: Tables, routes: Routes, unit: int, rank: int) -> tuple[int, int]:
    """Return where a unit is before a rank, and since when it is free."""
    if rank == 0:
        return tables.units[unit, START], 0
    return routes.lines[unit, rank - 1, HERE], routes.lines[unit, rank - 1, DONE]


@njit(cache=True, nogil=True)
def price(tables: Tables, routes: Routes, item: int, unit: int, rank: int) -> tuple[int, int]:
    """Return the travel and the delay that any visit at a rank would add, or a negative delay."""
    ride = tables.seconds[tables.units[unit, MODE]]
    line, stays, size = routes.lines[unit], tables.stays, routes.size[unit]
    here, free = _before(tables, routes, unit, rank)
    there = stays[item, PLACE] if stays[item, PLACE] >= 0 else here
    begin = earliest(tables, routes, item, free + ride[here, there])
    if begin < 0:
        return 0, NEVER_FITS
    begin = apart(tables, routes, item, begin, unit, rank)
    if begin < 0:
        return 0, NONE
    done = begin + stays[item, DWELL]
    after = rank
    if after < size and stays[line[after, ITEM], PLACE] < 0 and there != here:
        done = earliest(tables, routes, line[after, ITEM], done)
        if done < 0:
            return 0, NONE
        done += stays[line[after, ITEM], DWELL]
        after += 1
    onward = tables.units[unit, HOME] if after == size else line[after, HERE]
    limit = tables.finish if after == size else line[after, LAST]
    reach = done + ride[there, onward]
    if reach > limit:
        return 0, NONE
    before = free + ride[here, onward] if after == size else line[after, BEGIN]
    travel = ride[here, there] + ride[there, onward] - ride[here, onward]
    return travel, max(reach - before, 0)


@njit(cache=True, nogil=True)
def insert(tables: Tables, routes: Routes, item: int, unit: int, rank: int) -> None:
    """Put a visit in at a rank where :func:`price` allows it."""
    stop = tables.stays[item, STOP]
    first, last = tables.first[stop], tables.first[stop + 1]
    if last - first > 1:
        _fence(tables, routes, item, unit, rank)
    line = routes.lines[unit]
    for k in range(routes.size[unit], rank, -1):
        line[k, ITEM] = line[k - 1, ITEM]
    line[rank, ITEM] = item
    routes.size[unit] += 1
    routes.held[item, UNIT] = unit
    retime(tables, routes, unit)
    if last - first > 1:
        for other in range(first, last):
            owner = routes.held[other, UNIT]
            if owner >= 0 and owner != unit:
                retime(tables, routes, owner)


@njit(cache=True, nogil=True)
def _fence(tables: Tables, routes: Routes, item: int, unit: int, rank: int) -> None:
    """Share the time between a visit and the others of its stop, so that none comes too near."""
    ride, held = tables.seconds[tables.units[unit, MODE]], routes.held
    here, free = _before(tables, routes, unit, rank)
    begin = earliest(tables, routes, item, free + ride[here, tables.stays[item, PLACE]])
    begin = apart(tables, routes, item, begin, unit, rank)
    stop = tables.stays[item, STOP]
    gap = tables.stays[item, DWELL] + tables.spacing[stop]
    for other in range(tables.first[stop], tables.first[stop + 1]):
        if other == item or held[other, UNIT] < 0:
            continue
        theirs = begin_of(routes, other)
        share = (abs(theirs - begin) - gap) // 2
        if theirs < begin:
            held[other, HIGH] = min(held[other, HIGH], theirs + share)
            held[item, LOW] = max(held[item, LOW], theirs + share + gap)
        else:
            held[item, HIGH] = min(held[item, HIGH], begin + share)
            held[other, LOW] = max(held[other, LOW], begin + share + gap)


@njit(cache=True, nogil=True)
def cut(tables: Tables, routes: Routes, unit: int, low: int, high: int) -> None:
    """Take the visits of some ranks out of a route.

    A break that follows moves to another place, and the way from there may not be in time; then
    the break is taken out too.
    """
    _take_out(routes, unit, low, high)
    if retime(tables, routes, unit):
        return
    for rank in range(routes.size[unit]):
        if tables.stays[routes.lines[unit, rank, ITEM], PLACE] < 0:
            _take_out(routes, unit, rank, rank + 1)
            break
    if not retime(tables, routes, unit):  # rounding broke the triangle inequality
        _take_out(routes, unit, 0, routes.size[unit])


@njit(cache=True, nogil=True)
def _take_out(routes: Routes, unit: int, low: int, high: int) -> None:
    line = routes.lines[unit]
    for rank in range(low, high):
        item = line[rank, ITEM]
        routes.held[item, UNIT] = NONE
        routes.held[item, LOW] = 0
        routes.held[item, HIGH] = FAR
    gap = high - low
    for rank in range(high, routes.size[unit]):
        line[rank - gap, ITEM] = line[rank, ITEM]
    routes.size[unit] -= gap


@njit(cache=True, nogil=True)
def copy_routes(source: Routes, target: Routes) -> None:
    """Make one set of routes equal to another."""
    for unit in range(source.size.size):
        target.size[unit] = source.size[unit]
        target.busy[unit] = source.busy[unit]
        for rank in range(source.size[unit]):
            for column in range(5):
                target.lines[unit, rank, column] = source.lines[unit, rank, column]
    for item in range(source.held.shape[0]):
        for column in range(4):
            target.held[item, column] = source.held[item, column]


@njit(cache=True, nogil=True)
def worth(tables: Tables, routes: Routes) -> tuple[float, float]:
    """Return the gain of visits and minimums, and the burden: travel, more if work is uneven."""
    gain, burden = 0.0, 0.0
    filled = np.zeros(tables.needed.size, np.int64)
    seen = np.zeros(tables.category.shape, np.bool_)
    for unit in range(routes.size.size):
        dwell = 0
        for rank in range(routes.size[unit]):
            item = routes.lines[unit, rank, ITEM]
            stop = tables.stays[item, STOP]
            gain += tables.gain[item]
            dwell += tables.stays[item, DWELL]
            for column in (0, 1 + tables.units[unit, MODE]):
                group = tables.category[stop, column]
                if group >= 0 and not seen[stop, column]:
                    filled[group] += 1
                seen[stop, column] = True
        busy = routes.busy[unit]
        burden += 0.5 * (busy - dwell) + 0.25 * busy * busy / tables.finish
    for group in range(filled.size):
        gain += tables.bonus * min(filled[group], tables.needed[group])
    return gain, burden
