"""What each edit does to the ground."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridmap.grid._cut import Edges, Line, directed, faces, keys, node, snap, with_vertices
from gridmap.grid._ground import Made, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridmap.grid._cut import Cut
    from gridmap.grid._ground import Ground


class _Faces(NamedTuple):
    """The faces of cells cut by lines; owner is the position among the targets."""

    shapes: NDArray[np.object_]
    owner: NDArray[np.int64]
    noded: NDArray[np.object_]


def merge(ground: Ground, cells: Sequence[str], code: str) -> Outcome:
    """Make one cell of several that hang together by borders."""
    if len(set(cells)) < max(2, len(cells)):
        ground.refuse("edit.few_cells", cells)
    rows = np.array([ground.row(cell) for cell in cells])
    ground.require_free([code], cells)
    shapes = ground.grid.shapes[rows]
    apart = _apart(shapes)
    if len(apart):
        names = [cells[i] for i in apart]
        ground.refuse("edit.apart", names, shapes[apart[0]].representative_point().coords[0])
    union = _oriented(shapely.coverage_union_all(shapes), shapes[0])
    widest = rows[int(np.argmax(shapely.area(shapes)))]
    source = rows[list(cells).index(code)] if code in cells else widest
    return Outcome(rows, (Made(code, union, int(source)),))


def split(
    ground: Ground, cell: str, path: NDArray[np.float64], codes: tuple[str, str], reach_m: float
) -> Outcome:
    """Divide a cell into the part left and the part right of a line."""
    row = ground.row(cell)
    ground.require_free(codes, [cell])
    rows = np.array([row])
    whole = ground.grid.shapes[rows]
    cut = _cut(ground, Edges.of(whole), [path], reach_m)
    parts = shapely.get_parts(with_vertices(whole, *cut.on(_gaining(cut)))[0])
    found, part, _ = faces(parts, cut.lines)
    side = _sides(found, cut.lines[0])
    for number in np.unique(part):
        pieces = np.flatnonzero(part == number)
        if len(pieces) > 2:  # noqa: PLR2004 - one left, one right
            least = found[pieces[np.argmin(shapely.area(found[pieces]))]]
            point = least.representative_point().coords[0]
            ground.refuse("edit.many_pieces", [cell], point, n=len(pieces))
    if len(set(side.tolist())) != 2:  # noqa: PLR2004
        _refuse_undivided(ground, cell, whole[0], path)
    shapes = [_union(found[side == which], whole[0]) for which in (1, -1)]
    made = [Made(code, shape, row) for code, shape in zip(codes, shapes, strict=True)]
    beside, outline = ground.beside(cut, rows)
    return _outcome(rows, made, beside, outline)


def move(
    ground: Ground, cells: tuple[str, str], path: NDArray[np.float64], reach_m: float
) -> Outcome:
    """Replace the common border of two cells between the ends of a line."""
    if cells[0] == cells[1]:
        ground.refuse("edit.few_cells", cells)
    rows = np.array([ground.row(cell) for cell in cells])
    shapes = ground.grid.shapes[rows]
    common = _common(shapes)
    if not len(common.a):
        ground.refuse("edit.no_border", cells, shapes[0].representative_point().coords[0])
    path = _to_border(ground, cells, path, common, reach_m)
    unit, edges = ground.unit(path), Edges.of(shapes)
    line = snap(path, edges, unit, reach_m)
    for end in (0, -1):
        _snap_end(line, end, path[end], (common, edges), unit, reach_m)
    _require_line(ground, line.xy)
    cut = node([line], edges, unit)
    divided = _divide(ground, cells, shapes, cut)
    _require_inside(ground, cells, divided.noded, cut.lines[0])
    flips = _flips(ground, cells, divided, cut.lines[0])
    owner = np.where(flips, 1 - divided.owner, divided.owner)
    return _regrouped(ground, rows, divided, owner, cut)


def assign(ground: Ground, rings: list[NDArray[np.float64]], to: str, reach_m: float) -> Outcome:
    """Give an area to a cell."""
    taker = ground.row(to)
    every = np.concatenate(rings)
    rows = ground.near.cells(np.concatenate([every.min(axis=0), every.max(axis=0)]))
    drawn = shapely.build_area(shapely.multilinestrings(list(rings)))
    rows = rows[shapely.intersects(ground.grid.shapes[rows], drawn)]
    rows = np.concatenate([[taker], rows[rows != taker]]).astype(np.int64)
    cells = [str(code) for code in ground.grid.cells.index[rows]]
    ground.require_valid(rows)
    shapes = ground.grid.shapes[rows]
    cut = _cut(ground, Edges.of(shapes), rings, reach_m)
    divided = _divide(ground, cells, shapes, cut)
    inner = shapely.get_coordinates(shapely.point_on_surface(divided.shapes))
    start = np.concatenate([line[:-1] for line in cut.lines])
    end = np.concatenate([line[1:] for line in cut.lines])
    owner = np.where(_enclosed(inner, start, end), 0, divided.owner)
    for i in np.unique(divided.owner[owner != divided.owner]):
        ground.row(cells[i])
    return _regrouped(ground, rows, divided, owner, cut)


def recode(ground: Ground, cell: str, code: str) -> Outcome:
    """Give a cell another code."""
    row = ground.row(cell)
    ground.require_free([code])
    return Outcome(np.array([row]), (Made(code, ground.grid.shapes[row], row),))


def _cut(ground: Ground, edges: Edges, paths: list[NDArray[np.float64]], reach_m: float) -> Cut:
    unit = ground.unit(np.concatenate(paths))
    lines = [snap(path, edges, unit, reach_m) for path in paths]
    for line in lines:
        _require_line(ground, line.xy)
    return node(lines, edges, unit)


def _require_line(ground: Ground, xy: NDArray[np.float64]) -> None:
    line = shapely.linestrings(xy) if len(xy) > 1 else None
    if line is None:
        ground.refuse("edit.short_line", (), xy[0])
    if not line.is_simple:
        ground.refuse("edit.crossing_line", (), xy[0])


def _gaining(cut: Cut) -> NDArray[np.int64]:
    return np.array(sorted(cut.vertices), dtype=np.int64)


def _divide(ground: Ground, cells: Sequence[str], shapes: NDArray[np.object_], cut: Cut) -> _Faces:
    noded = with_vertices(shapes, *cut.on(_gaining(cut)))
    found, owner, claims = faces(noded, cut.lines)
    if (claims > 1).any():
        face = found[np.argmax(claims)]
        both = np.flatnonzero(shapely.covers(noded, face.representative_point()))
        point = face.representative_point().coords[0]
        ground.refuse("edit.overlap", [cells[int(i)] for i in both], point)
    return _Faces(found, owner, noded)


def _regrouped(
    ground: Ground,
    rows: NDArray[np.int64],
    divided: _Faces,
    owner: NDArray[np.int64],
    cut: Cut,
) -> Outcome:
    """Return the targets with the faces they own now, and the neighbours."""
    codes, shapes = ground.grid.cells.index, ground.grid.shapes
    gave, took = divided.owner[owner != divided.owner], owner[owner != divided.owner]
    if not len(gave):
        ground.refuse("edit.nothing", [str(codes[row]) for row in rows[:2]])
    made, gone = [], []
    for i, row in enumerate(rows):
        shape = divided.noded[i]
        changed = i in gave or i in took
        if changed:
            mine = divided.shapes[owner == i]
            if not len(mine):
                inside = shapes[row].representative_point().coords[0]
                ground.refuse("edit.vanishes", [str(codes[row])], inside)
            shape = _union(mine, shapes[row])
        if shape is not shapes[row]:
            made.append(Made(codes[row], shape, int(row), gained=not changed))
            gone.append(int(row))
    beside, outline = ground.beside(cut, rows)
    return _outcome(np.array(gone), made, beside, outline)


def _outcome(
    rows: NDArray[np.int64],
    made: list[Made],
    beside: list[Made],
    outline: tuple[Edges, list[NDArray[np.float64]]] | None,
) -> Outcome:
    old = np.concatenate([rows, [each.source for each in beside]]).astype(np.int64)
    return Outcome(old, (*made, *beside), outline)


def _union(parts: NDArray[np.object_], like: shapely.Geometry) -> shapely.Geometry:
    whole = parts[0] if len(parts) == 1 else shapely.coverage_union_all(parts)
    return _oriented(whole, like)


def _oriented(shape: shapely.Geometry, like: shapely.Geometry) -> shapely.Geometry:
    """Return a shape whose rings run as those of another do."""
    shell = shapely.get_exterior_ring(shapely.get_parts(like)[0])
    return shapely.orient_polygons(shape, exterior_cw=not shapely.is_ccw(shell))


def _apart(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the shapes that no chain of common borders joins to the first."""
    sets = [set(Edges.of(shapes[[i]]).keys().tolist()) for i in range(len(shapes))]
    joined, edges, left = {0}, sets[0], set(range(1, len(sets)))
    while near := {i for i in left if not edges.isdisjoint(sets[i])}:
        joined |= near
        left -= near
        edges = edges.union(*(sets[i] for i in near))
    return np.array(sorted(left), dtype=np.int64)


def _sides(found: NDArray[np.object_], line: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return 1 for faces left of a line, -1 for those right of it, 0 where it cannot be said."""
    forth, back = keys(line[:-1], line[1:]), keys(line[1:], line[:-1])
    side = np.zeros(len(found), dtype=np.int64)
    for i, face in enumerate(shapely.orient_polygons(found)):
        walked = keys(*directed(np.array([face])))
        left, right = np.isin(forth, walked).any(), np.isin(back, walked).any()
        side[i] = int(left) - int(right) if left or right else _nearest_side(face, line)
    return side


def _nearest_side(face: shapely.Geometry, line: NDArray[np.float64]) -> int:
    """Return the side of a part the line does not meet, by the segment nearest to it."""
    point = np.array(face.representative_point().coords[0])
    segments = shapely.linestrings(np.stack([line[:-1], line[1:]], axis=1))
    nearest = int(np.argmin(shapely.distance(segments, shapely.points(point))))
    along, to = line[nearest + 1] - line[nearest], point - line[nearest]
    return 1 if along[0] * to[1] - along[1] * to[0] > 0 else -1


def _refuse_undivided(
    ground: Ground, cell: str, shape: shapely.Geometry, path: NDArray[np.float64]
) -> None:
    """Say where a line that does not divide a cell stops short of its border."""
    unit = ground.unit(path)
    inside = shapely.covers(shape, shapely.points(path[[0, -1]]))
    border = shapely.transform(shapely.boundary(shape), lambda xy: xy * unit)
    short = [
        (shapely.distance(border, shapely.points(end * unit)), end)
        for end, held in zip(path[[0, -1]], inside, strict=True)
        if held
    ]
    if not short:
        ground.refuse("edit.misses", [cell], path[0])
    away, end = max(short, key=lambda pair: pair[0])
    ground.refuse("edit.stops_short", [cell], end, distance=away)


def _common(shapes: NDArray[np.object_]) -> Edges:
    one, two = Edges.of(shapes[:1]), Edges.of(shapes[1:])
    return one.take(np.isin(one.keys(), two.keys()))


def _to_border(
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


def _snap_end(
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


def _require_inside(
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


def _flips(
    ground: Ground, cells: tuple[str, str], divided: _Faces, line: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return the faces between the line and the stretch of the border it replaces."""
    common = _common(divided.noded)
    steps = _stretch(common, line[0], line[-1])
    if steps is None:
        ground.refuse("edit.other_stretch", cells, line[-1])
    inner = shapely.get_coordinates(shapely.point_on_surface(divided.shapes))
    choices = [steps]
    ring = _ring_of(common, steps)
    if ring is not None:
        choices.append(np.setdiff1d(ring, steps))
    flips = [
        _enclosed(
            inner,
            np.concatenate([line[:-1], common.a[way]]),
            np.concatenate([line[1:], common.b[way]]),
        )
        for way in choices
    ]
    areas = shapely.area(divided.shapes)
    return min(flips, key=lambda flip: areas[flip].sum())


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


def _enclosed(
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
