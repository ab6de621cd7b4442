"""Common borders of cells: which stretch a line replaces, which cells hang together."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridmap.grid._cut import Line, snap
from gridmap.grid._edges import Edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid._ground import Ground


class Faces(NamedTuple):
    """The faces of cells cut by lines; owner is the position among the targets."""

    shapes: NDArray[np.object_]
    owner: NDArray[np.int64]
    noded: NDArray[np.object_]


def apart_from_first(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the shapes that no chain of common borders joins to the first."""
    sets = [set(Edges.of(shapes[[i]]).keys().tolist()) for i in range(len(shapes))]
    joined, edges, left = {0}, sets[0], set(range(1, len(sets)))
    while near := {i for i in left if not edges.isdisjoint(sets[i])}:
        joined |= near
        left -= near
        edges = edges.union(*(sets[i] for i in near))
    return np.array(sorted(left), dtype=np.int64)


def common_border(shapes: NDArray[np.object_]) -> Edges:
    one, two = Edges.of(shapes[:1]), Edges.of(shapes[1:])
    return one.take(np.isin(one.keys(), two.keys()))


def to_border(
    ground: Ground,
    cells: tuple[str, str],
    path: NDArray[np.float64],
    common: Edges,
    reach_m: float,
) -> NDArray[np.float64]:
    """Trim what of a line reaches beyond the common border at its ends."""
    unit = ground.unit(path)
    border = shapely.multilinestrings(
        shapely.linestrings(np.stack([common.a, common.b], axis=1) * unit)
    )
    line = shapely.linestrings(path * unit)
    ends = shapely.points(path[[0, -1]] * unit)
    away = shapely.distance(border, ends)
    if (away <= reach_m).all():
        return path
    met = shapely.get_coordinates(shapely.intersection(line, border))
    at = np.sort(shapely.line_locate_point(line, shapely.points(met)))
    if not len(at):
        end = int(away[1] > away[0])
        ground.refuse("edit.off_border", cells, path[[0, -1]][end], distance=away[end])
    low = at[0] if away[0] > reach_m else 0.0
    high = at[-1] if away[1] > reach_m else line.length
    if high - low <= 0:
        ground.refuse("edit.off_border", cells, path[int(away[1] > away[0])], distance=away.max())
    return _between(line, low, high) / unit


def _between(line: shapely.LineString, low: float, high: float) -> NDArray[np.float64]:
    xy = shapely.get_coordinates(line)
    along = np.append(0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T)))
    inner = xy[(along > low) & (along < high)]
    ends = shapely.get_coordinates(shapely.line_interpolate_point(line, [low, high]))
    return np.vstack([ends[:1], inner, ends[1:]])


def snap_end(
    line: Line,
    end: int,
    point: NDArray[np.float64],
    borders: tuple[Edges, Edges],
    unit: NDArray[np.float64],
    reach_m: float,
) -> None:
    """Put an end of a line on the common border, even if another border is nearer."""
    common, edges = borders
    snapped = snap(point[None], common, unit, max(reach_m, 1e-3))
    line.xy[end] = snapped.xy[0]
    at = int(snapped.edge[0])
    line.edge[end] = (
        -1 if at < 0 else np.flatnonzero(edges.keys() == common.take(np.array([at])).keys())[0]
    )


def require_inside(
    ground: Ground,
    cells: tuple[str, str],
    noded: NDArray[np.object_],
    line: NDArray[np.float64],
) -> None:
    middle = (line[:-1] + line[1:]) / 2
    held = shapely.covers(noded[:, None], shapely.points(middle)[None]).any(axis=0)
    walked = np.isin(Edges.between(line[:-1], line[1:]).keys(), Edges.of(noded).keys()).sum()
    outside = np.flatnonzero(~held)
    if len(outside) > walked:
        ground.refuse("edit.leaves", cells, middle[outside[0]])


def flips(
    ground: Ground, cells: tuple[str, str], divided: Faces, line: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return the faces between the line and the stretch of the border it replaces."""
    common = common_border(divided.noded)
    steps = _stretch(common, line[0], line[-1])
    if steps is None:
        ground.refuse("edit.other_stretch", cells, line[-1])
    inner = shapely.get_coordinates(shapely.point_on_surface(divided.shapes))
    choices = [steps]
    ring = _ring_of(common, steps)
    if ring is not None:
        choices.append(np.setdiff1d(ring, steps))
    found = [
        enclosed(
            inner,
            np.concatenate([line[:-1], common.a[way]]),
            np.concatenate([line[1:], common.b[way]]),
        )
        for way in choices
    ]
    areas = shapely.area(divided.shapes)
    return min(found, key=lambda flip: areas[flip].sum())


def _stretch(
    common: Edges, start: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.int64] | None:
    """Return the edges of a common border between two of its vertices; None if it is broken."""
    beside: dict[tuple[float, ...], list[tuple[int, tuple[float, ...]]]] = {}
    for i, (a, b) in enumerate(zip(map(tuple, common.a), map(tuple, common.b), strict=True)):
        beside.setdefault(a, []).append((i, b))
        beside.setdefault(b, []).append((i, a))
    goal, queue = tuple(end), deque([tuple(start)])
    came: dict[tuple[float, ...], tuple[int, tuple[float, ...]]] = {tuple(start): (-1, ())}
    while queue and goal not in came:
        here = queue.popleft()
        for i, there in beside.get(here, []):
            if there not in came:
                came[there] = (i, here)
                queue.append(there)
    if goal not in came or goal == tuple(start):
        return None
    steps = []
    while came[goal][0] >= 0:
        i, goal = came[goal]
        steps.append(i)
    return np.array(steps)


def _ring_of(common: Edges, steps: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Return the edges of the ring a stretch is part of; None if the border is open."""
    lines = shapely.polygonize(common.lines())
    for ring in shapely.get_parts(lines):
        edges = np.flatnonzero(np.isin(common.keys(), Edges.of(np.array([ring])).keys()))
        if np.isin(steps, edges).all():
            return edges
    return None


def enclosed(
    points: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell which points closed lines enclose, by even and odd (so that they may cross)."""
    inside = np.zeros(len(points), dtype=bool)
    for a, b in zip(start, end, strict=True):
        if a[1] == b[1]:
            continue
        between = (a[1] > points[:, 1]) != (b[1] > points[:, 1])
        x = a[0] + (points[:, 1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        inside ^= between & (points[:, 0] < x)
    return inside
