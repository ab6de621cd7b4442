"""The quick proof that a ring is simple never says more than GEOS."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.grid.cancel import Rings
from gridmap.grid.valid import faults, proved
from tests.grid.generate import city

whole = st.integers(0, 6)
rings = st.lists(st.tuples(whole, whole), min_size=3, max_size=12)


@settings(deadline=None, max_examples=600)
@given(rings, st.sampled_from([1.0, 0.1, 1e-9]), st.sampled_from([0.0, 5e6]))
def test_what_is_proved_is_valid(points, scale, shift):
    shape = shapely.Polygon(np.array(points, float) * scale + shift)
    if proved(Rings.of([shape]), 1)[0]:
        assert shape.is_valid
        assert shape.area > 0


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 100_000))
def test_faults_are_what_geos_says(seed):
    rng = np.random.default_rng(seed)
    shapes = city(5, 5).copy()
    for row in rng.choice(25, 8, replace=False):
        ring = shapely.get_coordinates(shapes[row])
        ring[rng.integers(1, 159)] += rng.uniform(-1, 1, 2) * rng.choice([0.5, 3, 40])
        shapes[row] = shapely.Polygon(ring)
    assert [each.cell for each in faults(shapes)] == np.flatnonzero(
        ~shapely.is_valid(shapes)
    ).tolist()


def test_wiggly_cells_are_proved_without_asking():
    assert proved(Rings.of(city(20, 20)), 400).all()
