"""The proof: what cancels, what does not, and what must make no difference."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridmap.errors import GeometryError
from gridmap.grid.cancel import leftover, proves
from tests.grid.generate import city

SQUARES = shapely.box([0, 1], [0, 0], [1, 2], [1, 1])


def test_a_clean_city_leaves_its_outline():
    cells = city(12, 9)
    outline = shapely.union_all(cells)
    left = leftover(cells)
    assert len(left.owners) == shapely.get_num_coordinates(outline) - 1
    assert leftover(cells, [outline]).ok
    assert not leftover(cells, [outline.buffer(1)]).ok


@pytest.mark.parametrize("shift", [5e-4, 1e-10, -1e-10])
def test_a_moved_vertex_is_left_over(shift):
    cells = city(5, 5).copy()
    outline = shapely.union_all(cells)
    moved = shapely.get_coordinates(cells[12])
    moved[7] += shift
    cells[12] = shapely.Polygon(moved)
    left = leftover(cells, [outline])
    assert set(left.owners) >= {12}
    assert len(left.owners) == 4


@given(st.integers(0, 10_000))
def test_order_ring_start_and_direction_make_no_difference(seed):
    rng = np.random.default_rng(seed)
    cells = city(4, 4)[rng.permutation(16)]
    outline = shapely.union_all(cells)
    for i in rng.choice(16, 8, replace=False):
        ring = shapely.get_coordinates(cells[i])[:-1]
        ring = np.roll(ring, rng.integers(len(ring)), axis=0)[:: rng.choice([1, -1])]
        ring = np.repeat(ring, rng.integers(1, 3, len(ring)), axis=0)  # repeated points
        cells[i] = shapely.Polygon(ring)
    assert leftover(cells, [outline]).ok
    missing = rng.integers(16)
    left = leftover(np.delete(cells, missing), [outline])
    assert len(left.owners) == 160


def test_holes_islands_parts_and_nothing():
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    island = shapely.box(3, 3, 6, 6)
    assert leftover([ring, island], [shapely.box(0, 0, 9, 9)]).ok
    parts = shapely.MultiPolygon([ring, shapely.box(20, 0, 21, 1)])
    assert leftover(
        [parts, None, shapely.Polygon(), island],
        [ring, shapely.MultiPolygon([island]), shapely.box(20, 0, 21, 1)],
    ).ok
    assert leftover([]).ok
    assert leftover([None]).ok


def test_minus_zero_is_zero():
    west = shapely.Polygon([(-1, 0), (0.0, 0), (0.0, 1), (-1, 1)])
    east = shapely.Polygon([(-0.0, -0.0), (1, 0), (1, 1), (-0.0, 1)])
    assert leftover(
        [west, east], [shapely.Polygon([(-1, 0), (0, 0), (1, 0), (1, 1), (0, 1), (-1, 1)])]
    ).ok


def test_a_duplicate_and_a_hole_of_its_size_do_not_hide_each_other():
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    inner = shapely.box(3, 3, 6, 6)
    left = leftover([ring, inner, inner], [shapely.box(0, 0, 9, 9)])
    assert set(left.owners) <= {1, 2}
    assert len(left.owners) == 4


def test_a_sliver_too_thin_for_floating_point_area_keeps_its_side():
    far = 1e8
    thin = shapely.Polygon([(far, far), (far + 1, far + 1), (far + 2, far + 2 + 2e-8)])
    lower = shapely.Polygon(
        [(far, far), (far + 2, far), (far + 2, far + 2 + 2e-8), (far + 1, far + 1)]
    )
    outline = shapely.Polygon([(far, far), (far + 2, far), (far + 2, far + 2 + 2e-8)])
    forward = leftover([lower, thin], [outline])
    backward = leftover([lower, thin.reverse()], [outline])
    assert forward.ok
    assert backward.ok


def test_owners_tell_added_from_removed():
    left = leftover(SQUARES[:1], SQUARES[1:])
    assert set(left.owners) == {0, -1}
    shared = (left.edges[:, :, 0] == 1).all(axis=1)
    assert shared.sum() == 2  # both walk it northwards: ground on the left, taken away on the right


def test_what_is_not_a_number_is_refused():
    bad = shapely.from_wkt("POLYGON ((0 0, 1 0, nan 1, 0 0))")
    with pytest.raises(GeometryError, match="row 2"):
        leftover([SQUARES[0], bad])


def test_proof_of_an_edit():
    merged = shapely.Polygon([(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1)])
    assert proves([merged], SQUARES)
    assert not proves([shapely.box(0, 0, 2, 1)], SQUARES)  # two vertices of the border are gone
    bowtie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    assert not proves([bowtie], [bowtie])
    assert not proves([None], [])
