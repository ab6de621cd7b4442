"""Repair, change by change: what is refused is not done, and said to be left."""

import numpy as np
import pytest
import shapely

from gridmap.grid.model import Grid
from gridmap.grid.repair import repair
from tests.grid.generate import city, faulty, frame
from tests.grid.test_repair import errors_of, grid_of, left_of


def test_a_change_can_be_refused():
    grid = grid_of(shapely.box(0, 0, 2, 2), shapely.box(1, 0, 5, 2))
    change = repair(grid).changes[0]
    done = repair(grid, refused={change.id})
    assert done.changes == ()
    assert left_of(done) == [("overlap", ("A", "B"), "repair.left_refused")]


def test_vertices_of_a_border_can_be_refused():
    shapes = city(3, 3).copy()
    ring = shapely.get_coordinates(shapes[4])
    shapes[4] = shapely.Polygon(np.insert(ring, 61, (ring[60] + ring[61]) / 2, axis=0))
    grid = Grid.from_frame(frame(shapes))
    (change,) = repair(grid).changes
    assert change.kind == "edge"
    done = repair(grid, refused={change.id})
    assert done.changes == ()
    assert (shapely.to_wkb(done.grid.shapes) == shapely.to_wkb(grid.shapes)).all()
    assert left_of(done) == [("edge", change.cells, "repair.left_refused")]


def test_a_ring_that_must_not_be_mended_says_so():
    grid = grid_of(shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 3)]))
    (change,) = repair(grid).changes
    done = repair(grid, refused={change.id})
    assert left_of(done) == [("invalid", ("A",), "repair.left_refused")]


def test_every_change_can_be_refused_by_itself():
    """What is refused is not done; cells of a refused border keep their bytes; the laws hold."""
    dirty, _ = faulty(20, 20, 1)
    grid = Grid.from_frame(dirty)
    before = shapely.to_wkb(grid.shapes)
    changes = repair(grid, gap_width=8.0).changes
    assert {"edge", "overlap", "gap", "invalid"} <= {each.kind for each in changes}
    for change in changes:
        done = repair(grid, gap_width=8.0, refused={change.id})
        assert change.id not in {each.id for each in done.changes}
        assert "repair.left_refused" in {each.reason for each in done.left}
        assert [(e.defect.kind, e.defect.rows) for e in done.left] == errors_of(done.grid)
        if change.kind == "edge":
            rows = grid.cells.index.isin(change.cells)
            assert (shapely.to_wkb(done.grid.shapes)[rows] == before[rows]).all()


@pytest.mark.parametrize("seed", [8, 24, 28])
def test_many_changes_can_be_refused_at_once(seed):
    """A border that is refused stays so whatever else is refused, but for rings that are mended."""
    rng = np.random.default_rng(seed)
    shapes = city(6, 6, seed % 7).copy()
    for row in rng.choice(36, 8, replace=False):
        ring = shapely.get_coordinates(shapes[row])
        ring[rng.integers(1, 159)] += rng.choice([0.001, 0.5, 3.0, 60.0]) * rng.uniform(-1, 1, 2)
        shapes[row] = shapely.Polygon(ring)
    grid = Grid.from_frame(frame(shapes))
    changes = repair(grid, gap_width=5.0).changes
    refused = {each.id for each in changes if rng.random() < 0.4}
    done = repair(grid, gap_width=5.0, refused=refused)
    assert refused.isdisjoint(each.id for each in done.changes)
    assert [(e.defect.kind, e.defect.rows) for e in done.left] == errors_of(done.grid)
    borders = [each for each in changes if each.kind == "edge" and each.id in refused]
    mended = {each.cells for each in done.changes if each.kind == "invalid"}
    kept = {code for each in borders for code in each.cells if (code,) not in mended}
    rows = grid.cells.index.isin(kept)
    assert (shapely.to_wkb(done.grid.shapes)[rows] == shapely.to_wkb(grid.shapes)[rows]).all()
