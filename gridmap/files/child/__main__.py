"""Read one file as asked on stdin, write the table to the given descriptor, and end.

The request is one line of JSON: ``folder``, ``name``, ``kind``. The answer is one line on stdout:
``{"ready": true}`` when warm, ``{"share": s}`` while it reads a long table, then ``{"ok": true}``
or ``{"error": key, "values": {…}}``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

from gridmap.errors import FileError
from gridmap.files.child import drivers, layers, limits, open311, packed, tables, ways

READERS = {**layers.READERS, **tables.READERS, **open311.READERS, **ways.READERS}


def main() -> None:
    """Warm up, serve one request, end."""
    sink = int(sys.argv[1])
    limits.set_caps()
    drivers.load()
    import openpyxl
    import pyarrow.parquet

    assert openpyxl and pyarrow.parquet  # noqa: S101, PT018  # loaded to be warm
    limits.tell({"ready": True})
    line = sys.stdin.readline()
    if not line:
        return
    try:
        table = _read(json.loads(line))
        with os.fdopen(sink, "wb") as raw, pa.ipc.new_stream(raw, table.schema) as stream:
            stream.write_table(table)
    except FileError as error:
        limits.tell({"error": error.key, "values": error.values})
    except (MemoryError, pa.ArrowMemoryError):
        limits.tell({"error": "files.too_costly", "values": {}})
    except RecursionError:
        limits.tell({"error": "files.too_deep", "values": {}})
    else:
        limits.tell({"ok": True})


def _read(request: dict[str, Any]) -> pa.Table:
    os.chdir(request["folder"])
    path, kind = Path(request["name"]), request["kind"]
    if path.suffix == ".gz":
        path = packed.gunzip(path, path.with_suffix(""))
    limits.allow(path.stat().st_size, kind)
    if kind == "json":
        kind = _json_kind(path)
    return READERS[kind](path)


def _json_kind(path: Path) -> str:
    """Tell GeoJSON from Open311: the first is one object with a ``type``."""
    with path.open("rb") as source:
        start = source.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    whole = start.startswith(b"{") and b"service_request" not in start
    if not whole:
        return "open311json"
    return "geojson"


if __name__ == "__main__":
    main()
