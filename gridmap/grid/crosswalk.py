"""The crosswalk: which share of each old cell lies in which new cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gridmap import crs as crs_
from gridmap.errors import ColumnError, ValueRefused
from gridmap.grid._overlay import (
    NOISE,
    Pieces,
    metric_area,
    overlay,
    require_valid_rings,
    with_rest,
)

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid


class Population(NamedTuple):
    """People per cell.

    Parameters
    ----------
    people : Series
        One value a cell, indexed by code in the order of the grid; integers if the blocks' are.
    outside : float
        People of the blocks, or parts of blocks, that lie in no cell.
    """

    people: pd.Series
    outside: float


def crosswalk(
    old: Grid, new: Grid, blocks: gpd.GeoDataFrame | None = None, weight: str | None = None
) -> pd.DataFrame:
    """Return which share of each old cell lies in which new cell.

    Cells whose bytes did not change are matched as they are; only the others are overlaid, so the
    cost follows the size of the change. The method is areal interpolation (Goodchild & Lam 1980),
    with blocks dasymetric: a share of the people instead of the ground.

    Parameters
    ----------
    old, new : Grid
        The grids; the new one is brought into the CRS of the old one.
    blocks : GeoDataFrame, optional
        Small areas with people; absent means that weights are shares of area.
    weight : str, optional
        Column of the blocks that counts the people.

    Returns
    -------
    DataFrame
        Columns ``old``, ``new`` (codes), ``weight`` (0 to 1) and ``area_m2``, ordered as the old
        and then the new cells stand. The weights of an old cell add up to 1; ground of it that no
        new cell holds stands in a row of its own whose ``new`` is empty.

    Raises
    ------
    ValueRefused
        If a code is repeated.
    GeometryError
        If the ring of a changed cell is broken.
    ColumnError
        If the blocks have no such column or it is not a count.
    """
    _require_unique(old)
    _require_unique(new)
    new_shapes = crs_.transform(new.shapes, new.crs, old.crs)
    same_old, same_new = _unchanged(old, new, new_shapes)
    changed_old = np.setdiff1d(np.arange(len(old.codes)), same_old)
    changed_new = np.setdiff1d(np.arange(len(new.codes)), same_new)
    require_valid_rings(old.shapes[changed_old], old.codes[changed_old])
    require_valid_rings(new_shapes[changed_new], new.codes[changed_new])
    pieces = overlay(old.shapes[changed_old], new_shapes[changed_new], old)
    pieces = with_rest(pieces, old.shapes[changed_old], new_shapes, old)
    shares = _shares(pieces.a, pieces.area_m2, len(changed_old))
    if blocks is not None:
        shares = _people_shares(pieces, shares, old, blocks, weight)
    target = np.append(changed_new, len(new.codes))[pieces.b]
    walk = pd.DataFrame(
        {
            "o": np.concatenate([same_old, changed_old[pieces.a]]),
            "n": np.concatenate([same_new, target]),
            "weight": np.concatenate([np.ones(len(same_old)), shares]),
            "area_m2": np.concatenate([old.areas[same_old], pieces.area_m2]),
        }
    ).sort_values(["o", "n"], ignore_index=True)
    walk.insert(0, "old", old.codes[walk.pop("o")])
    walk.insert(1, "new", np.append(new.codes, "")[walk.pop("n")])
    return walk


def transfer(values: pd.Series, walk: pd.DataFrame) -> pd.Series:
    """Carry figures of old cells over to new ones.

    Parameters
    ----------
    values : Series
        One figure an old cell, indexed by its code; a code that is missing here counts as 0.
    walk : DataFrame
        A crosswalk.

    Returns
    -------
    Series
        One figure a new cell, indexed by code; ground in no new cell stands under ``""``. Whole
        numbers stay whole and their total is kept exactly (largest remainder per old cell).

    Raises
    ------
    ValueRefused
        If a figure belongs to a code the crosswalk does not know.
    """
    unknown = values.index.difference(walk["old"])
    if len(unknown):
        raise ValueRefused("edit.unknown_cells", codes=", ".join(map(str, unknown[:5])))
    amounts = np.nan_to_num(values.reindex(walk["old"]).to_numpy(dtype=float))
    group = pd.factorize(walk["old"])[0]
    given = apportion(amounts, walk["weight"].to_numpy(), group)
    result = pd.Series(given, index=walk["new"].to_numpy(), name=values.name)
    return result.groupby(level=0, sort=False).sum()


def population(grid: Grid, blocks: gpd.GeoDataFrame, weight: str) -> Population:
    """Return the people in each cell, from smaller areas by area-weighted crosswalk.

    Parameters
    ----------
    grid : Grid
        The cells, in any CRS.
    blocks : GeoDataFrame
        Areas with people, in any CRS.
    weight : str
        Column of the blocks that counts the people; missing values count as 0.

    Returns
    -------
    Population
        People per cell and those outside. Whole numbers stay whole, and cells and outside add up
        to the blocks' total exactly; a block two cells claim is shared between both.

    Raises
    ------
    ColumnError
        If there is no such column, or it is not a count.
    GeometryError
        If a ring is broken.
    """
    counts = counts_of(blocks, weight)
    shapes = crs_.transform(blocks.geometry.to_numpy(), blocks.crs, grid.crs)
    require_valid_rings(shapes, blocks.index.to_numpy())
    require_valid_rings(grid.shapes, grid.codes)
    pieces = overlay(shapes, grid.shapes, grid)
    pieces = with_rest(pieces, shapes, grid.shapes, grid)
    shares = _shares(pieces.a, pieces.area_m2, len(shapes))
    given = apportion(counts[pieces.a], shares, pieces.a)
    sums = np.zeros(len(grid.codes) + 1, dtype=given.dtype)
    np.add.at(sums, np.where(pieces.b < 0, len(grid.codes), pieces.b), given)
    lost = counts.sum() - given.sum()
    people = pd.Series(sums[:-1], index=grid.cells.index, name=weight)
    return Population(people, (sums[-1] + lost).item())


def apportion(
    amounts: NDArray[np.float64], shares: NDArray[np.float64], group: NDArray[np.int64]
) -> NDArray[Any]:
    """Give each row its share of its group's amount; whole amounts stay whole.

    Parameters
    ----------
    amounts : ndarray of float, shape (n,)
        The amount of the row's group.
    shares : ndarray of float, shape (n,)
        Share of the row; they add up to 1 within a group.
    group : ndarray of int, shape (n,)
        Group of the row.

    Returns
    -------
    ndarray, shape (n,)
        Integers by largest remainder (Hamilton) if every amount is whole, ties to the larger
        share and then to the earlier row; else the plain products.
    """
    exact = amounts * shares
    if not np.array_equal(amounts, np.round(amounts)):
        return exact
    floor = np.floor(exact + NOISE)
    rest = pd.Series(floor).groupby(group).transform("sum").to_numpy()
    left = np.round(amounts - rest)
    order = np.lexsort((-shares, -(exact - floor), group))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = pd.Series(group[order]).groupby(group[order]).cumcount().to_numpy()
    return (floor + (rank < left)).astype(np.int64)


def _unchanged(
    old: Grid, new: Grid, new_shapes: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return positions of the old cells that are new cells byte for byte, and those new cells."""
    at = pd.Index(new.codes).get_indexer(pd.Index(old.codes))
    known = np.flatnonzero(at >= 0)
    same = known[shapely.equals_identical(old.shapes[known], new_shapes[at[known]])]
    taken = at[same]
    rest = np.setdiff1d(np.arange(len(old.codes)), same)
    free = np.setdiff1d(np.arange(len(new.codes)), taken)
    by_bytes = dict(zip(shapely.to_wkb(new_shapes[free]), free, strict=True))
    renamed = [
        (row, by_bytes[wkb])
        for row, wkb in zip(rest, shapely.to_wkb(old.shapes[rest]), strict=True)
        if wkb in by_bytes
    ]
    more = np.array(renamed, dtype=np.int64).reshape(-1, 2)
    return np.concatenate([same, more[:, 0]]), np.concatenate([taken, more[:, 1]])


def _shares(
    group: NDArray[np.int64], amounts: NDArray[np.float64], groups: int
) -> NDArray[np.float64]:
    totals = np.bincount(group, amounts, minlength=groups)
    return np.asarray(amounts / totals[group])


def _people_shares(
    pieces: Pieces,
    shares: NDArray[np.float64],
    frame: Grid,
    blocks: gpd.GeoDataFrame,
    weight: str | None,
) -> NDArray[np.float64]:
    """Return shares of people instead of ground; a cell without people keeps those of ground."""
    counts = counts_of(blocks, weight)
    shapes = crs_.transform(blocks.geometry.to_numpy(), blocks.crs, frame.crs)
    require_valid_rings(shapes, blocks.index.to_numpy())
    parts = overlay(pieces.shapes, shapes, frame)
    density = counts / np.maximum(metric_area(shapes, frame), NOISE)
    people = np.bincount(parts.a, parts.area_m2 * density[parts.b], minlength=len(pieces.a))
    totals = np.bincount(pieces.a, people)[pieces.a] if len(pieces.a) else people
    return np.where(totals > 0, people / np.where(totals > 0, totals, 1), shares)


def counts_of(blocks: pd.DataFrame, weight: str | None) -> NDArray[np.float64]:
    """Return what a column of blocks counts.

    Parameters
    ----------
    blocks : DataFrame
        Small areas.
    weight : str or None
        Column of counts; None is answered with the columns there are.

    Returns
    -------
    ndarray of float, shape (n,)
        Count of each block, 0 where there is none.

    Raises
    ------
    ColumnError
        If there is no such column, or it holds something else than counts.
    """
    columns = ", ".join(str(name) for name in blocks.columns if name != "geometry")
    if weight is None:
        raise ColumnError("grid.uncounted", columns=columns)
    if weight not in blocks.columns:
        raise ColumnError("grid.no_column", column=weight, columns=columns)
    counts = pd.to_numeric(blocks[weight], errors="coerce").fillna(0).to_numpy(dtype=float)
    bad = blocks[weight].notna().to_numpy() & pd.to_numeric(blocks[weight], errors="coerce").isna()
    bad |= ~np.isfinite(counts) | (counts < 0)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise ColumnError(
            "edit.not_count", column=weight, row=row + 1, value=str(blocks[weight].iloc[row])
        )
    return counts


def _require_unique(grid: Grid) -> None:
    repeated = grid.cells.index[grid.cells.index.duplicated()].unique()
    if len(repeated):
        raise ValueRefused("edit.repeated_codes", codes=", ".join(map(str, repeated[:5])))
