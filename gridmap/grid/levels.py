"""Groups of cells: which of one level lie in several groups of the coarser one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gridmap.grid.model import code_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gridmap.grid.model import Grid


class Divided(NamedTuple):
    """A group that lies in several groups of the coarser level.

    Parameters
    ----------
    level : str
        Level column of the group.
    coarser : str
        Level column it is divided by.
    name : str
        Name of the group.
    groups : list of str
        The groups of the coarser level, sorted.
    """

    level: str
    coarser: str
    name: str
    groups: list[str]


def divided(grid: Grid) -> Iterator[Divided]:
    """Find the groups that lie in several groups of the next coarser level.

    Parameters
    ----------
    grid : Grid
        The cells.

    Yields
    ------
    Divided
        Level by level, coarse to fine, by name. Cells without a group of either level are passed
        over.
    """
    for coarser, level in zip(grid.levels, grid.levels[1:], strict=False):
        pairs = pd.DataFrame({"group": names(grid, coarser), "name": names(grid, level)})
        pairs = pairs[(pairs["group"] != "") & (pairs["name"] != "")]
        pairs = pairs.drop_duplicates()
        several = pairs[pairs["name"].duplicated(keep=False)]
        for name, groups in several.groupby("name")["group"]:
            yield Divided(level, coarser, str(name), sorted(groups))


def told_apart(grid: Grid) -> Grid:
    """Make several groups of each one that lies in several groups of the coarser level.

    Villages of one name in different townships are different villages: ``赵庄村`` becomes
    ``赵庄村 (城关镇, 濮阳县)`` and ``赵庄村 (文留镇)``, the name of the coarser group taken on.

    Parameters
    ----------
    grid : Grid
        The cells.

    Returns
    -------
    Grid
        The same cells, every level nested in the coarser one; names that were single are kept.
    """
    for coarser, level in zip(grid.levels, grid.levels[1:], strict=False):
        shared = [each.name for each in divided(grid) if each.level == level]
        called, groups = names(grid, level), names(grid, coarser)
        rows = np.isin(called, shared) & (groups != "")
        longer = [
            f"{name} ({group.replace(' (', ', ').removesuffix(')')})"
            for name, group in zip(called[rows], groups[rows], strict=True)
        ]
        called[rows] = longer
        grid = grid.with_cells(grid.cells.assign(**{level: called})) if rows.any() else grid
    return grid


def names(grid: Grid, level: str) -> NDArray[np.object_]:
    """Return the group of each cell.

    Parameters
    ----------
    grid : Grid
        The cells.
    level : str
        Level column.

    Returns
    -------
    ndarray of str, shape (n,)
        Names as text, each made once; empty where a cell has no group.
    """
    group, values = pd.factorize(grid.cells[level])
    return np.array([*code_text(values), ""], dtype=object)[group]
