"""How the city deals with its incidents: rates on the map, the monthly ranking, alarms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridmap.errors import ValueRefused
from gridmap.incidents.alarms import alarms
from gridmap.incidents.measure import measure, select
from gridmap.incidents.service import RATES, over_time, ranking, service
from gridmap.journeys.cells.plans import period

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gridmap.grid.model import Grid
    from gridmap.journeys.city import City

UNITS = {**dict.fromkeys(RATES, "rate"), "median_hours": "hours", "overdue": "count"}
"""What can be shown of the service, and its unit."""
NEEDS = {
    "response": "status",
    "resolution": "closed",
    "on_time": "due",
    "satisfaction": "satisfied",
    "median_hours": "closed",
    "open": "closed",
    "overdue": "due",
}
"""Column of the incidents without which there is nothing to show."""


@dataclass(frozen=True)
class MonthSheet:
    """The monthly ranking, as page, print and spreadsheet show it.

    Parameters
    ----------
    frame : DataFrame
        As from :func:`gridmap.incidents.service.ranking`, without what the city cannot answer;
        without a rank, most incidents first, where it can answer no rate.
    by : str
        The rate that ranks; empty for none.
    left_out : mapping of str to tuple of str
        What is left out, by the column that no incident fills.
    whole : bool
        Whether both months were recorded to their ends; if not, a change is left out.
    """

    frame: pd.DataFrame
    by: str
    left_out: Mapping[str, tuple[str, ...]]
    whole: bool


def available(city: City) -> dict[str, str]:
    """Return which measures of the service the city's incidents can answer.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    dict of str to str
        Unit by measure, see :data:`UNITS`.
    """
    empty = unfilled(city)
    return {name: unit for name, unit in UNITS.items() if NEEDS[name] not in empty}


def unfilled(city: City) -> frozenset[str]:
    """Return the columns of the service that no incident fills.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    frozenset of str
        Names of columns.
    """

    def held() -> frozenset[str]:
        incidents = city.incidents()
        full = {name: incidents[name].notna().any() for name in set(NEEDS.values()) - {"status"}}
        full["status"] = (incidents["status"].astype(str) != "").any()
        return frozenset(name for name, any_ in full.items() if not any_)

    return city.derived(("service columns", city.revision()), held)


def now(city: City) -> pd.Timestamp:
    """Return the moment up to which the service is judged.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    Timestamp
        The end of the day in the city.
    """
    return pd.Timestamp(city.today(), tz=str(city.zone)) + pd.Timedelta(days=1)


def service_figures(
    incidents: pd.DataFrame, grid: Grid, per: str, judged: pd.Timestamp, level: str | None
) -> pd.DataFrame:
    """Return a measure of the service as figures of the map.

    Parameters
    ----------
    incidents : DataFrame
        Placed incidents under the filter.
    grid : Grid
        The cells they were placed in.
    per : str
        One of :data:`UNITS`.
    judged : Timestamp
        The moment up to which is judged.
    level : str or None
        Level column; None stands for cells.

    Returns
    -------
    DataFrame
        As from :func:`gridmap.incidents.measure.measure`, with the measure as ``value``.
    """
    found = service(incidents, grid, judged, level)
    return measure(incidents, grid, level).assign(value=found[per].astype(float))


def month_sheet(
    city: City, month: date, *, plan: int | None = None, level: str | None = None, by: str = ""
) -> MonthSheet:
    """Return the monthly ranking of a plan's cells or groups.

    Parameters
    ----------
    city : City
        The city.
    month : date
        Any day of the month.
    plan : int, optional
        The plan; absent means the one in force.
    level : str, optional
        Level column; absent means cells.
    by : str
        One of the four rates; empty means the first the city can answer.

    Returns
    -------
    MonthSheet
        What the city can answer, and what it cannot.

    Raises
    ------
    ValueRefused
        If there is no such rate, or the city cannot answer it.
    """
    empty = unfilled(city)
    known = [name for name in RATES if NEEDS[name] not in empty]
    if by and by not in known:
        raise ValueRefused("measure.no_rate", rate=by, rates=", ".join(known))
    chosen = by or ("resolution" if "resolution" in known else next(iter(known), ""))
    version = city.plan(plan).head
    whole = _whole(city, month)
    frame = ranking(
        city.placed(version), city.grid(version), month, now(city),
        level=level, by=chosen or "resolution",
    )  # fmt: skip
    left_out = {need: tuple(name for name in NEEDS if NEEDS[name] == need) for need in empty}
    frame = frame.drop(columns=[name for names in left_out.values() for name in names])
    frame = frame if whole else frame.drop(columns=["change", "sure"])
    if not chosen:
        frame = frame.drop(columns="rank").sort_values("n", ascending=False, kind="stable")
    return MonthSheet(frame, chosen, left_out, whole)


def _whole(city: City, month: date) -> bool:
    """Tell whether a month is over, and the one before was recorded from its first day on."""
    this = pd.Period(month, freq="M")
    known = period(city)
    over = this.end_time.date() < city.today()
    return bool(over and known and (this - 1).start_time.date() >= known[0])


def raised(
    city: City, month: date, *, plan: int | None = None, level: str | None = None, chosen: Any
) -> pd.DataFrame:
    """Return which cells or groups left their own history in a month.

    Parameters
    ----------
    city : City
        The city.
    month : date
        Any day of the month judged.
    plan : int, optional
        The plan; absent means the one in force.
    level : str, optional
        Level column; absent means cells.
    chosen : Filter
        Which incidents; its period is not used.

    Returns
    -------
    DataFrame
        As from :func:`gridmap.incidents.alarms.alarms`.
    """
    version = city.plan(plan).head
    incidents = select(city.placed(version), replace(chosen, start=None, end=None))
    counts = over_time(incidents, city.grid(version), level)
    last = pd.Period(month, freq="M")
    known = pd.period_range(*(period(city) or (month, month)), freq="M")
    if counts.empty or last not in known:
        raise ValueRefused("measure.no_month", month=str(last))
    # a month without such incidents is a count of nothing, not a gap
    return alarms(counts.reindex(columns=known[: known.get_loc(last) + 1], fill_value=0))
