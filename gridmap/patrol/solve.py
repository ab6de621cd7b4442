"""Routes for a patrol: which stops, by whom, when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gridmap.errors import Cancelled, ValueRefused
from gridmap.patrol._fill import fence_anew, fill_by_ratio
from gridmap.patrol._routes import copy_routes, empty_routes
from gridmap.patrol._search import anneal
from gridmap.patrol._tables import CLOSE, DWELL, OPEN, SPECIAL, STOP, tables
from gridmap.patrol.reasons import unserved
from gridmap.patrol.solution import Route, Solution, Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gridmap.patrol._routes import Routes
    from gridmap.patrol._tables import Tables
    from gridmap.patrol.model import Patrol

WORK_PER_SECOND = 15_000_000
"""Work done in a second on a common machine, in the unit of :func:`_work`."""
STEPS = 40
"""Pieces of each anneal, between which the search reports and may be stopped."""
PHASES = ((3.0, 0.3), (1.0, 0.05))
"""Start of each anneal in mean prizes, and its share of rounds with shortening; each begins with
the best routes of the one before."""


def solve(
    patrol: Patrol,
    seed: int = 0,
    seconds: float = 5.0,
    progress: Callable[[float, float], None] | None = None,
) -> Solution:
    """Find routes for a patrol.

    Required visits come first, then minimums, then prizes, then short ways. The work is measured
    in rounds, not by the clock: the same seed gives the same plan on every machine.

    Parameters
    ----------
    patrol : Patrol
        What is asked.
    seed : int
        Seed of the search.
    seconds : float
        About how long to search on a common machine.
    progress : callable, optional
        Called with what is done and the total; if it raises :class:`Cancelled`, the best routes
        so far are the answer.

    Returns
    -------
    Solution
        Routes that :func:`gridmap.verify` passes, with a reason for every visit left out.

    Raises
    ------
    ValueRefused
        If there is no unit, or a unit cannot get from its start to its end within the shift.
    """
    _require_units(patrol)
    table = tables(patrol)
    best = search(table, seed, seconds, progress)
    routes = tuple(_route(patrol, table, best, unit) for unit in range(len(patrol.units)))
    return Solution(routes, unserved(patrol, routes), seed, prize(patrol, routes))


def _require_units(patrol: Patrol) -> None:
    if not patrol.units:
        raise ValueRefused("patrol.no_units")
    for number, unit in enumerate(patrol.units):
        ends = patrol.start_place(number), patrol.end_place(number)
        if patrol.seconds[unit.mode][ends] > patrol.shift.seconds:
            raise ValueRefused("patrol.no_way_home", unit=unit.name)


def search(
    table: Tables,
    seed: int,
    seconds: float,
    progress: Callable[[float, float], None] | None = None,
) -> Routes:
    """Search for the best routes.

    Parameters
    ----------
    table : Tables
        The patrol as arrays.
    seed : int
        Seed of the search.
    seconds : float
        About how long.
    progress : callable, optional
        Called with what is done and the total.

    Returns
    -------
    Routes
        The best found.
    """
    units, items = len(table.units), table.gain.size
    routes, spare, best = (empty_routes(units, items) for _ in range(3))
    if not items:
        return best
    dice = np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)
    fill_by_ratio(table, routes, dice, 0.0)
    copy_routes(routes, best)
    rounds = max(1, int(seconds * WORK_PER_SECOND / _work(table) / len(PHASES) / STEPS))
    try:
        for phase, (start, turns) in enumerate(PHASES):
            copy_routes(best, routes)
            for step in range(STEPS):
                if progress:
                    progress(phase * STEPS + step, len(PHASES) * STEPS)
                heat = _heat(table, start, turns, step)
                anneal(table, routes, spare, best, dice, rounds, heat)
    except Cancelled:
        pass
    for share in (1.0, 0.0, 0.5):
        fence_anew(table, best, share)
        fill_by_ratio(table, best, dice, 0.0)
    return best


def _work(table: Tables) -> int:
    """Return about how much work a round is: more for items with windows, most if they recur."""
    stays = table.stays
    windowed = (stays[:, OPEN] > 0) | (stays[:, CLOSE] + stays[:, DWELL] < table.finish)
    weight = np.where(stays[:, SPECIAL] > 0, 8, 2 + windowed)
    return int(weight.sum()) * (len(table.units) + 3)


def _heat(table: Tables, start: float, turns: float, step: int) -> NDArray[np.float64]:
    """Cool from a few mean prizes to a hundredth of one, a step at a time."""
    scale = float(table.scale)
    whole = (0.01 / start) ** (1.0 / STEPS)
    first = start * scale * whole**step
    plain = table.plain
    return np.array([first, first * whole, table.toll, turns if plain else 0.0, 0.7])


def prize(patrol: Patrol, routes: tuple[Route, ...]) -> float:
    """Return the worth of the visits to stops that are not required.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    routes : tuple of Route
        Routes of its units.

    Returns
    -------
    float
        Sum of prizes.
    """
    worth_of = {stop.name: 0.0 if stop.required else stop.prize for stop in patrol.stops}
    return sum(worth_of[v.stop] for route in routes for v in route.visits if v.stop)


def _route(patrol: Patrol, table: Tables, routes: Routes, unit: int) -> Route:
    """Give a route its times: a unit waits where it is and comes just in time."""
    seconds = patrol.seconds[patrol.units[unit].mode]
    here, home = patrol.start_place(unit), patrol.end_place(unit)
    leave = 0
    visits: list[Visit] = []
    for item, begin, done, _, there in routes.lines[unit, : routes.size[unit]].tolist():
        away = begin - int(seconds[here, there])
        if visits:
            visits[-1] = replace(visits[-1], leave=away)
        else:
            leave = away
        number = int(table.stays[item, STOP])
        name = patrol.stops[number].name if number < len(patrol.stops) else ""
        visits.append(Visit(name, begin, done, done - begin))
        here = there
    back = (visits[-1].leave if visits else leave) + int(seconds[here, home])
    return Route(patrol.units[unit].name, leave, back, tuple(visits))
