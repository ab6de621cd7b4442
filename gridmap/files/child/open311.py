"""Service requests of Open311 GeoReport v2, to Arrow tables of text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gridmap.errors import FileError
from gridmap.files.child.tables import COLUMNS_MOST, Rows

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa


def read_open311_json(path: Path) -> pa.Table:
    """Read service requests of Open311 GeoReport v2 in JSON.

    Parameters
    ----------
    path : Path
        The file: a list of requests, or an object holding one.

    Returns
    -------
    Table
        See :mod:`gridmap.files.child.tables`; the row is the number of the request.

    Raises
    ------
    FileError
        If it is no such JSON.
    """
    try:
        held = json.loads(path.read_bytes(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as cause:
        raise FileError("files.json_broken", reason=str(cause)[:200]) from cause
    if isinstance(held, dict):
        held = next((value for value in held.values() if isinstance(value, list)), None)
    if not isinstance(held, list) or not held or not all(isinstance(row, dict) for row in held):
        raise FileError("files.not_open311")
    return _of_records(held)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that names a key twice: readers differ in which value they believe."""
    held = dict(pairs)
    if len(held) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"key {next(n for n in names if names.count(n) > 1)!r} twice")
    return held


def _of_records(records: list[dict[str, Any]]) -> pa.Table:
    header = list(dict.fromkeys(name for record in records for name in record))
    if len(header) > COLUMNS_MOST:
        raise FileError("files.many_columns", count=len(header), most=COLUMNS_MOST)
    rows = Rows(header)
    for number, record in enumerate(records, start=1):
        rows.add(number, [_json_text(record.get(name)) for name in header])
    return rows.table(encoding="utf-8")


def _json_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def read_open311_xml(path: Path) -> pa.Table:
    """Read service requests of Open311 GeoReport v2 in XML.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Table
        See :mod:`gridmap.files.child.tables`; the row is the number of the request.

    Raises
    ------
    FileError
        If it is no such XML, or declares entities.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    records: list[dict[str, Any]] = []
    try:
        for _, element in iterparse(path, forbid_dtd=True):
            if element.tag == "request":
                records.append({child.tag: (child.text or "").strip() for child in element})
                element.clear()
    except DefusedXmlException as cause:
        raise FileError("files.xml_unsafe") from cause
    except ParseError as cause:
        raise FileError("files.unreadable", reason=str(cause)) from cause
    if not records:
        raise FileError("files.not_open311")
    return _of_records(records)


READERS = {
    "open311json": read_open311_json,
    "open311xml": read_open311_xml,
}
