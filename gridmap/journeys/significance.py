"""Which figures are more than chance: hot spots, and change between two periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from gridmap.errors import ValueRefused
from gridmap.incidents import change as change_
from gridmap.incidents import hotspots as hotspots_
from gridmap.journeys.incidents import figures
from gridmap.journeys.map import SEED
from gridmap.journeys.plans import period

if TYPE_CHECKING:
    from datetime import date

    from gridmap.incidents.measure import Filter
    from gridmap.journeys.city import City
    from gridmap.journeys.incidents import Figures, Question


def hotspots(city: City, asked: Question) -> tuple[Figures, pd.DataFrame]:
    """Find hot and cold spots of the figures asked for.

    Parameters
    ----------
    city : City
        The city.
    asked : Question
        Which figures.

    Returns
    -------
    figures : Figures
        The figures themselves.
    found : DataFrame
        As from :func:`gridmap.incidents.hotspots.hotspots`.
    """
    shown = figures(city, asked)
    grid = city.grid(shown.version)
    key = ("neighbours", shown.version, asked.level)
    near = city.derived(key, lambda: hotspots_.neighbours(grid, asked.level))
    return shown, hotspots_.hotspots(shown.frame, near, seed=SEED)


def changes(city: City, asked: Question) -> tuple[Figures, pd.DataFrame]:
    """Compare the counts of two periods, each brought to the same length.

    Parameters
    ----------
    city : City
        The city.
    asked : Question
        Which figures, with the second period.

    Returns
    -------
    figures : Figures
        The figures of both periods.
    found : DataFrame
        As from :func:`gridmap.incidents.change.change`; ``n_before`` is the second period.

    Raises
    ------
    ValueRefused
        If there is no second period.
    """
    if asked.other is None:
        raise ValueRefused("layers.no_period")
    shown = figures(city, asked)
    before = shown.frame[["n2"]].rename(columns={"n2": "n"})
    lengths = (_days(city, asked.other), _days(city, asked.chosen))
    return shown, change_.change(before, shown.frame, lengths)


def _days(city: City, chosen: Filter) -> float:
    """Return the length of a period; an open end is where the city's incidents begin or end."""
    known: Any = period(city) or (None, None)
    first: date | None = chosen.start if chosen.start is not None else known[0]
    last: Any = chosen.end if chosen.end is not None else known[1]
    if first is None or last is None:
        return 1.0
    return max(1.0, (pd.Timestamp(last) - pd.Timestamp(first)) / pd.Timedelta(days=1))
