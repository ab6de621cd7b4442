"""Cells from blocks: in the band, in one piece, the same for the same seed, and honest if not."""

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import ColumnError, ValueRefused
from gridmap.grid.check import check
from gridmap.grid.model import Grid
from gridmap.grid.redraw import Aim, redraw
from tests.grid_edit.blocks import blocks

AIM = Aim("hh", 200)


@pytest.fixture(scope="module")
def town():
    return blocks(40)


@pytest.fixture(scope="module")
def drawn(town):
    return redraw(town, AIM)


def compactness(grid):
    return float((4 * np.pi * grid.areas / shapely.length(grid.metric_shapes) ** 2).mean())


def require_sound(town, result, weight="hh"):
    """Every block in one cell, cells a coverage in one piece each, weights add up."""
    grid = result.grid
    assert check(grid).ok
    assert result.assignment.notna().all()
    assert (shapely.get_num_geometries(grid.shapes) == 1).all()
    sums = town.cells[weight].groupby(result.assignment.to_numpy()).sum()
    assert sums.reindex(grid.codes).tolist() == grid.cells[weight].tolist()
    low, high = result.band
    outside = grid.cells.index[~grid.cells[weight].between(low, high)]
    assert set(outside) == {left.cell for left in result.left}


def test_all_in_the_band_in_one_piece_and_compact(town, drawn):
    require_sound(town, drawn)
    assert drawn.left == ()
    assert compactness(drawn.grid) >= 0.56


def test_same_seed_same_cells(town, drawn):
    again = redraw(town, AIM)
    assert again.assignment.equals(drawn.assignment)
    other = redraw(town, AIM, seed=1)
    assert not other.assignment.equals(drawn.assignment)
    require_sound(town, other)


def test_within_and_barriers(town):
    middle = shapely.get_coordinates(shapely.centroid(town.shapes))
    half = np.where(middle[:, 0] < middle[:, 0].mean(), "west", "east")
    parted = town.with_cells(town.cells.assign(district=half))
    result = redraw(parted, Aim("hh", 200, within="district"))
    crossing = pd.crosstab(result.assignment.to_numpy(), half)
    assert (crossing.gt(0).sum(axis=1) == 1).all()
    assert result.grid.levels == ("district",)
    west = shapely.coverage_union_all(town.shapes[half == "west"])
    east = shapely.coverage_union_all(town.shapes[half == "east"])
    river = gpd.GeoDataFrame(geometry=[west.intersection(east)], crs=town.crs)
    barred = redraw(town, AIM, barriers=river)
    crossing = pd.crosstab(barred.assignment.to_numpy(), half)
    assert (crossing.gt(0).sum(axis=1) == 1).all()
    require_sound(town, barred)


def test_least_change_keeps_households(town, drawn):
    rng = np.random.default_rng(5)
    cells = rng.choice(drawn.grid.codes, max(1, len(drawn.grid.codes) // 20), replace=False)
    touched = drawn.assignment.isin(cells).to_numpy() & (town.cells["hh"].to_numpy() > 0)
    more = town.cells["hh"].to_numpy().copy()
    more[touched] += rng.integers(0, 4, touched.sum())
    later = town.with_cells(town.cells.assign(hh=more))
    result = redraw(later, AIM, start=drawn.grid)
    require_sound(later, result)
    assert result.left == ()
    kept = more[result.assignment.to_numpy() == drawn.assignment.to_numpy()].sum() / more.sum()
    assert kept >= 0.98


def test_a_start_that_fits_is_kept(town, drawn):
    result = redraw(town, AIM, start=drawn.grid)
    assert result.assignment.equals(drawn.assignment)
    assert set(result.grid.codes) == set(drawn.grid.codes)


def test_locked_cells_stay(town, drawn):
    locked = drawn.grid.codes[:3]
    aim = Aim("hh", 260)
    result = redraw(town, aim, start=drawn.grid, locked=locked)
    for code in locked:
        before = set(drawn.assignment.index[drawn.assignment == code])
        assert set(result.assignment.index[result.assignment == code]) == before
    reasons = {left.cell: left.reason for left in result.left}
    assert all(reasons.get(code) in {None, "locked"} for code in locked)


def test_what_cannot_be_is_said_and_never_hangs(town):
    weight = town.cells["hh"].to_numpy().copy()
    weight[7] = 900
    begun = time.process_time()
    result = redraw(town.with_cells(town.cells.assign(hh=weight)), AIM)
    assert time.process_time() - begun < 10
    assert "block" in {left.reason for left in result.left}
    few = Grid.from_frame(town.cells.iloc[[0, 1]].reset_index(drop=True), "code")
    tiny = redraw(few, AIM)
    assert {left.reason for left in tiny.left} == {"piece"}
    apart = redraw(Grid.from_frame(town.cells.iloc[[0, 20]].reset_index(drop=True), "code"), AIM)
    assert len(apart.grid.codes) == 2


@pytest.mark.parametrize("target", [25, 60, 200, 3000])
def test_nothing_is_printed(town, target, capfd):
    weight = town.cells["hh"].to_numpy().copy()
    weight[::50] = 900
    redraw(town.with_cells(town.cells.assign(hh=weight)), Aim("hh", target))
    assert capfd.readouterr() == ("", "")


def test_refusals(town):
    with pytest.raises(ColumnError, match="households"):
        redraw(town, Aim("households", 200))
    with pytest.raises(ValueRefused):
        redraw(town, Aim("hh", 0))
    with pytest.raises(ValueRefused):
        redraw(town, Aim("hh", 200, tolerance=2))
    with pytest.raises(ValueRefused):
        redraw(town.with_cells(town.cells.assign(hh=0)), AIM)
    with pytest.raises(ColumnError, match="-1"):
        redraw(town.with_cells(town.cells.assign(hh=-1)), AIM)


@settings(max_examples=15, deadline=None)
@given(
    side=st.integers(3, 14),
    target=st.sampled_from([40, 90, 200, 1000]),
    tolerance=st.sampled_from([0.02, 0.1, 0.4]),
    seed=st.integers(0, 1000),
)
def test_whatever_is_asked_nothing_is_lost(side, target, tolerance, seed):
    town = blocks(side, seed=seed)
    result = redraw(town, Aim("hh", target, tolerance), seed=seed)
    require_sound(town, result)


def test_cambridge_by_blocks(blocks2000):
    grid = Grid.from_frame(blocks2000, "STFID")
    result = redraw(grid, Aim("POP_LAB", 2000))
    require_sound(grid, result, "POP_LAB")
    assert {left.reason for left in result.left} <= {"block", "piece", "search"}
    heavy = int((blocks2000["POP_LAB"] > 2200).sum())
    assert len(result.left) <= 2 * heavy
