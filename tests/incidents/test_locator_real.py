"""Real layers, clean and messy: the Locator gives what shapely gives."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridmap.grid.model import Grid
from gridmap.incidents.locate import Locator
from tests.incidents.lattices import one_ulp_around, slow

CLEAN = ["clean/us_providence_blocks", "towns/tw_towns"]
MESSY = ["messy/in_ahmedabad_wards", "messy/maup_denver2020_orig"]
FULL = [
    "clean/us_denver_blocks",
    "towns/tw_villages",
    "messy/ct_precincts",
    "messy/nh_precincts",
    "messy/maup_co_bad_gap_region",
]


@pytest.mark.parametrize(
    "name", [*CLEAN, *MESSY, *(pytest.param(name, marks=pytest.mark.proof) for name in FULL)]
)
def test_real_layer(shared_data, name):
    frame = gpd.read_parquet(shared_data / f"{name}.parquet")
    frame = frame[frame.is_valid & frame.geom_type.isin(["Polygon", "MultiPolygon"])]
    rng = np.random.default_rng(5)
    codes = rng.permutation(len(frame)).astype(str)
    grid = Grid.from_frame(frame[["geometry"]].assign(code=codes), "code")
    low_x, low_y, high_x, high_y = shapely.total_bounds(grid.shapes)
    spread = rng.uniform([low_x, low_y], [high_x, high_y], (40_000, 2))
    vertices = shapely.get_coordinates(grid.shapes)
    touchy = one_ulp_around(vertices[rng.integers(0, len(vertices), 5000)])
    x, y = np.concatenate([spread, touchy]).T
    locator = Locator(grid)
    assert np.array_equal(locator.locate(x, y), slow(grid, x, y))
    assert bool(locator.overlapping) == (name.startswith("messy") or name.endswith("villages"))
