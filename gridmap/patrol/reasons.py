"""Why a plan does without a visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridmap.patrol.solution import Unserved
from gridmap.streets.engines import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridmap.patrol.model import Patrol, Stop, Window
    from gridmap.patrol.solution import Route


def begins(windows: tuple[Window, ...], dwell: int, finish: int) -> list[Window]:
    """Return when a stay may begin so that it ends within one of its windows.

    Parameters
    ----------
    windows : tuple of Window
        Empty for any time of the shift.
    dwell : int
        Seconds of the stay.
    finish : int
        Seconds of the shift.

    Returns
    -------
    list of Window
        First and last second of the beginning, in order of time.
    """
    spans = windows or ((0, finish),)
    return [(low, high - dwell) for low, high in spans if high - dwell >= low]


def unserved(patrol: Patrol, routes: tuple[Route, ...]) -> tuple[Unserved, ...]:
    """Return the stops that lack visits, each with the reason.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    routes : tuple of Route
        One a unit, in the order of the units.

    Returns
    -------
    tuple of Unserved
        In the order of the stops.
    """
    made = [visit.stop for route in routes for visit in route.visits]
    found = []
    for number, stop in enumerate(patrol.stops):
        missing = stop.visits - made.count(stop.name)
        if missing > 0:
            reason, values = _reason(patrol, routes, number)
            found.append(Unserved(stop.name, missing, reason, values))
    return tuple(found)


@dataclass(frozen=True)
class _Stay:
    """A stay as the check of reasons sees it: where, how long, when it may begin."""

    place: int
    dwell: int
    spans: list[Window]


def _reason(
    patrol: Patrol, routes: tuple[Route, ...], number: int
) -> tuple[str, dict[str, str | int]]:
    stop = patrol.stops[number]
    finish = patrol.shift.seconds
    stay = _Stay(patrol.stop_place(number), stop.dwell, begins(stop.windows, stop.dwell, finish))
    units = [k for k, unit in enumerate(patrol.units) if stop.unit in {"", unit.name}]
    reachable = [unit for unit in units if _reachable(patrol, unit, stay.place)]
    if not reachable:
        return ("unreachable_unit", {"unit": stop.unit}) if stop.unit else ("unreachable", {})
    if min(_lateness(patrol, unit, [stay]) for unit in reachable) > 0:
        return ("window", {}) if stop.windows else ("far", {})
    taken = _arrivals(routes, stop.name)
    best: tuple[int, int] | None = None
    for unit in reachable:
        for late in _insertions(patrol, routes, unit, stop, (stay, taken)):
            best = min(best or (late, unit), (late, unit))
    if best is None:
        return "spacing", {"minutes": stop.spacing // 60}
    late, unit = best
    if late <= 0:
        return "room", {"unit": patrol.units[unit].name}
    return "full", {"unit": patrol.units[unit].name, "minutes": -(-late // 60)}


def _reachable(patrol: Patrol, unit: int, place: int) -> bool:
    seconds = patrol.seconds[patrol.units[unit].mode]
    ways = seconds[patrol.start_place(unit), place], seconds[place, patrol.end_place(unit)]
    return max(ways) < NEVER


def _insertions(
    patrol: Patrol,
    routes: tuple[Route, ...],
    unit: int,
    stop: Stop,
    wanted: tuple[_Stay, list[int]],
) -> Iterator[int]:
    """Yield the lateness of each place in a route at which the stop's visits keep apart."""
    stay, taken = wanted
    gap = stop.dwell + stop.spacing
    visits, stays = routes[unit].visits, _stays(patrol, routes, unit)
    for rank in range(len(visits) + 1):
        free = visits[rank - 1].arrive + visits[rank - 1].dwell if rank else 0
        open_ = [span for low, high in stay.spans for span in _clear((low, high), taken, gap)]
        open_ = [span for span in open_ if span[1] >= free]
        if open_ or not taken:
            one = _Stay(stay.place, stay.dwell, open_ or stay.spans)
            yield _lateness(patrol, unit, [*stays[:rank], one, *stays[rank:]])


def _clear(span: Window, taken: list[int], gap: int) -> list[Window]:
    """Cut the times near other visits out of a span."""
    spans = [span]
    for when in taken:
        spans = [
            part
            for low, high in spans
            for part in ((low, min(high, when - gap)), (max(low, when + gap), high))
            if part[0] <= part[1]
        ]
    return spans


def _stays(patrol: Patrol, routes: tuple[Route, ...], unit: int) -> list[_Stay]:
    """Return the stays of a route; a repeated one may only move as far as its others allow."""
    number = {stop.name: k for k, stop in enumerate(patrol.stops)}
    finish = patrol.shift.seconds
    rest = patrol.units[unit].rest
    stays = []
    for visit in routes[unit].visits:
        if visit.stop:
            stop = patrol.stops[number[visit.stop]]
            spans = begins(stop.windows, stop.dwell, finish)
            others = [when for when in _arrivals(routes, stop.name) if when != visit.arrive]
            gap = stop.dwell + stop.spacing
            spans = [part for span in spans for part in _clear(span, others, gap)]
            stays.append(_Stay(patrol.stop_place(number[visit.stop]), stop.dwell, spans))
        elif rest:
            stays.append(_Stay(-1, rest.seconds, begins((rest.window,), rest.seconds, finish)))
    return stays


def _arrivals(routes: tuple[Route, ...], stop: str) -> list[int]:
    return [visit.arrive for route in routes for visit in route.visits if visit.stop == stop]


def _lateness(patrol: Patrol, unit: int, stays: list[_Stay]) -> int:
    """Return the most seconds by which stays in this order would come too late."""
    seconds = patrol.seconds[patrol.units[unit].mode]
    here, now, late = patrol.start_place(unit), 0, 0
    for stay in stays:
        there = here if stay.place < 0 else stay.place
        arrive = now + int(seconds[here, there])
        fitting = [max(arrive, low) for low, high in stay.spans if high >= arrive]
        last = stay.spans[-1][1] if stay.spans else -1
        late = max(late, 0 if fitting else arrive - last)
        now = (fitting[0] if fitting else arrive) + stay.dwell
        here = there
    back = now + int(seconds[here, patrol.end_place(unit)])
    return max(late, back - patrol.shift.seconds)
