"""Laws of random edits: the coverage is never broken, nothing is lost, the old grid stays."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridmap.crs import to_lonlat
from gridmap.errors import EditRefused
from gridmap.grid.cancel import leftover
from gridmap.grid.check import check
from gridmap.grid.edit import apply
from gridmap.journeys.cells.plans import rounded
from tests.grid_edit.generate import Hand, wobbly

EACH = 100


@pytest.fixture(scope="module")
def synthetic():
    return wobbly(100, 50, 6, seed=1)


def run(grid, seed, number, digits=None):
    """Carry out random edits and return how many were accepted."""
    if grid.boundary is None:
        grid = replace(grid, boundary=shapely.coverage_union_all(grid.shapes))
    hand, first, accepted = Hand(np.random.default_rng(seed)), grid, 0
    bytes_before = [shape.wkb for shape in first.shapes]
    people, planar = grid.cells["people"].sum(), shapely.area(grid.shapes).sum()
    for _ in range(number):
        edit = hand.draw(grid)
        try:
            done = apply(grid, edit, digits=digits)
        except EditRefused:
            continue
        accepted += 1
        untouched = ~grid.cells.index.isin(done.touched)
        kept = grid.shapes[untouched]
        same = done.grid.cells.geometry.reindex(grid.codes[untouched]).to_numpy()
        assert (kept == same).all()
        assert all(a is b for a, b in zip(kept, same, strict=True))
        assert done.grid.cells["people"].sum() == people
        near = 1e-12 if digits is None else 1e-7
        assert shapely.area(done.grid.shapes).sum() == pytest.approx(planar, rel=near)
        if digits is not None:
            new = shapely.get_coordinates([*done.new_cells.geometry, done.grid.boundary])
            assert (new == np.round(new, digits)).all()
        grid = done.grid
    assert [shape.wkb for shape in first.shapes] == bytes_before
    found = check(grid)
    assert found.ok, found.to_frame()
    assert leftover(grid.shapes, [shapely.coverage_union_all(grid.shapes)]).ok
    assert leftover(grid.shapes, [grid.boundary]).ok
    assert grid.cells.index.is_unique
    return accepted


SLOW = settings(
    max_examples=1200 // EACH,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@SLOW
@given(seed=st.integers(0, 2**32 - 1))
def test_cambridge_stays_a_coverage(districts, seed):
    assert run(districts, seed, EACH) > 0


@SLOW
@given(seed=st.integers(0, 2**32 - 1))
def test_a_synthetic_city_stays_a_coverage(synthetic, seed):
    assert run(synthetic, seed, EACH) > 0


@settings(SLOW, max_examples=2)
@given(seed=st.integers(0, 2**32 - 1))
def test_new_vertices_are_on_the_lattice_of_the_store(districts, seed):
    exact = districts.with_cells(
        districts.cells.set_geometry(rounded(to_lonlat(districts.shapes, districts.crs)), crs=4326)
    )
    assert run(replace(exact, boundary=None), seed, EACH, 8) > 0


@settings(SLOW, max_examples=2)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_coarse_lattice_breaks_nothing(synthetic, seed):
    assert run(synthetic, seed, EACH, 3) > 0


@pytest.mark.proof
def test_ten_thousand_edits(districts, synthetic, record):
    for name, grid in (("Cambridge, 117 cells", districts), ("synthetic, 5,000 cells", synthetic)):
        accepted = sum(run(grid, seed, 500) for seed in range(20))
        record(
            "Edits: random, every result a coverage",
            {"grid": name, "edits": 10_000, "accepted": accepted},
        )
