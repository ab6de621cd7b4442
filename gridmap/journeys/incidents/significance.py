"""Which figures are more than chance: hot spots, and change between two periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridmap.errors import ValueRefused
from gridmap.incidents import change as change_
from gridmap.incidents import foretold as foretold_
from gridmap.incidents import hotspots as hotspots_
from gridmap.incidents.measure import select
from gridmap.journeys.cells.plans import period
from gridmap.journeys.incidents.figures import figures, weight_of
from gridmap.journeys.incidents.service import UNITS
from gridmap.journeys.map import SEED

if TYPE_CHECKING:
    from datetime import date

    from scipy import sparse

    from gridmap.incidents.measure import Filter
    from gridmap.journeys.city import City
    from gridmap.journeys.incidents.figures import Figures, Question


@dataclass(frozen=True)
class Foretold:
    """How well maps of an earlier period would have foretold a later one.

    Parameters
    ----------
    plan, version : int
        Whose cells.
    before, after : Filter
        The two periods, each with both ends.
    n_before, n : int
        Placed incidents in each.
    frame : DataFrame
        As from :func:`gridmap.incidents.foretold.foretold`.
    """

    plan: int
    version: int
    before: Filter
    after: Filter
    n_before: int
    n: int
    frame: pd.DataFrame


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
    near = _near(city, shown.version, asked.level)
    return shown, hotspots_.hotspots(shown.frame, near, seed=SEED)


def _near(city: City, version: int, level: str | None) -> sparse.csr_array:
    grid = city.grid(version)
    key = ("neighbours", version, level)
    return city.derived(key, lambda: hotspots_.neighbours(grid, level))


def back_test(city: City, asked: Question) -> Foretold:
    """Tell whether a map of hot spots would have foretold more than simply counting.

    Parameters
    ----------
    city : City
        The city.
    asked : Question
        Which figures. With a second period that one foretells the period shown; without, the first
        half of the period shown foretells its second half.

    Returns
    -------
    Foretold
        Of the plain count, the density and Gi*.

    Raises
    ------
    ValueRefused
        If there are no incidents, or the period is too short to be cut in two.
    """
    plan = city.plan(asked.plan)
    version = asked.version or plan.head
    grid, incidents = city.grid(version), city.placed(version)
    if asked.other is None:
        periods = foretold_.halves(incidents, asked.chosen)
    else:
        periods = (asked.other, asked.chosen)
    per = weight_of(plan.weight, asked.per)
    per = None if per in UNITS else per
    near = _near(city, version, asked.level)
    frame = foretold_.foretold(incidents, grid, near, periods, asked.level, per)
    n_before, n = ((select(incidents, one)["cell"] != "").sum() for one in periods)
    return Foretold(plan.id, version, *periods, int(n_before), int(n), frame)


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
        As from :func:`gridmap.incidents.change.change`; ``n_before`` is the second period. Nothing
        is said to be more than chance where that one has no incidents or begins before them.

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
    some = bool(shown.totals2 and shown.totals2["total"])
    recorded = some and recorded_from(city, asked.other) is None
    return shown, change_.change(before, shown.frame, lengths, recorded=recorded)


def recorded_from(city: City, other: Filter) -> date | None:
    """Return the first day of the incidents if a period begins before it.

    Parameters
    ----------
    city : City
        The city.
    other : Filter
        The period compared with; an open start begins with the incidents.

    Returns
    -------
    date or None
        None if the period was recorded from its first day on.
    """
    known = period(city)
    early = known is not None and other.start is not None and other.start < known[0]
    return known[0] if known is not None and early else None


def _days(city: City, chosen: Filter) -> float:
    """Return the length of a period; an open end is where the city's incidents begin or end."""
    known: Any = period(city) or (None, None)
    first: date | None = chosen.start if chosen.start is not None else known[0]
    last: Any = chosen.end if chosen.end is not None else known[1]
    if first is None or last is None:
        return 1.0
    if chosen.end is None:
        last += timedelta(days=1)
    return max(1.0, (pd.Timestamp(last) - pd.Timestamp(first)) / pd.Timedelta(days=1))
