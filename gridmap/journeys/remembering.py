"""What the store remembers of a city, so that a restart need not work it out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridmap.store.known import FIELDS, Known

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.journeys.city import City
    from gridmap.store import Store

INCIDENTS, PLACES = "incidents", "places"


def known(store: Store) -> Known | None:
    """Return the incidents as they were when last remembered.

    Parameters
    ----------
    store : Store
        The store.

    Returns
    -------
    Known or None
        What is new since has to be read; None if nothing fitting is remembered.
    """
    content = store.remembered.get(INCIDENTS, _of_incidents())
    if content is None:
        return None
    found = Known.unpacked(content)
    return found if store.incidents.count(found.last) == found.table.num_rows else None


def positions(city: City, version: int, revision: tuple[int, ...]) -> NDArray[np.int32] | None:
    """Return where in a version each incident lies.

    Parameters
    ----------
    city : City
        The city.
    version : int
        Number of the version.
    revision : tuple of int
        State of the incidents.

    Returns
    -------
    ndarray of int32 or None
        Position of its cell, -1 for none; None if it is not remembered.
    """
    content = city.store.remembered.get(PLACES, _of_places(version, revision))
    return None if content is None else np.frombuffer(content, np.int32)


def remember(city: City) -> None:
    """Keep in the store what a restart would have to work out again, if it has changed.

    Parameters
    ----------
    city : City
        The city.
    """
    version, revision = city.plan().head, city.revision()
    made_of = _of_places(version, revision)
    earlier = city.store.remembered.latest(PLACES)
    if earlier is not None and earlier[0] == made_of:
        return
    placed, now = city.placed(version), city.known
    if now is None or city.revision() != revision:
        return
    found = pd.Index(city.grid(version).codes).get_indexer(placed["cell"]).astype(np.int32)
    city.store.remembered.put(INCIDENTS, _of_incidents(), now.packed())
    city.store.remembered.put(PLACES, made_of, found.tobytes())


def _of_incidents() -> dict[str, Any]:
    return {"fields": list(FIELDS)}


def _of_places(version: int, revision: tuple[int, ...]) -> dict[str, Any]:
    return {"version": version, "revision": list(revision)}
