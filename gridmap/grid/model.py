"""The Grid: cells that are meant to partition an area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridmap import crs as crs_
from gridmap.errors import ColumnError, GeometryError
from gridmap.grid.extent import require_sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyproj import CRS

AREAL = (3, 6)
"""Type ids of Polygon and MultiPolygon, the only geometries a cell can have."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells that are meant to partition an area.

    A Grid may fail to be a coverage; :func:`gridmap.check` tells. It is never changed: an edit or
    a repair makes a new one.

    Parameters
    ----------
    cells : GeoDataFrame
        One row a cell, in file order; the index holds the codes (text, named ``code``, not
        necessarily unique) and the geometry is Polygon or MultiPolygon, in the layer's own CRS.
    boundary : Polygon or MultiPolygon, optional
        The area to be covered, in the CRS of the cells; absent means that it is not known.
    levels : tuple of str
        Columns naming the group each cell belongs to, coarse to fine; empty values are allowed.
    """

    cells: gpd.GeoDataFrame
    boundary: Any = None
    levels: tuple[str, ...] = ()

    @classmethod
    def from_frame(
        cls,
        frame: gpd.GeoDataFrame,
        code: str | None = None,
        boundary: Any = None,
        levels: Sequence[str] = (),
    ) -> Grid:
        """Make a Grid of a frame.

        Parameters
        ----------
        frame : GeoDataFrame
            One row a cell. Without a CRS its coordinates are planar metres.
        code : str, optional
            Column of the codes; absent means a column named ``code``, else the first unique text
            or integer column, else the row numbers from 1.
        boundary : geometry, GeoSeries or GeoDataFrame, optional
            The area to be covered; a frame is brought into the CRS of the cells.
        levels : sequence of str
            Level columns, coarse to fine.

        Returns
        -------
        Grid
            The cells in the order of the frame.

        Raises
        ------
        ColumnError
            If a named column is not there.
        GeometryError
            If a row is neither Polygon nor MultiPolygon, or the ring of a row of the boundary is
            broken.
        """
        for name in (*([code] if code else []), *levels):
            if name not in frame.columns:
                columns = ", ".join(map(str, frame.columns.drop(frame.geometry.name)))
                raise ColumnError("grid.no_column", column=name, columns=columns)
        chosen = code or guess_code(frame)
        codes = np.arange(1, len(frame) + 1) if chosen is None else frame[chosen]
        index = pd.Index(code_text(codes), name="code", dtype=object)
        cells = frame.set_axis(index)
        _require_areas(cells)
        area = boundary
        if isinstance(boundary, gpd.GeoDataFrame | gpd.GeoSeries):
            shapes = boundary.geometry
            require_sound(shapes.to_numpy())
            if shapes.crs is not None and cells.crs is not None:
                crs_.require_axes(shapes.crs)
                same = shapes.crs == cells.crs
                shapes = shapes if same else shapes.to_crs(cells.crs)
            area = shapely.union_all(shapes.to_numpy())
        return cls(cells, area, tuple(levels))

    @property
    def crs(self) -> CRS | None:
        """CRS of the cells; None stands for planar metres."""
        return self.cells.crs

    @cached_property
    def codes(self) -> NDArray[np.object_]:
        """Codes in file order, as text; an empty one is a missing code."""
        codes = self.cells.index.to_numpy(dtype=object, copy=True)
        codes.flags.writeable = False
        return codes

    @property
    def shapes(self) -> NDArray[np.object_]:
        """Geometries in file order, in the layer's own CRS, bytes as in the file."""
        return self.cells.geometry.to_numpy()

    @cached_property
    def metric_crs(self) -> CRS | None:
        """CRS in which areas and lengths are measured."""
        return crs_.metric(self.crs, shapely.total_bounds(self.shapes))

    @cached_property
    def metric_shapes(self) -> NDArray[np.object_]:
        """Geometries in file order, in :attr:`metric_crs`."""
        return crs_.transform(self.shapes, self.crs, self.metric_crs)

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """Area of each cell in square metres."""
        return np.asarray(shapely.area(self.metric_shapes))

    def with_cells(self, cells: gpd.GeoDataFrame) -> Grid:
        """Return the Grid with other cells, its boundary and levels kept.

        Parameters
        ----------
        cells : GeoDataFrame
            The new cells, indexed by code.

        Returns
        -------
        Grid
            A new Grid.
        """
        return replace(self, cells=cells)


def guess_code(frame: gpd.GeoDataFrame) -> str | None:
    """Return the column that most likely holds the codes.

    Parameters
    ----------
    frame : GeoDataFrame
        The cells.

    Returns
    -------
    str or None
        A column named ``code`` in any case, else the first unique text or integer column.
    """
    columns = [name for name in frame.columns if name != frame.geometry.name]
    for name in columns:
        if str(name).lower() == "code":
            return str(name)
    for name in columns:
        kind = pd.api.types
        fits = kind.is_integer_dtype(frame[name]) or kind.is_string_dtype(frame[name])
        if fits and frame[name].notna().all() and frame[name].is_unique:
            return str(name)
    return None


def code_text(values: Any) -> list[str]:
    """Return codes as text: whole floats lose their ``.0``, missing values become empty.

    Parameters
    ----------
    values : array-like
        Codes as they stand in the file.

    Returns
    -------
    list of str
        One text a value.
    """
    plain = np.asarray(values, dtype=object)  # Arrow's own iteration is ten times slower
    missing = pd.isna(plain).tolist()
    return ["" if gone else _one_code(value) for value, gone in zip(plain, missing, strict=True)]


def _one_code(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value).strip()


def _require_areas(cells: gpd.GeoDataFrame) -> None:
    shapes = cells.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    wrong = np.flatnonzero(~np.isin(kinds, AREAL) & ~shapely.is_empty(shapes) & (kinds >= 0))
    if wrong.size:
        first = int(wrong[0])
        kind = shapes[first].geom_type
        raise GeometryError("grid.not_area", row=first + 1, code=cells.index[first], kind=kind)
