"""Tables of incidents out."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from gridmap.files.cells import write_frame
from gridmap.files.kinds import suffix_of
from gridmap.files.replace import replacing, require_writable

if TYPE_CHECKING:
    from numpy.typing import NDArray

TABLES = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".geojson": "layer",
    ".gpkg": "layer",
}
"""Kinds of tables we write, by the end of the name."""
FORMULA = re.compile(r"^'*(?=[=+\-@\t\r])(?![+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?$)")
"""Beginnings a spreadsheet takes for a formula, guarded or not; signed numbers are none."""
GUARD = "'"
"""Written before such a value, and taken off again when read."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters a workbook cannot hold."""


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Put a quote before texts that a spreadsheet would run as a formula.

    Parameters
    ----------
    frame : DataFrame
        Any table.

    Returns
    -------
    DataFrame
        The same, texts beginning with ``= + - @`` or a tab guarded, signed numbers left alone.
    """
    result = frame.copy(deep=False)
    for name in frame.columns:
        column = frame[name]
        if not (pd.api.types.is_string_dtype(column.dtype) or column.dtype == object):
            continue
        risky = column.astype("str").str.contains(FORMULA, regex=True) & column.notna()
        if risky.any():
            result[name] = column.mask(risky, GUARD + column.astype("str"))
    return result


def unguarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Take off the quotes :func:`guarded` put there.

    Parameters
    ----------
    frame : DataFrame
        A table of text.

    Returns
    -------
    DataFrame
        The same as before it was guarded.
    """
    result = frame.copy(deep=False)
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_string_dtype(column.dtype):
            quoted = column.str.startswith(GUARD) & column.str[1:].str.contains(FORMULA)
            if quoted.any():
                result[name] = column.mask(quoted, column.str[1:])
    return result


def require_table(path: Path | str) -> None:
    """Refuse a place for a table that cannot be written, before the work is done.

    Parameters
    ----------
    path : path
        Where the table is to be.

    Raises
    ------
    FileError
        If the format is unknown or the folder cannot be written.
    """
    suffix_of(str(path), TABLES, "files.kind_out")
    require_writable(path)


def write_table(
    frame: pd.DataFrame,
    path: Path | str,
    points: tuple[NDArray[Any], NDArray[Any]] | None = None,
    *,
    mark: bool = False,
) -> None:
    """Write a table, in the format its name tells; whole or not at all.

    Parameters
    ----------
    frame : DataFrame
        The table; its index is not written.
    path : path
        Where to.
    points : tuple of ndarray of float64, optional
        Longitude and latitude of each row, for formats with geometry.
    mark : bool
        Begin CSV with the mark by which spreadsheets know UTF-8.

    Raises
    ------
    FileError
        If the format is unknown or the folder cannot be written.
    """
    path = Path(path)
    suffix = suffix_of(str(path), TABLES, "files.kind_out")
    kind = TABLES[suffix]
    if kind == "layer":
        lon, lat = points or (None, None)
        shapes = gpd.points_from_xy(lon, lat) if points else [None] * len(frame)
        write_frame(gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"), path)
        return
    with replacing(path) as draft:
        if kind == "parquet":
            frame.to_parquet(draft, index=False)
        elif kind == "xlsx":
            _write_xlsx(guarded(frame), draft)
        else:
            content = as_csv(frame).encode("utf-8-sig" if mark else "utf-8")
            draft.write_bytes(gzip.compress(content, mtime=0) if suffix == ".csv.gz" else content)


def as_csv(frame: pd.DataFrame) -> str:
    """Return a table as CSV, formulas guarded.

    Parameters
    ----------
    frame : DataFrame
        The table; its index is left out.

    Returns
    -------
    str
        Lines ending in a line feed.
    """
    return guarded(frame).to_csv(index=False, lineterminator="\n")


def _write_xlsx(frame: pd.DataFrame, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("incidents")
    sheet.append([str(name) for name in frame.columns])
    for row in frame.itertuples(index=False):
        sheet.append([value_of(value) for value in row])
    book.save(path)


def value_of(value: Any) -> Any:
    """Return a value as a workbook can hold it.

    Parameters
    ----------
    value : object
        Text, number or moment; may be missing.

    Returns
    -------
    object
        None if missing; text without control characters, moments without a zone.
    """
    if pd.isna(value):
        return None
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if isinstance(value, pd.Timestamp):
        return value.tz_localize(None).to_pydatetime() if value.tz else value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
