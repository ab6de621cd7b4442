"""The cells of a version of a plan before they are drawn, and again after an edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridmap import crs as crs_
from gridmap.grid.cancel import leftover, proves
from gridmap.grid.model import code_text
from gridmap.layers import mercator
from gridmap.layers.borders import borders
from gridmap.layers.quantise import NOTHING, sound

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

MOST = 8
"""An edit that reaches more than the eighth part of the cells is no edit: all is made anew."""


@dataclass(frozen=True, eq=False)
class Outlines:
    """Cells, before they are drawn.

    Parameters
    ----------
    codes : ndarray of str, shape (n,)
        Their codes.
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        The cells in degrees.
    borders : ndarray of Border, shape (n,)
        Their borders in the unit square; the same object where a cell is as it was.
    rim : ndarray of bool, shape (n,), or None
        Which have an edge on the outside; None if the cells are no coverage.
    groups : dict of str to ndarray of str, shape (n,)
        The group of each cell, by level.
    """

    codes: NDArray[np.object_]
    shapes: NDArray[np.object_]
    borders: NDArray[np.object_]
    rim: NDArray[np.bool_] | None
    groups: dict[str, NDArray[np.object_]]


def outlines(grid: Grid, before: Outlines | None = None) -> Outlines:
    """Return the outlines of a Grid.

    Parameters
    ----------
    grid : Grid
        The cells.
    before : Outlines, optional
        Those of an earlier version; what is the same is taken over.

    Returns
    -------
    Outlines
        Of every cell.
    """
    shapes = np.asarray(crs_.to_lonlat(grid.shapes, grid.crs), dtype=object)
    groups = {level: np.array(code_text(grid.cells[level]), dtype=object) for level in grid.levels}
    found = None if before is None else _revised(grid.codes, shapes, groups, before)
    if found is not None:
        return found
    square = _square(shapes)
    there = np.flatnonzero(~shapely.is_empty(square))
    rim = None
    owners = np.unique(there[leftover(shapes[there]).owners])
    tree = shapely.STRtree(shapes[there])
    beside = there[np.unique(tree.query(shapes[owners])[1])]
    if shapely.coverage_is_valid(shapes[beside]):  # where cells overlap, an edge is left over
        rim = np.zeros(len(shapes), dtype=bool)
        rim[owners] = True
    return Outlines(grid.codes, shapes, borders(square), rim, groups)


def _square(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Bring cells to the unit square; what is broken there is nothing."""
    square = shapely.transform(shapes, mercator.to_square)
    there = shapely.is_valid(square) & ~shapely.is_empty(square)
    return np.where(there, shapely.orient_polygons(square), NOTHING)


def _revised(
    codes: NDArray[np.object_],
    shapes: NDArray[np.object_],
    groups: dict[str, NDArray[np.object_]],
    old: Outlines,
) -> Outlines | None:
    """Return the outlines of an edited coverage; None if it is not, or too much is edited."""
    index = pd.Index(old.codes)
    if old.rim is None or set(groups) != set(old.groups) or not index.is_unique:
        return None
    place = index.get_indexer(codes)
    known = place >= 0
    known[known] = shapely.equals_identical(shapes[known], old.shapes[place[known]])
    place = np.where(known, place, -1)
    gone = np.ones(len(old.codes), dtype=bool)
    gone[place[known]] = False
    if (~known).sum() * MOST > len(known) or not proves(shapes[~known], old.shapes[gone]):
        return None
    lines, rim = np.empty(len(place), dtype=object), np.zeros(len(place), dtype=bool)
    lines[known], rim[known] = old.borders[place[known]], old.rim[place[known]]
    return _patched(Outlines(codes, shapes, lines, rim, groups), np.flatnonzero(~known))


def _patched(made: Outlines, fresh: NDArray[np.intp]) -> Outlines | None:
    """Fill in the borders of fresh cells, and of those beside them whose borders fork anew."""
    tree = shapely.STRtree(made.shapes)
    beside = np.unique(tree.query(made.shapes[fresh])[1])
    part = np.unique(tree.query(made.shapes[beside])[1])
    square = _square(made.shapes[part])
    if not sound(square).all():
        return None
    assert made.rim is not None  # noqa: S101 - only a coverage is patched
    made.rim[fresh] = np.isin(fresh, part[leftover(made.shapes[part]).owners])
    for row, line in zip(part, borders(square), strict=True):
        if row in fresh or (row in beside and (line.area != made.borders[row].area).any()):
            made.borders[row] = line
    return made
