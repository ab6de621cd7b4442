"""Cells in and out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from gridmap import crs as crs_
from gridmap.grid.model import Grid

if TYPE_CHECKING:
    from collections.abc import Sequence


def read_frame(path: Path | str, crs: Any = None) -> gpd.GeoDataFrame:
    """Read a layer.

    Parameters
    ----------
    path : path
        One of the formats of cells.
    crs : CRS, optional
        CRS of the coordinates, whatever the file claims.

    Returns
    -------
    GeoDataFrame
        The rows of the file in its order.
    """
    path = Path(path)
    source = f"/vsigzip/{path.resolve()}" if path.suffix == ".gz" else path
    reader = gpd.read_parquet if path.suffix == ".parquet" else gpd.read_file
    frame = reader(source)
    if crs is not None:
        frame = frame.set_crs(crs_.parse(crs), allow_override=True)
    crs_.require_plausible(shapely.total_bounds(frame.geometry.to_numpy()), frame.crs)
    return frame


def read_grid(
    path: Path | str,
    code: str | None = None,
    boundary: Path | str | None = None,
    levels: Sequence[str] = (),
    crs: Any = None,
) -> Grid:
    """Read cells.

    Parameters
    ----------
    path : path
        The file of the cells.
    code : str, optional
        Column of the codes; absent means that it is guessed, see :meth:`Grid.from_frame`.
    boundary : path, optional
        File of the area to be covered.
    levels : sequence of str
        Level columns, coarse to fine.
    crs : CRS, optional
        CRS of the cells, whatever the file claims.

    Returns
    -------
    Grid
        The cells in file order.
    """
    area = None if boundary is None else read_frame(boundary)
    return Grid.from_frame(read_frame(path, crs), code, area, levels)
