"""What each edit does to the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridmap.grid._border import (
    Faces,
    apart_from_first,
    common_border,
    enclosed,
    flips,
    require_inside,
    snap_end,
    to_border,
)
from gridmap.grid._cut import faces, node, snap
from gridmap.grid._edges import Edges, directed, keys, with_vertices
from gridmap.grid._ground import Made, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridmap.grid._cut import Cut
    from gridmap.grid._ground import Ground


def merge(ground: Ground, cells: Sequence[str], code: str) -> Outcome:
    """Make one cell of several that hang together by borders."""
    if len(set(cells)) < max(2, len(cells)):
        ground.refuse("edit.few_cells", cells)
    rows = np.array([ground.row(cell) for cell in cells])
    ground.require_free([code], cells)
    shapes = ground.grid.shapes[rows]
    apart = apart_from_first(shapes)
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
    common = common_border(shapes)
    if not len(common.a):
        ground.refuse("edit.no_border", cells, shapes[0].representative_point().coords[0])
    path = to_border(ground, cells, path, common, reach_m)
    unit, edges = ground.unit(path), Edges.of(shapes)
    line = snap(path, edges, unit, reach_m)
    for end in (0, -1):
        snap_end(line, end, path[end], (common, edges), unit, reach_m)
    _require_line(ground, line.xy)
    cut = node([line], edges, unit)
    divided = _divide(ground, cells, shapes, cut)
    require_inside(ground, cells, divided.noded, cut.lines[0])
    turned = flips(ground, cells, divided, cut.lines[0])
    owner = np.where(turned, 1 - divided.owner, divided.owner)
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
    owner = np.where(enclosed(inner, start, end), 0, divided.owner)
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


def _divide(ground: Ground, cells: Sequence[str], shapes: NDArray[np.object_], cut: Cut) -> Faces:
    noded = with_vertices(shapes, *cut.on(_gaining(cut)))
    found, owner, claims = faces(noded, cut.lines)
    if (claims > 1).any():
        face = found[np.argmax(claims)]
        both = np.flatnonzero(shapely.covers(noded, face.representative_point()))
        point = face.representative_point().coords[0]
        ground.refuse("edit.overlap", [cells[int(i)] for i in both], point)
    return Faces(found, owner, noded)


def _regrouped(
    ground: Ground,
    rows: NDArray[np.int64],
    divided: Faces,
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
