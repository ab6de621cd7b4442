"""Groups of the plan's levels are found by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from gridmap.grid.levels import told_apart
from gridmap.grid.model import Grid
from gridmap.journeys.cells.plans import import_grid
from gridmap.journeys.city import City
from gridmap.journeys.search import search
from gridmap.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = [
    ("文留镇", "赵庄村"),
    ("文留镇", "前赵庄村"),
    ("阳邵镇", "赵庄村"),
    ("阳邵镇", "中原路街道"),
    ("阳邵镇", ""),
]


@pytest.fixture
def city(tmp_path) -> Iterator[City]:
    shapes = [shapely.box(115 + n / 100, 35, 115.01 + n / 100, 35.01) for n in range(len(ROWS))]
    frame = gpd.GeoDataFrame(ROWS, columns=["乡镇", "村"], geometry=shapes, crs="EPSG:4326")
    frame["code"] = [f"4109{n:03}" for n in range(len(ROWS))]
    grid = Grid.from_frame(frame, "code", levels=("乡镇", "村"))
    with open_store(tmp_path / "city.db") as store:
        import_grid(store, "方案", told_apart(grid))
        yield City(store)


def groups(city: City, text: str) -> list[tuple[str, str, str]]:
    return [(one.name, one.ref, one.within) for one in search(city, text) if one.kind == "group"]


def test_the_whole_name_first_then_parts_of_it(city: City) -> None:
    assert groups(city, "赵庄村") == [
        ("赵庄村 (文留镇)", "村", "文留镇"),
        ("赵庄村 (阳邵镇)", "村", "阳邵镇"),
        ("前赵庄村", "村", "文留镇"),
    ]
    assert groups(city, "中原路街道") == [("中原路街道", "村", "阳邵镇")]


def test_a_coarse_group_covers_all_its_cells(city: City) -> None:
    found = search(city, "文留")[0]
    assert (found.kind, found.name, found.within) == ("group", "文留镇", "")
    assert found.bounds == pytest.approx((115, 35, 115.02, 35.01))


def test_cells_without_a_group_are_no_group(city: City) -> None:
    assert all(name for name, _, _ in groups(city, "村"))
