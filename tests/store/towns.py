"""Small towns for tests: squares in rows and columns."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from gridmap import Grid

STEP = 0.01


def town(rows: int = 3, columns: int = 3) -> Grid:
    """A town of squares; codes by row and column, a level by row, ten people a cell."""
    cells = [(r, c) for r in range(rows) for c in range(columns)]
    frame = gpd.GeoDataFrame(
        {
            "code": [f"{r:02}{c:02}" for r, c in cells],
            "row": [f"R{r}" for r, _ in cells],
            "people": np.full(len(cells), 10),
        },
        geometry=[square(r, c) for r, c in cells],
        crs=4326,
    )
    return Grid.from_frame(frame, "code", None, ("row",))


def square(row: int, column: int) -> shapely.Polygon:
    west, south = round(100 + column * STEP, 8), round(30 + row * STEP, 8)
    east, north = round(100 + (column + 1) * STEP, 8), round(30 + (row + 1) * STEP, 8)
    return shapely.Polygon([(west, south), (east, south), (east, north), (west, north)])


def as_bytes(grid: Grid) -> dict[str, bytes]:
    """Every cell's bytes by code."""
    return dict(zip(grid.codes, shapely.to_wkb(grid.shapes), strict=True))
