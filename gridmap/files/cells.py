"""Cells in and out."""

from __future__ import annotations

import gzip
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridmap import crs as crs_
from gridmap.errors import CrsError, FileError
from gridmap.files.kinds import CELLS, suffix_of
from gridmap.files.ogr import ANY_HIGH, name_types, writing
from gridmap.files.reader import READER
from gridmap.files.replace import replacing
from gridmap.grid.model import Grid
from gridmap.plausible import require_plausible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

GEOMETRY = "geometry"
CRS84 = "OGC:CRS84"
"""GeoParquet's name for EPSG:4326 with longitude first, which is how we hold it anyway."""
DRIVERS = {"gpkg": "GPKG", "geojson": "GeoJSON", "shp": "ESRI Shapefile", "fgb": "FlatGeobuf"}
DRIVERS["kml"] = "KML"
WHOLE = {f"{u}int{n}": f"{u.upper()}Int{n}" for u in ("", "u") for n in (8, 16, 32, 64)}
"""Whole numbers that may be empty: kind in pandas by kind in Arrow."""


def read_frame(
    path: Path | str,
    crs: Any = None,
    tick: Callable[[float], None] | None = None,
    name: str | None = None,
) -> gpd.GeoDataFrame:
    """Read a layer.

    Parameters
    ----------
    path : path
        One of the formats of cells.
    crs : CRS, optional
        CRS of the coordinates, whatever the file claims.
    tick : callable, optional
        Told some times a second which share is read; what it raises stops the work.
    name : str, optional
        What the user calls the file, where it lies under another name.

    Returns
    -------
    GeoDataFrame
        The rows of the file in its order; attributes and a column ``geometry``.

    Raises
    ------
    FileError
        If the file is missing, of another kind than it says, unsafe or broken.
    CrsError
        If it has no CRS, or coordinates that cannot be in it.
    """
    wanted = None if crs is None else crs_.parse(crs)
    table = READER.read(path, CELLS, tick, name)
    try:
        frame = _with_whole(frame_of(table), table)
    except FileError as error:
        error.values.setdefault("path", str(name or path))
        raise
    if wanted is not None:
        frame = frame.set_crs(wanted, allow_override=True)
    require_crs(frame, str(name or path))
    return frame


def frame_of(table: pa.Table) -> gpd.GeoDataFrame:
    """Return what the child read as a frame.

    Parameters
    ----------
    table : Table
        Attributes, ``geometry`` as WKB, ``crs`` in the schema's metadata.

    Returns
    -------
    GeoDataFrame
        The same, in the CRS the file claims.

    Raises
    ------
    FileError
        If it has no geometry, or curves.
    """
    if GEOMETRY not in table.column_names:
        raise FileError("files.no_geometry")
    claimed = (table.schema.metadata or {}).get(b"crs", b"").decode()
    try:
        with np.errstate(invalid="ignore"):  # the check tells of coordinates that are no numbers
            shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy())
    except shapely.errors.GEOSException as cause:
        raise FileError("files.unreadable", reason=str(cause)[:200]) from cause
    except NotImplementedError as cause:
        raise FileError("files.curves") from cause
    frame = table.drop_columns([GEOMETRY]).to_pandas()
    if claimed == CRS84:
        claimed = "EPSG:4326"
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs_.parse(claimed) if claimed else None)


def _with_whole(frame: gpd.GeoDataFrame, table: pa.Table) -> gpd.GeoDataFrame:
    """Keep whole numbers whole beside empty values, which pandas would make real ones of."""
    whole = {
        field.name: pd.Series(table.column(field.name).to_pylist(), dtype=WHOLE[str(field.type)])
        for field in table.schema
        if str(field.type) in WHOLE and table.column(field.name).null_count
    }
    return frame.assign(**whole)


def require_crs(frame: gpd.GeoDataFrame, path: str) -> None:
    """Refuse a layer without CRS, or with coordinates that cannot be in it.

    Parameters
    ----------
    frame : GeoDataFrame
        The layer.
    path : str
        The file, for the message.

    Raises
    ------
    FileError
        If it has no rows.
    CrsError
        Naming the file and the likely cause.
    """
    if frame.empty:
        raise FileError("files.no_rows", path=path)
    try:
        require_plausible(shapely.total_bounds(frame.geometry.to_numpy()), frame.crs)
    except CrsError as error:
        raise CrsError("files.crs", path=path, said=error) from error


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


def write_frame(frame: gpd.GeoDataFrame, path: Path | str) -> None:
    """Write a layer, in the format its name tells; whole or not at all.

    Polygons and multipolygons stay what they are, row by row.

    Parameters
    ----------
    frame : GeoDataFrame
        The layer; its index is not written.
    path : path
        Where to; one of the formats of cells.

    Raises
    ------
    FileError
        If the format is unknown or the folder cannot be written.
    """
    path = Path(path)
    suffix = suffix_of(str(path), CELLS, "files.kind_out")
    kind = CELLS[suffix]
    with replacing(path) as draft, writing(path):
        if kind == "parquet":
            frame.to_parquet(draft, index=False)
        elif suffix.endswith(".gz"):
            plain = draft.with_name("plain.geojson")
            _write_ogr(frame, plain, kind)
            draft.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
            plain.unlink()
        elif kind == "zip":
            _write_zip(frame, draft)
        else:
            _write_ogr(frame, draft, kind)


def _write_ogr(frame: gpd.GeoDataFrame, path: Path, kind: str) -> None:
    options: dict[str, Any] = {}
    if kind == "geojson":
        # GDAL rounds to seven decimals by itself: cells would no longer meet.
        options["COORDINATE_PRECISION"] = 15
        options["WRITE_NAME"] = "NO"
    if kind == "fgb":
        # Its index would put the rows into another order.
        options["SPATIAL_INDEX"] = "NO"
    if kind == "shp":
        options["ENCODING"] = "UTF-8"
    if kind in ("gpkg", "fgb") and len(frame.geom_type.dropna().unique()) > 1:
        # Promoted to one type, rows nobody touched would change their bytes.
        name_types()
        kind_of_all = ANY_HIGH if frame.has_z.any() else "Unknown"
        options |= {"promote_to_multi": False, "geometry_type": kind_of_all}
    # Arrow keeps dates, bytes and empty values of any kind as what they are.
    options |= {"driver": DRIVERS[kind], "engine": "pyogrio", "use_arrow": True}
    frame.to_file(path, index=False, **options)


def _write_zip(frame: gpd.GeoDataFrame, path: Path) -> None:
    inner = path.parent / "shape"
    inner.mkdir()
    _write_ogr(frame, inner / f"{path.stem}.shp", "shp")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(inner.iterdir()):
            archive.write(part, part.name)
    shutil.rmtree(inner)
