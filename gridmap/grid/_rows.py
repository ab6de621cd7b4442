"""From the outcome of an edit to a grid: proof, rows, attributes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import shapely

from gridmap.grid._edges import with_vertices
from gridmap.grid._form import as_they_came
from gridmap.grid._lattice import Lattice
from gridmap.grid.cancel import leftover, proves
from gridmap.grid.crosswalk import crosswalk, transfer
from gridmap.grid.model import Grid, code_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from gridmap.grid._ground import Ground, Made, Outcome

COUNTS = ("pop", "people", "persons", "household", "hh", "inhabitants", "人口", "户数", "人数")
"""Parts of names of columns that count something."""


@dataclass(frozen=True, eq=False)
class Applied:
    """What an edit did.

    Parameters
    ----------
    grid : Grid
        The new grid; every cell that is not in ``touched`` is the same, byte for byte.
    old_cells, new_cells : GeoDataFrame
        The touched cells before and after, indexed by code.
    touched : tuple of str
        Codes of the touched cells, old and new, each once.
    gained : tuple of str
        Those among them that are the same ground and only gained a vertex of a neighbour's.
    notices : tuple
        Pairs of a message key and its values: what to look at, such as a cell in two pieces.
    """

    grid: Grid
    old_cells: gpd.GeoDataFrame
    new_cells: gpd.GeoDataFrame
    touched: tuple[str, ...]
    gained: tuple[str, ...]
    notices: tuple[tuple[str, dict[str, Any]], ...]


def carried_out(
    ground: Ground, outcome: Outcome, counts: Sequence[str] | None, digits: int | None
) -> Applied:
    """Prove an outcome and return the grid it makes."""
    grid = ground.grid
    lattice = Lattice.of(grid.shapes[outcome.old], digits)
    outcome = replace(
        outcome, made=tuple(replace(one, shape=lattice.put(one.shape)) for one in outcome.made)
    )
    _require_proof(ground, outcome, lattice)
    old_cells = grid.cells.iloc[outcome.old]
    new_cells = _made_rows(grid, outcome.made)
    named = guess_counts(grid) if counts is None else list(counts)
    if named:
        new_cells = _with_counts(grid, old_cells, new_cells, named)
    order = _order(grid, outcome)
    columns = code_columns(grid)
    old_frame, new_cells = _with_codes(grid.cells, new_cells, columns)
    cells = pd.concat([old_frame, new_cells]).take(order)
    result = replace(grid, cells=cells, boundary=_boundary(grid, outcome, lattice))
    ground.near.follow(result, order, len(grid.cells))
    _CODE_COLUMNS[result] = columns
    return Applied(
        grid=result,
        old_cells=old_cells,
        new_cells=new_cells,
        touched=tuple(dict.fromkeys([*old_cells.index, *new_cells.index])),
        gained=tuple(each.code for each in outcome.made if each.gained),
        notices=_notices(grid, outcome),
    )


def guess_counts(grid: Grid) -> list[str]:
    """Return the numeric columns whose name says that they count people or households.

    Parameters
    ----------
    grid : Grid
        The cells.

    Returns
    -------
    list of str
        Names of columns, in file order.
    """
    numeric = grid.cells.select_dtypes("number").columns
    return [
        name
        for name in map(str, numeric)
        if name not in grid.levels and any(part in name.lower() for part in COUNTS)
    ]


def _require_proof(ground: Ground, outcome: Outcome, lattice: Lattice) -> None:
    new = np.array([each.shape for each in outcome.made], dtype=object)
    old = ground.grid.shapes[outcome.old]
    if outcome.outline is not None:
        old = lattice.put(with_vertices(old, *outcome.outline))
    if proves(new, old):
        return
    codes = [each.code for each in outcome.made]
    for each in outcome.made:
        if not shapely.is_valid(each.shape) or each.shape.is_empty:
            reason = str(shapely.is_valid_reason(each.shape))
            inside = shapely.get_coordinates(each.shape)[0]
            ground.refuse("edit.broken", [each.code], inside, reason=reason)
    ground.refuse("edit.unproved", codes, leftover(new, old).edges[0, 0])


def _made_rows(grid: Grid, made: tuple[Made, ...]) -> gpd.GeoDataFrame:
    rows = grid.cells.iloc[[each.source for each in made]].copy()
    rows.index = pd.Index([each.code for each in made], name="code", dtype=object)
    shapes = np.array([each.shape for each in made], dtype=object)
    like = grid.shapes[[each.source for each in made]]
    return rows.set_geometry(as_they_came(shapes, like), crs=grid.crs)


def _with_counts(
    grid: Grid, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, counts: list[str]
) -> gpd.GeoDataFrame:
    """Let what is counted go with the ground."""
    walk = crosswalk(Grid(old), Grid(new))
    for name in counts:
        carried = transfer(old[name], walk).reindex(new.index).fillna(0)
        carried = carried.where((carried != 0) | new[name].notna())
        kind = grid.cells[name].dtype
        fits = pd.api.types.is_float_dtype(kind) or (carried.dropna() % 1 == 0).all()
        new[name] = carried.astype(kind) if fits else carried
    return new


def _order(grid: Grid, outcome: Outcome) -> NDArray[np.int64]:
    """Return where each new row comes from: every new cell stands where its source stood."""
    n = len(grid.cells)
    stays = np.ones(n, dtype=bool)
    stays[outcome.old] = False
    kept = np.flatnonzero(stays)
    source = np.concatenate([kept, [each.source for each in outcome.made]]).astype(np.int64)
    row = np.concatenate([kept, n + np.arange(len(outcome.made))])
    return row[np.argsort(source, kind="stable")]


def _boundary(grid: Grid, outcome: Outcome, lattice: Lattice) -> Any:
    """Return the boundary, with the vertices the outline gained."""
    if grid.boundary is None or outcome.outline is None:
        return grid.boundary
    shapes = np.array([grid.boundary], dtype=object)
    return lattice.put(with_vertices(shapes, *outcome.outline))[0]


def _with_codes(
    cells: gpd.GeoDataFrame, new: gpd.GeoDataFrame, columns: tuple[str, ...]
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Give columns that repeat the codes the new ones; they become text if they must."""
    for name in columns:
        codes = list(new.index)
        kind = cells[name].dtype
        if not pd.api.types.is_numeric_dtype(kind):
            new = new.assign(**{name: codes})
            continue
        numbers = pd.to_numeric(pd.Series(codes), errors="coerce")
        if codes == code_text(numbers):
            new = new.assign(**{name: numbers.to_numpy().astype(kind.name.lower())})
        else:
            new = new.assign(**{name: codes})
            cells = cells.assign(**{name: cells.index.to_numpy(dtype=object)})
    return cells, new


def code_columns(grid: Grid) -> tuple[str, ...]:
    """Return the columns that repeat the codes, such as the one they were read from.

    Parameters
    ----------
    grid : Grid
        The cells.

    Returns
    -------
    tuple of str
        Names of columns, in file order.
    """
    known = _CODE_COLUMNS.get(grid)
    if known is None:
        codes = grid.codes.tolist()
        known = tuple(
            str(name)
            for name in grid.cells.columns.drop(grid.cells.geometry.name)
            if code_text(grid.cells[name].iloc[:9]) == codes[:9]
            and code_text(grid.cells[name]) == codes
        )
        _CODE_COLUMNS[grid] = known
    return known


_CODE_COLUMNS: WeakKeyDictionary[Grid, tuple[str, ...]] = WeakKeyDictionary()


def _notices(grid: Grid, outcome: Outcome) -> tuple[tuple[str, dict[str, Any]], ...]:
    found: list[tuple[str, dict[str, Any]]] = []
    for each in outcome.made:
        pieces = shapely.get_num_geometries(each.shape)
        if pieces > shapely.get_num_geometries(grid.shapes[each.source]):
            found.append(("edit.multipart", {"cell": each.code, "n": int(pieces)}))
    if len(outcome.made) == 1 < len(outcome.old):
        code = outcome.made[0].code
        for level in grid.levels:
            groups = grid.cells[level].iloc[outcome.old].dropna().unique()
            if len(groups) > 1:
                kept = grid.cells[level].iloc[outcome.made[0].source]
                values = {"level": level, "cell": code, "group": str(kept)}
                found.append(("edit.groups", {**values, "groups": ", ".join(map(str, groups))}))
    return tuple(found)
