"""Tiles of an edited plan are those of the plan drawn anew, and cost what the edit touches."""

from __future__ import annotations

import time

import numpy as np
import pytest
import shapely

from gridmap.errors import EditRefused, InputError
from gridmap.grid.edit import apply
from gridmap.layers import mercator
from gridmap.layers.borders import borders, thinned
from gridmap.layers.tiles import CellTiles
from gridmap.layers.zoom import Zoom
from tests.grid_edit.generate import Hand, wobbly
from tests.layers.synthetic import synthetic_city
from tests.layers.test_tiles import rotated, tiles_over


def some_tiles(tiles, z, most):
    found = list(tiles_over(np.array(tiles.bounds), z))
    return [found[n] for n in np.random.default_rng(z).permutation(len(found))[:most]]


def edited(grid, hand, count):
    """The grid after each of so many edits that are accepted."""
    while count:
        try:
            grid = apply(grid, hand.draw(grid), []).grid
        except (EditRefused, InputError):
            continue
        count -= 1
        yield grid


@pytest.mark.parametrize(
    ("grid", "zooms", "edits"),
    [
        (wobbly(14, 14, 6, 1), (10, 12, 14, 16), 25),
        (synthetic_city(20), (5, 7, 9, 12), 12),
    ],
    ids=["villages", "levels"],
)
def test_an_edited_plan_is_drawn_as_if_anew(grid, zooms, edits):
    before = CellTiles(grid)
    for z in zooms:
        before.tile(z, 0, 0)
    for step in edited(grid, Hand(np.random.default_rng(5)), edits):
        tiles, anew = CellTiles(step, before), CellTiles(step)
        for z in zooms:
            for tile in some_tiles(tiles, z, 4):
                assert tiles.tile(*tile) == anew.tile(*tile), tile
        before = tiles


def test_cambridge_edited_is_drawn_as_if_anew(districts):
    before = CellTiles(rotated(districts))
    for z in (8, 11, 14):
        before.tile(z, 0, 0)
    for step in edited(rotated(districts), Hand(np.random.default_rng(9)), 8):
        tiles, anew = CellTiles(step, before), CellTiles(step)
        for z in (8, 11, 14):
            for tile in some_tiles(tiles, z, 6):
                assert tiles.tile(*tile) == anew.tile(*tile), tile
        before = tiles


def test_cells_nobody_touched_are_not_drawn_again(monkeypatch):
    city = synthetic_city(24)
    before = CellTiles(city)
    before.tile(13, 0, 0)
    monkeypatch.setattr(Zoom, "_make", lambda _self: pytest.fail("all was made anew"))
    (step,) = edited(city, Hand(np.random.default_rng(1)), 1)
    tiles = CellTiles(step, before)
    tiles.tile(13, 0, 0)
    taken_over = set(map(id, tiles.outlines.borders)) & set(map(id, before.outlines.borders))
    assert len(taken_over) > 560


def test_another_city_is_made_anew(districts):
    before = CellTiles(synthetic_city(6))
    before.tile(10, 0, 0)
    tiles, anew = CellTiles(districts, before), CellTiles(districts)
    for tile in some_tiles(anew, 10, 4):
        assert tiles.tile(*tile) == anew.tile(*tile)


def test_neighbours_simplify_their_border_alike_wherever_their_rings_start():
    """The same vertices stay in both, and none of a fork goes."""
    city = synthetic_city(8)
    square = shapely.transform(rotated(city).shapes, mercator.to_square)
    lines = borders(shapely.orient_polygons(square))
    for z in (4, 8, 11, 13):
        scale = float(4096 << z)
        cells, whole = thinned(lines, scale, (4 / scale) ** 2, np.zeros(64, dtype=bool))
        assert shapely.is_valid(cells).all()
        assert shapely.coverage_is_valid(cells)
        assert shapely.union_all(cells).area == pytest.approx(shapely.area(cells).sum())
        assert not whole.any()


def test_a_cell_that_would_cross_itself_keeps_its_vertices():
    """A spiral arm folded tighter than the tolerance; its neighbour follows it."""
    t = np.linspace(0, 6 * np.pi, 400)
    outer = np.column_stack([(t + 3) * np.cos(t), (t + 3) * np.sin(t)])
    inner = np.column_stack([(t + 1) * np.cos(t), (t + 1) * np.sin(t)])[::-1]
    arm = shapely.Polygon(np.vstack([outer, inner]))
    rest = shapely.box(-40, -40, 40, 40).difference(arm)
    cells = shapely.orient_polygons(np.array([arm, rest], dtype=object))
    assert shapely.coverage_is_valid(cells)
    for area in (1.0, 30.0, 300.0, 3000.0):
        drawn, _ = thinned(borders(cells), 1.0, area, np.zeros(2, dtype=bool))
        assert shapely.is_valid(drawn).all()
        assert shapely.union_all(drawn).area == pytest.approx(6400)
        assert shapely.area(drawn).sum() == pytest.approx(6400)


@pytest.mark.proof
def test_a_tile_of_an_edited_large_plan(record):
    city = synthetic_city(128)
    before = CellTiles(city)
    zooms = (9, 10, 12, 13, 14, 16)
    for z in zooms:
        before.tile(z, 0, 0)
    seconds = []
    for step in edited(city, Hand(np.random.default_rng(3)), 20):
        row = []
        start = time.process_time()
        tiles = CellTiles(step, before)
        row.append(time.process_time() - start)
        for z in zooms:
            (tile,) = some_tiles(tiles, z, 1)
            start = time.process_time()
            tiles.tile(*tile)
            row.append(time.process_time() - start)
        seconds.append(row)
        before = tiles
    version, *each = 1000 * np.median(seconds, axis=0)
    worst = 1000 * np.array(seconds)
    record(
        "Tiles: the first after an edit of 16,384 cells, CPU ms",
        {"edits": len(seconds), "version": round(version, 1),
         **{f"z{z}": round(ms, 1) for z, ms in zip(zooms, each, strict=True)},
         "worst, version and tile": round((worst[:, 0] + worst[:, 1:].max(axis=1)).max(), 1)},
    )  # fmt: skip
    assert version + max(each) < 200
    anew = CellTiles(step)
    for z in zooms:
        for tile in some_tiles(tiles, z, 8):
            assert tiles.tile(*tile) == anew.tile(*tile), tile
