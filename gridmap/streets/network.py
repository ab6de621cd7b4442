"""The street network of one way of moving: crossings and the arcs between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely
from pyproj import Geod
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from gridmap import crs
from gridmap.errors import ValueRefused
from gridmap.streets.model import WALKING, require_streets

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

Mode = Literal["car", "foot"]
MODES: tuple[Mode, ...] = ("car", "foot")
NODING = 1e-6
"""Ends of streets closer than this, in degrees (0.1 m), are one crossing."""
_WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True, eq=False)
class Network:
    """Streets one can use in one way of moving.

    Only the largest part in which every crossing can be reached from every other is kept, so
    that nobody is sent where there is no way back.

    Parameters
    ----------
    mode : {"car", "foot"}
        One-ways bind cars only.
    nodes : ndarray of float64, shape (n, 2)
        Crossings, longitude and latitude.
    lines : ndarray of LineString, shape (s,)
        Stretches of street in longitude and latitude.
    metres : ndarray of float64, shape (s,)
        Their geodesic length.
    millis : ndarray of int64, shape (s,)
        Time to pass each whole stretch, in milliseconds.
    ends : ndarray of int32, shape (s, 2)
        Crossing at the first and at the last vertex of each stretch.
    ways : ndarray of bool, shape (s, 2)
        Whether a stretch may be used along its line, and against it.
    names : ndarray of object, shape (s,)
        Street names.
    dropped : int
        Stretches left out because they are cut off from the largest part.
    """

    mode: Mode
    nodes: NDArray[np.float64]
    lines: NDArray[np.object_]
    metres: NDArray[np.float64]
    millis: NDArray[np.int64]
    ends: NDArray[np.int32]
    ways: NDArray[np.bool_]
    names: NDArray[np.object_]
    dropped: int

    @cached_property
    def arcs(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
        """Tail, head and milliseconds of each arc: the streets along, then those against."""
        along, against = self.ways.T
        tail = np.concatenate([self.ends[along, 0], self.ends[against, 1]])
        head = np.concatenate([self.ends[along, 1], self.ends[against, 0]])
        return tail, head, np.concatenate([self.millis[along], self.millis[against]])

    @cached_property
    def arc_streets(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Stretch of each arc, and whether the arc runs against its line."""
        along, against = np.flatnonzero(self.ways[:, 0]), np.flatnonzero(self.ways[:, 1])
        return (
            np.concatenate([along, against]),
            np.repeat([False, True], [along.size, against.size]),
        )

    @cached_property
    def metric_crs(self) -> Any:
        """CRS in metres in which points are snapped."""
        return crs.metric(crs.LONLAT, shapely.total_bounds(self.lines))

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the stretches, in :attr:`metric_crs`."""
        return shapely.STRtree(crs.transform(self.lines, crs.LONLAT, self.metric_crs))


def network(streets: gpd.GeoDataFrame, mode: Mode) -> Network:
    """Return the network of a street layer for one way of moving.

    Parameters
    ----------
    streets : GeoDataFrame
        A street layer (:mod:`gridmap.streets.model`).
    mode : {"car", "foot"}
        By car along one-ways and at the speed of each street; on foot both ways.

    Returns
    -------
    Network
        Its largest strongly connected part.

    Raises
    ------
    ColumnError, ValueRefused
        If the frame is no street layer or has no street for this way of moving.
    """
    require_streets(streets)
    if mode == "car":
        ways = np.column_stack([streets["forward"], streets["backward"]]).astype(bool)
        speed = streets["speed"].to_numpy(float)
    else:
        ways = np.repeat(streets["foot"].to_numpy(bool)[:, None], 2, axis=1)
        speed = np.full(len(streets), WALKING)
    usable = ways.any(axis=1)
    if not usable.any():
        raise ValueRefused("streets.none_for_mode", mode=mode)
    lines = streets.geometry.to_numpy()[usable]
    nodes, ends = _crossings(lines)
    keep = _largest(ends, ways[usable], len(nodes))
    lines, ends, ways = lines[keep], ends[keep], ways[usable][keep]
    used, flat = np.unique(ends, return_inverse=True)
    metres = line_metres(lines)
    millis = np.maximum(1, np.rint(metres * 3600 / speed[usable][keep])).astype(np.int64)
    return Network(
        mode,
        nodes[used],
        lines,
        metres,
        millis,
        flat.reshape(-1, 2).astype(np.int32),
        ways,
        streets["name"].to_numpy(object)[usable][keep],
        int((~keep).sum()),
    )


def line_metres(lines: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the geodesic length of each line.

    Parameters
    ----------
    lines : ndarray of LineString
        Lines in longitude and latitude.

    Returns
    -------
    ndarray of float64
        Metres.
    """
    xy, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    steps = segment_metres(xy)
    total = np.bincount(line[1:][same], weights=steps[same], minlength=len(lines))
    return total.astype(np.float64)


def segment_metres(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the geodesic length of the steps from point to point.

    Parameters
    ----------
    lonlat : ndarray of float64, shape (n, 2)
        Points in longitude and latitude.

    Returns
    -------
    ndarray of float64, shape (n - 1,)
        Metres.
    """
    lon, lat = lonlat.T
    return np.asarray(_WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2], dtype=float)


def _crossings(
    lines: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Node the ends by place: node numbers of real files repeat at other places."""
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    xy = shapely.get_coordinates(ends)
    _, first, inverse = np.unique(
        np.rint(xy / NODING).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    return xy[first], inverse.reshape(2, -1).T.astype(np.int32)


def _largest(ends: NDArray[np.int32], ways: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    along, against = ways.T
    tail = np.concatenate([ends[along, 0], ends[against, 1]])
    head = np.concatenate([ends[along, 1], ends[against, 0]])
    graph = csr_array((np.ones(len(tail), np.int8), (tail, head)), shape=(count, count))
    _, part = connected_components(graph, directed=True, connection="strong")
    inside = part == np.bincount(part).argmax()
    return np.asarray(inside[ends].all(axis=1))
