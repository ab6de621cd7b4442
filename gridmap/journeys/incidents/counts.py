"""Incidents counted over time, by the clock and by what they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridmap.incidents.measure import Filter, select
from gridmap.journeys.incidents.figures import in_cell

if TYPE_CHECKING:
    from gridmap.journeys.city import City

STEPS = {"day": "D", "week": "W-SUN", "month": "M"}
"""Steps of a histogram and their pandas periods; weeks begin on Monday."""


def histogram(
    city: City,
    plan: int | None,
    chosen: Filter,
    step: str,
    cell: str | None = None,
    level: str | None = None,
) -> pd.Series:
    """Count incidents per day, week or month.

    Parameters
    ----------
    city : City
        The city.
    plan : int or None
        Plan whose cell is meant; None stands for the one in force.
    chosen : Filter
        Which incidents.
    step : str
        One of :data:`STEPS`.
    cell : str, optional
        Count those in this cell only, or in the group of this name.
    level : str, optional
        Level column of the group.

    Returns
    -------
    Series of int
        Indexed by the first day of each step (ISO), without holes from the first to the last.
    """
    found = in_cell(select(city.placed(city.plan(plan).head), chosen), cell, level)
    local = found["when"].dropna().dt.tz_localize(None)
    counts = local.dt.to_period(STEPS[step]).value_counts().sort_index()
    if len(counts):
        whole = pd.period_range(counts.index[0], counts.index[-1], freq=counts.index.freq)
        counts = counts.reindex(whole, fill_value=0)
    counts.index = [period.start_time.date().isoformat() for period in counts.index]
    return counts


def clock(city: City, plan: int | None, chosen: Filter) -> list[list[int]]:
    """Count incidents by weekday and hour.

    Parameters
    ----------
    city : City
        The city.
    plan : int or None
        Unused by the count; the plan must exist.
    chosen : Filter
        Which incidents; those known by their day only have no hour and are left out.

    Returns
    -------
    list of 7 lists of 24 int
        Monday first.
    """
    found = select(city.placed(city.plan(plan).head), chosen)
    when = found.loc[~found["day_only"], "when"].dropna()
    counts = np.zeros((7, 24), dtype=int)
    np.add.at(counts, (when.dt.day_of_week.to_numpy(), when.dt.hour.to_numpy()), 1)
    return counts.tolist()


def facets(city: City, chosen: Filter) -> dict[str, dict[str, int]]:
    """Count incidents by category, source and status.

    Parameters
    ----------
    city : City
        The city.
    chosen : Filter
        Which incidents; each facet leaves out its own part of the filter, so that what is not
        chosen shows its count too.

    Returns
    -------
    dict
        Facet to value to count, the most frequent first.
    """
    without = {
        "category": replace(chosen, categories=()),
        "source": replace(chosen, sources=()),
        "status": replace(chosen, statuses=()),
    }
    result = {}
    for name, others in without.items():
        found = select(city.incidents(), others)
        counts = found[name].astype(str).value_counts().sort_values(ascending=False, kind="stable")
        result[name] = {str(value): int(count) for value, count in counts.items() if count}
    return result
