"""Every kind of defect: found, named once, tied to its cells, and none where there is none."""

import time

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import GeometryError
from gridmap.grid.check import check
from gridmap.grid.model import Grid
from gridmap.grid.rules import Rules
from gridmap.grid.valid import require_valid
from tests.grid.generate import city, faulty, frame, unmatched


def grid_of(*shapes, boundary=None, levels=(), **columns):
    codes = [chr(ord("A") + i) for i in range(len(shapes))]
    table = gpd.GeoDataFrame({"code": codes, **columns}, geometry=list(shapes), crs=4547)
    return Grid.from_frame(table, boundary=boundary, levels=levels)


def found(*shapes, **options):
    return [(d.kind, d.cells) for d in check(grid_of(*shapes, **options)).defects]


def square(x, y, side=1.0):
    return shapely.box(x, y, x + side, y + side)


def test_ten_classes_in_a_thousand_cells():
    dirty, faults = faulty(32, 32, 4)
    lost, unexplained = unmatched(faults, check(Grid.from_frame(dirty)).defects)
    assert lost == []
    assert unexplained == []


@pytest.mark.proof
@pytest.mark.parametrize(("columns", "rows", "each"), [(128, 128, 50), (316, 317, 150)])
def test_ten_classes_full_size(columns, rows, each, record):
    dirty, faults = faulty(columns, rows, each)
    defects = check(Grid.from_frame(dirty)).defects
    lost, unexplained = unmatched(faults, defects)
    row = {"cells": len(dirty), "faults": len(faults), "lost": len(lost)}
    record("check: ten classes of faults", row | {"unexplained": len(unexplained)})
    assert lost == []
    assert unexplained == []
    assert check(Grid.from_frame(frame(city(columns, rows)))).defects == ()


@pytest.mark.parametrize("name", ["us_denver_blocks", "us_providence_blocks"])
def test_clean_layers_have_no_errors_but_real_holes(shared_data, name):
    cells = gpd.read_parquet(shared_data / "clean" / f"{name}.parquet")
    result = check(Grid.from_frame(cells))
    holes = 10 if "denver" in name else 0
    assert sum(d.is_error for d in result.defects) == result.counts.get("gap", 0) == holes
    points = [d.place for d in result.defects if d.kind == "gap"]
    lonlat = gpd.GeoSeries(points, crs=cells.crs).to_crs(4326)
    allowed = [{"point": [p.x, p.y], "who": "city", "why": "enclave"} for p in lonlat]
    after = check(Grid.from_frame(cells), Rules.from_dict({"allowed": allowed}))
    assert after.ok
    assert after.holes == holes


def test_the_most_specific_of_the_three():
    big, small = square(0, 0, 4), square(1, 1)
    assert found(big, big) == [("duplicate", ("A", "B"))]
    assert found(big, big.reverse()) == [("duplicate", ("A", "B"))]
    assert found(big, small) == [("contained", ("B", "A"))]
    assert found(small, big) == [("contained", ("A", "B"))]
    assert found(big, square(3, 3, 4)) == [("overlap", ("A", "B"))]
    assert found(big, big, big) == [("duplicate", p) for p in (("A", "B"), ("A", "C"), ("B", "C"))]
    assert found(big, square(0, 1)) == [("contained", ("B", "A"))]  # on its border


def test_a_border_hidden_under_a_third_cell():
    west, east = shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2)
    over = shapely.box(1, 0.5, 3, 1.5)
    defects = check(grid_of(west, east, over)).defects
    assert [(d.kind, d.cells, d.area_m2) for d in defects] == [
        ("overlap", ("A", "C"), 1.0),
        ("overlap", ("B", "C"), 1.0),
    ]


def test_holes_islands_and_touching_points_are_no_defects():
    ring = square(0, 0, 9).difference(square(3, 3, 3))
    assert found(ring, square(3, 3, 3)) == []
    assert found(square(0, 0), square(1, 1)) == []
    two = shapely.MultiPolygon([square(0, 0), square(5, 5)])
    assert found(two, square(1, 0)) == [("multipart", ("A",))]
    assert found(ring) == [("gap", ("A",))]
    island = square(4, 4)
    assert found(ring, island) == [("gap", ("A", "B"))]


def test_unmatched_vertices_without_ground_between():
    west = shapely.Polygon([(0, 0), (1, 0), (1, 0.3), (1, 1), (0, 1)])
    defects = check(grid_of(west, square(1, 0))).defects
    assert [(d.kind, d.cells, d.length_m) for d in defects] == [("edge", ("A", "B"), 1.0)]
    three = [shapely.box(0, 0, 2, 1), square(0, 1), square(1, 1)]
    assert found(*three) == [("edge", ("A", "B")), ("edge", ("A", "C"))]


def test_boundary_faces():
    cells = square(0, 0), square(1, 0)
    assert found(*cells, boundary=shapely.box(0, 0, 2, 1)) == []
    shifted = check(grid_of(*cells, boundary=shapely.box(0.5, 0, 2.5, 1)))
    kinds = [(d.kind, d.cells, round(d.area_m2, 9)) for d in shifted.defects]
    assert kinds == [("outside", ("A",), 0.5), ("uncovered", ("B",), 0.5)]
    lake = square(0, 0, 9).difference(square(3, 3, 3))
    assert found(lake, boundary=lake) == []
    assert found(lake, boundary=square(0, 0, 9)) == [("gap", ("A",))]
    with pytest.raises(GeometryError, match="boundary"):
        check(grid_of(*cells, boundary=shapely.LineString([(0, 0), (1, 1)])))
    far = check(grid_of(*cells, boundary=shapely.box(5, 5, 6, 6)), every=True).defects
    assert [(d.kind, d.cells) for d in far] == [("outside", ("A", "B")), ("uncovered", ())]
    assert "beside" in far[1].text("en")
    assert "beside ." not in far[1].text("en")


def test_a_broken_row_of_a_boundary_is_named_with_its_place():
    bow = shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])
    rows = gpd.GeoSeries([shapely.box(1, 1, 9, 9), bow], crs=4547)
    with pytest.raises(GeometryError) as refused:
        Grid.from_frame(frame([square(0, 0)]), boundary=rows)
    assert refused.value.values == {"row": 2, "place": "2, 2"}


def test_sizes_are_told_without_exponents():
    sliver = check(grid_of(shapely.box(0, 0, 100.0001, 9), shapely.box(100, 0, 200, 9))).defects[0]
    assert "up to <0.001 m wide" in sliver.text("en")
    table = frame([square(0, 0)]).assign(people=1_234_567)
    rules = Rules.from_dict({"size": {"column": "people", "target": 3_000_000, "tolerance": 0.1}})
    size = check(Grid.from_frame(table), rules).defects[0].text("en")
    assert "1234567" in size
    assert "2700000 to 3300000" in size


def test_a_cell_without_code_is_told_by_its_row():
    table = gpd.GeoDataFrame({"code": ["A", None]}, geometry=[square(0, 0), None], crs=4547)
    empty = next(d for d in check(Grid.from_frame(table)).defects if d.kind == "empty")
    assert "row 2" in empty.text("en")
    assert "第 2 行" in empty.text("zh")


def test_a_self_crossing_ring_is_reported_once():
    ring = shapely.get_coordinates(city(5, 5)[12])
    ring[60], ring[61] = ring[61] + [8, 2], ring[60] + [8, -2]
    cells = city(5, 5).copy()
    cells[12] = shapely.Polygon(ring)
    grid = Grid.from_frame(frame(cells))
    once = check(grid)
    assert [(d.kind, d.cells) for d in once.defects] == [("invalid", ("000012",))]
    assert shapely.dwithin(once.defects[0].place, cells[12].boundary, 1e-6)
    everything = check(grid, every=True)
    assert set(everything.counts) > {"invalid"}
    with pytest.raises(GeometryError, match="000012"):
        require_valid(grid)


def test_an_overlap_elsewhere_on_a_broken_cell_is_still_reported():
    bowtie = shapely.Polygon([(0, 0), (4, 0), (4, 3), (4.5, 4), (3.5, 4), (4, 3), (0, 3)])
    assert not bowtie.is_valid
    other = shapely.box(-1, 0, 1, 3)
    assert ("overlap", ("A", "B")) in found(bowtie, other)


def test_nothing_to_check():
    empty = check(Grid.from_frame(gpd.GeoDataFrame({"code": []}, geometry=[], crs=4547)))
    assert empty.ok
    assert empty.outline is None
    flat = shapely.Polygon([(0, 0), (1, 0), (2, 0)])
    assert found(square(0, 0), None, shapely.Polygon(), flat) == [
        ("empty", ("B",)),
        ("empty", ("C",)),
        ("empty", ("D",)),
    ]


def test_a_bowtie_whose_halves_cancel_is_no_empty_cell():
    bowtie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    assert bowtie.area == 0
    assert found(bowtie) == [("invalid", ("A",))]


def test_coordinates_that_are_no_numbers():
    nan = shapely.from_wkt("POLYGON ((0 0, 1 0, 1 nan, 0 1, 0 0))", on_invalid="ignore")
    defects = check(grid_of(square(5, 5), nan)).defects
    assert [(d.kind, d.cells) for d in defects] == [("invalid", ("B",))]
    assert "not a number" in defects[0].text("en")


def test_hostile_shapes_are_answered_in_seconds():
    rng = np.random.default_rng(3)
    tangle = shapely.Polygon(rng.uniform(0, 100, (1300, 2)))  # 20 KB, crosses itself everywhere
    start = time.process_time()
    defects = check(grid_of(tangle, square(200, 0))).defects
    assert [(d.kind, d.cells) for d in defects] == [("invalid", ("A",))]
    turn = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    huge = shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * 1000)
    assert found(huge, square(3000, 0)) == []
    assert time.process_time() - start < 20


def test_every_defect_speaks_both_languages():
    dirty, _ = faulty(24, 24, 1)
    for defect in check(Grid.from_frame(dirty), every=True).defects:
        assert defect.text("en")
        assert any("一" <= letter <= "鿿" for letter in defect.text("zh"))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_areas_agree_with_an_independent_overlay(seed):
    """Random squares on a raster: pair areas and holes as plain intersections say."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    corner = rng.integers(0, 6, (n, 2))
    side = rng.integers(1, 5, (n, 2))
    shapes = [shapely.box(*c, *(c + s)) for c, s in zip(corner, side, strict=True)]
    result = check(grid_of(*shapes))
    kinds = ("duplicate", "contained", "overlap")
    mine = {tuple(sorted(d.rows)): d.area_m2 for d in result.defects if d.kind in kinds}
    theirs = {
        (i, j): shapes[i].intersection(shapes[j]).area
        for i in range(n)
        for j in range(i + 1, n)
        if shapes[i].intersection(shapes[j]).area > 0
    }
    assert mine == pytest.approx(theirs)
    union = shapely.union_all(shapes)
    assert result.outline.area == pytest.approx(union.area)
    faces = shapely.polygonize(shapely.get_parts(shapely.union_all(shapely.boundary([union]))))
    full = faces.area - union.area
    assert sum(d.area_m2 for d in result.defects if d.kind == "gap") == pytest.approx(full)
