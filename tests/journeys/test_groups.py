"""Groups of the plan's levels are found by their names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from gridmap.grid.levels import told_apart
from gridmap.grid.model import Grid
from gridmap.journeys.cells.plans import import_grid
from gridmap.journeys.city import City
from gridmap.journeys.incidents.addresses import finder
from gridmap.journeys.incidents.look import look
from gridmap.journeys.search import search
from gridmap.journeys.source import Source
from gridmap.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


def test_an_address_that_only_names_a_group_is_in_it_as_exactly_as_that_is(city: City) -> None:
    find = finder(city)
    town = find("文留镇")
    assert (town.reason, town.level, town.name) == ("ok", "place", "文留镇")
    assert 115 < town.lon < 115.02
    assert 35 < town.lat < 35.01
    assert town.error_m == pytest.approx(math.hypot(1820, 1112) / 2, rel=0.01)
    assert find("河南省濮阳市文留镇").name == "文留镇"
    assert find("赵庄村").reason == "address-ambiguous"
    assert find("阳邵镇赵庄村").name == "赵庄村 (阳邵镇)"
    assert find("文留镇前赵庄村村民委员会").name == "前赵庄村"
    assert find("文留镇幸福路").reason == "address-unknown"
    assert find("文留镇幸福路3号").reason == "address-unknown"
    assert {one.kind for one in search(city, "文留镇")} == {"group"}  # not as an address again


def test_incidents_that_only_name_a_group_are_placed_in_it(city: City, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("编号,上报时间,地址\n1,2024-05-01,文留镇\n2,2024-05-01,赵庄村\n", "utf-8")
    seen = look(city, Source(path, path.name, "calls"))
    assert seen.found == {"place": 1}
    assert seen.totals["placed"] == 1
    assert seen.totals["reasons"] == {"address-ambiguous": 1}
    assert ("address.near", {"count": 1}) in seen.notices
