"""What a patrol lead wrote, as TOML or JSON, checked and brought into the model."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gridmap.errors import ValueRefused
from gridmap.patrol.model import Break, Patrol, Shift, Stop, Unit
from gridmap.patrol.reasons import begins
from gridmap.streets.network import MODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridmap.patrol.model import Window

TOP = ("streets", "cells", "code", "shift", "unit", "stop", "minimums", "hot")
SHIFT = ("start", "end", "zone", "date")
UNIT = ("name", "mode", "start", "end", "break")
STOP = (
    *("name", "at", "dwell_min", "windows", "required", "prize", "category", "visits"),
    *("spacing_min", "unit", "why"),
)
BREAK = ("minutes", "window")
MOST_VISITS, MOST_STOPS, MOST_UNITS = 24, 1000, 50
YEARS = range(1970, 2201)
"""Years a shift may lie in."""
MOST_LETTERS = 200
SURROGATES = range(0xD800, 0xE000)
"""Halves of letters, which no file can hold."""
LONGEST = 48 * 3600
"""Longest shift in seconds."""


def patrol_of(asked: Mapping[str, Any], today: date) -> Patrol:
    """Return what was asked, still without travel times.

    Parameters
    ----------
    asked : mapping
        The tables of ``PLAN.toml``. ``[minimums]`` counts the visits of all units,
        ``[minimums.car]`` and ``[minimums.foot]`` those of units that move so.
    today : date
        Day of a shift that names hours only.

    Returns
    -------
    Patrol
        With empty ways; see :func:`gridmap.patrol.ways.with_ways`.

    Raises
    ------
    ValueRefused
        Naming the table, the key and what should stand there.
    """
    _only(asked, TOP, "PLAN")
    shift = _shift(_table(asked.get("shift"), "[shift]"), today)
    units = tuple(
        _unit(_table(row, f"[[unit]] {n}"), shift, f"[[unit]] {n}")
        for n, row in enumerate(_list(asked.get("unit", []), "[[unit]]"), 1)
    )
    stops = tuple(
        _stop(_table(row, f"[[stop]] {n}"), shift, f"[[stop]] {n}")
        for n, row in enumerate(_list(asked.get("stop", []), "[[stop]]"), 1)
    )
    if not 1 <= len(units) <= MOST_UNITS:
        raise ValueRefused("patrol.bad", where="[[unit]]", wanted=f"1–{MOST_UNITS}", got=len(units))
    if len(stops) > MOST_STOPS:
        raise ValueRefused("patrol.bad", where="[[stop]]", wanted=f"≤ {MOST_STOPS}", got=len(stops))
    for rows in (units, stops):
        names = [row.name for row in rows]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueRefused("patrol.name_twice", name=twice)
    _require_known_units(units, stops)
    least = _table(asked.get("minimums", {}), "[minimums]")
    by_mode = {mode: least[mode] for mode in MODES if isinstance(least.get(mode), dict)}
    plain = {name: count for name, count in least.items() if name not in by_mode}
    for name in MODES:  # [minimums.car] holds the minimums of cars: it cannot be a category's
        if name in plain or any(stop.category == name for stop in stops):
            raise ValueRefused("patrol.category_mode", name=name)
    moving = {str(mode): _minimums(by_mode[mode], f"[minimums.{mode}]") for mode in by_mode}
    return Patrol(shift, units, stops, _minimums(plain, "[minimums]"), mode_minimums=moving)


def _minimums(row: Mapping[str, Any], where: str) -> dict[str, int]:
    return {
        str(name)[:MOST_LETTERS]: int(_number(count, f"{where} {name}", 0, MOST_STOPS, whole=True))
        for name, count in row.items()
    }


def _require_known_units(units: tuple[Unit, ...], stops: tuple[Stop, ...]) -> None:
    names = {unit.name for unit in units}
    for stop in stops:
        if stop.unit and stop.unit not in names:
            raise ValueRefused("patrol.no_such_unit", stop=stop.name, unit=stop.unit)


def _shift(row: Mapping[str, Any], today: date) -> Shift:
    _only(row, SHIFT, "[shift]")
    name = str(row.get("zone", "UTC"))
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueRefused("patrol.zone", zone=name) from error
    day = row.get("date", today)
    if isinstance(day, str):
        day = _parsed(date.fromisoformat, day, "[shift] date")
    if not isinstance(day, date) or day.year not in YEARS:
        raise ValueRefused("patrol.bad", where="[shift] date", wanted="2026-11-21", got=day)
    start = _moment(row.get("start"), day, zone, "[shift] start")
    end = _moment(row.get("end"), start.date(), zone, "[shift] end")
    if end <= start and _clock(row.get("end")) is not None:
        end = datetime.combine(start.date() + timedelta(days=1), end.timetz())
    shift = Shift(start, end)
    if not 0 < shift.seconds <= LONGEST:
        raise ValueRefused("patrol.shift_length", start=start.isoformat(), end=end.isoformat())
    return shift


def _moment(value: Any, day: date, zone: ZoneInfo, where: str) -> datetime:
    clock = _clock(value)
    if clock is not None:
        return datetime.combine(day, clock, zone)
    if isinstance(value, str):
        value = _parsed(datetime.fromisoformat, value, where)
    if not isinstance(value, datetime) or value.year not in YEARS:
        raise ValueRefused("patrol.bad", where=where, wanted="18:00, 2026-11-21T18:00", got=value)
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)


def _clock(value: Any) -> time | None:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and "T" not in value and "-" not in value:
        try:
            return time.fromisoformat(value.strip().zfill(5))
        except ValueError:
            return None
    return None


def _parsed(parse: Any, value: str, where: str) -> Any:
    try:
        return parse(value)
    except ValueError as error:
        raise ValueRefused("patrol.bad", where=where, wanted="2026-11-21", got=value) from error


def _window(value: Any, shift: Shift, where: str) -> Window:
    """Bring two times of day into the shift, over midnight too."""
    if not isinstance(value, list | tuple) or len(value) != 2:  # noqa: PLR2004
        raise ValueRefused("patrol.bad", where=where, wanted='["18:30", "19:00"]', got=value)
    zone = shift.start.tzinfo
    assert isinstance(zone, ZoneInfo)  # noqa: S101
    first = _moment(value[0], shift.start.date(), zone, where)
    last = _moment(value[1], first.date(), zone, where)
    days = [0] if _clock(value[0]) is None else [-1, 0, 1, 2]
    if last <= first and _clock(value[1]) is not None:
        last += timedelta(days=1)
    found = [
        (max(0, low), min(shift.seconds, high))
        for day in days
        for low, high in [
            (shift.second(first + timedelta(days=day)), shift.second(last + timedelta(days=day)))
        ]
        if max(0, low) < min(shift.seconds, high)
    ]
    if not found:
        raise ValueRefused("patrol.window_outside", where=where, first=value[0], last=value[1])
    return max(found, key=lambda span: span[1] - span[0])


def _unit(row: Mapping[str, Any], shift: Shift, where: str) -> Unit:
    _only(row, UNIT, where)
    mode = row.get("mode", "car")
    if mode not in MODES:
        raise ValueRefused("patrol.bad", where=f"{where} mode", wanted="car, foot", got=mode)
    start = _place(row.get("start"), f"{where} start")
    end = _place(row["end"], f"{where} end") if "end" in row else start
    rest = None
    if "break" in row:
        given = row["break"]
        table = given if isinstance(given, dict) else {"minutes": given}
        _only(table, BREAK, f"{where} break")
        seconds = _minutes(table.get("minutes"), f"{where} break")
        window = (0, shift.seconds)
        if "window" in table:
            window = _window(table["window"], shift, f"{where} break")
        if not begins((window,), seconds, shift.seconds):
            raise ValueRefused("patrol.dwell_window", where=f"{where} break")
        rest = Break(seconds, window)
    return Unit(_name(row, where), mode, start, end, rest)


def _stop(row: Mapping[str, Any], shift: Shift, where: str) -> Stop:
    _only(row, STOP, where)
    name = _name(row, where)
    dwell = _minutes(row.get("dwell_min", 10), f"{where} dwell_min")
    spans = [
        _window(value, shift, f"{where} windows")
        for value in _list(row.get("windows", []), f"{where} windows")
    ]
    windows = tuple(sorted(spans))
    if any(one[1] >= other[0] for one, other in pairwise(windows)):
        raise ValueRefused("patrol.windows_overlap", where=where, name=name)
    if not begins(windows, dwell, shift.seconds):
        raise ValueRefused("patrol.dwell_window", where=f"{where} “{name}”")
    required = row.get("required", False)
    if not isinstance(required, bool):
        raise ValueRefused("patrol.bad", where=f"{where} required", wanted="true", got=required)
    return Stop(
        name,
        _place(row.get("at"), f"{where} at"),
        dwell,
        windows,
        required,
        float(_number(row.get("prize", 1.0), f"{where} prize", 0, 1e6)),
        _words(row, "category", where),
        int(_number(row.get("visits", 1), f"{where} visits", 1, MOST_VISITS, whole=True)),
        _minutes(row.get("spacing_min", 0), f"{where} spacing_min"),
        _words(row, "unit", where),
        _words(row, "why", where),
    )


def _name(row: Mapping[str, Any], where: str) -> str:
    name = _words(row, "name", where)
    if not name:
        raise ValueRefused("patrol.bad", where=f"{where} name", wanted="“…”", got=row.get("name"))
    return name


def _words(row: Mapping[str, Any], key: str, where: str) -> str:
    """Return a short text that can be written to files; absent is empty."""
    value = row.get(key)
    if value is None:
        return ""
    plain = isinstance(value, str) and len(value) <= MOST_LETTERS
    if not plain or any(ord(letter) in SURROGATES for letter in value):
        raise ValueRefused("patrol.bad", where=f"{where} {key}", wanted="“…”", got=repr(value))
    return str(value).strip()


def _place(value: Any, where: str) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:  # noqa: PLR2004
        raise ValueRefused("patrol.bad", where=where, wanted="[lon, lat]", got=value)
    lon = _number(value[0], where, -180, 180)
    return float(lon), float(_number(value[1], where, -90, 90))


def _minutes(value: Any, where: str) -> int:
    return round(60 * _number(value, where, 0, LONGEST / 60))


def _number(value: Any, where: str, low: float, high: float, *, whole: bool = False) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not good or not low <= value <= high or (whole and value != int(value)):
        raise ValueRefused("patrol.bad", where=where, wanted=f"{low:g}–{high:g}", got=value)
    return float(value)


def _table(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueRefused("patrol.bad", where=where, wanted="{…}", got=value)
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueRefused("patrol.bad", where=where, wanted="[…]", got=value)
    return list(value)


def _only(row: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in row:
        if key not in known:
            raise ValueRefused("patrol.unknown_key", where=where, found=key, known=", ".join(known))


def utc(moment: datetime) -> str:
    """Return a time in UTC as GPX writes it.

    Parameters
    ----------
    moment : datetime
        With its time zone.

    Returns
    -------
    str
        Such as ``2026-11-21T23:00:00Z``.
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
