"""What becomes of a draft: published, withdrawn, its cells locked, its holes allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridmap.errors import NotFound
from gridmap.grid.model import code_text
from gridmap.grid.rules import Rules
from gridmap.journeys.cells.saving import require_draft
from gridmap.journeys.cells.sound import require_coverage

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from gridmap.journeys.city import City
    from gridmap.store import Plan


def publish(city: City, plan: int, expected: int, start: date, reason: str) -> Plan:
    """Put a draft in force from a day on.

    Parameters
    ----------
    city : City
        The city.
    plan, expected : int
        Number of the draft and the version it is thought to stand at.
    start : date
        First day in force.
    reason : str
        Why.

    Returns
    -------
    Plan
        The published plan.

    Raises
    ------
    ValueRefused
        If there is no reason, a plan is published from the same day or later, or the cells are
        not a coverage.
    Conflict
        If the plan is published already.
    Stale
        If somebody saved first.
    """
    found = require_draft(city, plan, expected)
    require_coverage(city.grid(expected), Rules.from_dict(found.rules))
    return city.store.plans.publish(plan, expected, start, reason)


def withdraw(city: City, plan: int, expected: int) -> Plan:
    """Put a draft aside; it can be brought back as it stood.

    Parameters
    ----------
    city : City
        The city.
    plan, expected : int
        Number of the draft and the version it is thought to stand at.

    Returns
    -------
    Plan
        The draft, withdrawn.

    Raises
    ------
    Conflict
        If the plan is published or withdrawn already.
    Stale
        If somebody saved first.
    """
    require_draft(city, plan, expected)
    return city.store.plans.withdraw(plan, expected)


def lock(city: City, plan: int, codes: Collection[str], *, locked: bool) -> Plan:
    """Lock cells of a draft, so that no edit and no repair changes them, or unlock them.

    Parameters
    ----------
    city : City
        The city.
    plan : int
        Number of the draft.
    codes : collection of str
        Codes of cells.
    locked : bool
        Whether they are locked from now on.

    Returns
    -------
    Plan
        The draft.

    Raises
    ------
    NotFound
        If a cell that is to be locked is not in the draft.
    Conflict
        If the plan is published or withdrawn.
    """
    known = city.grid(city.store.plans.get(plan).head).cells.index
    missing = [code for code in codes if code not in known] if locked else []
    if missing:
        raise NotFound("store.no_cell", codes=", ".join(missing[:12]))

    def change(rules: dict[str, Any]) -> dict[str, Any]:
        before = set(rules.get("locked", []))
        after = before | set(codes) if locked else before - set(codes)
        return {**rules, "locked": sorted(after)}

    return city.store.plans.revise(plan, change)


def members(city: City, plan: int, level: str, group: str) -> list[str]:
    """Return the cells of a group.

    Parameters
    ----------
    city : City
        The city.
    plan : int
        Number of the plan.
    level : str
        Name of the level.
    group : str
        The group's value, as text.

    Returns
    -------
    list of str
        Codes of its cells.

    Raises
    ------
    NotFound
        If the plan has no such level.
    """
    grid = city.grid(city.store.plans.get(plan).head)
    if level not in grid.levels:
        raise NotFound("store.no_level", level=level, levels=", ".join(grid.levels))
    mine = np.array(code_text(grid.cells[level])) == group
    return [str(code) for code in grid.codes[mine]]


def allow(city: City, plan: int, point: tuple[float, float], who: str, why: str) -> Plan:
    """Say that a hole in a draft is meant to be there.

    Parameters
    ----------
    city : City
        The city.
    plan : int
        Number of the draft.
    point : tuple of float
        Longitude and latitude of a point in it.
    who, why : str
        Who allows it, and why.

    Returns
    -------
    Plan
        The draft.

    Raises
    ------
    Conflict
        If the plan is published or withdrawn.
    """
    hole = {"point": list(point), "who": who, "why": why}
    Rules.from_dict({"allowed": [hole]})
    return city.store.plans.revise(
        plan, lambda rules: {**rules, "allowed": [*rules.get("allowed", []), hole]}
    )


def disallow(city: City, plan: int, point: tuple[float, float]) -> Plan:
    """Take back that a hole in a draft is meant to be there.

    Parameters
    ----------
    city : City
        The city.
    plan : int
        Number of the draft.
    point : tuple of float
        Longitude and latitude, as they were given when it was allowed.

    Returns
    -------
    Plan
        The draft.

    Raises
    ------
    NotFound
        If no hole is allowed there.
    Conflict
        If the plan is published or withdrawn.
    """

    def change(rules: dict[str, Any]) -> dict[str, Any]:
        before = rules.get("allowed", [])
        after = [hole for hole in before if hole["point"] != list(point)]
        if len(after) == len(before):
            raise NotFound("store.no_hole", lon=point[0], lat=point[1])
        return {**rules, "allowed": after}

    return city.store.plans.revise(plan, change)
