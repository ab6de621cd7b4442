"""How incidents are dealt with: response, resolution, on-time and satisfaction rates, ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridmap.incidents.change import FEW, change
from gridmap.incidents.measure import Filter, select
from gridmap.incidents.units import unit_of, units

if TYPE_CHECKING:
    from datetime import date

    from gridmap.grid.model import Grid

WAITING = frozenset(
    ("new", "open", "received", "reported", "待受理", "待响应", "待处理", "未受理", "新上报")
)
"""States, in small letters, of an incident nobody has taken up yet."""
RATES = ("response", "resolution", "on_time", "satisfaction")
FEWEST = 5
"""Incidents below which a unit is not ranked."""
DECIMALS = 1
"""Decimals of what is not a count in the monthly sheet; the page and the copies round no more."""
HOUR = 3600.0


def service(
    incidents: pd.DataFrame, grid: Grid, now: pd.Timestamp, level: str | None = None
) -> pd.DataFrame:
    """Return the four rates of every cell or group, each with what it is a rate of.

    Parameters
    ----------
    incidents : DataFrame
        Placed incidents with ``status``, ``due``, ``closed``, ``satisfied`` and, if the city
        records it, ``responded`` (when somebody took it up).
    grid : Grid
        The cells they were placed in.
    now : Timestamp
        The moment up to which is judged; what was closed later is still open.
    level : str, optional
        Level column; absent means cells.

    Returns
    -------
    DataFrame
        One row a unit, in the order of :func:`gridmap.incidents.measure.measure`: ``n``; ``told``
        (their state was recorded) and ``response``, percent of those taken up; ``closed`` and
        ``resolution``, percent of them closed; ``judged`` (due, and closed or past due) and
        ``on_time``, percent of those closed by the due time; ``asked`` and ``satisfaction``,
        percent of those asked who were content; ``median_hours`` from report to close; ``odd``,
        closed before they were reported, which the median leaves out; ``open``; ``overdue``, open
        and past due. Rates of nothing are NaN.
    """
    unit = unit_of(incidents, grid, level)
    facts = _facts(incidents.loc[unit.index], now)
    sums = facts.drop(columns="hours").groupby(unit.to_numpy()).sum()
    names = pd.Index(units(grid, level)).unique()
    names = names if level is None else names.sort_values()
    sums = sums.reindex(names, fill_value=0).astype(np.int64)
    sums["median_hours"] = facts["hours"].groupby(unit.to_numpy()).median().reindex(names)
    for rate, part, whole in (
        ("response", "responded", "told"),
        ("resolution", "closed", "n"),
        ("on_time", "in_time", "judged"),
        ("satisfaction", "content", "asked"),
    ):
        sums[rate] = 100 * sums[part] / sums[whole].where(sums[whole] > 0)
    columns = ["n", "told", "response", "closed", "resolution", "judged", "on_time", "asked"]
    columns += ["satisfaction", "median_hours", "odd", "open", "overdue"]
    result = sums[columns]
    result.index.name = level or "code"
    return result


def overdue(incidents: pd.DataFrame, now: pd.Timestamp) -> pd.Series:
    """Tell which incidents are open and past due.

    Parameters
    ----------
    incidents : DataFrame
        With ``due`` and ``closed``.
    now : Timestamp
        The moment up to which is judged; what was closed later is still open.

    Returns
    -------
    Series of bool
        Indexed like the incidents.
    """
    closed = incidents["closed"].notna() & (incidents["closed"] <= now)
    return ~closed & incidents["due"].notna() & (incidents["due"] < now)


def _facts(incidents: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Say of each incident, as 0 or 1, what the rates count."""
    closed = (incidents["closed"].notna() & (incidents["closed"] <= now)).to_numpy()
    due = incidents["due"].notna().to_numpy()
    by_due = closed & due & (incidents["closed"] <= incidents["due"]).to_numpy()
    past = due & (incidents["due"] < now).to_numpy()
    hours = (incidents["closed"] - incidents["when"]).dt.total_seconds().to_numpy() / HOUR
    odd = closed & (hours < 0)
    if "responded" in incidents:
        taken = (incidents["responded"].notna() & (incidents["responded"] <= now)).to_numpy()
        told = np.ones(len(incidents), dtype=bool)
    else:
        state = incidents["status"].astype(str).str.casefold()
        taken = ~state.isin(WAITING).to_numpy()
        told = (state != "").to_numpy()
    asked = incidents["satisfied"].notna().to_numpy()
    return pd.DataFrame(
        {
            "n": 1,
            "told": told,
            "responded": told & (taken | closed),
            "closed": closed,
            "judged": due & (closed | past),
            "in_time": by_due,
            "asked": asked,
            "content": asked & (incidents["satisfied"].to_numpy() > 0),
            "odd": odd,
            "open": ~closed,
            "overdue": overdue(incidents, now).to_numpy(),
            "hours": np.where(closed & ~odd, hours, np.nan),
        },
        index=incidents.index,
    )


def ranking(
    incidents: pd.DataFrame,
    grid: Grid,
    month: date,
    now: pd.Timestamp,
    *,
    level: str | None = None,
    by: str = "resolution",
    least: int = FEWEST,
) -> pd.DataFrame:
    """Return the monthly sheet: the rates of the month's incidents, the change, and the rank.

    Parameters
    ----------
    incidents : DataFrame
        Placed incidents.
    grid : Grid
        The cells they were placed in.
    month : date
        Any day of the month.
    now : Timestamp
        The moment up to which is judged.
    level : str, optional
        Level column; absent means cells.
    by : str
        One of :data:`RATES`; the highest is first, equal ones share a rank.
    least : int
        Units with fewer incidents in the month are listed without a rank, those with fewer in one
        of the two months without a change.

    Returns
    -------
    DataFrame
        As from :func:`service`, rounded to :data:`DECIMALS`, ordered by rank, with ``rank`` (NA
        for too few or no rate; what reads the same ranks the same), ``n_before`` (the month
        before), ``change`` in percent (NaN for too few) and ``sure``, whether that is more than
        chance (``kind`` of :func:`gridmap.incidents.change.change`).
    """
    first = pd.Timestamp(month).normalize().replace(day=1)
    start, end, before = (first, first + pd.DateOffset(months=1), first - pd.DateOffset(months=1))
    sheet = service(select(incidents, Filter(start, end)), grid, now, level)
    earlier = service(select(incidents, Filter(before, start)), grid, now, level)
    sheet["n_before"] = earlier["n"]
    known = sheet[sheet[["n", "n_before"]].min(axis=1) >= least]
    days = ((start - before).days, (end - start).days)
    shift = change(known[["n_before"]].set_axis(["n"], axis=1), known, days)
    growth = 100 * (known["n"] - known["n_before"]) / known["n_before"]
    sheet["change"] = growth.reindex(sheet.index)
    sheet["sure"] = shift["kind"].reindex(sheet.index, fill_value=FEW)
    sheet = sheet.round(DECIMALS)
    ranked = sheet[by].where(sheet["n"] >= least)
    sheet.insert(0, "rank", ranked.rank(method="min", ascending=False).astype("Int64"))
    return sheet.sort_values("rank", kind="stable", na_position="last")


def over_time(incidents: pd.DataFrame, grid: Grid, level: str | None = None) -> pd.DataFrame:
    """Count incidents by unit and month.

    Parameters
    ----------
    incidents : DataFrame
        Placed incidents; those without a time are left out.
    grid : Grid
        The cells they were placed in.
    level : str, optional
        Level column; absent means cells.

    Returns
    -------
    DataFrame
        One row a unit, one column a month (Period) from the first to the last, zeros filled.
    """
    unit = unit_of(incidents, grid, level)
    when = incidents.loc[unit.index, "when"].dropna()
    months: Any = when.dt.tz_localize(None).dt.to_period("M")
    names = pd.Index(units(grid, level)).unique()
    names = names if level is None else names.sort_values()
    if when.empty:
        return pd.DataFrame(index=names)
    table = pd.crosstab(unit.loc[when.index].to_numpy(), months.to_numpy())
    span = pd.period_range(months.min(), months.max(), freq="M")
    return table.reindex(index=names, columns=span, fill_value=0)
