"""Groups that lie in several coarser groups, and telling them apart."""

import geopandas as gpd
import shapely

from gridmap.grid.check import check
from gridmap.grid.levels import divided, told_apart
from gridmap.grid.model import Grid

ROWS = [
    ("濮阳县", "城关镇", "赵庄村"),
    ("濮阳县", "文留镇", "赵庄村"),
    ("濮阳县", "文留镇", "前楼村"),
    ("南乐县", "城关镇", "赵庄村"),
    ("南乐县", "城关镇", ""),
]
LEVELS = ("县区", "乡镇", "村社区")


def villages() -> Grid:
    shapes = [shapely.box(each, 0, each + 1, 1) for each in range(len(ROWS))]
    frame = gpd.GeoDataFrame(ROWS, columns=list(LEVELS), geometry=shapes)
    return Grid.from_frame(
        frame.assign(code=[str(each) for each in range(len(ROWS))]), "code", levels=LEVELS
    )


def test_a_name_in_several_groups_is_found() -> None:
    found = list(divided(villages()))
    assert [(each.level, each.name, each.groups) for each in found] == [
        ("乡镇", "城关镇", ["南乐县", "濮阳县"]),
        ("村社区", "赵庄村", ["城关镇", "文留镇"]),
    ]


def test_told_apart_by_the_names_around_them() -> None:
    grid = told_apart(villages())
    assert list(divided(grid)) == []
    assert grid.cells["乡镇"].tolist() == [
        "城关镇 (濮阳县)", "文留镇", "文留镇", "城关镇 (南乐县)", "城关镇 (南乐县)",
    ]  # fmt: skip
    assert grid.cells["村社区"].tolist() == [
        "赵庄村 (城关镇, 濮阳县)", "赵庄村 (文留镇)", "前楼村", "赵庄村 (城关镇, 南乐县)", "",
    ]  # fmt: skip
    nesting = [each for each in check(grid).defects if each.kind == "nesting"]
    assert [each.cells for each in nesting] == [("4",)]


def test_single_names_stay_as_they_are() -> None:
    once = told_apart(villages())
    assert told_apart(once).cells.equals(once.cells)
