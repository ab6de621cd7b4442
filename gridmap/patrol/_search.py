"""Ruin and recreate under annealing, for team orienteering with windows.

After Schrimpf et al. (2000); strings and blinks as in Christiaens and Vanden Berghe (2020).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridmap.patrol._routes import (
    BEGIN,
    CHEAPEST,
    DONE,
    HERE,
    ITEM,
    LAST,
    NEVER_FITS,
    NONE,
    RANK,
    UNIT,
    Routes,
    copy_routes,
    cut,
    insert,
    price,
    retime,
    worth,
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
BY_GAIN, BY_CHANCE, BY_TIME, ORDERS = 0, 1, 2, 4
"""Orders of insertion; the last is by gain for dwell."""
SHORT = 2
"""Visits in a route that cannot be put in a better order."""
LOOSE = 0.1
"""Share of rounds in which the visits of a repeated stop are freed."""
BLINK = 0.02
"""Share of ranks an ordered insertion overlooks, so that it does not always end the same."""
BLEND = 0.7
"""Share of the delay in the cost of an insertion by ratio; the rest is travel and dwell."""


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
def _below(dice: Dice, count: int) -> int:
    return int(draw(dice) * count)


@njit(cache=True, nogil=True)
def _ruin(tables: Tables, routes: Routes, dice: Dice) -> None:
    """Take strings of visits out of a few routes, near a visit drawn at random."""
    units = routes.size.size
    total = routes.size.sum()
    if total == 0:
        return
    seed = _below(dice, tables.gain.size)
    most = 1 + _below(dice, max(1, min(units, 3)))
    longest = 1 + int(draw(dice) * min(12.0, 2.0 + total / units * 0.6))
    done = np.zeros(units, np.bool_)
    for rank in range(tables.near.shape[1]):
        item = tables.near[seed, rank]
        unit = routes.held[item, UNIT]
        if unit < 0 or done[unit]:
            continue
        size = routes.size[unit]
        length = 1 + _below(dice, min(longest, size))
        low = max(0, routes.held[item, RANK] - _below(dice, length))
        low = min(low, size - length)
        cut(tables, routes, unit, low, low + length)
        done[unit] = True
        most -= 1
        if most == 0:
            break


@njit(cache=True, nogil=True)
def _free_repeats(tables: Tables, routes: Routes, dice: Dice) -> None:
    """Take out all visits of one repeated stop, so that they may find other times."""
    stop = tables.stays[_below(dice, tables.gain.size), STOP]
    if tables.first[stop + 1] - tables.first[stop] == 1:
        return
    for item in range(tables.first[stop], tables.first[stop + 1]):
        unit = routes.held[item, UNIT]
        if unit >= 0:
            rank = routes.held[item, RANK]
            cut(tables, routes, unit, rank, rank + 1)


@njit(cache=True, nogil=True)
def _wanted(tables: Tables, routes: Routes) -> NDArray[np.float64]:
    """Return the gain of each item now: with the bonus where it would fill a minimum."""
    gain = tables.gain.copy()
    if tables.needed.size == 0:
        return gain
    lacking = tables.needed.copy()
    visited = np.zeros(tables.category.size, np.bool_)
    for item in range(gain.size):
        stop = tables.stays[item, STOP]
        if routes.held[item, UNIT] >= 0 and not visited[stop]:
            visited[stop] = True
            if tables.category[stop] >= 0:
                lacking[tables.category[stop]] -= 1
    for item in range(gain.size):
        stop = tables.stays[item, STOP]
        group = tables.category[stop]
        if group >= 0 and not visited[stop] and lacking[group] > 0:
            gain[item] += tables.bonus
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
def _cheapest(
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
def fill_by_ratio(tables: Tables, routes: Routes, dice: Dice, noise: float) -> None:
    """Again and again put in the visit with the most gain for its cost.

    A visit that fits nowhere is given up: more visits only make it tighter.
    """
    units = routes.size.size
    missing = np.flatnonzero(routes.held[:, UNIT] < 0)
    costs = np.zeros((missing.size, units), np.float64)
    ranks = np.empty((missing.size, units), np.int64)
    stale = np.ones(units, np.bool_)
    power = 1.0 + draw(dice) * 1.5 if noise > 0 else 1.0
    keen = _wanted(tables, routes)[missing] ** power
    alive = missing.size
    while alive > 0:
        top, chosen, chosen_unit = -1.0, NONE, NONE
        k = 0
        while k < alive:
            fits = False
            for unit in range(units):
                if stale[unit] and costs[k, unit] < CHEAPEST:
                    costs[k, unit], ranks[k, unit] = _cheapest(
                        tables, routes, missing[k], unit, BLEND, 0.0, dice
                    )
                if costs[k, unit] < CHEAPEST:
                    fits = True
                    ratio = keen[k] / costs[k, unit] * (1.0 + noise * (draw(dice) - 0.5))
                    if ratio > top:
                        top, chosen, chosen_unit = ratio, k, unit
            if fits:
                k += 1
            else:
                alive -= 1
                _move(missing, keen, costs, ranks, alive, k)
        if chosen < 0:
            return
        item = missing[chosen]
        stop = tables.stays[item, STOP]
        insert(tables, routes, item, chosen_unit, ranks[chosen, chosen_unit])
        stale[:] = tables.first[stop + 1] - tables.first[stop] > 1
        stale[chosen_unit] = True
        alive -= 1
        _move(missing, keen, costs, ranks, alive, chosen)
        if tables.needed.size > 0 and tables.category[stop] >= 0:
            keen = _wanted(tables, routes)[missing] ** power


@njit(cache=True, nogil=True)
def _move(
    missing: NDArray[np.int64],
    keen: NDArray[np.float64],
    costs: NDArray[np.float64],
    ranks: NDArray[np.int64],
    source: int,
    target: int,
) -> None:
    """Let a row of the candidates take the place of another."""
    missing[target] = missing[source]
    keen[target] = keen[source]
    for unit in range(costs.shape[1]):
        costs[target, unit] = costs[source, unit]
        ranks[target, unit] = ranks[source, unit]


@njit(cache=True, nogil=True)
def _fill_in_order(tables: Tables, routes: Routes, dice: Dice) -> None:
    """Put the missing visits in one by one at their cheapest places, in an order of chance."""
    missing = np.flatnonzero(routes.held[:, UNIT] < 0)
    gain = _wanted(tables, routes)
    order = np.empty(missing.size, np.float64)
    kind = _below(dice, ORDERS)
    for k in range(missing.size):
        item = missing[k]
        if kind == BY_GAIN:
            order[k] = -gain[item] * (0.5 + draw(dice))
        elif kind == BY_CHANCE:
            order[k] = draw(dice)
        elif kind == BY_TIME:
            order[k] = tables.order[item] + draw(dice) * tables.finish * 0.1
        else:
            order[k] = -gain[item] / (tables.stays[item, DWELL] + 1.0) * (0.3 + draw(dice))
    for k in np.argsort(order):
        least, chosen, chosen_rank = CHEAPEST, NONE, NONE
        for unit in range(routes.size.size):
            cost, rank = _cheapest(tables, routes, missing[k], unit, 0.0, BLINK, dice)
            if cost < least:
                least, chosen, chosen_rank = cost, unit, rank
        if chosen >= 0:
            insert(tables, routes, missing[k], chosen, chosen_rank)


@njit(cache=True, nogil=True)
def _shorten(tables: Tables, routes: Routes, unit: int) -> None:
    """Turn pieces of a route round and move single visits while that saves travel."""
    ride = tables.seconds[tables.units[unit, MODE]]
    start, end = tables.units[unit, START], tables.units[unit, HOME]
    size, line = routes.size[unit], routes.lines[unit]
    items = np.empty(size + 2, np.int64)
    stop = np.empty(size + 2, np.int64)
    stop[0], stop[size + 1] = start, end
    for k in range(size):
        items[k + 1] = line[k, ITEM]
        stop[k + 1] = line[k, HERE]
    for _ in range(20):
        better = False
        for i in range(1, size):
            for j in range(i + 1, size + 1):
                old = ride[stop[i - 1], stop[i]] + ride[stop[j], stop[j + 1]]
                if ride[stop[i - 1], stop[j]] + ride[stop[i], stop[j + 1]] < old:
                    items[i : j + 1] = items[i : j + 1][::-1].copy()
                    stop[i : j + 1] = stop[i : j + 1][::-1].copy()
                    better = True
        if not better:
            break
    for k in range(size):
        line[k, ITEM] = items[k + 1]
    retime(tables, routes, unit)


@njit(cache=True, nogil=True)
def anneal(
    tables: Tables,
    routes: Routes,
    spare: Routes,
    best: Routes,
    dice: Dice,
    rounds: int,
    heat: NDArray[np.float64],
) -> None:
    """Search for better routes.

    Parameters
    ----------
    tables : Tables
        The patrol.
    routes, spare, best : Routes
        Where the search stands, room for a copy, and the best found; all are changed.
    dice : ndarray of uint64, shape (1,)
        State of the generator.
    rounds : int
        Ruins and recreations to do.
    heat : ndarray of float64, shape (5,)
        Temperature at the first and at the last round, toll per second of travel, share of rounds
        in which routes are shortened, share of those filled by ratio.
    """
    gain, burden = worth(tables, routes)
    best_gain, best_burden = worth(tables, best)
    cooling = (heat[1] / heat[0]) ** (1.0 / rounds)
    warmth = heat[0]
    for _ in range(rounds):
        copy_routes(routes, spare)
        _ruin(tables, routes, dice)
        if draw(dice) < heat[3]:
            for unit in range(routes.size.size):
                if routes.size[unit] > SHORT:
                    _shorten(tables, routes, unit)
        elif draw(dice) < LOOSE:
            _free_repeats(tables, routes, dice)
        if draw(dice) < heat[4]:
            fill_by_ratio(tables, routes, dice, 0.3)
        else:
            _fill_in_order(tables, routes, dice)
        new_gain, new_burden = worth(tables, routes)
        change = new_gain - gain - heat[2] * (new_burden - burden)
        if change >= warmth * math.log(draw(dice) + 1e-300):
            gain, burden = new_gain, new_burden
            if gain > best_gain or (gain == best_gain and burden < best_burden):
                best_gain, best_burden = gain, burden
                copy_routes(routes, best)
        else:
            copy_routes(spare, routes)
        warmth *= cooling
