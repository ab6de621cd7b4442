"""Putting missing visits into routes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray  # noqa: TC002  # fields of a NamedTuple

from gridmap.patrol._missing import (
    Dice,
    below,
    candidates,
    cheapest,
    draw,
    next_copy,
    wanted,
)
from gridmap.patrol._routes import (
    CHEAPEST,
    HIGH,
    LOW,
    NONE,
    UNIT,
    Routes,
    begin_of,
    insert,
    retime,
)
from gridmap.patrol._tables import (
    DWELL,
    FAR,
    MODE,
    SPECIAL,
    STOP,
    Tables,
)

BY_GAIN, BY_CHANCE, BY_TIME, ORDERS = 0, 1, 2, 4
"""Orders of insertion; the last is by gain for dwell."""
BLINK = 0.02
"""Share of ranks an ordered insertion overlooks, so that it does not always end the same."""
UNKNOWN = -1.0
"""Cost not worked out yet."""
BLEND = 0.7
"""Share of the delay in the cost of an insertion by ratio; the rest is travel and dwell."""


class Offers(NamedTuple):
    """Visits that might be put in, one row each, and what each would cost in each route."""

    items: NDArray[np.int64]
    keen: NDArray[np.float64]  # row, mode: gain, raised to a power of chance
    costs: NDArray[np.float64]  # row, unit
    ranks: NDArray[np.int64]  # row, unit
    stale: NDArray[np.bool_]  # unit: its route has changed


@njit(cache=True, nogil=True)
def _move(offers: Offers, source: int, target: int) -> None:
    """Let a row take the place of another."""
    offers.items[target] = offers.items[source]
    for mode in range(offers.keen.shape[1]):
        offers.keen[target, mode] = offers.keen[source, mode]
    for unit in range(offers.stale.size):
        offers.costs[target, unit] = offers.costs[source, unit]
        offers.ranks[target, unit] = offers.ranks[source, unit]


@njit(cache=True, nogil=True)
def _reprice(tables: Tables, routes: Routes, offers: Offers, alive: int, dice: Dice) -> int:
    """Work out what has changed; give up what fits nowhere: more visits only make it tighter."""
    k = 0
    while k < alive:
        fits = False
        for unit in range(offers.stale.size):
            known = offers.costs[k, unit]
            if known == UNKNOWN or (offers.stale[unit] and known < CHEAPEST):
                offers.costs[k, unit], offers.ranks[k, unit] = cheapest(
                    tables, routes, offers.items[k], unit, BLEND, 0.0, dice
                )
            fits |= offers.costs[k, unit] < CHEAPEST
        if fits:
            k += 1
        else:
            alive -= 1
            _move(offers, alive, k)
    offers.stale[:] = False
    return alive


@njit(cache=True, nogil=True)
def _pick(tables: Tables, offers: Offers, alive: int, noise: float, dice: Dice) -> tuple[int, int]:
    """Return the row and the unit with the most gain for its cost."""
    top, row, chosen = -1.0, NONE, NONE
    for k in range(alive):
        for unit in range(offers.stale.size):
            if offers.costs[k, unit] < CHEAPEST:
                ratio = offers.keen[k, tables.units[unit, MODE]] / offers.costs[k, unit]
                ratio *= 1.0 + noise * (draw(dice) - 0.5)
                if ratio > top:
                    top, row, chosen = ratio, k, unit
    return row, chosen


@njit(cache=True, nogil=True)
def fill_by_ratio(tables: Tables, routes: Routes, dice: Dice, noise: float) -> None:
    """Again and again put in the visit with the most gain for its cost."""
    units = routes.size.size
    items = candidates(tables, routes)
    power = 1.0 + draw(dice) * 1.5 if noise > 0 else 1.0
    offers = Offers(
        items,
        wanted(tables, routes)[items] ** power,
        np.full((items.size, units), UNKNOWN),
        np.empty((items.size, units), np.int64),
        np.zeros(units, np.bool_),
    )
    alive = items.size
    while alive > 0:
        alive = _reprice(tables, routes, offers, alive, dice)
        row, unit = _pick(tables, offers, alive, noise, dice)
        if row < 0:
            return
        item, rank = items[row], offers.ranks[row, unit]
        if tables.stays[item, SPECIAL]:  # other visits of the stop may have moved since
            cost, now = cheapest(tables, routes, item, unit, BLEND, 0.0, dice)
            if now != rank or cost != offers.costs[row, unit]:
                offers.costs[row, unit], offers.ranks[row, unit] = cost, now
                continue
        insert(tables, routes, item, unit, rank)
        alive = _after(tables, routes, offers, alive, row)
        stop = tables.stays[item, STOP]
        if tables.needed.size > 0 and tables.category[stop].max() >= 0:
            offers.keen[:] = wanted(tables, routes)[items] ** power


@njit(cache=True, nogil=True)
def _after(tables: Tables, routes: Routes, offers: Offers, alive: int, row: int) -> int:
    """Mark the routes that an insertion has changed, and offer the stop's next visit."""
    stop = tables.stays[offers.items[row], STOP]
    for other in range(tables.first[stop], tables.first[stop + 1]):
        if routes.held[other, UNIT] >= 0:
            offers.stale[routes.held[other, UNIT]] = True
    further = next_copy(tables, routes, stop)
    if further >= 0:
        offers.items[row] = further
        offers.costs[row] = UNKNOWN
        return alive
    _move(offers, alive - 1, row)
    return alive - 1


@njit(cache=True, nogil=True)
def fill_in_order(tables: Tables, routes: Routes, dice: Dice) -> None:
    """Put the missing visits in one by one at their cheapest places, in an order of chance."""
    missing = candidates(tables, routes)
    gains = wanted(tables, routes)
    order = np.empty(missing.size, np.float64)
    kind = below(dice, ORDERS)
    for k in range(missing.size):
        item = missing[k]
        gain = gains[item].max()
        if kind == BY_GAIN:
            order[k] = -gain * (0.5 + draw(dice))
        elif kind == BY_CHANCE:
            order[k] = draw(dice)
        elif kind == BY_TIME:
            order[k] = tables.order[item] + draw(dice) * tables.finish * 0.1
        else:
            order[k] = -gain / (tables.stays[item, DWELL] + 1.0) * (0.3 + draw(dice))
    for k in np.argsort(order):
        item = missing[k]
        while item >= 0:
            least, chosen, chosen_rank = CHEAPEST, NONE, NONE
            for unit in range(routes.size.size):
                cost, rank = cheapest(tables, routes, item, unit, 0.0, BLINK, dice)
                gain = gains[item, tables.units[unit, MODE]]
                if gain < gains[item].max():  # a unit of another mode would fill a minimum
                    cost *= gains[item].max() / (gain + tables.scale)
                if cost < least:
                    least, chosen, chosen_rank = cost, unit, rank
            if chosen < 0:
                break
            insert(tables, routes, item, chosen, chosen_rank)
            item = next_copy(tables, routes, tables.stays[item, STOP])


@njit(cache=True, nogil=True)
def fence_anew(tables: Tables, routes: Routes, share: float) -> None:
    """Give a share of the time between two visits of a stop to the earlier one."""
    held = routes.held
    for stop in range(tables.spacing.size):
        first, last = tables.first[stop], tables.first[stop + 1]
        if last - first == 1:
            continue
        gap = tables.stays[first, DWELL] + tables.spacing[stop]
        before = NONE
        for _ in range(first, last):
            after = NONE
            for item in range(first, last):
                fresh = held[item, UNIT] >= 0 and item != before
                if fresh and before >= 0:
                    fresh = begin_of(routes, item) > begin_of(routes, before)
                if fresh and (after < 0 or begin_of(routes, item) < begin_of(routes, after)):
                    after = item
            if after < 0:
                break
            held[after, LOW], held[after, HIGH] = 0, FAR
            if before >= 0:
                slack = begin_of(routes, after) - begin_of(routes, before) - gap
                held[before, HIGH] = begin_of(routes, before) + int(slack * share)
                held[after, LOW] = held[before, HIGH] + gap
            before = after
    for unit in range(routes.size.size):
        retime(tables, routes, unit)
