"""The streets of a patrol: travel between its places, by each way of moving in use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gridmap.streets.engines import Contracted
from gridmap.streets.network import network
from gridmap.streets.travel import travel

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from gridmap.patrol.model import Patrol, Ways
    from gridmap.streets.engines import Engine
    from gridmap.streets.network import Network


def with_ways(
    patrol: Patrol,
    streets: gpd.GeoDataFrame,
    engine: Callable[[Network], Engine] = Contracted,
) -> Patrol:
    """Return a patrol with its travel times.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    streets : GeoDataFrame
        A street layer (:mod:`gridmap.streets.model`).
    engine : callable
        Prepares shortest paths on a network.

    Returns
    -------
    Patrol
        The same with :attr:`Patrol.ways`.
    """
    modes = sorted({unit.mode for unit in patrol.units})
    places = patrol.places
    ways: dict[str, Ways] = {mode: travel(network(streets, mode), places, engine) for mode in modes}
    return replace(patrol, ways=ways)
