"""Arrays the search works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray  # noqa: TC002  # fields of a NamedTuple

from gridmap.patrol.reasons import begins
from gridmap.streets.engines import NEVER

if TYPE_CHECKING:
    from gridmap.patrol.model import Break, Patrol

FAR = 2**40
"""A time beyond every shift."""
NEIGHBOURS = 60


PLACE, DWELL, OPEN, CLOSE, STOP, SPECIAL = range(6)
"""Columns of :attr:`Tables.stays`."""
MODE, START, HOME = range(3)
"""Columns of :attr:`Tables.units`."""


class Tables(NamedTuple):
    """A patrol as arrays: an item is one visit of a stop, or the break of a unit."""

    seconds: NDArray[np.int64]  # mode, place, place
    stays: NDArray[np.int64]
    """By item: place (-1: a break, taken where the unit is), seconds of dwell, first and last
    second at which it may begin in its first window, its stop (breaks follow the stops), whether
    it is special (a break, repeated, or with several windows)."""
    opens: NDArray[np.int64]  # item, window: first second at which a stay may begin
    closes: NDArray[np.int64]  # item, window: last second at which a stay may begin
    gain: NDArray[np.float64]  # item
    order: NDArray[np.float64]  # item: middle of its time, for one of the orders of insertion
    spacing: NDArray[np.int64]  # stop
    first: NDArray[np.int64]  # stop: its first item; the next stop's first ends it
    category: NDArray[np.int64]
    """By stop: which minimum its visit by any unit fills, then by a unit of each mode; -1: none."""
    needed: NDArray[np.int64]  # minimum
    bonus: float  # gain of a stop that fills a minimum
    allowed: NDArray[np.bool_]  # item, unit
    units: NDArray[np.int64]  # unit: mode, place of its start, place of its end
    finish: int  # last second of the shift
    near: NDArray[np.int64]  # item, rank: items close by, itself first
    scale: float  # mean prize, the measure of temperatures
    toll: float  # loss of gain per second of travel
    plain: bool  # no windows, breaks or repeats, and every way as long as its way back


def tables(patrol: Patrol) -> Tables:
    """Return a patrol as arrays.

    Required visits outweigh all minimums together, and these all prizes together.
    """
    stops, units = patrol.stops, patrol.units
    modes = sorted({unit.mode for unit in units})
    matrix = np.stack([patrol.seconds[mode] for mode in modes])
    visits = [number for number, stop in enumerate(stops) for _ in range(stop.visits)]
    resting = [number for number, unit in enumerate(units) if unit.rest]
    rests = [unit.rest for unit in units if unit.rest]
    which = np.array(visits + [len(stops) + k for k in range(len(resting))], dtype=np.int64)
    opens, closes = _windows(patrol, visits, rests)
    gain, bonus, scale = _gains(patrol, visits, len(resting))
    place = np.array([patrol.stop_place(k) for k in visits] + [-1] * len(resting), np.int64)
    dwell = [stops[k].dwell for k in visits] + [rest.seconds for rest in rests]
    repeated = np.array([stops[k].visits > 1 for k in visits] + [True] * len(rests), bool)
    special = repeated | ((closes >= 0).sum(axis=1) != 1)
    counted = sorted((mode, name) for mode, name, _ in patrol.counted)
    category = [
        [_rank(counted, (mode, stop.category)) for mode in ("", *modes)] for stop in stops
    ] + [[-1] * (1 + len(modes))] * len(resting)
    finish = patrol.shift.seconds
    ends = [
        (modes.index(unit.mode), patrol.start_place(k), patrol.end_place(k))
        for k, unit in enumerate(units)
    ]
    return Tables(
        seconds=np.ascontiguousarray(matrix),
        stays=np.column_stack([place, dwell, opens[:, 0], closes[:, 0], which, special]).astype(
            np.int64
        ),
        opens=opens,
        closes=closes,
        gain=gain,
        order=(np.minimum(opens[:, 0], finish) + np.minimum(closes[:, 0], finish)) / 2,
        spacing=np.array([s.spacing for s in stops] + [0] * len(resting), np.int64),
        first=np.searchsorted(which, np.arange(len(stops) + len(resting) + 1)),
        category=np.array(category, np.int64).reshape(len(category), 1 + len(modes)),
        needed=np.array([count for *_, count in sorted(patrol.counted)], np.int64),
        bonus=bonus,
        allowed=_allowed(patrol, visits, resting),
        units=np.array(ends, np.int64),
        finish=finish,
        near=_near(matrix.min(axis=0), place),
        scale=scale,
        toll=_toll(matrix, place, scale),
        plain=_plain(patrol, matrix),
    )


def _rank(counted: list[tuple[str, str]], kind: tuple[str, str]) -> int:
    return counted.index(kind) if kind in counted else -1


def _allowed(patrol: Patrol, visits: list[int], resting: list[int]) -> NDArray[np.bool_]:
    names = [unit.name for unit in patrol.units]
    only = [patrol.stops[k].unit for k in visits] + [names[k] for k in resting]
    rows = [[name in {"", unit} for unit in names] for name in only]
    return np.array(rows, dtype=np.bool_).reshape(len(only), len(names))


def _plain(patrol: Patrol, matrix: NDArray[np.int64]) -> bool:
    free = all(not stop.windows and stop.visits == 1 for stop in patrol.stops)
    rests = any(unit.rest for unit in patrol.units)
    return bool(free and not rests and (matrix == matrix.transpose(0, 2, 1)).all())


def _windows(
    patrol: Patrol, visits: list[int], rests: list[Break]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    finish = patrol.shift.seconds
    stops = [patrol.stops[k] for k in visits]
    spans = [begins(stop.windows, stop.dwell, finish) for stop in stops]
    spans += [begins((rest.window,), rest.seconds, finish) for rest in rests]
    width = max((len(span) for span in spans), default=1) or 1
    opens = np.full((len(spans), width), FAR, np.int64)
    closes = np.full((len(spans), width), -1, np.int64)
    for item, span in enumerate(spans):
        for rank, (low, high) in enumerate(span):
            opens[item, rank], closes[item, rank] = low, high
    return opens, closes


def _gains(
    patrol: Patrol, visits: list[int], breaks: int
) -> tuple[NDArray[np.float64], float, float]:
    stops = patrol.stops
    prizes = np.array([0.0 if stops[k].required else stops[k].prize for k in visits])
    scale = float(prizes[prizes > 0].mean()) if (prizes > 0).any() else 1.0
    bonus = 2.0 * (float(prizes.sum()) + scale)
    must = 2.0 * bonus * (1 + sum(count for *_, count in patrol.counted))
    required = np.array([stops[k].required for k in visits], dtype=bool)
    gain = np.concatenate([np.where(required, must, prizes), np.full(breaks, must)])
    return gain, bonus, scale


def _near(times: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.int64]:
    """Items by travel time; a break is near to nothing but itself."""
    between = times[np.ix_(place, place)].astype(float)
    between[place < 0] = between[:, place < 0] = NEVER
    np.fill_diagonal(between, -1)
    return np.argsort(between, axis=1, kind="stable")[:, :NEIGHBOURS].astype(np.int64)


def _toll(matrix: NDArray[np.int64], place: NDArray[np.int64], scale: float) -> float:
    """Travel to a fourth neighbour costs three hundredths of a prize: it only breaks ties."""
    spots = np.unique(place[place >= 0])
    between = np.sort(matrix.min(axis=0)[np.ix_(spots, spots)], axis=1)
    fourth = between[:, min(3, between.shape[1] - 1)] if spots.size else between.ravel()
    reached = fourth[fourth < NEVER]
    return 0.03 * scale / (float(reached.mean()) + 1.0 if reached.size else 1.0)
