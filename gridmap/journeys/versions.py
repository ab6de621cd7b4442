"""The plans of a city and their versions, ready for use."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import shapely

from gridmap.errors import NotFound
from gridmap.incidents.locate import Locator
from gridmap.journeys.kept import Kept

if TYPE_CHECKING:
    from datetime import date

    from gridmap.grid.model import Grid
    from gridmap.store import Plan, Store


class Versions(Kept):
    """The plans of a city and their versions.

    Parameters
    ----------
    store : Store
        The store; the caller closes it.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.store.fact("zone", "UTC"))

    def today(self) -> date:
        """Return the day it is in the city.

        Returns
        -------
        date
            By the clock of this machine.
        """
        return datetime.now(self.zone).date()

    def plan(self, plan: int | None = None) -> Plan:
        """Return a plan.

        Parameters
        ----------
        plan : int, optional
            Its number; absent means the one in force today, else the next one to come, else the
            newest draft.

        Returns
        -------
        Plan
            The plan.

        Raises
        ------
        NotFound
            If there is none.
        """
        if plan is not None:
            return self.store.plans.get(plan)
        drafts = [each for each in self.store.plans.all() if each.withdrawn is None]
        found = [*self.published()[:1], *drafts]
        if not found:
            raise NotFound("server.no_plans")
        return self.plan_on(self.today()) if found[0].valid_from else found[0]

    def plan_on(self, day: date) -> Plan:
        """Return the plan in force on a day.

        Parameters
        ----------
        day : date
            The day, in the city's zone.

        Returns
        -------
        Plan
            Before the first plan the first, without a published plan the newest draft.
        """
        published = self.published()
        begun = [plan for plan in published if plan.valid_from and plan.valid_from <= day]
        return (begun[-1:] or published[:1] or [self.plan()])[0]

    def published(self) -> list[Plan]:
        """Return every plan that was ever published.

        Returns
        -------
        list of Plan
            In the order in which they come into force.
        """
        found = [plan for plan in self.store.plans.all() if plan.valid_from is not None]
        return sorted(found, key=lambda plan: str(plan.valid_from))

    def grid(self, version: int) -> Grid:
        """Return the Grid of a version.

        Parameters
        ----------
        version : int
            Number of the version.

        Returns
        -------
        Grid
            Cells ordered by code, in EPSG:4326.
        """
        known = self.newest("grid")
        near = None if known is None else (known[0][1], known[1])
        return self.derived(("grid", version), lambda: self.store.plans.grid(version, near))

    def locator(self, version: int) -> Locator:
        """Return the Locator of a version.

        Parameters
        ----------
        version : int
            Number of the version.

        Returns
        -------
        Locator
            Of its Grid.
        """
        return self.derived(("locator", version), lambda: Locator(self.grid(version)))

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return the bounds of the plan in force.

        Returns
        -------
        tuple of float or None
            West, south, east, north in degrees; None without a plan.
        """
        try:
            version = self.plan().head
        except NotFound:
            return None

        def make() -> tuple[float, float, float, float]:
            west, south, east, north = shapely.total_bounds(self.grid(version).shapes).tolist()
            return west, south, east, north

        return self.derived(("bounds", version), make)

    def size(self, version: int) -> int:
        """Return how many cells a version has.

        Parameters
        ----------
        version : int
            Number of the version.

        Returns
        -------
        int
            Cells.
        """
        return self.derived(("size", version), lambda: len(self.grid(version).codes))
