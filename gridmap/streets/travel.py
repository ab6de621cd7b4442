"""Travel times and drawn paths between places on a street network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap import crs
from gridmap.streets.engines import NEVER, Contracted
from gridmap.streets.model import WALKING
from gridmap.streets.network import segment_metres

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gridmap.streets.engines import Engine
    from gridmap.streets.network import Network

REACH = 250.0
"""Metres a place may lie off the nearest street; farther ones are unreachable."""


@dataclass(frozen=True, eq=False)
class Path:
    """The drawn way from one place to another.

    Parameters
    ----------
    lonlat : ndarray of float64, shape (n, 2)
        Vertices, longitude and latitude.
    millis : ndarray of int64, shape (n,)
        Milliseconds since the start at each vertex; the last is the entry of the matrix.
    """

    lonlat: NDArray[np.float64]
    millis: NDArray[np.int64]

    @property
    def metres(self) -> float:
        """Geodesic length."""
        return float(segment_metres(self.lonlat).sum())


@dataclass(frozen=True, eq=False)
class Travel:
    """Times and ways between places.

    A place is joined to the nearest street by a straight walk, part of every time and path.

    Parameters
    ----------
    network : Network
        The streets.
    lonlat : ndarray of float64, shape (n, 2)
        The places.
    street : ndarray of int64, shape (n,)
        Nearest stretch of each place; -1 where it is unreachable.
    joint : ndarray of float64, shape (n, 2)
        Where the place is joined to its stretch.
    along : ndarray of int64, shape (n,)
        Milliseconds from the first vertex of the stretch to the joint.
    walk : ndarray of int64, shape (n,)
        Milliseconds of the walk from the place to the joint.
    millis : ndarray of int64, shape (n, n)
        Milliseconds from place to place, or NEVER.
    engine : Engine
        What found them.
    """

    network: Network
    lonlat: NDArray[np.float64]
    street: NDArray[np.int64]
    joint: NDArray[np.float64]
    along: NDArray[np.int64]
    walk: NDArray[np.int64]
    millis: NDArray[np.int64]
    engine: Engine

    @property
    def reached(self) -> NDArray[np.bool_]:
        """Which places have a street within reach."""
        return self.street >= 0

    def path(self, source: int, target: int) -> Path:
        """Return the way between two places.

        Parameters
        ----------
        source, target : int
            Positions of reached places.

        Returns
        -------
        Path
            The way whose time is the entry of the matrix.
        """
        if (self.lonlat[source] == self.lonlat[target]).all():
            return Path(self.lonlat[[source]], np.zeros(1, np.int64))
        pieces = [
            (self.lonlat[[source]], self.joint[[source]], int(self.walk[source])),
            *_legs(self, source, target),
            (self.joint[[target]], self.lonlat[[target]], int(self.walk[target])),
        ]
        points, times, now = [self.lonlat[[source]]], [np.zeros(1, np.int64)], 0
        for first, rest, cost in pieces:
            xy = np.concatenate([first, rest])
            steps = segment_metres(xy)
            share = np.cumsum(steps) / max(steps.sum(), 1e-9)
            share[-1] = 1.0
            points.append(xy[1:])
            times.append(now + np.rint(share * cost).astype(np.int64))
            now += cost
        return _without_repeats(np.concatenate(points), np.concatenate(times))


def travel(
    network: Network,
    lonlat: Any,
    engine: Engine | Callable[[Network], Engine] = Contracted,
    reach: float = REACH,
) -> Travel:
    """Return times and ways between places.

    Parameters
    ----------
    network : Network
        The streets.
    lonlat : array-like of float, shape (n, 2)
        The places, longitude and latitude.
    engine : Engine or callable
        An engine prepared for this network, or the kind to prepare.
    reach : float
        Metres a place may lie off the nearest street.

    Returns
    -------
    Travel
        The matrix, and paths on demand.
    """
    places = np.asarray(lonlat, dtype=float).reshape(-1, 2)
    street, joint, along, walk = _snap(network, places, reach)
    ready: Engine = engine(network) if callable(engine) else engine
    bare = Travel(network, places, street, joint, along, walk, np.empty((0, 0), np.int64), ready)
    millis = _matrix(bare)
    return Travel(network, places, street, joint, along, walk, millis, ready)


def _snap(network: Network, places: NDArray[np.float64], reach: float) -> tuple[Any, ...]:
    metric = network.metric_crs
    points = shapely.points(crs.transform_points(places, crs.LONLAT, metric))
    street = np.full(len(places), -1, dtype=np.int64)
    if len(places):
        who, near = network.tree.query_nearest(points, max_distance=reach, all_matches=False)
        street[who] = near
    found = street >= 0
    lines = network.tree.geometries[street[found]]
    share = np.zeros(len(places))
    share[found] = shapely.line_locate_point(lines, points[found], normalized=True)
    joint, off = places.copy(), np.zeros(len(places))
    at = shapely.line_interpolate_point(lines, share[found], normalized=True)
    joint[found] = crs.transform_points(shapely.get_coordinates(at), metric, crs.LONLAT)
    off[found] = shapely.distance(at, points[found])
    along = np.rint(network.millis[street] * share).astype(np.int64)
    return street, joint, along, np.rint(off * 3600 / WALKING).astype(np.int64)


def _gates(of: Travel, which: NDArray[np.int64]) -> tuple[Any, ...]:
    """Crossing and milliseconds at either end of the places' stretches, out and in; shape (n, 2).

    Gate 0 lies at the first vertex: one leaves through it against the line and comes in along it.
    """
    street = of.street[which]
    whole, part = of.network.millis[street], of.along[which]
    cost = np.column_stack([part, whole - part])
    along, against = of.network.ways[street].T
    out = np.where(np.column_stack([against, along]), cost, NEVER)
    into = np.where(np.column_stack([along, against]), cost, NEVER)
    return of.network.ends[street].astype(np.int64), out, into


def _direct(of: Travel, source: Any, target: Any) -> NDArray[np.int64]:
    """Milliseconds between places on one stretch without leaving it, else NEVER."""
    same = of.street[source] == of.street[target]
    ahead = of.along[target] - of.along[source]
    along, against = of.network.ways[of.street[source]].T
    right = np.where(ahead >= 0, along | (ahead == 0), against)
    return np.where(same & right, np.abs(ahead), NEVER)


def _matrix(of: Travel) -> NDArray[np.int64]:
    count = len(of.lonlat)
    millis = np.full((count, count), NEVER, dtype=np.int64)
    which = np.flatnonzero(of.reached)
    if which.size:
        nodes, out, into = _gates(of, which)
        between = of.engine.matrix(nodes.ravel(), nodes.ravel())
        size = which.size
        by = between.reshape(size, 2, size, 2) + out[:, :, None, None] + into[None, None]
        a, b = np.meshgrid(which, which, indexing="ij")
        direct = _direct(of, a.ravel(), b.ravel()).reshape(size, size)
        road = np.minimum(by.min(axis=(1, 3)), direct)
        total = road + of.walk[which][:, None] + of.walk[which][None]
        millis[np.ix_(which, which)] = np.where(road >= NEVER, NEVER, total)
    here = (of.lonlat[:, None] == of.lonlat[None]).all(axis=2)
    millis[here] = 0
    return millis


def _legs(of: Travel, source: int, target: int) -> list[tuple[Any, Any, int]]:
    """Stretches of the way from joint to joint: first vertex, the others, milliseconds."""
    pair = np.array([source]), np.array([target])
    nodes, out, _ = _gates(of, pair[0])
    goals, _, into = _gates(of, pair[1])
    by = of.engine.matrix(nodes[0], goals[0]) + out[0][:, None] + into[0][None]
    direct = int(_direct(of, *pair)[0])
    if direct <= by.min():
        low, high = int(of.along[source]), int(of.along[target])
        return [_part(of.network, int(of.street[source]), (low, high))]
    start, end = (int(value) for value in np.unravel_index(by.argmin(), by.shape))
    whole = int(of.network.millis[of.street[source]])
    last = int(of.network.millis[of.street[target]])
    first = (int(of.along[source]), whole if start else 0)
    final = (last if end else 0, int(of.along[target]))
    streets, against = of.network.arc_streets
    arcs = of.engine.path(int(nodes[0, start]), int(goals[0, end]))
    middle = []
    for arc in arcs:
        cost = int(of.network.millis[streets[arc]])
        span = (cost, 0) if against[arc] else (0, cost)
        middle.append(_part(of.network, int(streets[arc]), span))
    return [
        _part(of.network, int(of.street[source]), first),
        *middle,
        _part(of.network, int(of.street[target]), final),
    ]


def _part(network: Network, street: int, span: tuple[int, int]) -> tuple[Any, Any, int]:
    """Cut a stretch at two times along it, turned round where the second comes first."""
    whole = int(network.millis[street])
    low, high = min(span) / whole, max(span) / whole
    xy = shapely.get_coordinates(network.lines[street])
    if span in {(0, whole), (whole, 0)}:
        cut = xy
    else:
        at = np.concatenate([[0.0], np.cumsum(segment_metres(xy))])
        at /= at[-1]
        inner = xy[(at > low) & (at < high)]
        ends = [
            np.column_stack([np.interp([s], at, xy[:, k]) for k in (0, 1)]) for s in (low, high)
        ]
        cut = np.concatenate([ends[0], inner, ends[1]])
    cut = cut if span[0] <= span[1] else cut[::-1]
    return cut[:1], cut[1:], abs(span[1] - span[0])


def _without_repeats(xy: NDArray[np.float64], millis: NDArray[np.int64]) -> Path:
    """Drop a vertex that repeats the one before it at the same time."""
    keep = np.ones(len(xy), dtype=bool)
    keep[1:] = (np.diff(xy, axis=0) != 0).any(axis=1) | (np.diff(millis) != 0)
    keep[-1] = True
    return Path(xy[keep], millis[keep])
