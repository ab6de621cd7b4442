"""The difference between two grids: cells changed, ground and people moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridmap.errors import ColumnError
from gridmap.grid.crosswalk import apportion, crosswalk, population

if TYPE_CHECKING:
    import geopandas as gpd

    from gridmap.grid.model import Grid


@dataclass(frozen=True, eq=False)
class Diff:
    """What became of the cells of a grid.

    Parameters
    ----------
    changed : tuple of str
        Codes of cells that kept their code but not their ground.
    created, vanished : tuple of str
        Codes that are new, and those that are no more.
    recoded : tuple of (str, str)
        Old and new code of cells that kept their ground byte for byte.
    redrawn : tuple of str
        Codes of cells that kept their ground, although their vertices are not the same.
    moves : DataFrame
        Ground that changed its cell: ``old``, ``new`` (codes; empty for ground in no cell),
        ``area_m2`` and, where people are known, ``people``.
    people : float or None
        People on that ground; None if they are not known.
    """

    changed: tuple[str, ...]
    created: tuple[str, ...]
    vanished: tuple[str, ...]
    recoded: tuple[tuple[str, str], ...]
    redrawn: tuple[str, ...]
    moves: pd.DataFrame
    people: float | None

    @property
    def area_m2(self) -> float:
        """Ground that changed its cell, in square metres."""
        return float(self.moves["area_m2"].sum())


def diff(
    old: Grid, new: Grid, blocks: gpd.GeoDataFrame | None = None, weight: str | None = None
) -> Diff:
    """Compare two grids of the same ground.

    Parameters
    ----------
    old, new : Grid
        The grids, in any CRS.
    blocks : GeoDataFrame, optional
        Small areas with people; absent means that people live evenly spread over a cell.
    weight : str, optional
        Column that counts the people: of the blocks, or without blocks of the old cells. Absent
        means that people are not counted.

    Returns
    -------
    Diff
        The difference. People and ground are those of the crosswalk, so they add up.

    Raises
    ------
    ValueRefused
        If a code is repeated.
    GeometryError
        If the ring of a changed cell is broken.
    ColumnError
        If there is no such column.
    """
    walk = crosswalk(old, new, blocks, weight)
    before, after = set(old.codes), set(new.codes)
    whole = walk["weight"] == 1
    recoded = walk[whole & (walk["old"] != walk["new"]) & ~walk["old"].isin(after)]
    recoded = recoded[~recoded["new"].isin(before) & ~recoded["new"].duplicated(keep=False)]
    pairs = tuple(zip(recoded["old"], recoded["new"], strict=True))
    was, now = _ground(old), _ground(new)
    pairs = tuple((one, other) for one, other in pairs if was[one] == now[other])
    renamed = dict(pairs)
    moved = walk[(walk["old"] != walk["new"]) & ~walk["old"].isin(list(renamed))]
    moves = moved[["old", "new", "area_m2"]].reset_index(drop=True)
    people = None
    if weight is not None:
        moves["people"] = _people(old, walk, blocks, weight)[moved.index]
        people = float(moves["people"].sum())
    touched = {*moves["old"], *moves["new"]}
    rest = (before & after) - touched
    known, kept = before | set(renamed.values()), after | set(renamed)
    return Diff(
        changed=tuple(code for code in new.codes if code in touched and code in before),
        created=tuple(code for code in new.codes if code not in known),
        vanished=tuple(code for code in old.codes if code not in kept),
        recoded=pairs,
        redrawn=tuple(code for code in new.codes if code in rest and was[code] != now[code]),
        moves=moves,
        people=people,
    )


def _ground(grid: Grid) -> dict[str, bytes]:
    """Return the bytes of each cell's ground."""
    return dict(zip(grid.codes, shapely.to_wkb(grid.shapes), strict=True))


def _people(
    old: Grid, walk: pd.DataFrame, blocks: gpd.GeoDataFrame | None, weight: str
) -> np.ndarray:
    """Return the people of each row of a crosswalk; whole numbers stay whole."""
    if blocks is not None:
        living = population(old, blocks, weight).people
    elif weight in old.cells.columns:
        living = old.cells[weight]
    else:
        columns = ", ".join(map(str, old.cells.columns.drop(old.cells.geometry.name)))
        raise ColumnError("grid.no_column", column=weight, columns=columns)
    amounts = np.nan_to_num(living.reindex(walk["old"]).to_numpy(dtype=float))
    return apportion(amounts, walk["weight"].to_numpy(), pd.factorize(walk["old"])[0])
