"""Times as files write them, to moments in the city's zone."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from gridmap.errors import ValueRefused

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST, LAST = np.datetime64("1700-01-01", "us"), np.datetime64("2300-01-01", "us")
"""Beyond these nothing is a time: 9999 means never, and a zone can lead into the year 10000."""
SERIAL_DAY_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001  # local time of the file
"""Day 0 of spreadsheets; right from March 1900 on."""
SERIAL_DAYS = (20_000, 80_000)
"""Serial days taken as dates: 1954 to 2119."""
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
EPOCH = re.compile(r"(1\d{9}|[2-9]\d{8})(?:\.\d+)?|(\d{12,13})")
ISO = r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?"
DAY = 10
"""Letters of a day in ISO 8601."""
CLOCK = (
    r"(?:[T\s]*(?P<before>上午|下午)?\s*(?P<h>\d{1,2})[:：时点](?P<i>\d{1,2})?"
    r"(?:[:：分](?P<s>\d{1,2})?(?:[.,](?P<f>\d{1,9}))?)?[分秒]?"
    r"\s*(?P<after>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?\s*"
)
YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?" + CLOCK)
RUN = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T]?(?P<h>\d{2})(?P<i>\d{2})(?P<s>\d{2})?)?")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + CLOCK)
MONTHS = 12
NOON = 12


@dataclass(frozen=True)
class Moments:
    """Times of a column.

    Parameters
    ----------
    when : Series of datetime64 with zone
        Moments in the city's zone; NaT where there is none or it cannot be read.
    day_only : ndarray of bool
        Only the day is known.
    bad : ndarray of bool
        There is a text, but it is no time.
    skipped : int
        Times that did not exist (the hour clocks skip in spring), moved to the end of the hour.
    doubled : int
        Times that happened twice (the hour clocks repeat in autumn), taken as the first.
    undecided : bool
        Dates may be month or day first, and the values do not tell; month first was taken.
    """

    when: pd.Series
    day_only: NDArray[np.bool_]
    bad: NDArray[np.bool_]
    skipped: int = 0
    doubled: int = 0
    undecided: bool = False


class Read(NamedTuple):
    """One text read: local time, minutes east of Greenwich if it said, whether only the day."""

    local: dt.datetime
    offset: int | None
    day_only: bool


def require_zone(zone: str) -> ZoneInfo:
    """Return a time zone.

    Parameters
    ----------
    zone : str
        Name in the IANA database, such as ``Asia/Shanghai``.

    Returns
    -------
    ZoneInfo
        The zone.

    Raises
    ------
    ValueRefused
        If there is none of that name.
    """
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        raise ValueRefused("import.no_zone", zone=zone) from cause


def read_moments(texts: pd.Series, zone: str, order: str = "", home: str = "") -> Moments:
    """Read times.

    Understood are ISO 8601 and its like, Chinese dates, month or day first, dates run together,
    serial days of spreadsheets and seconds or milliseconds since 1970.

    Parameters
    ----------
    texts : Series of str or of datetime64
        As in the file; ``""`` means none.
    zone : str
        Zone of times that do not say theirs.
    order : str
        ``mdy`` or ``dmy`` for dates like 3/4/2015; empty has the values decide.
    home : str
        Zone of the answer; empty means ``zone``.

    Returns
    -------
    Moments
        Aligned with the texts.

    Raises
    ------
    ValueRefused
        If there is no such zone.
    """
    home = home or zone
    require_zone(zone)
    require_zone(home)
    if isinstance(texts.dtype, pd.DatetimeTZDtype):
        bad = _beyond(texts.dt.tz_convert("UTC").dt.tz_localize(None))
        when = texts.mask(bad).dt.tz_convert(home).dt.as_unit("us")
        return Moments(when, np.zeros(len(texts), bool), bad)
    if pd.api.types.is_datetime64_dtype(texts.dtype):
        bad = _beyond(texts)
        texts = texts.mask(bad)
        known = texts.dropna()
        days = bool(len(known)) and bool((known == known.dt.normalize()).all())
        day_only = np.full(len(texts), days)
        none = np.full(len(texts), np.nan)
        when, skipped, doubled = _localised(texts.dt.as_unit("us"), none, zone, home)
        return Moments(when, day_only, bad, skipped, doubled)
    return _read_texts(texts, zone, order, home)


def _beyond(moments: pd.Series) -> NDArray[np.bool_]:
    values = moments.dt.as_unit("us").to_numpy()
    return (values < FIRST) | (values >= LAST)


def _read_texts(texts: pd.Series, zone: str, order: str, home: str) -> Moments:
    place, unique = pd.factorize(texts.astype("str").fillna("").str.strip())
    each = pd.Series(unique, dtype="str")
    iso = each.str.fullmatch(ISO).to_numpy()
    local = pd.to_datetime(each.where(iso), format="ISO8601", errors="coerce").dt.as_unit("us")
    local = local.to_numpy().copy()
    day_only = iso & (each.str.len() == DAY).to_numpy()
    offset = np.full(len(each), np.nan)
    rest = np.flatnonzero(~iso & (each != "").to_numpy())
    first, undecided = (order, False) if order else _order(each.iloc[rest])
    for at in rest:
        read = _one(unique[at], first)
        if read is not None:
            local[at], day_only[at] = np.datetime64(read.local, "us"), read.day_only
            offset[at] = np.nan if read.offset is None else read.offset
    local[(local < FIRST) | (local >= LAST)] = np.datetime64("NaT")
    day_only &= ~np.isnat(local)
    bad = np.isnat(local) & (each != "").to_numpy()
    spread = pd.Series(local[place], texts.index)
    when, skipped, doubled = _localised(spread, offset[place], zone, home)
    return Moments(when, day_only[place], bad[place], skipped, doubled, undecided)


def _order(texts: pd.Series) -> tuple[str, bool]:
    """Tell month first from day first by the values above twelve."""
    pairs = texts.str.extract(YEAR_LAST.pattern)[[0, 1]].dropna().astype(int)
    if (pairs[0] > MONTHS).any():
        return "dmy", False
    return "mdy", len(pairs) > 0 and not bool((pairs[1] > MONTHS).any())


def _one(text: str, order: str) -> Read | None:
    if SERIAL.fullmatch(text) and SERIAL_DAYS[0] <= float(text) <= SERIAL_DAYS[1]:
        whole = float(text).is_integer()
        # A day's fraction in binary is some microseconds off the second that was meant.
        seconds = round(float(text) * 86_400)
        return Read(SERIAL_DAY_ZERO + dt.timedelta(seconds=seconds), None, whole)
    for shape in (YEAR_FIRST, RUN, YEAR_LAST):
        found = shape.fullmatch(text)
        if found:
            return _of_parts(found, order if shape is YEAR_LAST else "ymd")
    found = EPOCH.fullmatch(text)
    if found:
        seconds_since = float(found[1]) if found[1] else int(found[2]) / 1000
        moment = dt.datetime.fromtimestamp(seconds_since, dt.UTC)
        return Read(moment.replace(tzinfo=None), 0, day_only=False)
    return None


def _of_parts(found: re.Match[str], order: str) -> Read | None:
    parts = found.groupdict()
    values = [int(found[1]), int(found[2]), int(found[3])]
    year, month, day = {
        "ymd": values,
        "mdy": [values[2], values[0], values[1]],
        "dmy": values[::-1],
    }[order]
    hour, minute, second = (int(parts.get(name) or 0) for name in "his")
    half = (parts.get("after") or "").replace(".", "").lower() or parts.get("before")
    if half in {"pm", "下午"} and hour < NOON:
        hour += NOON
    elif half in {"am", "上午"} and hour == NOON:
        hour = 0
    micro = int((parts.get("f") or "0").ljust(6, "0")[:6])
    try:
        local = dt.datetime(year, month, day, hour, minute, second, micro)  # noqa: DTZ001
    except ValueError:
        return None
    return Read(local, _minutes(parts.get("zone")), day_only=parts.get("h") is None)


def _minutes(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone in {"Z", "UTC", "GMT"}:
        return 0
    digits = zone[1:].replace(":", "")
    minutes = 60 * int(digits[:2]) + int(digits[2:])
    return -minutes if zone[0] == "-" else minutes


def _localised(
    local: pd.Series, offset: NDArray[np.float64], zone: str, home: str
) -> tuple[pd.Series, int, int]:
    told = ~np.isnan(offset)
    silent = local.where(~told)
    first: Any = np.ones(len(local), bool)
    when = silent.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    there = silent.dt.tz_localize(zone, ambiguous=first, nonexistent="NaT")
    once = silent.dt.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
    skipped = int((there.isna() & silent.notna()).sum())
    doubled = int((once.isna() & silent.notna()).sum())
    when = when.dt.tz_convert(home)
    if told.any():
        shift = pd.to_timedelta(np.nan_to_num(offset), unit="min")
        utc = (local - shift).where(told).dt.tz_localize("UTC").dt.tz_convert(home)
        when = when.where(~told, utc)
    return when.dt.as_unit("us"), skipped, doubled
