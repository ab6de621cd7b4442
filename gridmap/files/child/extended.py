"""Attributes of a KML: GDAL's reader gives the name and the description of a placemark only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from defusedxml.ElementTree import iterparse

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = ("int", "uint", "short", "ushort")
REAL = ("float", "double")
GROUND = ("Polygon", "MultiGeometry")


def with_attributes(table: pa.Table, path: Path) -> pa.Table:
    """Add the extended data of placemarks as columns.

    Parameters
    ----------
    table : Table
        One row a placemark, as GDAL reads them.
    path : Path
        The KML, without entities.

    Returns
    -------
    Table
        With a column for every name; text, or numbers where the schema says so. The table as it is
        if its rows are not the placemarks with ground.
    """
    kinds: dict[str, str] = {}
    rows: list[dict[str, str | None]] = []
    for _, element in iterparse(path):
        tag = _tag(element)
        if tag == "SimpleField":
            kinds[str(element.get("name"))] = str(element.get("type"))
        elif tag == "Placemark":
            if any(_tag(each) in GROUND for each in element):
                rows.append(_values(element))
            element.clear()
    if len(rows) != len(table):
        return table
    for name in dict.fromkeys(name for row in rows for name in row):
        if name not in table.column_names:
            values = [row.get(name) for row in rows]
            table = table.append_column(name, _typed(values, kinds.get(name, "string")))
    return table


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _values(placemark: Any) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for element in placemark.iter():
        name = element.get("name")
        if name and _tag(element) == "SimpleData":
            found[name] = element.text or ""
        elif name and _tag(element) == "Data":
            inner = (each.text or "" for each in element if _tag(each) == "value")
            found[name] = next(inner, None)
    return found


def _typed(values: list[str | None], kind: str) -> pa.Array:
    column = pa.array(values, pa.string())
    goal = pa.int64() if kind in WHOLE else pa.float64() if kind in REAL else pa.string()
    try:
        return column.cast(goal)
    except pa.ArrowInvalid:
        return column
