"""Point to cell at full size: exact against shapely, fast against geopandas.sjoin."""

from __future__ import annotations

import time

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridmap.grid.model import Grid
from gridmap.incidents.locate import Locator
from tests.grid.generate import city, frame
from tests.incidents.lattices import (
    grid_of,
    one_ulp_around,
    slow,
    squares,
    touchy_points,
    triangles,
)

pytestmark = pytest.mark.proof
MILLION = 1_000_000


@pytest.fixture(scope="module")
def grid():
    return Grid.from_frame(frame(city(128, 128)))


def points(grid, kind, count, seed):
    rng = np.random.default_rng(seed)
    low_x, low_y, high_x, high_y = shapely.total_bounds(grid.shapes)
    if kind == "random":
        return rng.uniform(low_x, high_x, count), rng.uniform(low_y, high_y, count)
    hubs = rng.uniform([low_x, low_y], [high_x, high_y], (200, 2))
    spots = hubs[rng.integers(0, len(hubs), count)] + rng.normal(0, 150, (count, 2))
    return np.ascontiguousarray(spots[:, 0]), np.ascontiguousarray(spots[:, 1])


def cpu(work):
    start = time.process_time()
    answer = work()
    return time.process_time() - start, answer


def test_build(grid, record):
    Locator(Grid.from_frame(frame(city(8, 8))))  # compiled
    seconds, locator = min((cpu(lambda: Locator(grid)) for _ in range(3)), key=lambda run: run[0])
    edges = sum(shapely.get_num_coordinates(grid.shapes)) // 2
    record(
        "Point to cell: index",
        {"cells": len(grid.codes), "edges": edges, "cpu_s": round(seconds, 2),
         "mb": round(locator.nbytes / 1e6, 1)},
    )  # fmt: skip
    assert seconds <= 1.5
    assert locator.nbytes <= 110e6


@pytest.mark.parametrize(("kind", "goal"), [("random", 60), ("clustered", 70)])
def test_speed_beside_sjoin(grid, record, kind, goal):
    locator = Locator(grid)
    x, y = points(grid, kind, 10 * MILLION, 7)
    locator.locate(x[:MILLION], y[:MILLION])
    few = gpd.GeoDataFrame(geometry=shapely.points(x[: 3 * MILLION], y[: 3 * MILLION]), crs=4547)
    cells = grid.cells[["geometry"]].reset_index()
    ours, theirs = [], []
    for _ in range(3):
        seconds, found = cpu(lambda: locator.locate(x, y))
        ours.append(len(x) / seconds / 1e6)
        seconds, joined = cpu(lambda: gpd.sjoin(few, cells, predicate="within"))
        theirs.append(len(few) / seconds / 1e6)
    start = time.perf_counter()
    locator.locate(x, y, threads=2)
    wall = len(x) / (time.perf_counter() - start) / 1e6
    ratio = float(np.median(ours) / np.median(theirs))
    record(
        "Point to cell: million points per CPU second",
        {"points": kind, "gridmap": round(float(np.median(ours)), 1),
         "sjoin within": round(float(np.median(theirs)), 2), "times": round(ratio),
         "two threads, wall": round(wall, 1)},
    )  # fmt: skip
    assert np.array_equal(found[joined.index], joined["index_right"])
    assert ratio >= goal


@pytest.mark.parametrize("kind", ["random", "clustered"])
def test_ten_million_points_as_shapely(grid, record, kind):
    locator = Locator(grid)
    wrong = 0
    for seed in range(10):
        x, y = points(grid, kind, MILLION, 100 + seed)
        wrong += int((locator.locate(x, y) != slow(grid, x, y)).sum())
    record("Point to cell: differences from shapely", {"points": f"10 M {kind}", "wrong": wrong})
    assert wrong == 0


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("squares", lambda: grid_of(squares(128, (-71.1, 42.3), 0.001))),
        ("triangles", lambda: grid_of(triangles(100, (500_000.1, 4_000_000.3), 33.3))),
        ("wiggly", lambda: grid_of(city(32, 32))),
    ],
)
def test_lattice_points_as_shapely(record, name, make):
    lattice = make()
    x, y = touchy_points(lattice.shapes).T
    wrong = int((Locator(lattice).locate(x, y) != slow(lattice, x, y)).sum())
    row = {"points": f"{len(x):,} on and beside vertices and edges of {name}", "wrong": wrong}
    record("Point to cell: differences from shapely", row)
    assert len(x) > 1.9 * MILLION
    assert wrong == 0


def test_every_vertex_of_the_city(grid, record):
    xy = one_ulp_around(shapely.get_coordinates(grid.shapes)[::12])
    x, y = xy.T
    wrong = int((Locator(grid).locate(x, y) != slow(grid, x, y)).sum())
    row = {"points": f"{len(x):,} on and beside vertices of 16,384 cells", "wrong": wrong}
    record("Point to cell: differences from shapely", row)
    assert wrong == 0
