"""The drawn way of a unit through its shift: a place for every second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridmap.streets.network import segment_metres

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.patrol.model import Patrol
    from gridmap.patrol.solution import Route

DIGITS = 7
"""Decimals of a degree kept: about a centimetre."""


@dataclass(frozen=True, eq=False)
class Track:
    """Where a unit is and when; the one source of what is drawn, printed and exported.

    Parameters
    ----------
    unit : str
        Name of the unit.
    lonlat : ndarray of float64, shape (n, 2)
        Longitude and latitude, rounded to :data:`DIGITS`.
    seconds : ndarray of int64, shape (n,)
        Second of the shift at each point; a stay is its place twice.
    """

    unit: str
    lonlat: NDArray[np.float64]
    seconds: NDArray[np.int64]

    @property
    def metres(self) -> float:
        """Geodesic length."""
        return float(segment_metres(self.lonlat).sum()) if len(self.lonlat) > 1 else 0.0


def track(patrol: Patrol, route: Route) -> Track:
    """Draw a route on the streets.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    route : Route
        The route of one of its units.

    Returns
    -------
    Track
        From setting out to being back, along streets.
    """
    unit = [unit.name for unit in patrol.units].index(route.unit)
    number = {stop.name: k for k, stop in enumerate(patrol.stops)}
    ways = patrol.ways[patrol.units[unit].mode]
    here, leave = patrol.start_place(unit), route.leave
    points, times = [], []
    for visit in (*route.visits, None):
        if visit is None:
            there, arrive = patrol.end_place(unit), route.back
        else:
            there = patrol.stop_place(number[visit.stop]) if visit.stop else here
            arrive = visit.arrive
        path = ways.path(here, there)
        points.append(path.lonlat)
        whole = max(int(path.millis[-1]), 1)
        share = path.millis / whole if len(path.millis) > 1 else np.ones(1)
        times.append(leave + np.rint(share * (arrive - leave)).astype(np.int64))
        here, leave = there, arrive if visit is None else visit.leave
        points.append(path.lonlat[-1:])
        times.append(np.array([leave]))
    return Track(route.unit, *_once(np.concatenate(points), np.concatenate(times)))


def _once(
    lonlat: NDArray[np.float64], seconds: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Round, and drop points that say the same as the one before."""
    lonlat = lonlat.round(DIGITS)
    keep = np.ones(len(lonlat), dtype=bool)
    keep[1:] = (np.diff(lonlat, axis=0) != 0).any(axis=1) | (np.diff(seconds) != 0)
    return lonlat[keep], seconds[keep]
