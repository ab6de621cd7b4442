"""Rounding to the lattice: whatever the cells, they stay a coverage."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.layers.quantise import quantise, rim_of


def assert_coverage(cells, outline):
    drawn = cells[~shapely.is_empty(cells)]
    assert shapely.is_valid(drawn).all()
    xy = shapely.get_coordinates(drawn)
    assert (xy == np.round(xy)).all()
    union = shapely.union_all(drawn)
    assert union.area == pytest.approx(shapely.area(drawn).sum(), abs=1e-9)
    holes = sum(
        shapely.Polygon(ring).area
        for part in shapely.get_parts(union)
        for ring in getattr(part, "interiors", ())
        if shapely.Polygon(ring).intersection(outline).area > 0.5 * shapely.Polygon(ring).area
    )
    assert holes == 0
    off = shapely.symmetric_difference(union, outline).area
    assert off <= 1.5 * outline.length


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(3, 80), st.floats(2, 300), st.booleans())
def test_any_city_at_any_scale(seed, count, size, round_city):
    """Voronoi cells from far larger than a unit to far smaller."""
    rng = np.random.default_rng(seed)
    points = shapely.MultiPoint(rng.uniform(0, size, (count, 2)))
    outline = (
        shapely.Point(size / 2, size / 2).buffer(size / 2)
        if round_city
        else shapely.box(0.3, 0.3, size, size)
    )
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=outline))
    cells = shapely.get_parts(
        shapely.coverage_clean(shapely.intersection(cells, outline), snapping_distance=0)
    )
    cells = shapely.orient_polygons(cells[shapely.area(cells) > 0])
    assert shapely.coverage_is_valid(cells)
    assert_coverage(quantise(cells, rim_of(cells)), shapely.union_all(cells))


def test_an_inlet_narrower_than_a_unit_does_not_overlap():
    """Two banks that would round past each other."""
    west = shapely.Polygon([(0, 0), (10.2, 0), (9.4, 20), (0, 20)])
    east = shapely.Polygon([(10.3, 0.0), (20, 0), (20, 20), (9.6, 20)])
    bridge = shapely.Polygon([(0, 20), (9.4, 20), (9.6, 20), (20, 20), (20, 25), (0, 25)])
    cells = shapely.orient_polygons(np.array([west, east, bridge]))
    assert shapely.coverage_is_valid(cells)
    assert rim_of(cells).all()
    result = quantise(cells, rim_of(cells))
    assert shapely.is_valid(result).all()
    assert shapely.union_all(result).area == shapely.area(result).sum()


def test_a_thin_cell_collapses_and_its_neighbours_close_over_it():
    thin = shapely.Polygon([(0, 9.9), (20, 9.9), (20, 10.1), (0, 10.1)])
    low = shapely.Polygon([(0, 0), (20, 0), (20, 9.9), (0, 9.9)])
    high = shapely.Polygon([(0, 10.1), (20, 10.1), (20, 20), (0, 20)])
    cells = shapely.orient_polygons(np.array([low, thin, high]))
    result = quantise(cells, rim_of(cells))
    assert shapely.is_empty(result).tolist() == [False, True, False]
    assert shapely.area(result).sum() == 400


def test_cells_that_overlap_are_rounded_by_themselves():
    cells = np.array([shapely.box(0, 0, 10.4, 10), shapely.box(5.2, 0, 20, 10)])
    result = quantise(cells, None)
    assert [shape.bounds for shape in result] == [(0, 0, 10, 10), (5, 0, 20, 10)]


def test_a_town_smaller_than_a_unit_is_nothing():
    cells = np.array([shapely.box(x / 10, 0, (x + 1) / 10, 0.2) for x in range(3)])
    assert shapely.is_empty(quantise(cells, rim_of(cells))).all()
