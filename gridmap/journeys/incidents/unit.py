"""One cell or group: how its incidents are dealt with, and of what kinds they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gridmap.errors import NotFound
from gridmap.incidents.measure import Filter, select
from gridmap.incidents.service import overdue, service
from gridmap.journeys.incidents.figures import in_cell
from gridmap.journeys.incidents.service import available, now

if TYPE_CHECKING:
    from gridmap.journeys.city import City


@dataclass(frozen=True)
class UnitService:
    """How the incidents of a cell or group are dealt with.

    Parameters
    ----------
    n : int
        Incidents under the filter.
    open : int
        Those not closed yet.
    measures : dict of str to float
        Those of :data:`gridmap.journeys.incidents.service.UNITS` the city's incidents can answer,
        NaN where they are rates of nothing. ``overdue`` counts what is open and past due now,
        whenever it was reported.
    categories : dict of str to int
        Incidents by category, the most frequent first.
    """

    n: int
    open: int
    measures: dict[str, float]
    categories: dict[str, int]


def unit_service(
    city: City, unit: str, chosen: Filter, *, level: str | None = None, plan: int | None = None
) -> UnitService:
    """Return how the incidents of a cell or group are dealt with.

    Parameters
    ----------
    city : City
        The city.
    unit : str
        Code of the cell or name of the group.
    chosen : Filter
        Which incidents.
    level : str, optional
        Level column of a group; absent means a cell.
    plan : int, optional
        The plan; absent means the one in force.

    Returns
    -------
    UnitService
        Of the incidents under the filter.

    Raises
    ------
    NotFound
        If the plan has no such cell or group.
    """
    version = city.plan(plan).head
    whole = in_cell(city.placed(version), unit, level)
    found = select(whole, chosen)
    sheet = service(found, city.grid(version), now(city), level)
    if unit not in sheet.index:
        raise NotFound("store.no_cell", codes=unit[:200])
    row = sheet.loc[unit]
    measures = {name: float(row[name]) for name in available(city)}
    if "overdue" in measures:
        ever = replace(chosen, start=None, end=None, weekdays=(), hours=())
        measures["overdue"] = float(overdue(select(whole, ever), now(city)).sum())
    counts = found["category"].astype(str).value_counts()
    categories = {str(name): int(count) for name, count in counts.items() if count}
    return UnitService(len(found), int(row["open"]), measures, categories)
