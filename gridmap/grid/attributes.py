"""What the columns of cells tell: codes, levels, sizes; and cells in several pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gridmap.errors import ColumnError
from gridmap.grid.defects import Finding
from gridmap.grid.levels import divided, names
from gridmap.grid.model import code_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gridmap.grid.model import Grid
    from gridmap.grid.rules import Rules


def of_columns(grid: Grid, rules: Rules, ground: NDArray[np.object_]) -> list[Finding]:
    """Find what is wrong in the columns of cells.

    Parameters
    ----------
    grid : Grid
        The cells.
    rules : Rules
        What the city asks of them.
    ground : ndarray of geometry, shape (n,)
        What each cell holds, to place the findings.

    Returns
    -------
    list of Finding
        Findings about codes, levels, required columns, sizes and pieces.

    Raises
    ------
    ColumnError
        If a column the rules name is not there.
    """
    return [
        *_codes(grid, rules, ground),
        *_required(grid, rules, ground),
        *_nesting(grid, rules, ground),
        *_pieces(grid.shapes),
        *_sizes(grid, rules, ground),
    ]


def points_in(ground: NDArray[np.object_], rows: Any) -> Any:
    """Return a point in each of some cells.

    Parameters
    ----------
    ground : ndarray of geometry, shape (n,)
        What each cell holds.
    rows : sequence of int
        Positions.

    Returns
    -------
    Point or MultiPoint
        The points; an empty point if the cells hold nothing.
    """
    held = ground[np.asarray(rows, dtype=int)]
    points = shapely.point_on_surface(held[~shapely.is_missing(held)])
    if len(points) == 0:
        return shapely.Point()
    return points[0] if len(points) == 1 else shapely.multipoints(points)


def _rows(mask: Any) -> tuple[int, ...]:
    return tuple(np.flatnonzero(mask).tolist())


def _codes(grid: Grid, rules: Rules, ground: NDArray[np.object_]) -> Iterator[Finding]:
    codes = grid.codes
    for row in _rows(codes == ""):
        yield Finding("code", (row,), points_in(ground, [row]), "code_missing", {"row": row + 1})
    repeated = np.flatnonzero((codes != "") & grid.cells.index.duplicated(keep=False))
    for code, at in pd.Series(repeated).groupby(codes[repeated]).indices.items():
        rows = tuple(repeated[at].tolist())
        values = {"code": code, "count": len(rows)}
        yield Finding("code", rows, points_in(ground, rows), "code_repeated", values)
    if rules.scheme is None:
        return
    for row, code in enumerate(codes):
        if code and not rules.scheme.fits(code):
            values = {"code": code, "scheme": rules.scheme.name}
            yield Finding("code", (row,), points_in(ground, [row]), "code_scheme", values)


def _column(grid: Grid, name: str) -> pd.Series:
    if name not in grid.cells.columns:
        columns = ", ".join(map(str, grid.cells.columns))
        raise ColumnError("grid.no_column", column=name, columns=columns)
    return grid.cells[name]


def _required(grid: Grid, rules: Rules, ground: NDArray[np.object_]) -> Iterator[Finding]:
    for name in rules.required:
        empty = np.array(code_text(_column(grid, name)), dtype=object) == ""
        if rows := _rows(empty):
            values = {"column": name, "count": len(rows)}
            yield Finding("code", rows, points_in(ground, rows), "required", values)


def _nesting(grid: Grid, rules: Rules, ground: NDArray[np.object_]) -> Iterator[Finding]:
    error = rules.strict_nesting
    groups = {level: names(grid, level) for level in grid.levels}
    for level, group in groups.items():
        if rows := _rows(group == ""):
            values = {"level": level, "count": len(rows)}
            where = points_in(ground, rows)
            key = "nesting_none_strict" if error else "nesting_none"
            yield Finding("nesting", rows, where, key, values, error=error)
    found = list(divided(grid))
    members = {
        level: pd.Series(groups[level]).groupby(groups[level]).indices
        for level in {each.level for each in found}
    }
    for each in found:
        rows = tuple(members[each.level][each.name].tolist())
        values = {"level": each.level, "group": each.name, "coarser": each.coarser}
        values |= {"groups": ", ".join(each.groups), "count": len(each.groups)}
        where = points_in(ground, rows)
        yield Finding("nesting", rows, where, "nesting", values, error=error)


def _pieces(shapes: NDArray[np.object_]) -> Iterator[Finding]:
    for row in _rows(shapely.get_num_geometries(shapes) > 1):
        count = int(shapely.get_num_geometries(shapes[row]))
        yield Finding("multipart", (row,), shapes[row], "", {"count": count})


def _sizes(grid: Grid, rules: Rules, ground: NDArray[np.object_]) -> Iterator[Finding]:
    size = rules.size
    if size is None:
        return
    weights = pd.to_numeric(_column(grid, size.column), errors="coerce").to_numpy(float)
    low, high = size.target * (1 - size.tolerance), size.target * (1 + size.tolerance)
    for row in _rows(~((weights >= low) & (weights <= high))):
        values = {"weight": f"{weights[row]:.12g}", "column": size.column}
        values |= {"low": f"{low:.12g}", "high": f"{high:.12g}"}
        key = "size" if np.isfinite(weights[row]) else "size_none"
        yield Finding("size", (row,), points_in(ground, [row]), key, values)
