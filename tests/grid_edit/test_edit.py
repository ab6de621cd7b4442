"""Edits one by one: what each does, what it refuses, and that nothing else is touched."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridmap.errors import EditRefused, GeometryError
from gridmap.grid.cancel import leftover
from gridmap.grid.edit import Assign, Merge, Move, Recode, Split, apply
from gridmap.grid.model import Grid


def squares(rows, columns, size=100.0, boundary=False):
    """Squares a, b, c … in planar metres, row by row."""
    boxes = [
        shapely.box(i * size, j * size, (i + 1) * size, (j + 1) * size)
        for j in range(rows)
        for i in range(columns)
    ]
    frame = gpd.GeoDataFrame(
        {
            "code": [chr(97 + k) for k in range(len(boxes))],
            "village": "north",
            "people": 10,
        },
        geometry=boxes,
    )
    area = shapely.coverage_union_all(np.array(boxes)) if boundary else None
    return Grid.from_frame(frame, boundary=area, levels=["village"])


def line(*points):
    return shapely.LineString(points)


def require_coverage(grid, area):
    whole = shapely.coverage_union_all(grid.shapes)
    assert leftover(grid.shapes, [whole]).ok
    assert shapely.is_valid(grid.shapes).all()
    assert grid.areas.sum() == pytest.approx(area, rel=1e-12)


def refused(grid, edit):
    with pytest.raises(EditRefused) as caught:
        apply(grid, edit)
    assert str(caught.value)
    assert caught.value.values["defects"][0]["kind"] == caught.value.key.removeprefix("edit.")
    return caught.value.key.removeprefix("edit.")


def test_split_gives_left_and_right_and_tells_the_neighbours():
    grid = squares(2, 2)
    done = apply(grid, Split("a", line((40, -50), (40, 150)), ("l", "r")))
    require_coverage(done.grid, 40_000)
    assert list(done.grid.codes) == ["l", "r", "b", "c", "d"]
    assert done.grid.cells.loc["l"].geometry.area == 4000
    assert done.grid.cells.loc["r"].geometry.area == 6000
    assert done.grid.cells["people"].tolist() == [4, 6, 10, 10, 10]
    assert done.grid.cells["village"].tolist() == ["north"] * 5
    assert done.gained == ("c",)
    assert (40, 100) in done.grid.cells.loc["c"].geometry.exterior.coords[:]
    for code in "bd":
        assert done.grid.cells.loc[code].geometry is grid.cells.loc[code].geometry


def test_the_boundary_gains_the_vertex_too():
    grid = squares(2, 2, boundary=True)
    done = apply(grid, Split("a", line((33.3, -9), (41.7, 150)), ("a", "e")))
    assert leftover(done.grid.shapes, [done.grid.boundary]).ok


def test_split_ends_that_miss_the_border_by_less_than_the_reach():
    grid = squares(2, 2)
    done = apply(grid, Split("a", line((40, 0.6), (40, 99.5)), ("l", "r")))
    require_coverage(done.grid, 40_000)
    assert refused(grid, Split("a", line((40, 0.6), (40, 80)), ("l", "r"))) == "stops_short"
    wide = Split("a", line((40, 0.6), (40, 80)), ("l", "r"), snap_m=25)
    require_coverage(apply(grid, wide).grid, 40_000)


def test_split_snaps_to_a_vertex():
    done = apply(squares(2, 2), Split("a", line((0.4, 0.3), (99.7, 99.6)), ("l", "r")))
    require_coverage(done.grid, 40_000)
    assert done.touched == ("a", "l", "r")


def test_split_through_a_hole():
    outer, inner = shapely.box(0, 0, 100, 100), shapely.box(40, 40, 60, 60)
    ring = shapely.Polygon(outer.exterior, [inner.exterior])
    frame = gpd.GeoDataFrame({"code": ["o", "i"]}, geometry=[ring, inner])
    done = apply(Grid.from_frame(frame), Split("o", line((50, -1), (50, 101)), ("l", "r")))
    require_coverage(done.grid, 10_000)
    assert done.gained == ("i",)
    assert done.grid.areas.tolist() == [4800, 4800, 400]
    assert refused(Grid.from_frame(frame), Split("o", line((50, -1), (50, 50)), ("l", "r"))) == (
        "misses"
    )


def test_split_by_a_ring_makes_an_island():
    ring = line((20, 20), (40, 20), (40, 40), (20, 40), (20, 20))
    done = apply(squares(1, 1), Split("a", ring, ("island", "a")))
    require_coverage(done.grid, 10_000)
    assert done.grid.cells.loc["island"].geometry.area == 400


def test_split_of_a_cell_in_two_pieces():
    pieces = shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(300, 0, 400, 100)])
    grid = Grid.from_frame(gpd.GeoDataFrame({"code": ["m"]}, geometry=[pieces]))
    cut = apply(grid, Split("m", line((-10, 50), (110, 50)), ("up", "down")))
    require_coverage(cut.grid, 20_000)
    apart = apply(grid, Split("m", line((200, -50), (200, 150)), ("west", "east")))
    require_coverage(apart.grid, 20_000)
    assert apart.grid.cells.loc["west"].geometry.bounds == (0, 0, 100, 100)


def test_split_of_a_u_says_how_many_pieces():
    u = shapely.Polygon(
        [(0, 0), (90, 0), (90, 90), (60, 90), (60, 30), (30, 30), (30, 90), (0, 90)]
    )
    grid = Grid.from_frame(gpd.GeoDataFrame({"code": ["u"]}, geometry=[u]))
    assert refused(grid, Split("u", line((-5, 60), (95, 60)), ("u", "v"))) == "many_pieces"
    require_coverage(apply(grid, Split("u", line((-5, 60), (45, 60)), ("u", "v"))).grid, u.area)


def test_merge_adds_up_and_keeps_bystanders():
    grid = squares(2, 2)
    done = apply(grid, Merge(("a", "b", "c"), "b"))
    require_coverage(done.grid, 40_000)
    assert list(done.grid.codes) == ["b", "d"]
    assert done.grid.cells["people"].tolist() == [30, 10]
    assert done.grid.cells.loc["d"].geometry is grid.cells.loc["d"].geometry


def test_merge_refuses_cells_that_only_touch_or_lie_apart():
    assert refused(squares(2, 2), Merge(("a", "d"), "a")) == "apart"
    assert refused(squares(1, 3), Merge(("a", "c"), "a")) == "apart"
    assert refused(squares(1, 3), Merge(("a", "a"), "a")) == "few_cells"


def test_merge_says_when_groups_differ():
    grid = squares(1, 2)
    grid = grid.with_cells(grid.cells.assign(village=["north", "south"]))
    done = apply(grid, Merge(("a", "b"), "b"))
    assert done.notices[0][0] == "edit.groups"
    assert done.grid.cells["village"].tolist() == ["south"]


def test_move_a_border_with_its_people():
    done = apply(squares(1, 2), Move(("a", "b"), line((100, 0), (70, 50), (100, 100))))
    require_coverage(done.grid, 20_000)
    assert done.grid.areas.tolist() == [8500, 11500]
    assert done.grid.cells["people"].tolist() == [9, 11]


def test_move_trims_what_reaches_beyond_and_replaces_a_stretch():
    path = line((120, 20), (80, 30), (80, 60), (130, 80))
    done = apply(squares(1, 2), Move(("a", "b"), path))
    require_coverage(done.grid, 20_000)
    assert done.grid.areas[0] < 10_000
    both = apply(squares(1, 2), Move(("a", "b"), line((100, 0), (60, 30), (140, 60), (100, 100))))
    require_coverage(both.grid, 20_000)
    assert both.grid.areas[0] == pytest.approx(10_000 - 1000 + 1000, abs=600)


def test_move_refusals():
    grid = squares(2, 2)
    assert refused(grid, Move(("a", "d"), line((100, 100), (90, 90)))) == "no_border"
    assert refused(grid, Move(("a", "b"), line((100, 0), (50, 50)))) == "off_border"
    assert refused(grid, Move(("a", "b"), line((100, 0), (60, 160), (100, 90)))) == "leaves"
    assert refused(grid, Move(("a", "b"), line((100, 0), (100, 100)))) == "nothing"
    assert refused(grid, Move(("a", "b"), line((100, 0), (0, 0), (0, 100), (100, 100)))) == (
        "vanishes"
    )


def test_move_the_border_of_an_island_flips_the_smaller_side():
    outer, inner = shapely.box(0, 0, 100, 100), shapely.box(40, 40, 60, 60)
    ring = shapely.Polygon(outer.exterior, [inner.exterior])
    grid = Grid.from_frame(gpd.GeoDataFrame({"code": ["o", "i"]}, geometry=[ring, inner]))
    done = apply(grid, Move(("o", "i"), line((40, 40), (30, 50), (40, 60))))
    require_coverage(done.grid, 10_000)
    assert done.grid.areas.tolist() == [9500, 500]


def test_assign_takes_from_all_below():
    drawn = shapely.box(60, 60, 140, 140)
    done = apply(squares(2, 2), Assign(drawn, "a"))
    require_coverage(done.grid, 40_000)
    assert done.grid.areas.tolist() == [14_800, 8400, 8400, 8400]
    assert done.grid.cells["people"].sum() == 40


def test_assign_across_the_outer_border_takes_only_cells():
    grid = squares(2, 2, boundary=True)
    done = apply(grid, Assign(shapely.box(50, -50, 150, 50), "a"))
    assert leftover(done.grid.shapes, [done.grid.boundary]).ok
    assert done.grid.areas.tolist() == [12_500, 7500, 10_000, 10_000]


def test_assign_refusals():
    grid = squares(2, 2)
    assert refused(grid, Assign(shapely.box(90, -5, 210, 105), "a")) == "vanishes"
    assert refused(grid, Assign(shapely.box(10, 10, 20, 20), "a")) == "nothing"
    assert refused(grid, Assign(shapely.box(500, 500, 600, 600), "a")) == "nothing"
    assert refused(grid, Assign(shapely.box(10, 10, 20, 20), "z")) == "unknown_cells"


def test_assign_says_when_a_cell_falls_into_pieces():
    done = apply(squares(1, 3), Assign(shapely.box(140, -10, 160, 110), "a"))
    require_coverage(done.grid, 30_000)
    assert {values["cell"] for _, values in done.notices} == {"a", "b"}


def test_codes_are_looked_after():
    grid = squares(2, 2)
    cut = line((40, -1), (40, 101))
    assert refused(grid, Split("a", cut, ("a", "b"))) == "code_in_use"
    assert refused(grid, Split("a", cut, ("x", "x"))) == "code_in_use"
    assert refused(grid, Split("a", cut, ("x", ""))) == "no_code"
    assert refused(grid, Merge(("a", "b"), "d")) == "code_in_use"
    assert refused(grid, Recode("a", "d")) == "code_in_use"
    assert apply(grid, Merge(("a", "b"), "new")).grid.codes.tolist() == ["new", "c", "d"]


def test_a_column_that_repeats_the_codes_follows(districts):
    done = apply(districts, Recode("1104", "9999"))
    assert done.grid.cells["CADRA"].tolist()[0] == 9999
    assert done.grid.cells["CADRA"].dtype == districts.cells["CADRA"].dtype
    named = apply(done.grid, Recode("9999", "1104b"))
    assert named.grid.cells["CADRA"].tolist()[:2] == ["1104b", "1111"]


def test_locked_cells_stay():
    grid, cut = squares(1, 2), Split("a", line((40, -1), (40, 101)), ("a", "x"))
    with pytest.raises(EditRefused, match="locked"):
        apply(grid, cut, locked=["a"])
    with pytest.raises(EditRefused, match="locked"):
        apply(grid, Assign(shapely.box(60, 20, 140, 80), "a"), locked=["b"])
    require_coverage(apply(grid, cut, locked=["b"]).grid, 20_000)


def test_broken_rings_and_overlaps_are_refused_where_they_are_touched():
    grid = squares(2, 2)
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    broken = grid.with_cells(grid.cells.set_geometry([bow, *grid.shapes[1:]]))
    with pytest.raises(GeometryError, match="ring of a"):
        apply(broken, Merge(("a", "b"), "a"))
    require_other = apply(broken, Split("d", line((150, 90), (150, 210)), ("d", "e")))
    assert len(require_other.grid.codes) == 5
    fat = grid.with_cells(grid.cells.set_geometry([shapely.box(0, 0, 110, 100), *grid.shapes[1:]]))
    assert refused(fat, Assign(shapely.box(90, 40, 150, 60), "a")) == "overlap"


def test_lonlat_grids_stay_lonlat(districts):
    _, row = next(iter(districts.cells.iterrows()))
    low_x, _, high_x, _ = row.geometry.bounds
    y = row.geometry.representative_point().y
    done = apply(districts, Split(row.name, line((low_x, y), (high_x, y)), (row.name, "new")))
    assert done.grid.crs == districts.crs
    assert leftover(done.new_cells.geometry, []).edges.size
    assert done.grid.cells["people"].sum() == districts.cells["people"].sum()


def test_a_layer_of_multipolygons_stays_one():
    grid = squares(2, 2)
    many = grid.cells.set_geometry([shapely.MultiPolygon([each]) for each in grid.shapes])
    grid = Grid.from_frame(many.reset_index(drop=True))
    for edit in (Merge(("a", "b"), "a"), Split("a", line((40, -50), (40, 150)), ("l", "r"))):
        assert set(apply(grid, edit).grid.cells.geom_type) == {"MultiPolygon"}
