"""Plans: bringing cells into the store, and what is known of a plan."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from gridmap import crs
from gridmap.grid.aligned import aligned
from gridmap.grid.crosswalk import population
from gridmap.grid.levels import divided
from gridmap.grid.rules import Rules
from gridmap.journeys.cells.sound import require_columns, require_coverage, require_sound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gridmap.grid.model import Grid
    from gridmap.journeys.city import City
    from gridmap.store import Original, Plan, Store

DIGITS = 8
"""Decimals of a degree in the store: about a millimetre."""
PEOPLE = "people"
"""Column of the cells that holds the people counted from blocks."""


@dataclass(frozen=True)
class Imported:
    """What an import of cells did.

    Parameters
    ----------
    plan : Plan
        The draft that holds the cells.
    moved_m : float
        Largest move of a vertex by snapping, in metres.
    outside : float or None
        People of the blocks that live in no cell; None without blocks.
    divided : dict of str to int
        Groups that lie in several groups of the coarser level, by level; each counts as one.
    dropped : tuple of str
        Columns of the file that look person-level and were not kept.
    """

    plan: Plan
    moved_m: float
    outside: float | None
    divided: dict[str, int]
    dropped: tuple[str, ...] = ()


def import_grid(
    store: Store,
    name: str,
    grid: Grid,
    weight: str | None = None,
    blocks: gpd.GeoDataFrame | None = None,
    original: Original | None = None,
    by: str = "",
    rules: Mapping[str, Any] | None = None,
) -> Imported:
    """Bring cells into the store as a draft.

    Parameters
    ----------
    store : Store
        The store.
    name : str
        Name of the draft.
    grid : Grid
        The cells, in any CRS.
    weight : str, optional
        Column with people or households: of the blocks if there are blocks, else of the cells.
    blocks : GeoDataFrame, optional
        Small areas with people, from which the cells' are counted.
    original : Original, optional
        The file they came from.
    by : str
        Who does it.
    rules : mapping, optional
        What the city asks of its cells, as in ``RULES.toml``: allowed holes, locked cells.

    Returns
    -------
    Imported
        The draft and what was done to the cells.

    Raises
    ------
    GeometryError
        If a ring is broken, before or after snapping.
    ValueRefused
        If the cells are not a coverage or a code is missing or repeated.
    """
    snapped, moved = snap(grid)
    require_sound(snapped)
    asked = Rules.from_dict(rules or {})
    require_columns(snapped, asked)
    require_coverage(snapped, asked)
    return _stored(store, name, (snapped, moved), weight, blocks, original, by, rules)


def import_with_defects(
    store: Store,
    name: str,
    grid: Grid,
    weight: str | None = None,
    blocks: gpd.GeoDataFrame | None = None,
    by: str = "",
) -> Imported:
    """Bring cells that may overlap or leave gaps into the store, as a draft to be mended.

    Parameters
    ----------
    store : Store
        The store.
    name : str
        Name of the draft; it cannot be published before it is a coverage.
    grid : Grid
        The cells, in any CRS.
    weight : str, optional
        Column with people or households: of the blocks if there are blocks, else of the cells.
    blocks : GeoDataFrame, optional
        Small areas with people, from which the cells' are counted.
    by : str
        Who does it.

    Returns
    -------
    Imported
        The draft and what was done to the cells.

    Raises
    ------
    GeometryError
        If a ring is broken, before or after snapping.
    ValueRefused
        If a code is missing or repeated.
    """
    snapped, moved = snap(grid)
    require_sound(snapped)
    return _stored(store, name, (snapped, moved), weight, blocks, None, by, None)


def _stored(
    store: Store,
    name: str,
    cells: tuple[Grid, float],
    weight: str | None,
    blocks: gpd.GeoDataFrame | None,
    original: Original | None,
    by: str,
    rules: Mapping[str, Any] | None,
) -> Imported:
    """Count the people of cells that were snapped, and store them."""
    snapped, moved = cells
    outside = None
    if blocks is not None and weight is not None:
        counted = population(snapped, blocks, weight)
        snapped = snapped.with_cells(snapped.cells.assign(**{PEOPLE: counted.people}))
        outside, weight = float(counted.outside), PEOPLE
    plan = store.plans.add(name, snapped, weight, by, original, rules)
    return Imported(plan, moved, outside, Counter(each.level for each in divided(snapped)))


def snap(grid: Grid) -> tuple[Grid, float]:
    """Bring a Grid to longitude and latitude with eight decimals, aligned, ordered by code.

    Parameters
    ----------
    grid : Grid
        Cells in any CRS.

    Returns
    -------
    Grid
        In EPSG:4326.
    float
        Largest move of a vertex in metres.
    """
    grid = aligned(grid)
    exact = np.asarray(crs.to_lonlat(grid.shapes, grid.crs), dtype=object)
    shapes = rounded(exact)
    lat = np.radians(shapely.get_coordinates(exact)[:, 1])
    steps = np.abs(shapely.get_coordinates(shapely.transform(exact, _rounding)))
    metres = np.hypot(steps[:, 0] * np.cos(lat), steps[:, 1]) * 111_320
    cells = gpd.GeoDataFrame(
        grid.cells.drop(columns=grid.cells.geometry.name), geometry=shapes, crs=crs.LONLAT
    )
    boundary = grid.boundary
    if boundary is not None:
        boundary = rounded(crs.to_lonlat(boundary, grid.crs))
    ordered = replace(grid, cells=cells.sort_index(kind="stable"), boundary=boundary)
    return aligned(ordered, DIGITS), float(metres.max(initial=0.0))


def rounded(shapes: Any) -> Any:
    """Return geometries with eight decimals and no vertex twice in a row.

    Parameters
    ----------
    shapes : geometry or ndarray of geometry
        In degrees.

    Returns
    -------
    geometry or ndarray of geometry
        Every vertex moved by itself, so that borders shared before are shared still.
    """
    moved = shapely.transform(shapes, lambda xy: np.round(xy, DIGITS))
    return shapely.remove_repeated_points(moved, 0.0)


def _rounding(xy: Any) -> Any:
    return np.round(xy, DIGITS) - xy


def period(city: City) -> list[date] | None:
    """Return the first and the last day of the incidents.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    list of date or None
        None without incidents.
    """

    def make() -> list[date] | None:
        when = city.incidents()["when"].dropna()
        return None if when.empty else [when.min().date(), when.max().date()]

    return city.derived(("period", city.revision()), make)
