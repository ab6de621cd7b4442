"""What a check finds in the ground of cells, each thing under its root cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid.arrangement import Arrangement
from gridmap.grid.cancel import continued
from gridmap.grid.defects import Finding
from gridmap.grid.extent import NEAR, beyond, require_boundary
from gridmap.grid.mend import too_tangled
from gridmap.messages import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridmap.grid.model import Grid
    from gridmap.grid.survey import Survey
    from gridmap.grid.valid import Fault

SAME = 1e-9
"""Share of its area by which an overlap may fall short of a whole cell, after rounding."""
FOLDED = ("duplicate", "contained", "overlap", "gap", "outside", "uncovered", "edge")


def findings(grid: Grid, survey: Survey, *, every: bool) -> list[Finding]:
    """Find broken and empty cells, and what keeps the ground from being held exactly once.

    Parameters
    ----------
    grid : Grid
        The cells.
    survey : Survey
        What their left-over edges tell.
    every : bool
        Return what a broken ring causes too, not only the ring.

    Returns
    -------
    list of Finding
        Not measured yet.
    """
    found = [*_cover(grid, survey), *_empty(grid, survey)]
    broken, caused = _root_causes(survey, found)
    return [*broken, *(each for each in found if every or id(each) not in caused)]


def _cover(grid: Grid, survey: Survey) -> list[Finding]:
    """Find what keeps the ground from being held exactly once."""
    if grid.boundary is not None:
        require_boundary(grid.boundary)
        if continued(survey.left, (), [grid.boundary]).ok:
            return []
    found = [_overlap(survey, pair, where) for pair, where in survey.overlaps.items()]
    for where, rows in survey.gaps:
        parts = [where] if grid.boundary is None else _within(where, grid.boundary, survey.eps)
        found += [Finding("gap", rows, part, "" if rows else "gap_alone") for part in parts]
    if grid.boundary is not None:
        found += beyond(survey, grid.boundary)
    return [*found, *_seams(survey, found)]


def _overlap(survey: Survey, pair: tuple[int, int], where: Any) -> Finding:
    areas = shapely.area(survey.ground[list(pair)])
    shared = shapely.area(where)
    if shared >= areas.max() * (1 - SAME):
        return Finding("duplicate", pair, where)
    if shared >= areas.min() * (1 - SAME):
        inner, outer = (pair[i] for i in np.argsort(areas))
        return Finding("contained", (inner, outer), where)
    return Finding("overlap", pair, where)


def _within(face: Any, boundary: Any, eps: float) -> list[Any]:
    parts = shapely.get_parts(shapely.get_parts(shapely.intersection(face, boundary)))
    return [each for each in parts if shapely.area(each) > eps * shapely.length(each)]


def _seams(survey: Survey, found: list[Finding]) -> list[Finding]:
    """Unmatched borders, but those that end at a defect of the same cells: it is their cause."""
    seams = survey.seams
    if not seams:
        return []
    lines = np.array(list(seams.values()), dtype=object)
    faces = np.array([each.where for each in found], dtype=object)
    line, face = shapely.STRtree(faces).query(
        lines, predicate="dwithin", distance=NEAR * survey.eps
    )
    caused = {
        i
        for i, (number, other) in enumerate(zip(line.tolist(), face.tolist(), strict=True))
        if set(list(seams)[number]) <= set(found[other].rows)
    }
    hidden = {int(line[i]) for i in caused}
    return [
        Finding("edge", pair, lines[number])
        for number, pair in enumerate(seams)
        if number not in hidden
    ]


def _empty(grid: Grid, survey: Survey) -> Iterator[Finding]:
    for row in np.flatnonzero(shapely.is_missing(survey.ground)):
        shape = grid.shapes[row]
        if shape is None or shape.is_empty:
            yield Finding("empty", (int(row),), shapely.Point())
        elif np.isfinite(shape.area) and not too_tangled(shape):
            point = shapely.Point(shapely.get_coordinates(shape)[0])
            yield Finding("empty", (int(row),), point)


def _root_causes(survey: Survey, found: list[Finding]) -> tuple[list[Finding], set[int]]:
    """Report broken cells once, and name the findings that they cause."""
    empty = {each.rows[0] for each in found if each.kind == "empty"}
    broken = [each for each in survey.faults if each.cell not in empty]
    folded = [each for each in found if each.kind in FOLDED]
    tree = shapely.STRtree([each.where for each in folded])
    caused: set[int] = set()
    out = []
    for fault in broken:
        lost = survey.ground[fault.cell] is None
        near = tree.query(_crossed(survey, fault), "dwithin", NEAR * survey.eps).tolist()
        mine = {id(folded[i]) for i in near if lost or fault.cell in folded[i].rows}
        caused |= mine
        out.append(_broken(fault, lost, len(mine)))
    return out, caused


def _broken(fault: Fault, lost: bool, caused: int) -> Finding:
    key = "tangled" if lost else fault.reason
    if fault.reason == "not_finite":
        key = "invalid_not_finite"
    follows = Term("check.follows", {"count": caused}) if caused else ""
    return Finding("invalid", (fault.cell,), fault.point, key, {"follows": follows})


def _crossed(survey: Survey, fault: Fault) -> Any:
    """Return the edges of a broken ring that cross each other."""
    shape = survey.shapes[fault.cell]
    if fault.reason == "not_finite" or survey.ground[fault.cell] is None:
        known = shapely.get_coordinates(shape)
        known = known[np.isfinite(known).all(axis=1)]
        return shapely.linestrings(known) if len(known) > 1 else fault.point
    edges = Arrangement.crossed(shape, survey.eps)
    lines = [*shapely.linestrings(edges), fault.point]
    return shapely.geometrycollections([each for each in lines if not shapely.is_empty(each)])
