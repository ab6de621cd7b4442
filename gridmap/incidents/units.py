"""The units figures are counted in: cells or the groups of a level, and their weights."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from gridmap.errors import ColumnError, ValueRefused
from gridmap.grid.model import code_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

HOUSEHOLDS = re.compile("户|house|^hh|^hu", re.IGNORECASE)
"""What columns of households are called."""


def weighed_in(column: str | None) -> Literal["people", "households"]:
    """Return what a column of weights most likely counts.

    Parameters
    ----------
    column : str or None
        Its name.

    Returns
    -------
    str
        ``households`` if the name says so, else ``people``.
    """
    return "households" if HOUSEHOLDS.search(column or "") else "people"


def units(grid: Grid, level: str | None = None) -> pd.Index:
    """Return for each cell the unit its figures are counted in.

    Parameters
    ----------
    grid : Grid
        The cells.
    level : str, optional
        A level column; absent means the cells themselves.

    Returns
    -------
    Index of str, length of the grid
        Codes, or names of groups; "" for a cell that belongs to no group.
    """
    if level is None:
        return grid.cells.index
    if level not in grid.cells.columns:
        raise ColumnError("measure.no_level", level=level, levels=", ".join(grid.levels))
    return pd.Index(code_text(grid.cells[level]), name=level, dtype=object)


def unit_of(incidents: pd.DataFrame, grid: Grid, level: str | None = None) -> pd.Series:
    """Return the unit of each placed incident.

    Parameters
    ----------
    incidents : DataFrame
        Placed incidents with ``cell``.
    grid : Grid
        The cells they were placed in.
    level : str, optional
        A level column; absent means the cells themselves.

    Returns
    -------
    Series of str
        One row a placed incident, indexed like it.

    Raises
    ------
    ValueRefused
        If an incident lies in a cell the grid does not have: it was placed in another plan.
    """
    placed = incidents.loc[incidents["cell"] != "", "cell"]
    rows = pd.Series(units(grid, level), index=grid.cells.index)
    rows = rows[~rows.index.duplicated()]
    where = rows.index.get_indexer(placed)
    if (where < 0).any():
        code = placed.iloc[int(np.argmax(where < 0))]
        raise ValueRefused("measure.other_grid", code=code, count=int((where < 0).sum()))
    return pd.Series(rows.to_numpy()[where], index=placed.index, dtype=object)


def weights(grid: Grid, column: str) -> NDArray[np.float64]:
    """Return a column of the cells as people, households or another weight.

    Parameters
    ----------
    grid : Grid
        The cells.
    column : str
        Its name.

    Returns
    -------
    ndarray of float64, shape (n,)
        One weight a cell; a missing value counts as 0.

    Raises
    ------
    ColumnError
        If the column is not there, is not numeric, or holds a negative value.
    """
    if column not in grid.cells.columns:
        raise ColumnError("measure.no_weight", column=column)
    values = pd.to_numeric(grid.cells[column], errors="coerce").to_numpy(dtype=float)
    given = grid.cells[column].notna().to_numpy()
    wrong = (given & ~np.isfinite(values)) | (values < 0)
    if wrong.any():
        first = int(np.argmax(wrong))
        shown = grid.cells[column].iloc[first]
        raise ColumnError(
            "measure.bad_weight", column=column, code=grid.codes[first], value=str(shown)
        )
    return np.nan_to_num(values)
