"""Incidents in: any file, its columns mapped, every row accounted for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gridmap import crs as crs_
from gridmap import datum
from gridmap.errors import ColumnError, InputError
from gridmap.files.cells import GEOMETRY, frame_of, require_crs
from gridmap.files.reader import INCIDENTS, READER
from gridmap.files.tables import unguarded
from gridmap.incidents.mapping import Mapping, guess
from gridmap.incidents.model import COLUMNS, PLACED, conform, own_name
from gridmap.incidents.times import read_moments

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from gridmap.incidents.doubts import Notice

ROW = "row of the file"
POINT_X, POINT_Y = "geometry.x", "geometry.y"
"""Columns that hold the points of a file with geometry."""
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
YES = frozenset({"1", "1.0", "yes", "y", "true", "是", "满意", "非常满意", "基本满意", "satisfied"})
NO = frozenset(
    {"0", "0.0", "no", "n", "false", "否", "不满意", "非常不满意", "unsatisfied", "dissatisfied"}
)


@dataclass(frozen=True)
class Fault:
    """A row that cannot be taken as it is.

    Parameters
    ----------
    row : int
        Number of the row in the file, first row 1.
    column : str
        Column of the file; empty where the whole row is meant.
    value : str
        What stands there.
    key : str
        Message key of the reason.
    """

    row: int
    column: str
    value: str
    key: str


@dataclass(frozen=True)
class Table:
    """A file of incidents as it was read, no meaning given to its columns yet.

    Parameters
    ----------
    name : str
        What the user calls the file.
    frame : DataFrame
        The file's own columns, text as it stands there (layers and Parquet: their types); a file
        with geometry has its points as ``geometry.x`` and ``geometry.y``.
    rows : ndarray of int, shape (n,)
        Number of each row in the file.
    crs : str
        What the coordinates are in, as far as the file says; empty where it does not.
    faults : tuple of Fault
        Rows that could not be taken apart; they are not in the frame.
    notices : tuple of (str, dict)
        What the user should know.
    """

    name: str
    frame: pd.DataFrame
    rows: NDArray[np.int64]
    crs: str = ""
    faults: tuple[Fault, ...] = ()
    notices: tuple[Notice, ...] = ()

    def guess(self) -> Mapping:
        """Guess the meaning of the columns from their names.

        Returns
        -------
        Mapping
            With the CRS of the file, or EPSG:4326.
        """
        found = guess([str(name) for name in self.frame.columns])
        return replace(found, crs=self.crs or "EPSG:4326")


@dataclass(frozen=True)
class Incoming:
    """Incidents of a file.

    Parameters
    ----------
    frame : DataFrame
        The incident frame, one row a row of the table, in its order; own columns of the file
        that ours would hide are called ``NAME_input``.
    rows : ndarray of int, shape (n,)
        Number of each row in the file.
    faults : tuple of Fault
        What cannot be read; a row may have several.
    notices : tuple of (str, dict)
        What the user should know.
    """

    frame: pd.DataFrame
    rows: NDArray[np.int64]
    faults: tuple[Fault, ...] = ()
    notices: tuple[Notice, ...] = field(default=())


def read_table(
    path: Path | str, tick: Callable[[float], None] | None = None, name: str | None = None
) -> Table:
    """Read a file of incidents.

    Parameters
    ----------
    path : path
        One of the formats of incidents.
    tick : callable, optional
        Told some times a second which share is read; what it raises stops the work.
    name : str, optional
        What the user calls the file, where it lies under another name.

    Returns
    -------
    Table
        Every row of the file is in the table or among its faults.

    Raises
    ------
    FileError
        If the file is missing, of another kind than it says, unsafe or broken.
    CrsError
        If it is a layer without CRS, or with coordinates that cannot be in it.
    """
    shown = str(name or path)
    read = READER.read(path, INCIDENTS, tick, name)
    said = {key.decode(): value.decode() for key, value in (read.schema.metadata or {}).items()}
    if GEOMETRY in read.column_names:
        return _of_layer(read, shown)
    faults = tuple(
        Fault(row, "", value, key) for row, key, value in json.loads(said.get("faults", "[]"))
    )
    frame = unguarded(read.to_pandas())
    rows = frame.pop(ROW).to_numpy() if ROW in frame else np.arange(1, len(frame) + 1)
    notices: list[Notice] = []
    if int(said.get("sheets", "1")) > 1:
        notices.append(("import.one_sheet", {"sheet": said["sheet"], "count": said["sheets"]}))
    if said.get("encoding", "").startswith("gb"):
        notices.append(("import.chinese", {"encoding": "GBK"}))
    return Table(shown, frame, rows, "", faults, tuple(notices))


def _of_layer(read: Any, shown: str) -> Table:
    layer = frame_of(read)
    require_crs(layer, shown)
    shapes = layer.geometry.to_numpy()
    frame = pd.DataFrame(layer.drop(columns=[GEOMETRY]))
    frame[POINT_X], frame[POINT_Y] = shapely.get_x(shapes), shapely.get_y(shapes)
    rows = np.arange(1, len(frame) + 1)
    kinds = shapely.get_type_id(shapes)
    wrong = np.flatnonzero((kinds > 0) & ~shapely.is_empty(shapes))
    faults = tuple(
        Fault(int(rows[n]), GEOMETRY, shapes[n].geom_type, "import.not_point") for n in wrong
    )
    return Table(shown, frame, rows, crs_.name(layer.crs), faults)


def read_incidents(
    path: Path | str,
    mapping: Mapping | None = None,
    crs: str | None = None,
    zone: str | None = None,
) -> tuple[pd.DataFrame, tuple[Notice, ...]]:
    """Read incidents.

    Parameters
    ----------
    path : path
        One of the formats of incidents.
    mapping : Mapping, optional
        What the columns mean; absent means that it is guessed from their names.
    crs : str, optional
        ``EPSG:n``, ``gcj02`` or ``bd09``, whatever the file or the mapping says.
    zone : str, optional
        The city's time zone; absent means UTC.

    Returns
    -------
    DataFrame
        The incident frame, see :mod:`gridmap.incidents.model`.
    tuple of (str, dict)
        Message keys with values: what the user should know.

    Raises
    ------
    ColumnError
        If the mapping names a column that is not there.
    """
    table = read_table(path)
    incoming = interpret(table, mapping or table.guess(), zone or "UTC", crs)
    counts = pd.Series([fault.key for fault in incoming.faults], dtype=object).value_counts()
    faults = [
        ("import.faults", {"count": int(n), "why": InputError(key)}) for key, n in counts.items()
    ]
    return incoming.frame, (*incoming.notices, *faults)


def interpret(table: Table, mapping: Mapping, zone: str, crs: str | None = None) -> Incoming:
    """Give the columns of a table their meaning.

    Parameters
    ----------
    table : Table
        From :func:`read_table`.
    mapping : Mapping
        What the columns mean.
    zone : str
        The city's time zone.
    crs : str, optional
        As in :func:`read_incidents`.

    Returns
    -------
    Incoming
        One row a row of the table.

    Raises
    ------
    ColumnError
        If the mapping names a column that is not there.
    CrsError
        If the CRS is unknown or refused.
    """
    own = table.frame
    try:
        mapping.require(map(str, own.columns))
    except ColumnError as error:
        raise ColumnError("files.in_file", path=table.name, said=error) from error
    found = Found(table, mapping)
    lon, lat = found.points(crs or mapping.crs)
    made: dict[str, Any] = {"lon": lon, "lat": lat}
    for name in ("id", "category", "kind", "source", "status"):
        column = getattr(mapping, name)
        made[name] = as_text(own[column]).str.strip() if column else ""
    made["address"] = found.address()
    made["when"], made["day_only"] = found.moments("when", zone)
    for name in ("due", "closed"):
        made[name], _ = found.moments(name, zone)
    made["satisfied"] = _satisfied(as_text(own[mapping.satisfied])) if mapping.satisfied else np.nan
    taken = frozenset((*COLUMNS, *PLACED))
    used = {*mapping.columns, POINT_X, POINT_Y}
    others = own[[name for name in own.columns if name not in used]]
    others = others.rename(columns=lambda name: own_name(str(name), taken))
    frame = conform(pd.concat([pd.DataFrame(made, index=own.index), others], axis=1), zone)
    faults = tuple(sorted((*table.faults, *found.faults), key=lambda fault: fault.row))
    return Incoming(frame, table.rows, faults, (*table.notices, *found.notices))


class Found:
    """What is found while a table is given its meaning: values, faults and notices.

    Parameters
    ----------
    table : Table
        The file.
    mapping : Mapping
        What its columns mean.
    """

    def __init__(self, table: Table, mapping: Mapping) -> None:
        self.table, self.mapping = table, mapping
        self.faults: list[Fault] = []
        self.notices: list[Notice] = []

    def points(self, crs: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return longitudes and latitudes; NaN where there are none, inf where unreadable.

        Parameters
        ----------
        crs : str
            What the coordinates are in.

        Returns
        -------
        tuple of ndarray of float64, shape (n,)
            Degrees, EPSG:4326.
        """
        mapping, own = self.mapping, self.table.frame
        if not mapping.x:
            none = np.full(len(own), np.nan)
            return none, none.copy()
        x, y = self._numbers(mapping.x), self._numbers(mapping.y)
        if crs in ("gcj02", "bd09"):
            return getattr(datum, f"from_{crs}")(x, y)
        source = crs_.parse(crs)
        if not self.table.crs and crs == "EPSG:4326":
            self.notices.append(("import.crs_assumed", {"path": self.table.name}))
        moved = crs_.transform_points(np.column_stack([x, y]), source, crs_.LONLAT)
        return moved[:, 0].copy(), moved[:, 1].copy()

    def _numbers(self, name: str) -> NDArray[np.float64]:
        column = self.table.frame[name]
        if column.dtype.kind in "iuf":
            return column.to_numpy(dtype=np.float64, na_value=np.nan)
        texts = as_text(column).str.strip()
        values = pd.to_numeric(texts.where(texts.str.fullmatch(NUMBER)), errors="coerce")
        numbers = values.to_numpy(dtype=np.float64).copy()
        bad = np.isnan(numbers) & (texts != "").to_numpy()
        self._fault(name, bad, texts, "import.not_number")
        numbers[bad] = np.inf
        return numbers

    def _fault(self, name: str, bad: NDArray[np.bool_], texts: pd.Series, key: str) -> None:
        rows = self.table.rows
        for at in np.flatnonzero(bad):
            self.faults.append(Fault(int(rows[at]), name, str(texts.iloc[at]), key))

    def address(self) -> pd.Series:
        """Return the address of each row, its parts joined by a blank (Chinese: by nothing).

        Returns
        -------
        Series of str
            ``""`` where there is none.
        """
        parts = [as_text(self.table.frame[name]).str.strip() for name in self.mapping.address]
        if not parts:
            return pd.Series("", index=self.table.frame.index, dtype="str")
        whole = parts[0]
        for part in parts[1:]:
            whole = whole.str.cat(part, sep=" ")
        return whole.str.replace(r"\s+", " ", regex=True).str.strip()

    def moments(self, name: str, zone: str) -> tuple[pd.Series, NDArray[np.bool_]]:
        """Return the moments of a field and whether only the day is known.

        Parameters
        ----------
        name : str
            ``when``, ``due`` or ``closed``.
        zone : str
            The city's time zone.

        Returns
        -------
        Series of datetime64 with zone
            NaT where there is none.
        ndarray of bool
            Only the day is known.
        """
        column = str(getattr(self.mapping, name))
        own = self.table.frame
        if not column:
            none = pd.Series(pd.NaT, index=own.index, dtype=f"datetime64[us, {zone}]")
            return none, np.zeros(len(own), bool)
        texts = own[column]
        if name == "when" and self.mapping.time:
            days = as_text(texts).str.replace(r"[ T]0?0:00(?::00)?$", "", regex=True)
            texts = days.str.cat(as_text(own[self.mapping.time]).str.strip(), sep=" ").str.strip()
        read = read_moments(texts, self.mapping.zone or zone, self.mapping.order, zone)
        self._fault(column, read.bad, as_text(texts), "import.not_time")
        for key, count in (("import.skipped", read.skipped), ("import.doubled", read.doubled)):
            if count:
                self.notices.append((key, {"column": column, "count": count}))
        if read.undecided:
            self.notices.append(("import.month_first", {"column": column}))
        return read.when, read.day_only


def as_text(column: pd.Series) -> pd.Series:
    """Return a column as text, whole floats without ``.0``, missing values empty.

    Parameters
    ----------
    column : Series
        Of any type.

    Returns
    -------
    Series of str
        Aligned with the column.
    """
    if column.dtype.kind == "f":
        known = column.dropna()
        if len(known) and bool((known == known.round()).all()):
            column = column.astype("Int64")
    return column.astype("str").where(column.notna(), "").astype("str")


def _satisfied(texts: pd.Series) -> NDArray[np.float64]:
    lower = texts.str.strip().str.lower()
    return np.where(lower.isin(YES), 1.0, np.where(lower.isin(NO), 0.0, np.nan))
