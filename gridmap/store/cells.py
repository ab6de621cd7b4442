"""The cells of a version, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from gridmap import crs
from gridmap.store import schema
from gridmap.store.versions import line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CELLS, CHANGES = schema.cells, schema.changes


def add_cells(connection: sa.Connection, version: int, cells: gpd.GeoDataFrame) -> None:
    """Insert cells under numbers of our own, so that one statement serves all of them.

    Parameters
    ----------
    connection : Connection
        An open transaction or reader.
    version : int
        Number of the version.
    cells : GeoDataFrame
        Cells indexed by code, in EPSG:4326.
    """
    if cells.empty:
        return
    first = (connection.scalar(sa.select(sa.func.max(CELLS.c.id))) or 0) + 1
    shapes = shapely.to_wkb(cells.geometry.to_numpy())
    columns = cells.drop(columns=cells.geometry.name).to_dict("records")
    rows = [
        {"id": first + n, "code": code, "shape": shape, "columns": _plain(values)}
        for n, (code, shape, values) in enumerate(zip(cells.index, shapes, columns, strict=True))
    ]
    connection.execute(sa.insert(CELLS), rows)
    added = [{"version": version, "cell": row["id"], "added": True} for row in rows]
    connection.execute(sa.insert(CHANGES), added)


def _plain(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Return values as JSON knows them; missing ones become None."""
    return {str(name): _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if value is None or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, np.generic):
        return _plain_value(value.item())
    return value if isinstance(value, str | int | float | bool) else str(value)


def cells_at(connection: sa.Connection, version: int, codes: Sequence[str]) -> list[int]:
    """Return the numbers of the cells that hold the codes in a version.

    The newest change along the line decides, so only cells under these codes are looked at.

    Parameters
    ----------
    connection : Connection
        An open transaction or reader.
    version : int
        Number of the version.
    codes : sequence of str
        Codes of cells.
    """
    ancestry = line(version)
    query = (
        sa.select(CELLS.c.id, CHANGES.c.added)
        .join(CHANGES, CHANGES.c.cell == CELLS.c.id)
        .join(ancestry, ancestry.c.id == CHANGES.c.version)
        .where(CELLS.c.code.in_(list(codes)))
    )
    rows = connection.execute(query).all()
    gone = {cell for cell, added in rows if not added}
    return [cell for cell, added in rows if added and cell not in gone]


def frame(rows: Sequence[sa.RowMapping]) -> gpd.GeoDataFrame:
    """Return cells as a frame indexed by code.

    Parameters
    ----------
    rows : sequence of RowMapping
        Rows with ``code``, ``shape`` and ``columns``.
    """
    index = pd.Index([row["code"] for row in rows], name="code", dtype=object)
    shapes = shapely.from_wkb([row["shape"] for row in rows])
    columns = pd.DataFrame([row["columns"] for row in rows], index=index)
    return gpd.GeoDataFrame(columns, geometry=np.asarray(shapes, dtype=object), crs=crs.LONLAT)
