"""Routes as arrays: their times, and what putting one more visit in would cost."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

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
)

NONE = -1
NEVER_FITS = -2
"""Answer of :func:`price` when the last window is over: later ranks are of no use."""
CHEAPEST = 1e18
ITEM, BEGIN, DONE, LAST, HERE = range(5)
"""Columns of :attr:`Routes.lines`: the item, when its stay begins and ends, the last arrival that
spoils nothing after it, and where it is; a break is where the visit before it was."""
UNIT, LOW, HIGH = range(3)
"""Columns of :attr:`Routes.held`: unit of an item (-1: not visited), and the times between which
it begins, so that visits of one stop keep apart."""


class Routes(NamedTuple):
    """The routes of all units, and the times they allow."""

    lines: NDArray[np.int64]  # unit, rank, column
    size: NDArray[np.int64]  # unit
    held: NDArray[np.int64]  # item, column


def empty_routes(units: int, items: int) -> Routes:
    """Return routes without visits."""
    held = np.tile(np.array([NONE, 0, FAR], np.int64), (items, 1))
    return Routes(np.zeros((units, items + 1, 5), np.int64), np.zeros(units, np.int64), held)


@njit(cache=True, nogil=True)
def earliest(tables, routes, item, when):
    """Return when a stay can begin on arrival at a time, or -1."""
    when = max(when, routes.held[item, LOW])
    for rank in range(tables.opens.shape[1]):
        if when <= tables.closes[item, rank]:
            start = max(when, tables.opens[item, rank])
            return start if start <= routes.held[item, HIGH] else NONE
    return NONE


@njit(cache=True, nogil=True)
def latest(tables, routes, item, when):
    """Return the last time at which a stay can begin up to a time, or -1."""
    when = min(when, routes.held[item, HIGH])
    for rank in range(tables.opens.shape[1] - 1, -1, -1):
        if tables.opens[item, rank] <= when:
            start = min(when, tables.closes[item, rank])
            return start if start >= routes.held[item, LOW] else NONE
    return NONE


@njit(cache=True, nogil=True)
def retime(tables, routes, unit):
    """Work out the times of a route; tell whether it can be kept."""
    ride = tables.seconds[tables.units[unit, MODE]]
    line, stays = routes.lines[unit], tables.stays
    size = routes.size[unit]
    here, now = tables.units[unit, START], 0
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
        line[rank, BEGIN], line[rank, DONE], line[rank, HERE] = begin, now, there
        here = there
    there = tables.units[unit, HOME]
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
def apart(tables, routes, item, when):
    """Return the first time from then on that keeps clear of other visits of the stop, or -1."""
    stop = tables.stays[item, STOP]
    gap = tables.stays[item, DWELL] + tables.spacing[stop]
    moved = True
    while moved and when >= 0:
        moved = False
        for other in range(tables.first[stop], tables.first[stop + 1]):
            if other == item or routes.held[other, UNIT] < 0:
                continue
            begin = begin_of(routes, other)
            if begin - gap < when < begin + gap:
                when = earliest(tables, routes, item, begin + gap)
                moved = True
                break
    return when


@njit(cache=True, nogil=True)
def rank_of(routes, item):
    """Return the rank of a visited item in its route."""
    line = routes.lines[routes.held[item, UNIT]]
    rank = 0
    while line[rank, ITEM] != item:
        rank += 1
    return rank


@njit(cache=True, nogil=True)
def begin_of(routes, item):
    """Return when the stay of a visited item begins."""
    return routes.lines[routes.held[item, UNIT], rank_of(routes, item), BEGIN]


@njit(cache=True, nogil=True)
def _before(tables, routes, unit, rank):
    """Return where a unit is before a rank, and since when it is free."""
    if rank == 0:
        return tables.units[unit, START], 0
    return routes.lines[unit, rank - 1, HERE], routes.lines[unit, rank - 1, DONE]


@njit(cache=True, nogil=True)
def price(tables, routes, item, unit, rank):
    """Return the travel and the delay that any visit at a rank would add, or a negative delay."""
    ride = tables.seconds[tables.units[unit, MODE]]
    line, stays, size = routes.lines[unit], tables.stays, routes.size[unit]
    here, free = _before(tables, routes, unit, rank)
    there = stays[item, PLACE] if stays[item, PLACE] >= 0 else here
    begin = earliest(tables, routes, item, free + ride[here, there])
    if begin < 0:
        return 0, NEVER_FITS
    begin = apart(tables, routes, item, begin)
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
def insert(tables, routes, item, unit, rank):
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
def _fence(tables, routes, item, unit, rank):
    """Share the time between a visit and the others of its stop, so that none comes too near."""
    ride, held = tables.seconds[tables.units[unit, MODE]], routes.held
    here, free = _before(tables, routes, unit, rank)
    begin = earliest(tables, routes, item, free + ride[here, tables.stays[item, PLACE]])
    begin = apart(tables, routes, item, begin)
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
def cut(tables, routes, unit, low, high):
    """Take the visits of some ranks out of a route."""
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
    retime(tables, routes, unit)


@njit(cache=True, nogil=True)
def copy_routes(source, target):
    """Make one set of routes equal to another."""
    for unit in range(source.size.size):
        target.size[unit] = source.size[unit]
        for rank in range(source.size[unit]):
            for column in range(5):
                target.lines[unit, rank, column] = source.lines[unit, rank, column]
    for item in range(source.held.shape[0]):
        for column in range(3):
            target.held[item, column] = source.held[item, column]


@njit(cache=True, nogil=True)
def worth(tables, routes):
    """Return the gain of all visits with that of the minimums, and the seconds of travel."""
    gain, travel = 0.0, 0
    filled = np.zeros(tables.needed.size, np.int64)
    seen = np.zeros(tables.spacing.size, np.bool_)
    for unit in range(routes.size.size):
        ride = tables.seconds[tables.units[unit, MODE]]
        here = tables.units[unit, START]
        for rank in range(routes.size[unit]):
            item = routes.lines[unit, rank, ITEM]
            stop = tables.stays[item, STOP]
            gain += tables.gain[item]
            travel += ride[here, routes.lines[unit, rank, HERE]]
            here = routes.lines[unit, rank, HERE]
            if not seen[stop] and tables.category[stop] >= 0:
                filled[tables.category[stop]] += 1
            seen[stop] = True
        travel += ride[here, tables.units[unit, HOME]]
    for group in range(filled.size):
        gain += tables.bonus * min(filled[group], tables.needed[group])
    return gain, travel
