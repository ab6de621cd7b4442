"""Incidents in: any file, its columns mapped, every row accounted for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gridmap import crs as crs_
from gridmap.errors import FileError, InputError
from gridmap.files.cells import GEOMETRY, frame_of, require_crs
from gridmap.files.kinds import INCIDENTS
from gridmap.files.reader import READER
from gridmap.files.tables import unguarded
from gridmap.incidents.interpret import interpret
from gridmap.incidents.table import POINT_X, POINT_Y, Fault, Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gridmap.incidents.doubts import Notice
    from gridmap.incidents.mapping import Mapping

ROW = "row of the file"


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
    kinds, empty = shapely.get_type_id(shapes), shapely.is_empty(shapes)
    points = np.where((kinds == 0) & ~empty, shapes, None)
    frame[POINT_X], frame[POINT_Y] = shapely.get_x(points), shapely.get_y(points)
    rows = np.arange(1, len(frame) + 1)
    wrong = np.flatnonzero((kinds > 0) & ~empty)
    if len(wrong) and len(wrong) == len(frame):
        raise FileError("files.no_points", path=shown, kind=shapes[0].geom_type)
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
