"""What the store holds, ready for use, and made anew when the store has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from gridmap.errors import NotFound
from gridmap.incidents.locate import Locator, place
from gridmap.journeys import remembering
from gridmap.journeys.kept import Kept, Revision

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid
    from gridmap.store import Plan, Store
    from gridmap.store.known import Known


@dataclass(frozen=True)
class Blocks:
    """Small areas with people.

    Parameters
    ----------
    layer : int
        Number of their layer.
    frame : GeoDataFrame
        One row a block.
    weight : str
        Column that counts people or households.
    """

    layer: int
    frame: gpd.GeoDataFrame
    weight: str


class City(Kept):
    """A store, with everything derived from it kept until the store changes.

    Parameters
    ----------
    store : Store
        The store; the caller closes it.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.known: Known | None = None

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

    def incidents(self) -> pd.DataFrame:
        """Return all incidents as the store holds them now.

        Returns
        -------
        DataFrame
            The incident frame, not yet placed.
        """
        return self.derived(("incidents", self.revision()), self._read_incidents)

    def _read_incidents(self) -> pd.DataFrame:
        before = self.known or remembering.known(self.store)
        self.known = self.store.incidents.known(before)
        return self.known.frame(str(self.zone))

    def revision(self) -> Revision:
        """Return how often the incidents have changed: a part of the key of what they make.

        Returns
        -------
        Revision
            Of the incidents and of what is known of the city.
        """
        return Revision(self.store.database.revision("incidents", "facts"))

    def placed(self, version: int) -> pd.DataFrame:
        """Return all incidents, placed in one version of a plan.

        Parameters
        ----------
        version : int
            Number of the version.

        Returns
        -------
        DataFrame
            Incident frame with ``cell``, ``reason``, ``match``, ``score`` and ``cell_LEVEL``.
        """
        revision = self.revision()

        def make() -> pd.DataFrame:
            incidents, grid = self.incidents(), self.grid(version)
            at = remembering.positions(self, version, revision)
            if at is None or len(at) != len(incidents):
                return place(incidents, grid, self.locator(version))
            return place(incidents, grid, at=at)

        return self.derived(("placed", version, revision), make)

    def in_force(self) -> pd.DataFrame:
        """Return all incidents, each in the cell of the plan in force when it happened.

        Returns
        -------
        DataFrame
            As from :meth:`placed`, with ``plan``, the number of that plan; ``cell_LEVEL`` of every
            level one of them has, empty where that plan has none. An incident before the first
            plan is placed in the first, one without a time in the plan in force today.
        """
        plans = self.published() or [self.plan()]
        key = ("in force", *(plan.id for plan in plans), self.revision(), self.today())
        return self.derived(key, lambda: self._in_force(plans))

    def _in_force(self, plans: list[Plan]) -> pd.DataFrame:
        frames = [self.placed(plan.head) for plan in plans]
        which = self._plan_of(frames[0], plans)
        levels = dict.fromkeys(name for each in frames for name in each if name.startswith("cell_"))
        result = frames[0].assign(**dict.fromkeys(levels, ""))
        for n, frame in enumerate(frames):
            mine = which == n
            known = ["cell", "reason", *(name for name in levels if name in frame)]
            result.loc[mine, known] = frame.loc[mine, known]
        result["plan"] = np.array([plan.id for plan in plans])[which]
        return result

    def _plan_of(self, frame: pd.DataFrame, plans: list[Plan]) -> NDArray[np.intp]:
        starts = [str(plan.valid_from or "0001-01-01") for plan in plans]
        day = frame["when"].dt.strftime("%Y-%m-%d").fillna(self.today().isoformat())
        at = np.searchsorted(np.array(starts), day.to_numpy(dtype=str), side="right") - 1
        return np.maximum(at, 0)

    def layer(self, layer: int) -> gpd.GeoDataFrame:
        """Return the rows of a layer.

        Parameters
        ----------
        layer : int
            Number of the layer.

        Returns
        -------
        GeoDataFrame
            As it was imported.
        """
        return self.derived(("layer", layer), lambda: self.store.layers.frame(layer))

    def blocks(self) -> Blocks | None:
        """Return the blocks.

        Returns
        -------
        Blocks or None
            The newest layer of blocks; None if none was imported, or the newest names no column
            of counts, as layers of earlier versions may.
        """
        newest = self.store.layers.latest("blocks")
        if newest is None or "weight" not in newest.about:
            return None
        return Blocks(newest.id, self.layer(newest.id), newest.about["weight"])

    def streets(self) -> gpd.GeoDataFrame | None:
        """Return the streets.

        Returns
        -------
        GeoDataFrame or None
            The newest street layer; None if none was imported.
        """
        newest = self.store.layers.latest("streets")
        return None if newest is None else self.layer(newest.id)

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
