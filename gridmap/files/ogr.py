"""What pyogrio leaves open: types of geometry it has no name for, and what its errors mean."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gridmap.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANY_HIGH = "Unknown Z"
"""Any geometry with heights: what PostGIS and QGIS make of polygons beside multipolygons."""
UNNAMED = {2**31: ANY_HIGH, 1000: ANY_HIGH, 2000: "Unknown M", 3000: "Unknown ZM"}
"""Name by number, the first of several numbers to write."""


def name_types() -> None:
    """Let pyogrio read and write layers of any geometry with heights or measures."""
    from pyogrio import _geometry

    for number, name in UNNAMED.items():
        _geometry.GEOMETRY_TYPES.setdefault(number, name)
        _geometry.GEOMETRY_TYPE_CODES.setdefault(name, number)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what GDAL says when it cannot write into an error of ours.

    Parameters
    ----------
    path : Path
        The file as the user calls it.

    Raises
    ------
    FileError
        If GDAL could not write, for instance on a full disk.
    """
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        yield
    except (DataLayerError, DataSourceError) as cause:
        reason = " ".join(str(cause).split())[-160:]
        raise FileError("files.not_written", path=str(path), reason=reason) from cause
