"""Types of geometry that GDAL has and pyogrio has no name for."""

from __future__ import annotations

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
