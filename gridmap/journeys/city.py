"""What the store holds, ready for use, and made anew when the store has changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridmap.incidents.locate import place
from gridmap.journeys import remembering
from gridmap.journeys.kept import Revision
from gridmap.journeys.versions import Versions

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

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


class City(Versions):
    """A store, with everything derived from it kept until the store changes.

    Parameters
    ----------
    store : Store
        The store; the caller closes it.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.known: Known | None = None

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
