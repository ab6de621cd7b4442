"""Figures of the few cells an edit touches, at a cost that does not grow with the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridmap.grid.crosswalk import crosswalk, transfer
from gridmap.grid.model import Grid
from gridmap.incidents.locate import Locator
from gridmap.journeys.cells.plans import PEOPLE

if TYPE_CHECKING:
    import geopandas as gpd

    from gridmap.journeys.city import City
    from gridmap.store import Plan


def shared_out(
    city: City, plan: Plan, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Share out the people of the touched cells by where they live, if there are blocks.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan
        The draft.
    old, new : GeoDataFrame
        Touched cells before and after, indexed by code.

    Returns
    -------
    GeoDataFrame
        The new cells.
    """
    blocks = city.blocks()
    if plan.weight != PEOPLE or blocks is None:
        return new
    frame = blocks.frame
    near = frame.iloc[np.unique(frame.sindex.query(old.geometry.to_numpy())[1])]
    if near.empty:
        return new
    walk = crosswalk(Grid(old), Grid(new), near, blocks.weight)
    people = transfer(old[PEOPLE], walk).reindex(new.index).fillna(0)
    return new.assign(**{PEOPLE: people})


def figures_of(city: City, plan: Plan, grid: Grid, cells: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return figures of a few cells of a grid, looking at what lies near them only.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan
        The plan of the grid.
    grid : Grid
        All its cells.
    cells : GeoDataFrame
        Those asked for, indexed by code.

    Returns
    -------
    DataFrame
        Columns ``area_m2``, ``people`` and ``incidents``, indexed by code.
    """
    counts = _incidents_in(city, grid, cells)
    people = cells[plan.weight] if plan.weight else None
    return pd.DataFrame(
        {
            "area_m2": Grid(cells).areas,
            "people": np.nan if people is None else people.to_numpy(dtype=float),
            "incidents": counts.reindex(cells.index, fill_value=0).to_numpy(dtype=int),
        },
        index=cells.index,
    )


def _incidents_in(city: City, grid: Grid, cells: gpd.GeoDataFrame) -> pd.Series:
    """Count the incidents in a few cells; their neighbours are asked too, for the borders."""
    west, south, east, north = shapely.total_bounds(cells.geometry.to_numpy())
    lon, lat = (city.incidents()[name].to_numpy() for name in ("lon", "lat"))
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    around = grid.cells.sindex.query(shapely.box(west, south, east, north))
    codes = Locator(Grid(grid.cells.iloc[np.sort(around)])).codes(lon[inside], lat[inside])
    return pd.Series(codes, dtype=object).value_counts()
