"""Ruin and recreate under annealing, for team orienteering with windows.

After Schrimpf et al. (2000); strings and blinks as in Christiaens and Vanden Berghe (2020).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray  # noqa: TC002  # numba reads the types

from gridmap.patrol._fill import fill_by_ratio, fill_in_order
from gridmap.patrol._missing import Dice, below, draw
from gridmap.patrol._routes import (
    HERE,
    ITEM,
    RANK,
    UNIT,
    Routes,
    copy_routes,
    cut,
    retime,
    worth,
)
from gridmap.patrol._tables import HOME, MODE, START, STOP, Tables

TURNS = 20
"""Most passes over a route that is being shortened."""
SHORT = 2
"""Visits in a route that cannot be put in a better order."""
LOOSE = 0.1
"""Share of rounds in which the visits of a repeated stop are freed."""


@njit(cache=True, nogil=True)
def _ruin(tables: Tables, routes: Routes, dice: Dice) -> None:
    """Take strings of visits out of a few routes, near a visit drawn at random."""
    units = routes.size.size
    total = routes.size.sum()
    if total == 0:
        return
    seed = below(dice, tables.gain.size)
    most = 1 + below(dice, max(1, min(units, 3)))
    longest = 1 + int(draw(dice) * min(12.0, 2.0 + total / units * 0.6))
    done = np.zeros(units, np.bool_)
    for rank in range(tables.near.shape[1]):
        item = tables.near[seed, rank]
        unit = routes.held[item, UNIT]
        if unit < 0 or done[unit]:
            continue
        size = routes.size[unit]
        length = 1 + below(dice, min(longest, size))
        low = max(0, routes.held[item, RANK] - below(dice, length))
        low = min(low, size - length)
        cut(tables, routes, unit, low, low + length)
        done[unit] = True
        most -= 1
        if most == 0:
            break


@njit(cache=True, nogil=True)
def _free_repeats(tables: Tables, routes: Routes, dice: Dice) -> None:
    """Take out all visits of one repeated stop, so that they may find other times."""
    stop = tables.stays[below(dice, tables.gain.size), STOP]
    if tables.first[stop + 1] - tables.first[stop] == 1:
        return
    for item in range(tables.first[stop], tables.first[stop + 1]):
        unit = routes.held[item, UNIT]
        if unit >= 0:
            rank = routes.held[item, RANK]
            cut(tables, routes, unit, rank, rank + 1)


@njit(cache=True, nogil=True)
def _move_one(
    ride: NDArray[np.int64], items: NDArray[np.int64], stop: NDArray[np.int64], i: int
) -> bool:
    """Move one visit to where it costs least; tell whether that saved travel."""
    item, here = items[i], stop[i]
    saved = ride[stop[i - 1], here] + ride[here, stop[i + 1]] - ride[stop[i - 1], stop[i + 1]]
    best, spot = 0, 0
    for j in range(1, stop.size):
        if 0 <= j - i <= 1:
            continue
        extra = ride[stop[j - 1], here] + ride[here, stop[j]] - ride[stop[j - 1], stop[j]]
        if saved - extra > best:
            best, spot = saved - extra, j
    if spot == 0:
        return False
    step = 1 if spot > i else -1
    last = spot - 1 if spot > i else spot
    for k in range(i, last, step):
        items[k], stop[k] = items[k + step], stop[k + step]
    items[last], stop[last] = item, here
    return True


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
    for _ in range(TURNS):
        better = False
        for i in range(1, size):
            for j in range(i + 1, size + 1):
                old = ride[stop[i - 1], stop[i]] + ride[stop[j], stop[j + 1]]
                if ride[stop[i - 1], stop[j]] + ride[stop[i], stop[j + 1]] < old:
                    items[i : j + 1] = items[i : j + 1][::-1].copy()
                    stop[i : j + 1] = stop[i : j + 1][::-1].copy()
                    better = True
        for i in range(1, size + 1):
            better |= _move_one(ride, items, stop, i)
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
            fill_in_order(tables, routes, dice)
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
