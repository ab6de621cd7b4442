"""Repair with a boundary, earlier borders and locks: once is enough, and reasons are true."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from gridmap.grid.repair import repair
from gridmap.grid.rules import Rules
from tests.grid.test_repair import assert_laws, grid_of, left_of


def test_an_island_beyond_the_boundary_goes_with_the_ground_around_it():
    island = box(4, 4, 6, 6)
    grid = grid_of(box(0, 0, 10, 10) - island, island, boundary=box(0, 0, 10, 3))
    done = repair(grid, gap_width=50.0)
    assert_laws(grid, done, gap_width=50.0)
    assert shapely.area(done.grid.shapes).tolist() == [30.0, 0.0]
    assert left_of(done) == [("empty", ("B",), "repair.left_by_hand")]


def test_a_neighbour_gains_the_vertices_of_the_duplicate_that_stays():
    """Its own edge cancelled with the other duplicate's, so nothing was left over of it."""
    below = [box(28, 10, 49, 31), box(49, 10, 203, 31)]
    fine = shapely.segmentize(box(21, 31, 28, 38), 2.5)
    beside = [box(28, 31, 49, 38), box(49, 31, 203, 38), box(28, 38, 49, 59)]
    grid = grid_of(*below, fine, *beside, box(21, 31, 28, 38))
    done = repair(grid)
    assert_laws(grid, done)
    assert left_of(done) == [("empty", ("G",), "repair.left_by_hand")]


@settings(max_examples=60)
@given(st.integers(0, 100_000))
def test_random_squares_with_a_boundary_locks_and_earlier_borders(seed):
    rng = np.random.default_rng(seed)

    def squares(count):
        corner, side = rng.integers(0, 6, (count, 2)), rng.integers(1, 5, (count, 2))
        return [box(*c, *(c + s)) for c, s in zip(corner, side, strict=True)]

    around = box(*rng.integers(-1, 4, 2), *rng.integers(5, 11, 2)) if rng.random() < 0.7 else None
    grid = grid_of(*squares(int(rng.integers(2, 9))), boundary=around)
    locked = frozenset(code for code in grid.codes if rng.random() < 0.2)
    options = {
        "rules": Rules(locked=locked),
        "gap_width": float(rng.choice([0.5, 1.5, 50.0])),
        "prefer": str(rng.choice(["longest-border", "largest", "smallest", "first"])),
        "earlier": grid_of(*squares(4)) if rng.random() < 0.5 else None,
    }
    done = repair(grid, **options)
    assert_laws(grid, done, **options)
    for kind, cells, reason in left_of(done):
        if kind == "outside" and reason == "repair.left_locked":
            assert not locked.isdisjoint(cells)
        assert reason != "repair.left_thin"
