"""What saving a draft asks for, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridmap.errors import Conflict, Stale
from gridmap.journeys.cells.touched import figures_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gridmap.journeys.city import City
    from gridmap.store import Plan


@dataclass(frozen=True)
class Saved:
    """What an edit, an undo or a redo changed.

    Parameters
    ----------
    plan : Plan
        The draft as it stands now.
    before, after : DataFrame
        Figures of the touched cells, indexed by code: ``area_m2``, ``people``, ``incidents``.
    gained : tuple of str
        Touched cells that are the same ground and only gained a vertex of a neighbour's.
    notices : tuple
        Pairs of a message key and its values: what to look at.
    """

    plan: Plan
    before: pd.DataFrame
    after: pd.DataFrame
    gained: tuple[str, ...] = ()
    notices: tuple[tuple[str, dict[str, Any]], ...] = ()


def require_draft(city: City, plan: int, expected: int) -> Plan:
    """Refuse unless a plan is a draft that stands where somebody thinks it does.

    Parameters
    ----------
    city : City
        The city.
    plan : int
        Number of the plan.
    expected : int
        Version it is thought to stand at.

    Returns
    -------
    Plan
        The draft.

    Raises
    ------
    Conflict
        If the plan is published.
    Stale
        If it stands elsewhere; ``values["changed"]`` says what was done meanwhile.
    """
    found = city.store.plans.get(plan)
    if found.valid_from is not None:
        raise Conflict("store.published", plan=found.name)
    if found.withdrawn is not None:
        raise Conflict("store.withdrawn", plan=found.name)
    if found.head != expected:
        changed = _changed(city, expected, found.head)
        raise Stale("store.saved_first", plan=found.name, version=found.head, changed=changed)
    return found


def _changed(city: City, expected: int, head: int) -> list[dict[str, Any]]:
    plans = city.store.plans
    return [
        {
            "version": version.id,
            "by": version.by,
            "at": version.at,
            "op": "" if version.edit is None else version.edit["op"],
            "cells": plans.touched(version.id) if version.edit else [],
        }
        for version in plans.between(expected, head)[:50]
    ]


def exchange(
    city: City,
    draft: Plan,
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    edit: dict[str, Any],
    by: str,
) -> Saved:
    """Let cells take the place of others in a draft: what a repair or a redraw has made.

    Parameters
    ----------
    city : City
        The city.
    draft : Plan
        The draft as they were made for it.
    old, new : GeoDataFrame
        Cells that go and cells that come, indexed by code.
    edit : dict
        What is kept with the version it makes.
    by : str
        Who does it.

    Returns
    -------
    Saved
        The draft, and the figures of the cells before and after.

    Raises
    ------
    Stale
        If somebody saved first; nothing was saved.
    """
    saved = city.store.plans.save(draft.id, draft.head, list(old.index), new, edit, by)
    before = figures_of(city, draft, city.grid(draft.head), old)
    return Saved(saved, before, figures_of(city, saved, city.grid(saved.head), new))
