"""The columns of a file given their meaning: points, times, texts, and what cannot be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridmap import crs as crs_
from gridmap import datum
from gridmap.errors import ColumnError
from gridmap.incidents.model import COLUMNS, PLACED, conform, own_name
from gridmap.incidents.table import POINT_X, POINT_Y, Fault, Incoming, Table
from gridmap.incidents.times import read_moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.incidents.doubts import Notice
    from gridmap.incidents.mapping import Mapping

SHIFTED = ("gcj02", "bd09")
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
YES = frozenset({"1", "1.0", "yes", "y", "true", "是", "满意", "非常满意", "基本满意", "satisfied"})
NO = frozenset(
    {"0", "0.0", "no", "n", "false", "否", "不满意", "非常不满意", "unsatisfied", "dissatisfied"}
)


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
        shifted = re.sub(r"[-_ ]", "", crs.lower())
        if shifted in SHIFTED:
            return getattr(datum, f"from_{shifted}")(x, y)
        source = crs_.parse(crs)
        if not self.table.crs and crs == "EPSG:4326":
            self.notices.append(("import.crs_assumed", {"path": self.table.name}))
        moved = crs_.transform_points(np.column_stack([x, y]), source, crs_.LONLAT)
        moved[(x == 0) & (y == 0)] = 0.0  # a default stays to be known as one
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
