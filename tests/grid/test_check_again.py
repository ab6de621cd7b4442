"""A check that follows another one finds what a check of the whole finds, to the last byte."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridmap.errors import GridmapError
from gridmap.grid.check import check, check_again
from gridmap.grid.edit import apply
from gridmap.grid.model import Grid
from gridmap.grid.rules import Rules
from tests.grid.generate import CLASSES, break_cell, city, faulty, frame
from tests.grid_edit.generate import Hand

COLUMNS, ROWS = 20, 16
RULES = Rules.from_dict({"sliver": {"width_m": 0.0, "area_m2": 5.0}, "nesting": {"strict": True}})


def everything(found):
    """All a check tells."""
    defects = [
        (
            each.kind,
            each.severity,
            each.cells,
            each.rows,
            (each.area_m2, each.width_m, each.length_m),
            each.place.wkb,
            each.where.wkb,
            each.text("en"),
            each.text("zh"),
        )
        for each in found.defects
    ]
    outline = None if found.outline is None else found.outline.wkb
    return found.ok, found.counts, found.holes, found.allowed, outline, defects


def grid_of(cells, boundary):
    rows = np.arange(len(cells))
    cells = cells.assign(town=[f"t{row // 60}" for row in rows], village=rows // 9 % 11)
    return Grid.from_frame(cells, boundary=boundary, levels=("town", "village"))


def nudged(grid, rng):
    """Move a vertex of a cell by a millimetre, past all who share it."""
    row = int(rng.integers(len(grid.cells)))
    if shapely.is_empty(grid.shapes[row]):
        return grid
    at = int(rng.integers(1, shapely.get_num_coordinates(grid.shapes[row]) - 1))
    step = rng.choice([-0.001, 0.0, 0.001], 2)
    to = np.zeros((shapely.get_num_coordinates(grid.shapes[row]), 2))
    to[at] = step
    return put(grid, row, shapely.transform(grid.shapes[row], lambda xy: np.round(xy + to, 3)))


def put(grid, row, shape):
    shapes = grid.shapes.copy()
    shapes[row] = shape
    return grid.with_cells(grid.cells.set_geometry(shapes, crs=grid.crs))


def emptied(grid, rng):
    """Take the ground from a cell."""
    return put(grid, int(rng.integers(len(grid.cells))), shapely.Polygon())


def lost(grid, rng):
    """Leave a cell out."""
    return grid.with_cells(grid.cells.drop(index=grid.codes[int(rng.integers(len(grid.cells)))]))


def doubled(grid, rng):
    """Let a cell be there twice; in front, so that the others move."""
    row = int(rng.integers(len(grid.cells)))
    code = f"a{int(rng.integers(10**9))}"
    twin = grid.cells.iloc[[row]].set_axis(pd.Index([code], name="code", dtype=object))
    return grid.with_cells(pd.concat([twin, grid.cells]))


def broken(grid, rng):
    """Put one fault of ten classes into a cell that still has its first shape."""
    shapes = list(city(COLUMNS, ROWS))
    row = int(rng.integers(2, ROWS - 2)) * COLUMNS + int(rng.integers(2, COLUMNS - 3))
    codes = frame(shapes).code
    if codes[row] not in grid.cells.index:
        return grid
    break_cell(rng.choice(CLASSES), shapes, row, codes)
    return put(grid, grid.cells.index.get_loc(codes[row]), shapes[row])


def edited(grid, hand):
    try:
        return apply(grid, hand.draw(grid)).grid
    except GridmapError:  # broken cells cannot be edited
        return grid


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32 - 1), dirty=st.booleans(), bounded=st.booleans())
def test_following_is_as_good_as_the_whole(seed, dirty, bounded):
    follow(seed, dirty, bounded, 8)


def follow(seed, dirty, bounded, steps):
    rng = np.random.default_rng(seed)
    hand = Hand(rng)
    shapes = city(COLUMNS, ROWS)
    cells = faulty(COLUMNS, ROWS, 1, seed % 7)[0] if dirty else frame(shapes)
    grid = grid_of(cells, shapely.coverage_union_all(shapes) if bounded else None)
    found, changed = check(grid, RULES), 0
    faults = [nudged, nudged, emptied, lost, doubled, broken]
    for _ in range(steps):
        if rng.random() < 0.6:
            now = edited(grid, hand)
        else:
            now = faults[rng.integers(len(faults))](grid, rng)
        changed += now is not grid
        grid, found = now, check_again(found, now, RULES)
        assert everything(found) == everything(check(grid, RULES))
    return changed


@pytest.mark.proof
def test_a_thousand_steps():
    assert sum(follow(seed, seed % 2 > 0, seed % 3 > 0, 100) for seed in range(10)) > 700


def test_other_cells_are_checked_as_a_whole():
    one, other = frame(city(COLUMNS, ROWS)), frame(city(COLUMNS, ROWS, 3))
    before, now = grid_of(one, None), grid_of(other, None)
    assert everything(check_again(check(before), now)) == everything(check(now))
    turned = before.with_cells(before.cells.iloc[::-1])
    assert everything(check_again(check(before), turned)) == everything(check(turned))
    twice = before.with_cells(pd.concat([before.cells, before.cells.iloc[:1]]))
    assert everything(check_again(check(before), twice)) == everything(check(twice))
    assert everything(check_again(check(twice), before)) == everything(check(before))


def test_rules_and_boundary_may_have_changed():
    shapes = city(COLUMNS, ROWS)
    bare = grid_of(frame(np.delete(shapes, 50)), None)
    place = shapely.Point(shapes[50].centroid)
    bounded = replace(bare, boundary=shapely.coverage_union_all(shapes))
    lonlat = frame([place]).to_crs(4326).geometry[0]
    hole = {"point": [lonlat.x, lonlat.y], "who": "w", "why": "lake"}
    allowed = Rules.from_dict({"allowed": [hole]})
    before = check(bare)
    assert before.counts["gap"] == 1
    for grid, rules in ((bare, allowed), (bounded, allowed), (bounded, RULES)):
        assert everything(check_again(before, grid, rules)) == everything(check(grid, rules))
    assert check_again(before, bare, allowed).ok
