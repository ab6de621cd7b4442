"""A store of an earlier version becomes one of the present version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridmap.journeys.layers import without_people
from gridmap.journeys.places import KIND, places_of
from gridmap.store import open_store
from gridmap.store import upgrade as stores

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from gridmap.store import Layer


@dataclass(frozen=True)
class Upgraded:
    """What an upgrade of a store did.

    Parameters
    ----------
    kept : Path
        Where the old store is kept.
    dropped : dict of str to tuple of str
        Columns that look person-level and were not taken over, by name of their layer.
    """

    kept: Path
    dropped: dict[str, tuple[str, ...]]


def upgrade(path: Path) -> Upgraded:
    """Bring a store to the present version; columns about people, once kept with layers, go.

    Parameters
    ----------
    path : Path
        The store; nobody else may have it open.

    Returns
    -------
    Upgraded
        Where the old store is kept, and what was not taken over.

    Raises
    ------
    NotFound
        If there is no file.
    SchemaError
        If it is no store of an earlier version; nothing was changed.
    """
    kept = stores.upgrade(path)
    dropped: dict[str, tuple[str, ...]] = {}
    with open_store(path, create=False) as store:
        for layer in store.layers.all():
            if "dropped" in layer.about:
                continue
            rows, about = _as_imported(layer, store.layers.frame(layer.id))
            store.layers.rewrite(layer.id, rows, about)
            if about["dropped"]:
                dropped[layer.name] = (*dropped.get(layer.name, ()), *about["dropped"])
    return Upgraded(kept, dropped)


def _as_imported(layer: Layer, frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows of a layer, and what is known of it, as an import would keep them now."""
    if layer.kind == KIND:
        return places_of(frame)
    rows, dropped = without_people(frame, [layer.about.get("weight"), layer.about.get("code")])
    return rows, {"dropped": dropped}
