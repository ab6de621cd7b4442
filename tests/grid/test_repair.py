"""Repair: what it may touch, what it must leave, and what it must say."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.grid.cancel import continued, leftover, proves
from gridmap.grid.check import check
from gridmap.grid.model import Grid
from gridmap.grid.repair import repair
from gridmap.grid.rules import Rules
from tests.conftest import ROOT
from tests.grid.generate import city, faulty, frame


def grid_of(*shapes, boundary=None):
    codes = [chr(ord("A") + i) for i in range(len(shapes))]
    table = gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs=4547)
    return Grid.from_frame(table, boundary=boundary)


def read(folder, name):
    """Return a published layer, with the CRS it is in."""
    path = folder / f"{name}.parquet"
    if path.exists():
        return gpd.read_parquet(path)
    path = folder / f"{name}.geojson.gz"
    path = path if path.exists() else ROOT / "shapes" / f"{name}.geojson.gz"
    cells = gpd.read_file(f"/vsigzip/{path}")
    return cells.set_crs(2249, allow_override=True) if "epsg2249" in name else cells


def left_of(done):
    return [(each.defect.kind, each.defect.cells, each.reason) for each in done.left]


def errors_of(grid):
    return [(d.kind, d.rows) for d in check(grid).defects if d.is_error]


def assert_laws(grid, done, **options):
    """Rows kept; bystanders byte-identical; left is what a check finds; twice is once.

    A cell that no defect names may gain a vertex where a border that ended inside another cell now
    ends on its own border: then a change of kind ``edge`` says so, and it keeps its ground but for
    rounding.
    """
    assert list(done.grid.codes) == list(grid.codes)
    assert done.grid.cells.drop(columns="geometry").equals(grid.cells.drop(columns="geometry"))
    before, after = shapely.to_wkb(grid.shapes), shapely.to_wkb(done.grid.shapes)
    changed = {row for row, (a, b) in enumerate(zip(before, after, strict=True)) if a != b}
    named = {row for defect in check(grid, every=True).defects for row in defect.rows}
    noded = {code for change in done.changes if change.kind == "edge" for code in change.cells}
    extra = np.array(sorted(changed - named), dtype=int)
    assert {grid.codes[row] for row in extra} <= noded
    moved = shapely.symmetric_difference(grid.shapes[extra], done.grid.shapes[extra])
    assert (shapely.area(moved) < 1e-4).all()
    listed = {code for change in done.changes for code in change.cells}
    assert {grid.codes[row] for row in changed} <= listed
    assert [(e.defect.kind, e.defect.rows) for e in done.left] == errors_of(done.grid)
    again = repair(done.grid, **options)
    assert again.changes == ()
    assert (shapely.to_wkb(again.grid.shapes) == after).all()


@pytest.mark.parametrize("gap_width", [1.0, 8.0, 500.0])
def test_ten_classes(gap_width):
    dirty, _ = faulty(24, 24, 2)
    grid = Grid.from_frame(dirty)
    done = repair(grid, gap_width=gap_width)
    assert_laws(grid, done, gap_width=gap_width)
    kinds = {kind for kind, _, _ in left_of(done)}
    assert kinds == ({"gap", "empty"} if gap_width < 500 else {"empty"})
    assert len(done.vanished) == 2  # the second of each pair of duplicates
    held = shapely.area(shapely.union_all(done.grid.shapes))
    ground = shapely.area(shapely.union_all(shapely.make_valid(grid.shapes)))
    closed = sum(c.area_m2 for c in done.changes if c.kind == "gap")
    assert held == pytest.approx(ground + closed, rel=1e-6)


def test_what_a_proof_says_after_a_repair():
    dirty, _ = faulty(20, 20, 1)
    done = repair(Grid.from_frame(dirty), gap_width=500)
    outline = shapely.union_all(city(20, 20))
    assert leftover(done.grid.shapes, [outline]).ok


def test_locked_cells_keep_their_ground():
    west, east = shapely.box(0, 0, 2, 2), shapely.box(1, 0, 5, 2)
    for locked, areas in (("A", (4, 6)), ("B", (2, 8))):
        done = repair(grid_of(west, east), Rules(locked=frozenset(locked)))
        assert shapely.area(done.grid.shapes) == pytest.approx(areas)
        assert done.ok
    both = repair(grid_of(west, east), Rules(locked=frozenset("AB")))
    assert left_of(both) == [("overlap", ("A", "B"), "repair.left_locked")]


@pytest.mark.parametrize(
    ("prefer", "areas"),
    [("largest", (2, 8)), ("smallest", (4, 6)), ("first", (4, 6)), ("longest-border", (4, 6))],
)
def test_who_gets_ground_held_twice(prefer, areas):
    done = repair(grid_of(shapely.box(0, 0, 2, 2), shapely.box(1, 0, 5, 2)), prefer=prefer)
    assert shapely.area(done.grid.shapes) == pytest.approx(areas)
    assert done.ok
    assert done.moved_m2 == pytest.approx(2)


def test_duplicates_and_contained_cells():
    big, small = shapely.box(0, 0, 4, 4), shapely.box(1, 1, 2, 2)
    cut = repair(grid_of(big, small))
    assert shapely.area(cut.grid.shapes) == pytest.approx((15, 1))
    assert cut.ok
    twice = repair(grid_of(big, big))
    assert shapely.area(twice.grid.shapes) == pytest.approx((16, 0))
    assert twice.vanished == ("B",)
    assert left_of(twice) == [("empty", ("B",), "repair.left_by_hand")]


def test_allowed_and_wide_holes_stay():
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 4, 4))
    place = gpd.GeoSeries([shapely.Point(3.5, 3.5)], crs=4547).to_crs(4326)[0]
    rules = {"allowed": [{"point": [place.x, place.y], "who": "city", "why": "pond"}]}
    kept = repair(grid_of(ring), Rules.from_dict(rules), gap_width=5)
    assert kept.changes == ()
    assert kept.ok
    assert left_of(repair(grid_of(ring), gap_width=0.9))[0][2] == "repair.left_wide"
    assert repair(grid_of(ring), gap_width=1.1).ok


def test_a_cell_cut_out_of_another_is_no_unmatched_border():
    big, small = shapely.box(0, 0, 4, 4), shapely.box(1, 1, 2, 2)
    assert [each.kind for each in repair(grid_of(big, small)).changes] == ["overlap"]


def test_boundary_is_not_moved():
    boundary = shapely.box(0, 0, 4, 2)
    cells = shapely.box(-0.01, 0, 2, 2), shapely.box(2, 0, 3.99, 2)
    done = repair(grid_of(*cells, boundary=boundary), gap_width=0.1)
    assert done.ok
    assert leftover(done.grid.shapes, [boundary]).ok or errors_of(done.grid) == []
    assert shapely.union_all(done.grid.shapes).equals(boundary)


def test_keep_from_gives_disputed_ground_to_who_had_it():
    before = Grid.from_frame(frame(city(8, 8)))
    shapes = city(8, 8).copy()
    for row, shift in ((18, 5), (27, -5), (36, 5), (45, -5)):
        ring = shapely.get_coordinates(shapes[row])
        ring[50:71, 0] += shift * np.sin(np.pi * np.linspace(0, 1, 21))
        shapes[row] = shapely.Polygon(ring)
    dirty = Grid.from_frame(frame(shapes))
    done = repair(dirty, earlier=before, gap_width=0.0)
    assert done.ok
    moved = shapely.symmetric_difference(done.grid.shapes, before.shapes)
    assert shapely.area(moved).sum() < 1e-6
    assert_laws(dirty, done, earlier=before, gap_width=0.0)


def test_keep_from_does_not_part_ground_beyond_the_boundary():
    cells = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    strips = [shapely.box(x, 0, x + 0.8, 10) for x in np.arange(0, 20, 0.8).tolist()]
    dirty = grid_of(*cells, boundary=shapely.box(0, 0, 20, 5))
    done = repair(dirty, earlier=Grid.from_frame(frame(strips)))
    assert done.changes == ()
    assert left_of(done) == [("outside", ("A", "B"), "repair.left_wide")]


def test_a_coordinate_that_is_no_number_is_left():
    nan = shapely.from_wkt("POLYGON ((0 0, 1 0, 1 nan, 0 1, 0 0))", on_invalid="ignore")
    done = repair(grid_of(shapely.box(5, 5, 6, 6), nan))
    assert left_of(done) == [("invalid", ("B",), "repair.left_tangled")]


def test_the_ground_of_a_cell_without_a_ring_is_not_given_away():
    shapes = city(3, 3).copy()
    ring = shapely.get_coordinates(shapes[4])
    ring[7] = np.nan
    shapes[4] = shapely.Polygon(ring)
    done = repair(Grid.from_frame(frame(shapes)), gap_width=1000.0)
    assert done.changes == ()
    reasons = {(kind, reason) for kind, _, reason in left_of(done)}
    assert reasons >= {("invalid", "repair.left_tangled")}
    assert {reason for kind, reason in reasons if kind == "gap"} <= {"repair.left_unknown"}


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 100_000))
def test_random_squares(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    corner = rng.integers(0, 6, (n, 2))
    side = rng.integers(1, 5, (n, 2))
    grid = grid_of(*(shapely.box(*c, *(c + s)) for c, s in zip(corner, side, strict=True)))
    done = repair(grid, gap_width=0.5)
    assert_laws(grid, done, gap_width=0.5)
    assert {kind for kind, _, _ in left_of(done)} <= {"gap", "empty"}


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 100_000))
def test_random_faults_in_a_city(seed):
    """Vertices moved at random, by 1 mm or by metres, several to a cell."""
    rng = np.random.default_rng(seed)
    shapes = city(6, 6, seed % 7).copy()
    for row in rng.choice(36, 6, replace=False):
        ring = shapely.get_coordinates(shapes[row])
        vertex = rng.integers(1, 159)
        ring[vertex] += rng.choice([0.001, 0.5, 3.0]) * rng.uniform(-1, 1, 2)
        shapes[row] = shapely.Polygon(ring)
    grid = Grid.from_frame(frame(shapes))
    done = repair(grid, gap_width=5.0)
    assert_laws(grid, done, gap_width=5.0)
    assert done.ok


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 100_000))
def test_cells_drawn_twice(seed):
    """A block of cells lies over the city again, turned, or moved by metres or by a hair."""
    rng = np.random.default_rng(seed)
    shapes = city(6, 6, seed % 5)
    shift = rng.uniform(-1, 1, 2) * rng.choice([1e-9, 1e-7, 1e-3, 20.0])
    turn = rng.choice([0.0, 1e-9, 0.3])
    rows = [row for row in range(36) if 1 <= row % 6 <= 3 and 1 <= row // 6 <= 3]
    heart = shapely.union_all(shapes[rows]).centroid.coords[0]

    def moved(xy):
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        return (xy - heart) @ spin.T + heart + shift

    grid = Grid.from_frame(frame([*shapes, *shapely.transform(shapes[rows], moved)]))
    done = repair(grid, gap_width=5.0)
    assert_laws(grid, done, gap_width=5.0)
    assert {kind for kind, _, _ in left_of(done)} <= {"empty"}
    assert shapely.union_all(done.grid.shapes).area == pytest.approx(
        shapely.union_all(grid.shapes).area, abs=1.0
    )


@pytest.mark.parametrize(
    ("name", "wide"),
    [("cambridge/address_blocks", 0), ("boston/precincts.epsg2249", 7), ("messy/ct_precincts", 26)],
)
def test_real_layers_are_left_with_wide_gaps_only(name, wide, shared_data):
    """What rounding makes of crossings is noded until it fits, wherever the layer came from."""
    grid = Grid.from_frame(read(shared_data, name))
    done = repair(grid)
    assert_laws(grid, done)
    assert [each.reason for each in done.left] == ["repair.left_wide"] * wide


def edited(cells, rng):
    """Return rows and new shapes of a random border move, good or with a fault of 1 mm."""
    row = int(rng.choice([row for row in range(len(cells) - 1) if row % 6 != 5]))
    one, other = (shapely.get_coordinates(cells[r]).copy() for r in (row, row + 1))
    bump = np.round(rng.uniform(-3, 3) * np.sin(np.pi * np.linspace(0, 1, 41)[1:-1]), 3)
    one[41:80, 0] = np.round(one[41:80, 0] + bump, 3)
    other[120:161] = one[40:81][::-1]
    other[0] = other[-1]
    if rng.random() < 0.5:
        other[rng.integers(121, 159), rng.integers(2)] += rng.choice([-0.001, 0.001])
    return [row, row + 1], np.array([shapely.Polygon(one), shapely.Polygon(other)], object)


@pytest.mark.parametrize("edits", [150, pytest.param(10_000, marks=pytest.mark.proof)])
def test_incremental_and_full_check_agree(edits, request):
    rng = np.random.default_rng(11)
    cells = city(6, 6).copy()
    refused = 0
    for _ in range(edits):
        rows, new = edited(cells, rng)
        after = cells.copy()
        after[rows] = new
        accepted = proves(new, cells[rows])
        assert accepted == (not errors_of(Grid.from_frame(frame(after))))
        refused += not accepted
        cells = after if accepted else cells
    assert edits * 0.2 < refused < edits
    if edits >= 10_000:
        row = {"edits": edits, "refused": refused, "disagreements": 0}
        request.getfixturevalue("record")("edit: proof beside a full check", row)


def test_going_on_cancelling_is_as_good_as_starting_anew():
    cells = city(6, 6)
    changed = cells.copy()
    changed[14] = shapely.transform(cells[14], lambda xy: xy + 0.5)
    on = continued(leftover(cells), changed[[14]], cells[[14]], [14])
    anew = leftover(changed)
    assert {*map(bytes, on.edges)} == {*map(bytes, anew.edges)}
    assert set(on.owners.tolist()) - {-1} <= set(anew.owners.tolist())
