"""Repair: only what is broken is touched, and every change is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid._form import as_they_came
from gridmap.grid._listed import mended, moved, noded
from gridmap.grid.changes import Left, Repair
from gridmap.grid.check import checked
from gridmap.grid.disputes import Dispute, Judge, Prefer, disputes
from gridmap.grid.mosaic import Mosaic
from gridmap.grid.rebuild import Rebuilt
from gridmap.grid.rules import Rules
from gridmap.grid.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Container

    from numpy.typing import NDArray

    from gridmap.grid.changes import Change
    from gridmap.grid.check import Check
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
    changes, kept = _mended(grid, survey, shapes, refused)
    made = _mosaic(grid, survey, earlier)
    found = disputes(grid, made, survey.eps)
    Judge(grid, survey.ground, made, asked, gap_width, prefer, earlier).decide(found)
    for each in found:
        if each.winner is not None and each.id in refused:
            each.leave("refused")
    new, settled, kept = _settled(grid, survey, made, found, (changes, kept), refused)
    changes += settled
    shapes[list(new)] = np.array(list(new.values()), dtype=object)
    after = grid
    if changes:
        touched = {*new, *(each.cell for each in survey.faults)}
        source = np.arange(len(shapes))
        source[[row for row in touched if shapes[row] is not survey.shapes[row]]] = -1
        survey = survey.after(shapes, source)
        after = grid.with_cells(grid.cells.set_geometry(shapes, crs=grid.crs))
    left = _left(checked(after, asked, survey), found, kept)
    empty = shapely.is_empty(shapes) & ~shapely.is_empty(grid.shapes)
    gone = tuple(str(code) for code in grid.codes[empty & ~shapely.is_missing(grid.shapes)])
    return Repair(after, tuple(changes), left, gone)


def _mended(
    grid: Grid, survey: Survey, shapes: Shapes, refused: Container[str]
) -> tuple[list[Change], frozenset[int]]:
    """Put mended shapes in the place of broken ones; return what was done and the cells left."""
    able = [each for each in survey.faults if survey.ground[each.cell] is not None]
    done = [
        (fault.cell, change)
        for fault, change in zip(able, mended(grid, able), strict=True)
        if change.id not in refused
    ]
    rows = [row for row, _ in done]
    shapes[rows] = as_they_came(survey.ground[rows], survey.shapes[rows])
    kept = frozenset(each.cell for each in survey.faults).difference(rows)
    return [change for _, change in done], kept


def _mosaic(grid: Grid, survey: Survey, earlier: Grid | None) -> Mosaic:
    """Cut cells into faces, disputed ground along earlier borders too."""
    made = Mosaic.of(survey, grid.boundary)
    if earlier is None:
        return made
    asked = [each.where for each in disputes(grid, made, survey.eps) if each.kind != "outside"]
    found = np.array(asked, dtype=object)
    solid = found[shapely.area(found) > survey.eps * shapely.length(found)]
    face, cell = shapely.STRtree(earlier.shapes).query(solid, predicate="intersects")
    lines = shapely.intersection(shapely.boundary(earlier.shapes[cell]), solid[face])
    parts = shapely.get_parts(shapely.get_parts(lines[shapely.length(lines) > survey.eps]))
    xy, line = shapely.get_coordinates(parts[shapely.get_type_id(parts) == 1], return_index=True)
    edges = np.stack([xy[:-1], xy[1:]], axis=1)[line[1:] == line[:-1]]
    return Mosaic.of(survey, grid.boundary, edges)


def _settled(
    grid: Grid,
    survey: Survey,
    made: Mosaic,
    found: list[Dispute],
    so_far: tuple[list[Change], frozenset[int]],
    refused: Container[str],
) -> tuple[dict[int, Any], list[Change], frozenset[int]]:
    """Give disputed ground to its winners; return new shapes, what was done and the cells kept.

    Whoever refuses the vertices of a border wants the cells on both sides as they are.
    """
    listed, kept = so_far
    while True:
        rebuilt, new = _rebuilt(survey, made, found, kept)
        given = [moved(grid, each) for each in found if each.winner is not None and not each.hair]
        borders = noded(grid, made, found, rebuilt, set(new), listed + given)
        barred = [rows for rows, each in borders.items() if each.id in refused]
        if not barred:
            return new, [*given, *borders.values()], kept
        kept = kept.union(*barred)


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


def _left(check: Check, found: list[Dispute], kept: frozenset[int]) -> tuple[Left, ...]:
    """Return the errors that stand, and why."""
    open_ = [each for each in found if each.winner is None]
    tree = shapely.STRtree([each.where for each in open_])

    def why(defect: Defect) -> str:
        if defect.kind in ("code", "empty", "nesting"):
            return "by_hand"
        if defect.kind == "invalid":
            known = check.survey.ground[defect.rows[0]] is not None
            return "refused" if known else "tangled"
        line = defect.kind == "edge"  # it may touch ground that has nothing to do with it
        near = tree.query(defect.place if line else defect.where, predicate="intersects")
        if len(near):
            shared = shapely.area(shapely.intersection(tree.geometries[near], defect.where))
            return open_[int(near[np.argmax(shared)])].reason
        return "thin" if kept.isdisjoint(defect.rows) else "refused"

    return tuple(Left(each, f"repair.left_{why(each)}") for each in check.defects if each.is_error)
