"""What staff ask of the incidents: figures per cell, over time, by the clock, and lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gridmap.errors import ColumnError, ValueRefused
from gridmap.incidents.measure import PER_AREA, PER_TOTAL, Filter, measure, select, totals
from gridmap.incidents.service import overdue
from gridmap.journeys.incidents.service import UNITS, now, service_figures
from gridmap.layers.choropleth import FEWEST, classes

if TYPE_CHECKING:
    import pandas as pd

    from gridmap.grid.model import Grid
    from gridmap.journeys.city import City

EVERYTHING = Filter()


@dataclass(frozen=True)
class Question:
    """What figures are asked for.

    Parameters
    ----------
    plan : int or None
        Plan whose cells are shown; None stands for the one in force.
    version : int or None
        Version of it; None stands for where it stands now.
    level : str or None
        Level column; None stands for the cells themselves.
    per : str or None
        None for counts, ``area`` per km², ``share`` for percent, one of
        :data:`gridmap.journeys.incidents.service.UNITS` for how incidents are dealt with, else
        the weight per 1,000 of it (``people`` for the plan's own).
    chosen : Filter
        Which incidents.
    other : Filter or None
        The second period to compare with.
    k : int
        Number of classes.
    scheme : str
        How the classes are made, see :func:`gridmap.layers.choropleth.classes`.
    """

    plan: int | None = None
    version: int | None = None
    level: str | None = None
    per: str | None = None
    chosen: Filter = EVERYTHING
    other: Filter | None = None
    k: int = 5
    scheme: str = "quantiles"


@dataclass(frozen=True)
class Figures:
    """Figures per cell or group.

    Parameters
    ----------
    plan, version : int
        What they were counted in.
    frame : DataFrame
        Indexed by code or group: ``n, cells, area_km2, value`` and, with a weight, ``people``;
        with a second period also ``n2, value2, change``.
    breaks : tuple of float
        Upper bounds of the classes of ``value``, of a rate where it means something.
    unit : str
        ``count``, ``per_km2``, ``percent`` or ``per_1000``.
    totals, totals2 : dict
        As from :func:`gridmap.incidents.measure.totals`; the second None without a second period.
    """

    plan: int
    version: int
    frame: pd.DataFrame
    breaks: tuple[float, ...]
    unit: str
    totals: dict[str, Any]
    totals2: dict[str, Any] | None


def figures(city: City, asked: Question) -> Figures:
    """Return figures per cell or group of a plan.

    Parameters
    ----------
    city : City
        The city.
    asked : Question
        What is asked for.

    Returns
    -------
    Figures
        Every cell or group has a row, those without incidents too.

    Raises
    ------
    NotFound
        If there is no such plan.
    ColumnError
        If the plan has no such level or weight.
    """
    plan = city.plan(asked.plan)
    version = asked.version or plan.head
    grid = city.grid(version)
    per = weight_of(plan.weight, asked.per)
    incidents = city.placed(version)

    def counted(chosen: Filter) -> pd.DataFrame:
        seen = select(incidents, chosen)
        if per in UNITS:
            return service_figures(seen, grid, str(per), now(city), asked.level)
        return measure(seen, grid, asked.level, per)

    frame = counted(asked.chosen)
    totals2 = None
    if asked.other is not None:
        frame = _compare(frame, counted(asked.other))
        totals2 = totals(incidents, asked.other)
    named = frame[frame.index != ""]
    if "people" in named:
        named = named[named["people"] >= FEWEST]
    breaks = classes(named["value"], asked.k, asked.scheme)
    total = totals(incidents, asked.chosen)
    return Figures(plan.id, version, frame, breaks, unit_of_rate(per), total, totals2)


def weight_of(weight: str | None, per: str | None) -> str | None:
    """Return what counts are related to, in the words of the core.

    Parameters
    ----------
    weight : str or None
        Weight of the plan.
    per : str or None
        As in :class:`Question`.

    Returns
    -------
    str or None
        As in :func:`gridmap.incidents.measure.measure`, or one of the service's measures.

    Raises
    ------
    ValueRefused
        If people are asked for and the plan has no weight.
    """
    if per == "count":
        return None
    if per == "people":
        if weight is None:
            raise ValueRefused("server.no_weight")
        return weight
    return per


def unit_of_rate(per: str | None) -> str:
    """Return the unit of figures.

    Parameters
    ----------
    per : str or None
        As in :class:`Question`.

    Returns
    -------
    str
        ``count``, ``per_km2``, ``percent``, ``per_1000``, ``rate`` (percent) or ``hours``.
    """
    if per in UNITS:
        return UNITS[str(per)]
    return {None: "count", PER_AREA: "per_km2", PER_TOTAL: "percent"}.get(per, "per_1000")


def _compare(frame: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(
        n2=other["n"], value2=other["value"], change=frame["value"] - other["value"]
    )


def in_cell(incidents: pd.DataFrame, cell: str | None, level: str | None = None) -> pd.DataFrame:
    """Return the incidents in a cell or group.

    Parameters
    ----------
    incidents : DataFrame
        Placed incidents.
    cell : str or None
        Code of the cell, or name of the group; None stands for all.
    level : str, optional
        Level column of the group.

    Returns
    -------
    DataFrame
        The rows in it.

    Raises
    ------
    ColumnError
        If the incidents were placed in cells without that level.
    """
    if cell is None:
        return incidents
    column = "cell" if level is None else f"cell_{level}"
    if column not in incidents:
        levels = [name[5:] for name in incidents if name.startswith("cell_")]
        raise ColumnError("measure.no_level", level=level, levels=", ".join(levels))
    return incidents[incidents[column] == cell]


def listed(
    city: City,
    chosen: Filter,
    *,
    plan: int | None = None,
    cell: str | None = None,
    level: str | None = None,
    unplaced: bool = False,
    late: bool = False,
) -> pd.DataFrame:
    """Return incidents one by one, the newest first.

    Parameters
    ----------
    city : City
        The city.
    chosen : Filter
        Which incidents.
    plan : int, optional
        Plan in whose cells they are shown; absent means the plan in force when each happened.
    cell : str, optional
        Those in this cell only, or in the group of this name.
    level : str, optional
        Level column of the group; then the plan is absent for the one in force today.
    unplaced : bool
        Those without a cell only.
    late : bool
        Those open and past due only.

    Returns
    -------
    DataFrame
        Placed incidents.
    """
    as_it_was = plan is None and level is None
    frame = city.in_force() if as_it_was else city.placed(city.plan(plan).head)
    found = in_cell(select(frame, chosen), cell, level)
    if unplaced:
        found = found[found["cell"] == ""]
    if late:
        found = found[overdue(found, now(city))]
    return found.sort_values("when", ascending=False, kind="stable", na_position="last")


def cell_of(city: City, lon: float, lat: float, grid: Grid | None = None) -> str:
    """Return the cell a place lies in under the plan in force.

    Parameters
    ----------
    city : City
        The city.
    lon, lat : float
        The place in degrees.
    grid : Grid, optional
        Another grid.

    Returns
    -------
    str
        Its code, or ``""`` outside.
    """
    from gridmap.incidents.locate import Locator

    locator = city.locator(city.plan().head) if grid is None else Locator(grid)
    return str(locator.codes(np.array([lon]), np.array([lat]))[0])
