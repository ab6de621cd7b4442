"""What the first visitor would have to wait for, made while nobody waits."""

from __future__ import annotations

import math
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from gridmap.errors import GridmapError
from gridmap.incidents.measure import Filter
from gridmap.layers import mercator
from gridmap.server.routes.tiles import cell_tiles, city_heat, street_tiles

if TYPE_CHECKING:
    from gridmap.journeys.city import City

DEEPEST = 16
"""Deepest zoom with tiles of its own."""


def warm(city: City) -> threading.Thread:
    """Begin to make the tiles of the plan in force, and to load the compiled kernels.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    Thread
        A daemon: it ends with the server, whether it is done or not.
    """
    thread = threading.Thread(target=_make, args=(city,), daemon=True, name="warm")
    thread.start()
    return thread


def _make(city: City) -> None:
    # An empty city has nothing to make, and a store that closes meanwhile needs nothing any more.
    with suppress(GridmapError, SQLAlchemyError):
        plan = city.plan()
        tiles = cell_tiles(city, plan.head)
        west, south, east, north = tiles.bounds
        corners = mercator.to_square([[west, north], [east, south]])
        x, y = corners.mean(axis=0).tolist()
        first = 1 - math.floor(math.log2(np.ptp(corners, axis=0).max()))
        for z in sorted(range(DEEPEST + 1), key=lambda z: abs(z - first)):
            tiles.tile(z, int(x * (1 << z)), int(y * (1 << z)))
        city_heat(city, Filter()).png(12, int(x * 4096), int(y * 4096))
        street_tiles(city).tile(14, int(x * 16384), int(y * 16384))
