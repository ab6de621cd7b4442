"""A store of an earlier version becomes one of the present version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridmap.journeys.places import KIND, places_of
from gridmap.store import open_store
from gridmap.store import upgrade as stores

if TYPE_CHECKING:
    from pathlib import Path


def upgrade(path: Path) -> Path:
    """Bring a store to the present version; columns about people, once kept with places, go.

    Parameters
    ----------
    path : Path
        The store; nobody else may have it open.

    Returns
    -------
    Path
        Where the old store is kept.

    Raises
    ------
    NotFound
        If there is no file.
    SchemaError
        If it is no store of an earlier version; nothing was changed.
    """
    kept = stores.upgrade(path)
    with open_store(path, create=False) as store:
        for layer in store.layers.all(KIND):
            if "public" not in layer.about:
                store.layers.add(KIND, layer.name, *places_of(store.layers.frame(layer.id)))
                store.layers.remove(layer.id)
    return kept
