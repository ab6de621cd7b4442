"""A hundred million points in many files."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
import shapely

from gridmap.crs import LONLAT, transform_points
from gridmap.grid.model import Grid
from gridmap.scale import locate
from tests.grid.generate import city, frame

pytestmark = pytest.mark.proof
FILES, ROWS = 100, 1_000_000


def test_a_hundred_million_points(tmp_path, record):
    grid = Grid.from_frame(frame(city(128, 128)))
    low_x, low_y, high_x, high_y = shapely.total_bounds(grid.shapes)
    corners = transform_points([(low_x, low_y), (high_x, high_y)], grid.crs, LONLAT)
    rng = np.random.default_rng(11)
    dataset = tmp_path / "in"
    dataset.mkdir()
    for k in range(FILES):
        lon, lat = rng.uniform(*corners, (ROWS, 2)).astype(np.float32).astype(float).T
        points = pd.DataFrame({"lon": lon, "lat": lat})
        points.to_parquet(dataset / f"{k:03d}.parquet", index=False, compression="zstd")
    began = time.perf_counter()
    figures = locate(dataset, tmp_path / "out", grid, workers=2)
    seconds = time.perf_counter() - began
    row = {"rows": figures["rows"], "placed": figures["placed"], "workers": 2}
    row |= {"wall s": round(seconds, 1), "million rows per s": round(FILES / seconds, 2)}
    record("Many machines: points in Parquet files", row)
    assert figures["rows"] == FILES * ROWS
    assert len(list((tmp_path / "out").iterdir())) == FILES
    assert figures["placed"] > 0.95 * FILES * ROWS
