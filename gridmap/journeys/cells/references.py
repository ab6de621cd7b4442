"""Layers somebody sent: kept as they came, and checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import shapely

from gridmap.errors import NotFound
from gridmap.grid.check import Check, check, check_again
from gridmap.grid.model import Grid
from gridmap.grid.rules import Rules

if TYPE_CHECKING:
    from gridmap.journeys.city import City
    from gridmap.store import Layer, Plan


def layer(city: City, reference: int) -> Layer:
    """Return a layer somebody sent.

    Parameters
    ----------
    city : City
        The city.
    reference : int
        Number of the layer.

    Returns
    -------
    Layer
        The layer, without its rows.

    Raises
    ------
    NotFound
        If there is none, or it is a layer of another kind.
    """
    found = city.store.layers.get(reference)
    if found.kind != "reference":
        raise NotFound("store.no_layer", layer=reference)
    return found


def grid_of(city: City, reference: int) -> Grid:
    """Return a reference as a Grid.

    Parameters
    ----------
    city : City
        The city.
    reference : int
        Number of the layer.

    Returns
    -------
    Grid
        Its cells as they came, in their own CRS, with the boundary that was sent with them.
    """

    def make() -> Grid:
        about = city.store.layers.get(reference).about
        area = about.get("boundary")
        area = None if area is None else shapely.from_wkb(area)
        return Grid.from_frame(city.layer(reference), about.get("code"), area)

    return city.derived(("reference", reference), make)


def checked(city: City, reference: int) -> Check:
    """Return the check of a reference.

    Parameters
    ----------
    city : City
        The city.
    reference : int
        Number of the layer.

    Returns
    -------
    Check
        Made once: a reference never changes.
    """
    return city.derived(("checked", reference), lambda: check(grid_of(city, reference)))


def checked_plan(city: City, plan: Plan) -> Check:
    """Return the check of a plan as it stands.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan
        The plan.

    Returns
    -------
    Check
        Against the plan's boundary, if it has one, and by its rules; most of what the last check
        of a plan told is taken over.
    """
    _, before = city.newest("checked plan") or ((), None)

    def make() -> Check:
        grid, rules = city.grid(plan.head), Rules.from_dict(plan.rules)
        return check(grid, rules) if before is None else check_again(before, grid, rules)

    return city.derived(("checked plan", plan.head, json.dumps(plan.rules)), make)
