"""Figures per cell or group: counts, rates per 1,000 people, per km², shares.

Incidents without a cell never enter a figure, and never leave the totals: see :func:`totals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridmap.errors import ValueRefused
from gridmap.incidents.units import unit_of, units, weights

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

WEEK = 7
DAY = 24
PER = 1000
"""People (or households) a rate is given for."""
PER_AREA = "area"
PER_TOTAL = "share"
"""Values of ``per`` that name no column: incidents per km², percent of all placed incidents."""


@dataclass(frozen=True)
class Filter:
    """Which incidents are looked at; what is not given does not restrict.

    Parameters
    ----------
    start, end : date or datetime, optional
        Half-open period [start, end) in the city's zone; a date stands for its midnight.
    categories, sources, statuses : tuple of str
        Values that are let through; empty lets all through.
    weekdays : tuple of int
        0 for Monday to 6 for Sunday; empty lets all through.
    hours : tuple of int
        Hours of the day, 0 to 23; an incident known by its day only has none. Empty lets all
        through.
    """

    start: date | None = None
    end: date | None = None
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name, limit in (("weekdays", WEEK), ("hours", DAY)):
            for value in getattr(self, name):
                if not 0 <= value < limit:
                    raise ValueRefused(f"measure.{name}", value=value)
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueRefused("measure.period", start=self.start, end=self.end)

    @property
    def timed(self) -> bool:
        """Whether the filter asks when an incident happened."""
        return bool(self.start or self.end or self.weekdays or self.hours)


def moment(value: Any, zone: Any) -> pd.Timestamp:
    """Return a date or a time as a moment of the city.

    Parameters
    ----------
    value : date, datetime or str
        ISO text, or a date standing for its midnight; without a zone it is the city's time.
    zone : tzinfo or str
        The city's zone.

    Returns
    -------
    Timestamp
        With the city's zone.
    """
    stamp = pd.Timestamp(value)
    if stamp.tzinfo is not None:
        return stamp.tz_convert(zone)
    return stamp.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")


def select(incidents: pd.DataFrame, chosen: Filter) -> pd.DataFrame:
    """Return the incidents a filter lets through.

    Parameters
    ----------
    incidents : DataFrame
        Incident frame with ``when``, ``day_only``, ``category``, ``source``, ``status``.
    chosen : Filter
        What is asked for. An incident without a time passes no filter on time, one known by its
        day only passes no filter on hours; :func:`totals` counts them.

    Returns
    -------
    DataFrame
        The rows let through, in their order.
    """
    return incidents[passes(incidents, chosen)]


def passes(incidents: pd.DataFrame, chosen: Filter) -> NDArray[np.bool_]:
    """Tell which incidents a filter lets through.

    Parameters
    ----------
    incidents : DataFrame
        As for :func:`select`.
    chosen : Filter
        What is asked for.

    Returns
    -------
    ndarray of bool, shape (n,)
        One value a row.
    """
    return _asked(incidents, chosen) & _timely(incidents, chosen)


def _asked(incidents: pd.DataFrame, chosen: Filter) -> NDArray[np.bool_]:
    keep = np.ones(len(incidents), dtype=bool)
    for column, values in (
        ("category", chosen.categories),
        ("source", chosen.sources),
        ("status", chosen.statuses),
    ):
        if values:
            keep &= incidents[column].isin(values).to_numpy()
    return keep


def _timely(incidents: pd.DataFrame, chosen: Filter) -> NDArray[np.bool_]:
    keep = np.ones(len(incidents), dtype=bool)
    if not chosen.timed:
        return keep
    when = incidents["when"]
    keep &= when.notna().to_numpy()
    if chosen.start is not None:
        keep &= (when >= moment(chosen.start, when.dt.tz)).to_numpy()
    if chosen.end is not None:
        keep &= (when < moment(chosen.end, when.dt.tz)).to_numpy()
    if chosen.weekdays:
        keep &= when.dt.day_of_week.isin(chosen.weekdays).to_numpy()
    if chosen.hours:
        keep &= when.dt.hour.isin(chosen.hours).to_numpy()
        keep &= ~incidents["day_only"].to_numpy(dtype=bool)
    return keep


def totals(incidents: pd.DataFrame, chosen: Filter | None = None) -> dict[str, Any]:
    """Account for every incident.

    Parameters
    ----------
    incidents : DataFrame
        Placed incidents with ``cell`` ("" for none) and ``reason``.
    chosen : Filter, optional
        What is asked for; absent means all.

    Returns
    -------
    dict
        ``placed``, ``unplaced`` and their sum ``total`` of the incidents let through; ``reasons``,
        the unplaced by reason; ``untimed``, those the filter could not judge because their time
        (or their hour) is not known, which are not in ``total``.
    """
    chosen = chosen or Filter()
    asked = incidents[_asked(incidents, chosen)]
    seen = asked[_timely(asked, chosen)]
    placed = (seen["cell"] != "").to_numpy()
    reasons = seen.loc[~placed, "reason"].value_counts().sort_index()
    return {
        "placed": int(placed.sum()),
        "unplaced": int((~placed).sum()),
        "total": len(seen),
        "reasons": {str(reason): int(count) for reason, count in reasons.items()},
        "untimed": _untimed(asked, chosen),
    }


def _untimed(asked: pd.DataFrame, chosen: Filter) -> int:
    if not chosen.timed:
        return 0
    unknown = asked["when"].isna()
    if chosen.hours:
        unknown |= asked["day_only"].astype(bool)
    return int(unknown.sum())


def measure(
    incidents: pd.DataFrame,
    grid: Grid,
    level: str | None = None,
    per: str | None = None,
) -> pd.DataFrame:
    """Count incidents per cell or group, and relate them to area, people or their total.

    Parameters
    ----------
    incidents : DataFrame
        Placed incidents (those without a cell are left to :func:`totals`).
    grid : Grid
        The cells they were placed in.
    level : str, optional
        Level column to sum over; absent means cells.
    per : str, optional
        ``"area"``: per square kilometre; ``"share"``: percent of the placed; else a column of the
        cells holding people, households or another weight: per 1,000 of it. Absent: the count.

    Returns
    -------
    DataFrame
        One row a cell (in file order) or group (sorted; "" holds the cells without a group), with
        ``n``, ``cells``, ``area_km2``, ``people`` (with a weight) and ``value``; a rate over
        nothing is NaN.

    Raises
    ------
    ColumnError
        If a column is not there, or the weight is not numeric or negative.
    ValueRefused
        If the incidents were placed in another grid.
    """
    unit = units(grid, level)
    frame = pd.DataFrame({"cells": 1, "area_km2": grid.areas / 1e6}, index=unit)
    if per is not None and per not in (PER_AREA, PER_TOTAL):
        frame["people"] = weights(grid, per)
    figures = frame.groupby(level=0, sort=level is not None).sum()
    counts = unit_of(incidents, grid, level).value_counts()
    figures.insert(0, "n", counts.reindex(figures.index, fill_value=0).astype(np.int64))
    figures["value"] = rate(figures, per)
    figures.index.name = unit.name
    return figures


def rate(figures: pd.DataFrame, per: str | None) -> pd.Series:
    """Relate counts to area, people or their total.

    Parameters
    ----------
    figures : DataFrame
        With ``n``, ``area_km2`` and, for a weight, ``people``.
    per : str, optional
        As in :func:`measure`.

    Returns
    -------
    Series of float
        The figures; NaN where the denominator is 0.
    """
    n = figures["n"].astype(float)
    if per is None:
        return n
    if per == PER_AREA:
        return n / figures["area_km2"].where(figures["area_km2"] > 0)
    if per == PER_TOTAL:
        return 100 * n / (n.sum() or np.nan)
    return PER * n / figures["people"].where(figures["people"] > 0)
