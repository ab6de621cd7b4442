"""Repair of a layer or a draft: proposed, reviewed change by change, saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import shapely

from gridmap.errors import Conflict, ValueRefused
from gridmap.grid.crosswalk import population
from gridmap.grid.disputes import Prefer
from gridmap.grid.repair import GAP_WIDTH, repair
from gridmap.grid.rules import Rules
from gridmap.journeys.cells.check import in_crs
from gridmap.journeys.cells.plans import PEOPLE, import_with_defects, rounded
from gridmap.journeys.cells.references import grid_of
from gridmap.journeys.cells.saving import Saved, exchange, require_draft
from gridmap.journeys.cells.sound import require_sound
from gridmap.journeys.source import silent

if TYPE_CHECKING:
    import geopandas as gpd

    from gridmap.grid.changes import Repair
    from gridmap.grid.model import Grid
    from gridmap.journeys.cells.plans import Imported
    from gridmap.journeys.city import City
    from gridmap.journeys.source import Progress
    from gridmap.store import Plan

WIDEST = 1000.0
"""Metres up to which a gap may be closed: beyond, it is no drawing error."""


@dataclass(frozen=True)
class Wishes:
    """How a repair is to be done.

    Parameters
    ----------
    gap_width : float
        Metres up to which gaps are closed.
    prefer : str
        Which cell gets disputed ground.
    keep_from : int, optional
        Plan that says whose the ground was before.
    refused : frozenset of str
        Ids of changes that must not be made.
    """

    gap_width: float = GAP_WIDTH
    prefer: Prefer = "longest-border"
    keep_from: int | None = None
    refused: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse wishes that cannot be fulfilled."""
        if not 0 <= self.gap_width <= WIDEST:
            raise ValueRefused("repair.gap_width", value=self.gap_width, most=WIDEST)
        if self.prefer not in get_args(Prefer):
            raise ValueRefused("repair.prefer", value=self.prefer)

    def to_json(self) -> dict[str, Any]:
        """Return the wishes as an edit that is kept with the version it makes.

        Returns
        -------
        dict
            ``op`` is ``repair``.
        """
        return {"op": "repair", **vars(self), "refused": sorted(self.refused)}


def of_reference(city: City, reference: int, wishes: Wishes) -> Repair:
    """Return what a repair of a layer somebody sent would be.

    Parameters
    ----------
    city : City
        The city.
    reference : int
        Number of the layer.
    wishes : Wishes
        How it is to be done.

    Returns
    -------
    Repair
        Made once for the same wishes.
    """
    return _repaired(city, ("reference", reference), grid_of(city, reference), wishes, Rules())


def of_draft(city: City, plan: Plan, wishes: Wishes) -> Repair:
    """Return what a repair of a draft would be, its locked cells and allowed holes respected.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan
        The draft.
    wishes : Wishes
        How it is to be done.

    Returns
    -------
    Repair
        Made once for the same wishes.
    """
    rules = Rules.from_dict(plan.rules)
    key = ("draft", plan.head, repr(plan.rules))
    return _repaired(city, key, city.grid(plan.head), wishes, rules)


def _repaired(city: City, key: Any, grid: Grid, wishes: Wishes, rules: Rules) -> Repair:
    def make() -> Repair:
        earlier = None
        if wishes.keep_from is not None:
            earlier = in_crs(city.grid(city.store.plans.get(wishes.keep_from).head), grid.crs)
        width, prefer, refused = wishes.gap_width, wishes.prefer, wishes.refused
        return repair(grid, rules, width, prefer, earlier=earlier, refused=refused)

    before = wishes.keep_from and city.store.plans.get(wishes.keep_from).head
    return city.derived(("repair", key, wishes, before), make)


def save_reference(
    city: City,
    reference: int,
    name: str,
    wishes: Wishes,
    by: str = "",
    progress: Progress = silent,
) -> tuple[Imported, Repair]:
    """Make a draft of a repaired layer; errors that are left go with it until it is published.

    Parameters
    ----------
    city : City
        The city.
    reference : int
        Number of the layer.
    name : str
        Name of the draft.
    wishes : Wishes
        How it is repaired.
    by : str
        Who does it.
    progress : callable
        Is told what is done and the total; may raise to stop.

    Returns
    -------
    Imported
        The draft, without the cells that hold no ground any more.
    Repair
        What was changed, left and vanished.

    Raises
    ------
    GeometryError
        If a broken ring could not be mended.
    ValueRefused
        If a code is missing or repeated.
    """
    progress(0, 3)
    done = of_reference(city, reference, wishes)
    progress(1, 3)
    blocks = city.blocks()
    gone = done.grid.cells.index.isin(done.vanished)
    kept = done.grid.with_cells(done.grid.cells[~gone])
    progress(2, 3)
    if blocks is None:
        return import_with_defects(city.store, name, kept, by=by), done
    counted = (blocks.weight, blocks.frame)
    return import_with_defects(city.store, name, kept, *counted, by), done


def save_draft(
    city: City,
    plan: int,
    expected: int,
    wishes: Wishes,
    by: str = "",
    progress: Progress = silent,
) -> tuple[Saved, Repair]:
    """Repair a draft; like every edit it can be undone.

    Parameters
    ----------
    city : City
        The city.
    plan, expected : int
        Number of the draft and the version it is thought to stand at.
    wishes : Wishes
        How it is repaired.
    by : str
        Who does it.
    progress : callable
        Is told what is done and the total; may raise to stop.

    Returns
    -------
    Saved
        The draft, and the figures of the changed cells before and after.
    Repair
        What was changed, left and vanished.

    Raises
    ------
    Conflict
        If nothing would be changed, or the plan is published.
    Stale
        If somebody saved first.
    """
    found = require_draft(city, plan, expected)
    progress(0, 2)
    grid = city.grid(expected)
    done = of_draft(city, found, wishes)
    progress(1, 2)
    moved = np.flatnonzero(~shapely.equals_identical(done.grid.shapes, grid.shapes))
    if not moved.size:
        raise Conflict("repair.nothing")
    old = grid.cells.iloc[moved]
    stays = ~shapely.is_empty(done.grid.shapes[moved])
    new = old[stays].set_geometry(rounded(done.grid.shapes[moved[stays]]), crs=grid.crs)
    require_sound(done.grid.with_cells(new))
    new = _counted(city, found, done.grid, new)
    progress(2, 2)
    return exchange(city, found, old, new, wishes.to_json(), by), done


def _counted(city: City, plan: Plan, grid: Grid, cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Count the people of some cells anew, if there are blocks."""
    blocks = city.blocks()
    if plan.weight != PEOPLE or blocks is None:
        return cells
    whole = grid.with_cells(grid.cells[~grid.cells.geometry.is_empty])
    people = population(whole, blocks.frame, blocks.weight).people
    return cells.assign(**{PEOPLE: people.loc[cells.index]})
