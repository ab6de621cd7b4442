"""The Grid of a version, read whole or by what sets it apart from one that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import shapely
import sqlalchemy as sa

from gridmap.grid.model import Grid
from gridmap.store import cells as cells_
from gridmap.store import schema
from gridmap.store import versions as rows_
from gridmap.store.states import States

if TYPE_CHECKING:
    import geopandas as gpd

PLANS, VERSIONS, CELLS, CHANGES = schema.plans, schema.versions, schema.cells, schema.changes
FEW = 500
"""Codes up to which cells are exchanged; beyond, all are read."""


class Grids(States):
    """Grids of versions.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def grid(self, version: int, known: tuple[int, Grid] | None = None) -> Grid:
        """Return the Grid of a version.

        Parameters
        ----------
        version : int
            Number of the version.
        known : tuple of int and Grid, optional
            Another version and its Grid: if few cells set them apart, only these are
            read.

        Returns
        -------
        Grid
            Cells ordered by code, in EPSG:4326.

        Raises
        ------
        NotFound
            If there is no such version.
        """
        plan = self.version(version).plan
        wanted = sa.select(PLANS.c.levels, PLANS.c.boundary).where(PLANS.c.id == plan)
        about = self._database.rows(wanted)[0]
        line = rows_.line(version)
        newer = sa.select(VERSIONS.c.boundary).join(line, line.c.id == VERSIONS.c.id)
        gained = newer.where(VERSIONS.c.boundary.is_not(None)).order_by(VERSIONS.c.id.desc())
        [*rows] = self._database.rows(gained.limit(1))
        outline = rows[0]["boundary"] if rows else about["boundary"]
        boundary = None if outline is None else shapely.from_wkb(outline)
        cells = None if known is None else self._exchanged(version, *known)
        if cells is None:
            cells = self._cells(version)
        return Grid(cells, boundary, tuple(about["levels"]))

    def _cells(self, version: int) -> gpd.GeoDataFrame:
        line = rows_.line(version)
        changed = sa.select(CHANGES.c.cell).join(line, line.c.id == CHANGES.c.version)
        kept = changed.where(CHANGES.c.added).except_(changed.where(~CHANGES.c.added))
        query = sa.select(CELLS).where(CELLS.c.id.in_(kept)).order_by(CELLS.c.code)
        return cells_.frame(self._database.rows(query))

    def _exchanged(self, version: int, other: int, grid: Grid) -> gpd.GeoDataFrame | None:
        """Return the cells of a version by those of another one; None if too many differ."""
        apart = [each.id for each in self.between(version, other)]
        touched = sa.select(CELLS.c.code).join(CHANGES, CHANGES.c.cell == CELLS.c.id)
        query = touched.where(CHANGES.c.version.in_(apart)).distinct().limit(FEW + 1)
        codes = [row["code"] for row in self._database.rows(query)]
        if not codes:
            return grid.cells
        if len(codes) > FEW:
            return None
        before = grid.cells[~grid.cells.index.isin(codes)]
        with self._database.read() as connection:
            numbers = cells_.cells_at(connection, version, codes)
        rows = self._database.rows(sa.select(CELLS).where(CELLS.c.id.in_(numbers)))
        if not rows or set(now := cells_.frame(rows)) != set(before):
            return None  # a column may have come or gone with them
        cells = pd.concat([before, now])
        cells.index = cells.index.astype(object)
        for name in cells.columns.drop(cells.geometry.name):
            if cells[name].dtype != before[name].dtype:
                cells[name] = pd.Series(cells[name].tolist(), index=cells.index)
        return cells.sort_index(kind="stable")
