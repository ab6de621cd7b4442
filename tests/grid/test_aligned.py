"""Alignment: borders and boundary have the same vertices on both sides, at the store's steps."""

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.files.cells import read_grid
from gridmap.grid.aligned import aligned
from gridmap.grid.check import check
from gridmap.grid.model import Grid
from gridmap.journeys.cells.plans import DIGITS, snap
from tests.conftest import ROOT


def grid_of(*shapes, boundary=None):
    codes = [f"{i}" for i in range(len(shapes))]
    table = gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs=4326)
    return Grid.from_frame(table, boundary=boundary)


def test_a_junction_gets_its_vertex():
    east = shapely.box(2, 0, 4, 2)
    grid = grid_of(shapely.box(0, 0, 2, 1), shapely.box(0, 1, 2, 2), east)
    assert check(grid).counts == {"edge": 2}
    done = aligned(grid, DIGITS)
    assert check(done).ok
    assert [2.0, 1.0] in shapely.get_coordinates(done.shapes[2]).tolist()
    assert done.shapes[0].equals_exact(grid.shapes[0], 0)


def test_aligned_cells_stay_what_they_are():
    cells = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    grid = grid_of(*cells, boundary=shapely.coverage_union_all(cells))
    assert aligned(grid, DIGITS) is grid


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 100_000))
def test_a_boundary_with_vertices_of_its_own_fits_after_rounding(seed):
    """A slanting outline, on which cells and boundary have different vertices."""
    rng = np.random.default_rng(seed)
    start, end = rng.uniform(-1, 1, (2, 2)) * [0.01, 0.002] + [[116.40, 39.90], [116.46, 39.91]]
    share = np.sort(rng.uniform(0.05, 0.95, 9))
    along = start + (end - start) * share[:, None]
    top = [[end[0], 40.0], [start[0], 40.0]]
    boundary = shapely.Polygon([start, *along[::3], end, *top])
    foot, head = along[4], [along[4][0], 40.0]
    west = shapely.Polygon([start, *along[1:4:2], foot, head, top[1]])
    east = shapely.Polygon([foot, *along[5:8:2], end, top[0], head])
    done, _ = snap(grid_of(west, east, boundary=boundary))
    assert check(done).defects == ()


def test_districts_of_cambridge_keep_their_count():
    """Rounding alone made 28 and 27 of them; one of the 24 is narrower than the store can hold."""
    folder = ROOT / "shapes/cambridge"
    grid = read_grid(folder / "response_districts.geojson.gz", boundary=folder / "city.geojson.gz")
    assert check(grid).counts == {"outside": 24, "uncovered": 24}
    thin = [each for each in check(grid).defects if each.width_m < 1e-4]
    done, moved = snap(grid)
    assert len(thin) == 1
    assert check(done).counts == {"outside": 23, "uncovered": 24}
    assert moved < 1e-3
