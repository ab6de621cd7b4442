"""Layers somebody sent: kept as they came, checked, repaired into a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridmap.errors import NotFound
from gridmap.grid.check import Check, check
from gridmap.grid.model import Grid
from gridmap.journeys.plans import Imported, import_grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridmap.journeys.city import City
    from gridmap.store import Layer


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
        Its cells as they came, in their own CRS.
    """

    def make() -> Grid:
        about = city.store.layers.get(reference).about
        return Grid.from_frame(city.layer(reference), about.get("code"))

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


def checked_plan(city: City, version: int) -> Check:
    """Return the check of a version of a plan.

    Parameters
    ----------
    city : City
        The city.
    version : int
        Number of the version.

    Returns
    -------
    Check
        Against the plan's boundary, if it has one.
    """
    return city.derived(("checked plan", version), lambda: check(city.grid(version)))


def repaired(
    city: City,
    reference: int,
    name: str,
    by: str = "",
    progress: Callable[[float, float], None] | None = None,
) -> tuple[Imported, dict[str, Any]]:
    """Repair a reference and make a draft of it.

    Parameters
    ----------
    city : City
        The city.
    reference : int
        Number of the layer.
    name : str
        Name of the draft.
    by : str
        Who does it.
    progress : callable, optional
        Is told what is done and the total; may raise to stop.

    Returns
    -------
    Imported
        The draft.
    dict
        ``changed`` and ``left``: how many cells were changed and how many defects were left.
    """
    from gridmap.grid.repair import repair

    tell = progress or _silent
    tell(0, 3)
    mended = repair(grid_of(city, reference))
    tell(1, 3)
    newest = city.store.layers.latest("blocks")
    blocks = None if newest is None else city.layer(newest.id)
    weight = None if newest is None else newest.about["weight"]
    tell(2, 3)
    made = import_grid(city.store, name, mended.grid, weight, blocks, by=by)
    return made, {"changed": len(mended.changes), "left": len(mended.left)}


def _silent(_done: float, _total: float) -> None:
    """Nobody watches."""
