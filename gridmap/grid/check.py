"""Check: proof that a Grid is a coverage, or all that is wrong and where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from gridmap import crs
from gridmap.grid._findings import findings
from gridmap.grid.attributes import of_columns
from gridmap.grid.defects import KINDS, Defect, Finding, measured
from gridmap.grid.measures import widths
from gridmap.grid.rules import Allowed, Rules
from gridmap.grid.survey import Survey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid


@dataclass(frozen=True, eq=False)
class Check:
    """The result of a check.

    Parameters
    ----------
    grid : Grid
        What was checked.
    defects : tuple of Defect
        Findings in the order of their kinds, the largest first.
    survey : Survey
        What the left-over edges of its cells tell.
    holes : int
        Gaps that are meant to be there: allowed by the rules, or wider than the gap width.
    allowed : tuple of Allowed
        Holes of the rules that are there.
    """

    grid: Grid
    defects: tuple[Defect, ...]
    survey: Survey
    holes: int = 0
    allowed: tuple[Allowed, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no error was found: the cells are a coverage."""
        return not any(each.is_error for each in self.defects)

    @property
    def outline(self) -> Any:
        """The ground held by any cell, a polygon in the CRS of the cells; None if there is none."""
        return self.survey.outline

    @property
    def counts(self) -> dict[str, int]:
        """Number of defects of each kind that was found."""
        found = Counter(each.kind for each in self.defects)
        return {kind: found[kind] for kind in KINDS if kind in found}

    def to_frame(self, lang: str = "en") -> gpd.GeoDataFrame:
        """Return the defects as a table.

        Parameters
        ----------
        lang : str
            Language of the messages.

        Returns
        -------
        GeoDataFrame
            One row a defect, in the CRS of the cells; ``cells`` are joined by ``;``.
        """
        columns = ["kind", "severity", "cells", "area_m2", "width_m", "length_m", "message"]
        rows = [
            (d.kind, d.severity, ";".join(d.cells), d.area_m2, d.width_m, d.length_m, d.text(lang))
            for d in self.defects
        ]
        where = [each.where for each in self.defects]
        data = {name: [row[i] for row in rows] for i, name in enumerate(columns)}
        return gpd.GeoDataFrame(data, geometry=where, crs=self.grid.crs)


def check(
    grid: Grid, rules: Rules | None = None, gap_width: float | None = None, *, every: bool = False
) -> Check:
    """Prove that cells are a coverage, or name every defect.

    The proof is exact: every cell is valid by itself, and the directed edges of all cells and of
    the reversed boundary cancel. Edges left over are cut where they meet; how many cells cover
    each face they enclose is counted in whole numbers.

    Parameters
    ----------
    grid : Grid
        The cells; broken rings and repeated codes allowed.
    rules : Rules, optional
        What the city asks beyond that; absent means nothing.
    gap_width : float, optional
        Width in metres from which a gap is taken as a hole that is meant to be there; absent means
        that every gap is an error.
    every : bool
        Report the slivers a self-crossing ring makes too, not only the ring.

    Returns
    -------
    Check
        The defects.

    Raises
    ------
    ColumnError
        If a column the rules name is not there.
    GeometryError
        If the boundary is not an area.
    ValueRefused
        If the rules name an unknown scheme.
    """
    return checked(grid, rules or Rules(), Survey.of(grid.shapes), gap_width, every=every)


def check_again(before: Check, grid: Grid, rules: Rules | None = None) -> Check:
    """Check cells most of which were checked before, at the cost of the others.

    What two checks have in common is what their left-over edges tell: it is followed from one to
    the other. What the columns and the rules tell is found anew.

    Parameters
    ----------
    before : Check
        A check of any cells; the more of them are the same, byte for byte, the better.
    grid : Grid
        The cells.
    rules : Rules, optional
        What the city asks of them now.

    Returns
    -------
    Check
        As :func:`check` would make it.
    """
    source = _source(before.grid, grid)
    known = source[source >= 0]
    if 2 * len(known) < len(source) or (np.diff(known) < 0).any():
        return check(grid, rules)
    return checked(grid, rules or Rules(), before.survey.after(grid.shapes, source))


def _source(old: Grid, new: Grid) -> NDArray[np.int64]:
    """Return where each cell was among old ones, -1 for one that was not: by code and ground."""
    if not old.cells.index.is_unique or not new.cells.index.is_unique:
        return np.full(len(new.codes), -1)
    at = old.cells.index.get_indexer(new.cells.index)
    known = np.flatnonzero(at >= 0)
    same = shapely.equals_identical(old.shapes[at[known]], new.shapes[known])
    at[known[~same]] = -1
    return at


def checked(
    grid: Grid, rules: Rules, survey: Survey, gap_width: float | None = None, *, every: bool = False
) -> Check:
    """Check cells that are surveyed already.

    Parameters
    ----------
    grid : Grid
        The cells.
    rules : Rules
        What the city asks.
    survey : Survey
        What their left-over edges tell.
    gap_width, every
        As in :func:`check`.

    Returns
    -------
    Check
        The defects.
    """
    safe = grid.with_cells(grid.cells.set_geometry(survey.ground, crs=grid.crs))
    found = findings(grid, survey, every=every) + of_columns(grid, rules, survey.ground)
    kept, allowed = _without_allowed(grid, rules, found)
    holes = len(found) - len(kept)
    defects = measured(safe, kept)
    if gap_width is not None:
        wide = [each.kind == "gap" and each.width_m > gap_width for each in defects]
        holes += sum(wide)
        defects = [each for each, is_wide in zip(defects, wide, strict=True) if not is_wide]
    defects += _slivers(safe, rules, defects)
    order = {kind: number for number, kind in enumerate(KINDS)}
    defects.sort(key=lambda each: (order[each.kind], -each.area_m2, each.rows))
    return Check(grid, tuple(defects), survey, holes, allowed)


def _without_allowed(
    grid: Grid, rules: Rules, found: list[Finding]
) -> tuple[list[Finding], tuple[Allowed, ...]]:
    """Leave out the holes that are allowed; return which allowed ones there are."""
    lonlat = np.array([each.point for each in rules.allowed]).reshape(-1, 2)
    points = shapely.points(crs.transform_points(lonlat, crs.LONLAT, grid.crs))
    there = np.zeros(len(points), dtype=bool)
    kept = []
    for each in found:
        meant = shapely.intersects(each.where, points) & (each.kind in ("gap", "uncovered"))
        there |= meant
        if not meant.any():
            kept.append(each)
    return kept, tuple(one for one, is_there in zip(rules.allowed, there, strict=True) if is_there)


def _slivers(grid: Grid, rules: Rules, defects: list[Defect]) -> list[Defect]:
    limit = rules.sliver
    if limit is None:
        return []
    kinds = ("overlap", "gap")
    out = [
        replace(each, kind="sliver", severity="notice", key="check.sliver")
        for each in defects
        if each.kind in kinds and (each.width_m < limit.width_m or each.area_m2 < limit.area_m2)
    ]
    ground = grid.shapes
    held = np.flatnonzero(~shapely.is_missing(ground))
    metric = grid.metric_shapes[held]
    small = shapely.area(metric) < limit.area_m2
    if limit.width_m > 0:
        small |= widths(metric) < limit.width_m
    cells = [Finding("sliver", (int(row),), ground[row], "sliver_cell") for row in held[small]]
    return out + measured(grid, cells)
