"""Repair: only what is broken is touched, and every change is listed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid._form import as_they_came
from gridmap.grid.changes import Change, Left, Repair
from gridmap.grid.check import checked
from gridmap.grid.disputes import Dispute, Judge, Prefer, disputes
from gridmap.grid.mosaic import Mosaic
from gridmap.grid.rebuild import Rebuilt
from gridmap.grid.rules import Rules
from gridmap.grid.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from numpy.typing import NDArray

    from gridmap.grid.defects import Defect
    from gridmap.grid.model import Grid

    Shapes = NDArray[np.object_]

GAP_WIDTH = 1.0
"""Metres up to which gaps are closed unless another width is given: drawing errors, not lakes."""


def repair(
    grid: Grid,
    rules: Rules | None = None,
    gap_width: float = GAP_WIDTH,
    prefer: Prefer = "longest-border",
    *,
    earlier: Grid | None = None,
    refused: Container[str] = (),
) -> Repair:
    """Make cells a coverage where they are not; every other cell keeps its bytes.

    Ground held twice goes to a locked cell, else to whom ``earlier`` gives it, else to a cell that
    would vanish without it (a contained cell is cut out of the one around it; of two duplicates the
    first keeps the ground), else by ``prefer``. Gaps up to the gap width go to a neighbour, wider
    ones only if ``earlier`` knows whose they were. Broken rings are mended. Borders whose vertices
    do not match gain the missing ones. With a boundary, ground beyond it is cut off up to the gap
    width; the outline of the cells never moves otherwise.

    Parameters
    ----------
    grid : Grid
        The cells.
    rules : Rules, optional
        Locked cells, which neither lose nor gain ground, and allowed holes.
    gap_width : float
        Metres up to which gaps are closed.
    prefer : str
        ``longest-border``, ``largest``, ``smallest`` or ``first`` (in file order).
    earlier : Grid, optional
        Cells as they were, in the same CRS: disputed ground goes to whoever had it.
    refused : container of str
        Ids of changes that must not be made.

    Returns
    -------
    Repair
        The cells, the changes, and what was left.
    """
    survey = Survey.of(grid.shapes)
    asked = rules or Rules()
    shapes = survey.shapes.copy()
    changes = _mended(grid, survey, shapes, refused)
    kept = frozenset(e.cell for e in survey.faults if shapes[e.cell] is survey.shapes[e.cell])
    made = _mosaic(grid, survey, earlier)
    found = disputes(grid, made, survey.eps)
    Judge(grid, survey.ground, made, asked, gap_width, prefer, earlier).decide(found)
    names = _ids([each.kind for each in found], [each.where for each in found])
    for each, name in zip(found, names, strict=True):
        if each.winner is not None and name in refused:
            each.leave("refused")
    rebuilt, new = _rebuilt(survey, made, found, kept)
    shapes[list(new)] = np.array(list(new.values()), dtype=object)
    changes += [
        _moved(grid, each, name)
        for each, name in zip(found, names, strict=True)
        if each.winner is not None and not each.hair
    ]
    changes += _noded(grid, made, found, rebuilt, new, changes)
    after = grid
    if changes:
        rows = sorted({*new, *(each.cell for each in survey.faults)} - kept)
        survey = survey.replaced(shapes, rows)
        after = grid.with_cells(grid.cells.set_geometry(shapes, crs=grid.crs))
    check = checked(after, asked, survey)
    open_ = [(each.where, each.reason) for each in found if each.winner is None]
    tree = shapely.STRtree([face for face, _ in open_])
    left = tuple(Left(each, _why(each, open_, tree)) for each in check.defects if each.is_error)
    empty = shapely.is_empty(shapes) & ~shapely.is_empty(grid.shapes)
    gone = tuple(str(code) for code in grid.codes[empty & ~shapely.is_missing(grid.shapes)])
    return Repair(after, tuple(changes), left, gone)


def _mended(grid: Grid, survey: Survey, shapes: Shapes, refused: Container[str]) -> list[Change]:
    """Put mended shapes in the place of broken ones, but for those refused."""
    done = []
    names = _ids(["invalid"] * len(survey.faults), shapes[[each.cell for each in survey.faults]])
    for fault, name in zip(survey.faults, names, strict=True):
        (new,) = as_they_came(survey.ground[[fault.cell]], survey.shapes[[fault.cell]])
        if new is None or name in refused:
            continue
        code = (str(grid.codes[fault.cell]),)
        at = fault.point
        done.append(Change(name, "invalid", code, code, code, 0.0, 0.0, at, at, "repair.mended"))
        shapes[fault.cell] = new
    return done


def _mosaic(grid: Grid, survey: Survey, earlier: Grid | None) -> Mosaic:
    """Cut cells into faces, disputed ground along earlier borders too."""
    made = Mosaic.of(survey, grid.boundary)
    if earlier is None:
        return made
    found = np.array([each.where for each in disputes(grid, made, survey.eps)], dtype=object)
    solid = found[shapely.area(found) > survey.eps * shapely.length(found)]
    face, cell = shapely.STRtree(earlier.shapes).query(solid, predicate="intersects")
    lines = shapely.intersection(shapely.boundary(earlier.shapes[cell]), solid[face])
    parts = shapely.get_parts(shapely.get_parts(lines[shapely.length(lines) > survey.eps]))
    xy, line = shapely.get_coordinates(parts[shapely.get_type_id(parts) == 1], return_index=True)
    edges = np.stack([xy[:-1], xy[1:]], axis=1)[line[1:] == line[:-1]]
    return Mosaic.of(survey, grid.boundary, edges)


def _rebuilt(
    survey: Survey, made: Mosaic, found: list[Dispute], kept: frozenset[int]
) -> tuple[Rebuilt, dict[int, Any]]:
    """Give disputed faces to their winners; return the shapes that are new.

    A cell that must keep its shape, or whose borders make no sound ring, leaves all disputes it has
    a part in as they are.
    """
    stuck, reason = kept, "refused"
    while True:
        for each in found:
            if each.winner is not None and not stuck.isdisjoint((*each.holders, each.winner)):
                each.leave(reason)
        rebuilt = Rebuilt(made, {each.face: each.owners for each in found}, stuck)
        shapes = rebuilt.shapes()
        failed = {row for row, shape in shapes.items() if shape is None}
        if not failed:
            break
        stuck, reason = stuck | failed, "thin"
    rows = list(shapes)
    new = as_they_came(np.array(list(shapes.values()), dtype=object), survey.shapes[rows])
    old = survey.ground[rows]
    same = shapely.equals_exact(shapely.normalize(new), shapely.normalize(old), 0.0)
    changed = np.flatnonzero(~same).tolist()
    return rebuilt, {rows[each]: new[each] for each in changed}


def _moved(grid: Grid, each: Dispute, name: str) -> Change:
    codes, winner = grid.codes, each.owners
    rows = dict.fromkeys((*each.holders, *winner))
    return Change(
        id=name,
        kind=each.kind,
        cells=tuple(str(codes[row]) for row in rows),
        before=tuple(str(codes[row]) for row in each.holders),
        after=tuple(str(codes[row]) for row in winner),
        area_m2=each.area_m2,
        width_m=each.width_m,
        place=shapely.point_on_surface(each.where),
        where=each.where,
        reason=f"repair.{each.reason.replace('-', '_')}",
    )


def _noded(
    grid: Grid,
    made: Mosaic,
    found: list[Dispute],
    rebuilt: Rebuilt,
    new: dict[int, Any],
    listed: list[Change],
) -> list[Change]:
    """List borders that have the same vertices on both sides now."""
    lines: dict[tuple[int, ...], list[Any]] = {}
    for each in found:
        if each.hair and each.winner is not None:
            beside = {cell for _, far in made.sides(each.face) for cell in made.cells(far)}
            cells = tuple(sorted({*each.holders, *beside}))
            lines.setdefault(cells, []).append(shapely.boundary(each.where))
    known = {code for change in listed for code in change.cells}
    bare = {row for row in new if str(grid.codes[row]) not in known}
    for chain in np.flatnonzero(made.open | made.rough).tolist():
        one, other = rebuilt.borders[chain]
        if len(one) == len(other) == 1:
            cells = tuple(sorted((*one, *other)))
            if made.open[chain] or not bare.isdisjoint(cells):
                lines.setdefault(cells, []).append(made.chains.lines[chain])
    told = [cells for cells in sorted(lines) if not new.keys().isdisjoint(cells)]
    whole = np.array([shapely.union_all(lines[cells]) for cells in told], dtype=object)
    whole = shapely.line_merge(whole)
    names = _ids(["edge"] * len(told), whole)
    places = shapely.point_on_surface(whole)
    made_of = [tuple(str(grid.codes[row]) for row in cells) for cells in told]
    return [
        Change(name, "edge", codes, codes, codes, 0.0, 0.0, place, line, "repair.noded")
        for name, codes, place, line in zip(names, made_of, places, whole, strict=True)
    ]


def _ids(kinds: Sequence[str], shapes: Sequence[Any] | Shapes) -> list[str]:
    """Return names that do not depend on what else is repaired."""
    sound = np.array(kinds) != "invalid"
    plain = np.array(shapes, dtype=object)
    plain[sound] = shapely.normalize(shapely.set_precision(plain[sound], 0))
    return [
        hashlib.sha256(kind.encode() + content).hexdigest()[:12]
        for kind, content in zip(kinds, shapely.to_wkb(plain), strict=True)
    ]


def _why(defect: Defect, open_: list[tuple[Any, str]], tree: shapely.STRtree) -> str:
    """Return why an error stands."""
    if defect.kind in ("code", "empty", "nesting"):
        return "repair.left_by_hand"
    if defect.kind == "invalid":
        return "repair.left_tangled"
    near = tree.query(defect.place, predicate="intersects")
    return f"repair.left_{open_[int(near[0])][1]}" if len(near) else "repair.left_thin"
