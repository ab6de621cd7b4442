"""Layers with geometry, to Arrow tables with a WKB column named ``geometry``."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from gridmap.errors import FileError
from gridmap.files.child import packed
from gridmap.files.child.extended import with_attributes
from gridmap.files.ogr import name_types

if TYPE_CHECKING:
    from collections.abc import Callable

GEOMETRY = "geometry"
VIRTUAL = re.compile(r"\s*create\s+virtual\s+table\s.*?\busing\s+(\w+)", re.IGNORECASE | re.DOTALL)
ENTITIES = (b"<!DOCTYPE", b"<!ENTITY")
CHINESE = "GB18030"


def read_ogr(path: Path) -> pa.Table:
    """Read a layer with GDAL.

    Parameters
    ----------
    path : Path
        A file under a name of our own.

    Returns
    -------
    Table
        Attributes and ``geometry`` as WKB; the schema's metadata hold ``crs`` (WKT, PROJ string
        or ``EPSG:n``; absent means none).

    Raises
    ------
    FileError
        If GDAL cannot read it or it has several layers.
    """
    import pyogrio
    from pyogrio import raw

    name_types()
    options: dict[str, Any] = {}
    if path.suffix == ".gpkg":
        options["IMMUTABLE"] = "YES"
    if path.suffix == ".fgb":
        # Where a row has no geometry, GDAL's own Arrow stream of this format is broken.
        pyogrio.set_gdal_config_options({"OGR_FLATGEOBUF_STREAM_BASE_IMPL": True})
    try:
        layer = _only_layer(pyogrio.list_layers(path))
        encoding = _encoding(path)
        meta, table = raw.read_arrow(path, layer=layer, encoding=encoding, **options)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as cause:
        raise FileError("files.unreadable", reason=_reason(cause)) from cause
    name = meta["geometry_name"] or "wkb_geometry"
    return _named(table, name, meta["crs"])


def _only_layer(layers: Any) -> str:
    spatial = [str(name) for name, kind in layers if kind is not None]
    if len(spatial) != 1:
        key = "files.many_layers" if spatial else "files.no_layer"
        raise FileError(key, layers=", ".join(spatial))
    return spatial[0]


def _encoding(path: Path) -> str | None:
    """Tell the encoding of a shapefile that does not say: UTF-8 if it can be, else Chinese."""
    table = path.with_suffix(".dbf")
    if path.suffix != ".shp" or path.with_suffix(".cpg").exists() or not table.exists():
        return None
    content = table.read_bytes()
    for encoding in ("UTF-8", CHINESE):
        try:
            content[32 : 32 + 32 * 255].decode(encoding, "ignore")
            content[_header_size(content) :].decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


def _header_size(content: bytes) -> int:
    return int.from_bytes(content[8:10], "little")


def _reason(cause: Exception) -> str:
    """Return what GDAL says without its hints, which are about a GDAL with all its drivers."""
    said = " ".join(str(cause).split()).replace("'input.", "'")
    return said.split(" It might help")[0].split("; ")[0].rstrip(".")[:200]


def _named(table: pa.Table, name: str, crs: str | None) -> pa.Table:
    """Call the geometry column ``geometry``; an attribute of that name becomes ``geometry_1``."""
    taken = {GEOMETRY: "geometry_1"} if name != GEOMETRY else {}
    columns = [GEOMETRY if c == name else taken.get(c, c) for c in table.column_names]
    plain = table.rename_columns(columns).replace_schema_metadata(None)
    place = columns.index(GEOMETRY)
    shapes = plain.column(place).cast(pa.large_binary())
    plain = plain.set_column(place, pa.field(GEOMETRY, pa.large_binary()), shapes)
    return plain.replace_schema_metadata({"crs": crs} if crs else {})


def read_gpkg(path: Path) -> pa.Table:
    """Read a GeoPackage that has no virtual tables but its spatial index and no views as layers.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Table
        As :func:`read_ogr`.

    Raises
    ------
    FileError
        If it is unsafe or unreadable.
    """
    try:
        if Path(f"{path}-wal").exists():
            with closing(sqlite3.connect(path)) as base:
                base.execute("pragma journal_mode = delete")
        base = sqlite3.connect(f"file:{path.name}?mode=ro&immutable=1", uri=True)
        rows = base.execute("select type, name, coalesce(sql, '') from sqlite_master").fetchall()
        layers = {name for (name,) in base.execute("select table_name from gpkg_contents")}
    except sqlite3.DatabaseError as cause:
        raise FileError("files.unreadable", reason=str(cause)) from cause
    for kind, name, sql in rows:
        virtual = VIRTUAL.match(sql)
        if (virtual and virtual[1].lower() != "rtree") or (kind == "view" and name in layers):
            raise FileError("files.gpkg_unsafe", name=name)
    return read_ogr(path)


def read_xml(path: Path) -> pa.Table:
    """Read a KML without document types and entities.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Table
        As :func:`read_ogr`.

    Raises
    ------
    FileError
        If it declares entities or is unreadable.
    """
    content = path.read_bytes()
    if any(mark in content.upper() for mark in ENTITIES) or b"\0" in content[:64]:
        raise FileError("files.xml_unsafe")
    return with_attributes(read_ogr(path), path)


def read_shape_zip(path: Path) -> pa.Table:
    """Read the one shapefile of a zip.

    Parameters
    ----------
    path : Path
        The zip.

    Returns
    -------
    Table
        As :func:`read_ogr`.
    """
    return read_ogr(packed.unzip_shape(path, Path()))


def read_parquet(path: Path) -> pa.Table:
    """Read a Parquet file, with geometry if it is GeoParquet.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Table
        As :func:`read_ogr`; without geometry the columns as they are.

    Raises
    ------
    FileError
        If it is unreadable or its geometry is not WKB.
    """
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as stored:
            table = stored.read(use_threads=False)
    except (pa.ArrowException, OSError) as cause:
        raise FileError("files.unreadable", reason=_reason(cause)) from cause
    held = (table.schema.metadata or {}).get(b"geo")
    if held is None:
        return table.replace_schema_metadata({})
    try:
        geo = json.loads(held)
        name = geo["primary_column"]
        column = geo["columns"][name]
        encoding = column["encoding"]
    except (ValueError, KeyError, TypeError, RecursionError) as cause:
        raise FileError("files.unreadable", reason="geo metadata") from cause
    if encoding != "WKB":
        raise FileError("files.parquet_encoding", encoding=str(encoding)[:40])
    crs = column.get("crs", "OGC:CRS84")
    return _named(table, name, crs if isinstance(crs, str) or crs is None else json.dumps(crs))


READERS: dict[str, Callable[[Path], pa.Table]] = {
    "gpkg": read_gpkg,
    "geojson": read_ogr,
    "shp": read_ogr,
    "zip": read_shape_zip,
    "parquet": read_parquet,
    "fgb": read_ogr,
    "kml": read_xml,
}
