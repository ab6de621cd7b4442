"""The Locator gives what shapely gives, with one cell a point."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import GeometryError, ValueRefused
from gridmap.grid.model import Grid
from gridmap.incidents.locate import Locator, place
from tests.grid.generate import city
from tests.incidents.lattices import grid_of, slow, squares, touchy_points, triangles

ORIGINS = [((0.0, 0.0), 1.0), ((-71.1, 42.3), 0.01), ((500_000.1, 4_000_000.3), 33.3)]


def assert_same(grid, points):
    x, y = np.asarray(points, dtype=float).T
    found = Locator(grid).locate(x, y)
    wrong = np.flatnonzero(found != slow(grid, x, y))
    assert not wrong.size, [(x[i], y[i], found[i]) for i in wrong[:3]]


@pytest.mark.parametrize(("origin", "step"), ORIGINS)
@pytest.mark.parametrize("shape", [squares, triangles])
def test_lattice(shape, origin, step):
    grid = grid_of(shape(9, origin, step))
    locator = Locator(grid)
    assert not locator.exact_path
    assert_same(grid, touchy_points(grid.shapes))


def test_wiggly_cells():
    grid = grid_of(city(12, 9))
    low_x, low_y, high_x, high_y = shapely.total_bounds(grid.shapes)
    rng = np.random.default_rng(2)
    spread = rng.uniform([low_x - 50, low_y - 50], [high_x + 50, high_y + 50], (100_000, 2))
    assert not Locator(grid).exact_path
    assert_same(grid, spread)
    assert_same(grid, touchy_points(grid.shapes))


def test_holes_and_parts():
    ring = shapely.box(0, 0, 10, 10) - shapely.box(3, 3, 6, 6) - shapely.box(7, 7, 8, 8)
    pieces = shapely.MultiPolygon([shapely.box(3, 3, 6, 6), shapely.box(12, 1, 14, 2)])
    grid = grid_of([ring, pieces, shapely.Polygon(), None], ["b", "a", "0", "1"])
    locator = Locator(grid)
    assert locator.codes([1, 4, 7.5, 13, 3, 7, 11], [1, 4, 7.5, 1.5, 3, 7, 1]).tolist() == [
        "b", "a", "", "a", "a", "b", "",
    ]  # fmt: skip
    assert_same(grid, touchy_points([ring, *pieces.geoms]))


def test_touching_corner_of_one_ring():
    bow = shapely.box(0, 0, 4, 4) - shapely.Polygon([(0, 0), (2, 1), (1, 2)])
    inner = shapely.Polygon([(0, 0), (2, 1), (1, 2)])
    grid = grid_of([bow, inner])
    assert_same(grid, touchy_points(grid.shapes))


def test_borders_with_unmatched_vertices_stay_fast():
    shapes = [shapely.box(0, 0, 2, 1), shapely.box(0, 1, 1, 2), shapely.box(1, 1, 2, 2)]
    grid = grid_of(shapes)
    assert not Locator(grid).exact_path
    assert_same(grid, touchy_points(shapes))


@pytest.mark.parametrize(
    "other",
    [
        shapely.box(0.5, 0.5, 1.5, 1.5),
        shapely.box(1, 1, 2, 2),
        shapely.box(0.25, 0.25, 0.75, 0.75),
        shapely.box(-9, -9, 20, 20),
        shapely.box(np.nextafter(4, 0), 0, 5, 1),
        shapely.Polygon([(1, 1), (2, 1), (2, 2), (1.5, 2), (1, 2)]),
    ],
    ids=["across", "twice", "within", "around", "one ulp", "twice with a vertex more"],
)
def test_overlaps_are_found_and_answered(other):
    grid = grid_of([*squares(4), other])
    locator = Locator(grid)
    assert locator.exact_path
    assert dict(locator.notices)["locate.overlapping"]["count"] == locator.overlapping >= 2
    assert_same(grid, touchy_points(grid.shapes))


def test_border_goes_to_the_least_code_by_code_points():
    grid = grid_of(squares(2), ["9", "10", "Ä", "一"])
    assert Locator(grid).codes([1, 1, 0.5, 1], [0.5, 1, 1, 1.5]).tolist() == ["10", "10", "9", "Ä"]


def test_equal_codes_go_to_the_first_row():
    grid = grid_of(squares(2), ["7", "7", "7", "7"])
    locator = Locator(grid)
    assert locator.locate([1, 1.5], [1, 1.5]).tolist() == [0, 3]
    assert dict(locator.notices)["locate.repeated"]["count"] == 3


def test_points_that_are_nowhere():
    nowhere = [np.nan, np.inf, -np.inf, 1e308, -1e308, 1e18, 2.0**31, 5e-324, -5e-324]
    x, y = (axis.ravel() for axis in np.meshgrid(nowhere, nowhere))
    grid = grid_of(squares(3, (1.0, 1.0)))
    assert (Locator(grid).locate(x, y) == -1).all()


def test_least_doubles_beside_an_axis():
    grid = grid_of(squares(4, (-2.0, -2.0)))
    tiny = [0.0, -0.0, 5e-324, -5e-324, 1e-310, -1e-310, 1e-200, -1e-200]
    x, y = (axis.ravel() for axis in np.meshgrid([*tiny, 0.37, -1.3], [*tiny, 0.37, -1.3]))
    column, row = np.where(x < 0, 1, 2), np.where(y < 0, 1, 2)
    inner = (x != 0) & (y != 0) & (abs(x) < 0.1) & (abs(y) < 0.1)
    found = Locator(grid).locate(x, y)
    assert (found[inner] == (row * 4 + column)[inner]).all()


def test_coordinates_without_room_for_pixels():
    grid = grid_of(squares(3, (1e13, 1e13), 0.01))
    assert_same(grid, touchy_points(grid.shapes))


def test_threads_change_nothing():
    grid = grid_of(city(10, 10))
    low_x, low_y, high_x, high_y = shapely.total_bounds(grid.shapes)
    rng = np.random.default_rng(3)
    x, y = rng.uniform(low_x, high_x, 500_001), rng.uniform(low_y, high_y, 500_001)
    locator = Locator(grid)
    assert np.array_equal(locator.locate(x, y), locator.locate(x, y, threads=4))


def test_no_points_and_no_cells():
    assert Locator(grid_of(squares(2))).locate([], []).shape == (0,)
    assert Locator(grid_of([None, shapely.Polygon()])).locate([0.0], [0.0]).tolist() == [-1]


def test_broken_ring_is_refused():
    with pytest.raises(GeometryError, match=r"0\.5"):
        Locator(grid_of([shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])]))


def test_cells_without_code_hold_nothing():
    incidents = pd.DataFrame({"lon": [0.5], "lat": [0.5]})
    grid = Grid.from_frame(grid_of(squares(2)).cells.assign(name=["a", None, "c", "d"]), "name")
    with pytest.raises(ValueRefused, match="1 of 4"):
        place(incidents, grid)


whole = st.tuples(st.integers(-6, 6), st.integers(-6, 6))


@settings(max_examples=150, deadline=None)
@given(st.lists(whole, min_size=3, max_size=14, unique=True), st.integers(0, 5))
def test_triangulations_of_whole_points(points, merged):
    parts = shapely.get_parts(shapely.delaunay_triangles(shapely.MultiPoint(points)))
    if len(parts) == 0:
        return
    if 0 < merged < len(parts):
        parts = np.append(parts[merged:], shapely.union_all(parts[:merged]))
    grid = grid_of(parts)
    x, y = (axis.ravel() / 4 for axis in np.meshgrid(np.arange(-26, 27), np.arange(-26, 27)))
    assert_same(grid, np.column_stack([x, y]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(whole, whole), min_size=1, max_size=8))
def test_any_boxes_overlapping_or_not(corners):
    boxes = [shapely.box(min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1)
             for (a, b), (c, d) in corners]  # fmt: skip
    grid = grid_of(boxes)
    x, y = (axis.ravel() / 2 for axis in np.meshgrid(np.arange(-14, 16), np.arange(-14, 16)))
    assert_same(grid, np.column_stack([x, y]))
