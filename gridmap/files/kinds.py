"""Kinds of files: told by the end of the name, confirmed by the first bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridmap.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

CELLS = {
    ".gpkg": "gpkg",
    ".geojson": "geojson",
    ".json": "geojson",
    ".geojson.gz": "geojson",
    ".shp": "shp",
    ".zip": "zip",
    ".parquet": "parquet",
    ".fgb": "fgb",
    ".kml": "kml",
}
"""Kind of parser by the end of the name, for layers of cells."""
INCIDENTS = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".geojson": "geojson",
    ".geojson.gz": "geojson",
    ".gpkg": "gpkg",
    ".json": "json",
    ".xml": "open311xml",
}
"""The same for incidents."""
STREETS = {
    **CELLS,
    ".pbf": "pbf",
    ".osm": "osm",
    ".osm.gz": "osm",
    ".osm.bz2": "osmbz2",
    ".graphml": "graphml",
    ".graphml.gz": "graphml",
}
"""The same for streets."""
MAGIC = {
    "gpkg": (b"SQLite format 3\0",),
    "parquet": (b"PAR1",),
    "fgb": (b"fgb\x03",),
    "shp": (b"\x00\x00\x27\x0a",),
    "zip": (b"PK\x03\x04",),
    "xlsx": (b"PK\x03\x04",),
    "geojson": (b"{",),
    "json": (b"{", b"["),
    "kml": (b"<",),
    "open311xml": (b"<",),
    "pbf": (b"\0\0\0",),
    "osm": (b"<",),
    "osmbz2": (b"BZh",),
    "graphml": (b"<",),
}
GZIP = b"\x1f\x8b"
BLANK = b"\xef\xbb\xbf \t\r\n"


def suffix_of(name: str, kinds: dict[str, str], key: str = "files.kind") -> str:
    """Return the end of a file's name that tells its kind.

    Parameters
    ----------
    name : str
        Name or path.
    kinds : dict of str to str
        :data:`CELLS` or :data:`INCIDENTS`.
    key : str
        Message of the refusal.

    Returns
    -------
    str
        A key of ``kinds``.

    Raises
    ------
    FileError
        If it is none of them.
    """
    lower = name.lower()
    fitting = [suffix for suffix in kinds if lower.endswith(suffix)]
    if not fitting:
        raise FileError(key, path=name, kinds=" ".join(kinds))
    return max(fitting, key=len)


def require_magic(path: Path, suffix: str, kind: str) -> None:
    """Refuse a file that does not begin as its kind does.

    Parameters
    ----------
    path : Path
        The file.
    suffix : str
        The end of its name.
    kind : str
        What that end says it is.

    Raises
    ------
    FileError
        If it is something else.
    """
    with path.open("rb") as source:
        start = source.read(64)
    wanted = (GZIP,) if suffix.endswith(".gz") else MAGIC.get(kind)
    textual = wanted and len(wanted[0]) == 1
    if textual:
        start = start.lstrip(BLANK)
    if wanted and not start.startswith(wanted):
        raise FileError("files.not_what_it_says", suffix=suffix, kind=kind)
