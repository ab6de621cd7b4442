"""The check of a plan, whoever made it: every rule worked out anew from the plan alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gridmap.errors import ValueRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gridmap.patrol.model import Patrol, Stop, Unit, Window


@dataclass(frozen=True)
class Breach:
    """A rule that a plan breaks.

    Parameters
    ----------
    rule : str
        Key of the rule in the catalogue ``patrol``, without its area and ``broken_``.
    values : mapping
        Values of its placeholders: the unit, the stop, by how much.
    """

    rule: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Stay:
    stop: str
    rest: bool
    arrive: int
    leave: int


@dataclass(frozen=True)
class _Line:
    unit: str
    leave: int
    back: int
    stays: tuple[_Stay, ...]


def verify(patrol: Patrol, plan: Mapping[str, Any]) -> tuple[Breach, ...]:
    """Check a plan against all that was asked.

    Parameters
    ----------
    patrol : Patrol
        What was asked, with the streets.
    plan : mapping
        A plan as in ``plan.json``.

    Returns
    -------
    tuple of Breach
        The rules it breaks; empty if it is good.

    Raises
    ------
    ValueRefused
        If it is not a plan at all.
    """
    lines = _read(patrol, plan)
    return (
        *_roster(patrol, lines),
        *(breach for line in lines for breach in _line(patrol, line)),
        *_visits(patrol, lines),
        *_promises(patrol, lines, plan),
    )


def _read(patrol: Patrol, plan: Mapping[str, Any]) -> list[_Line]:
    second = patrol.shift.second

    def moment(value: str) -> int:
        when = datetime.fromisoformat(value)
        return second(when if when.tzinfo else when.replace(tzinfo=patrol.shift.start.tzinfo))

    try:
        return [
            _Line(
                str(unit["name"]),
                moment(unit["leave"]),
                moment(unit["back"]),
                tuple(
                    _Stay(
                        str(visit["stop"] or ""),
                        not visit["stop"],
                        moment(visit["arrive"]),
                        moment(visit["leave"]),
                    )
                    for visit in unit["visits"]
                ),
            )
            for unit in plan["units"]
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueRefused("patrol.not_a_plan", reason=repr(error)) from error


def _roster(patrol: Patrol, lines: list[_Line]) -> Iterator[Breach]:
    names = {unit.name for unit in patrol.units}
    for name, count in Counter(line.unit for line in lines).items():
        if name not in names:
            yield Breach("unknown_unit", {"unit": name})
        if count > 1:
            yield Breach("unit_twice", {"unit": name})
    for name in names - {line.unit for line in lines}:
        yield Breach("unit_missing", {"unit": name})


def _line(patrol: Patrol, line: _Line) -> Iterator[Breach]:
    found = [k for k, unit in enumerate(patrol.units) if unit.name == line.unit]
    if not found:
        return
    unit = patrol.units[found[0]]
    if line.leave < 0 or line.back > patrol.shift.seconds:
        yield Breach("shift", {"unit": unit.name})
    yield from _rides(patrol, found[0], line)
    yield from _rest(unit, line)
    stops = {stop.name: stop for stop in patrol.stops}
    for stay in line.stays:
        if stay.stop in stops:
            yield from _stay(patrol, unit, stops[stay.stop], stay)
        elif not stay.rest:
            yield Breach("unknown_stop", {"unit": unit.name, "stop": stay.stop})


def _rides(patrol: Patrol, number: int, line: _Line) -> Iterator[Breach]:
    """Every leg must take at least the time that the streets need."""
    seconds = patrol.seconds[patrol.units[number].mode]
    place = {stop.name: patrol.stop_place(k) for k, stop in enumerate(patrol.stops)}
    here, free = patrol.start_place(number), line.leave
    home = _Stay("", rest=False, arrive=line.back, leave=line.back)
    for stay in (*line.stays, home):
        there = here if stay.rest else place.get(stay.stop, here)
        there = patrol.end_place(number) if stay is home else there
        needed = int(seconds[here, there])
        if stay.arrive - free < needed:
            short = needed - (stay.arrive - free)
            yield Breach("travel", {"unit": line.unit, "stop": stay.stop, "seconds": short})
        here, free = there, stay.leave


def _rest(unit: Unit, line: _Line) -> Iterator[Breach]:
    rests = [stay for stay in line.stays if stay.rest]
    if len(rests) != (1 if unit.rest else 0):
        yield Breach("break_count", {"unit": unit.name, "count": len(rests)})
    for stay in rests:
        if unit.rest and not _fits(stay, (unit.rest.window,), unit.rest.seconds):
            yield Breach("break", {"unit": unit.name})


def _fits(stay: _Stay, windows: tuple[Window, ...], dwell: int) -> bool:
    """Tell whether the time asked for lies in the stay and in one window."""
    if not windows:
        return stay.leave - stay.arrive >= dwell
    return any(
        min(stay.leave, high) - max(stay.arrive, low) >= dwell and stay.arrive >= low
        for low, high in windows
    )


def _stay(patrol: Patrol, unit: Unit, stop: Stop, stay: _Stay) -> Iterator[Breach]:
    about = {"unit": unit.name, "stop": stop.name}
    if stay.leave - stay.arrive < stop.dwell:
        short = stop.dwell - (stay.leave - stay.arrive)
        yield Breach("dwell", {**about, "seconds": short})
    elif not _fits(stay, stop.windows, stop.dwell):
        when = patrol.shift.at(stay.arrive).strftime("%H:%M")
        yield Breach("window", {**about, "time": when})
    if stop.unit not in {"", unit.name}:
        yield Breach("other_unit", {**about, "wanted": stop.unit})


def _visits(patrol: Patrol, lines: list[_Line]) -> Iterator[Breach]:
    """Count visits over all units, and how far apart they are."""
    stays: dict[str, list[_Stay]] = {}
    for line in lines:
        for stay in line.stays:
            stays.setdefault(stay.stop, []).append(stay)
    for stop in patrol.stops:
        mine = sorted(stays.get(stop.name, []), key=lambda stay: stay.arrive)
        if len(mine) > stop.visits:
            yield Breach("visits", {"stop": stop.name, "count": len(mine), "wanted": stop.visits})
        if stop.required and len(mine) < stop.visits:
            yield Breach("required", {"stop": stop.name})
        for one, other in pairwise(mine):
            lack = stop.spacing - (other.arrive - one.arrive - stop.dwell)
            if lack > 0:
                yield Breach("spacing", {"stop": stop.name, "minutes": -(-lack // 60)})
    for name, wanted in patrol.minimums.items():
        count = sum(stop.category == name and stop.name in stays for stop in patrol.stops)
        if count < wanted:
            yield Breach("minimum", {"category": name, "wanted": wanted, "count": count})
    yield from _mode_minimums(patrol, lines)


def _mode_minimums(patrol: Patrol, lines: list[_Line]) -> Iterator[Breach]:
    """Count the stops of a category that units of one mode visit."""
    for mode, minimums in patrol.mode_minimums.items():
        moving = {unit.name for unit in patrol.units if unit.mode == mode}
        mine = {stay.stop for line in lines if line.unit in moving for stay in line.stays}
        for name, wanted in minimums.items():
            count = sum(stop.category == name and stop.name in mine for stop in patrol.stops)
            if count < wanted:
                values = {"category": name, "wanted": wanted, "count": count}
                yield Breach(f"minimum_{mode}", values)


def _promises(patrol: Patrol, lines: list[_Line], plan: Mapping[str, Any]) -> Iterator[Breach]:
    """Compare what the plan says of itself: who is unserved and why, and its prize."""
    made = Counter(stay.stop for line in lines for stay in line.stays)
    listed = {str(item.get("stop")): item for item in plan.get("unserved", [])}
    for stop in patrol.stops:
        missing = max(0, stop.visits - made[stop.name])
        said = listed.pop(stop.name, {})
        if missing != said.get("missing", 0):
            yield Breach("unserved", {"stop": stop.name, "count": missing})
        elif missing and not said.get("reason"):
            yield Breach("reason", {"stop": stop.name})
    for name in listed:
        yield Breach("unserved", {"stop": name, "count": 0})
    prizes = {stop.name: stop.prize for stop in patrol.stops if not stop.required}
    total = sum(prizes.get(name, 0.0) * count for name, count in made.items())
    if abs(total - float(plan.get("prize", total))) > 1e-6 * max(1.0, total):
        yield Breach("prize", {"total": total, "said": plan.get("prize")})
