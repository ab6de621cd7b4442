"""Layers into the store: what is refused, and what is never kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from shapely import box

from gridmap.errors import ColumnError
from gridmap.journeys.city import City
from gridmap.journeys.layers import import_layer
from gridmap.journeys.source import Source
from gridmap.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridmap.store import Store

SHAPES = [box(115.0, 35.7, 115.1, 35.8), box(115.1, 35.7, 115.2, 35.8)]
BLOCKS = {"block": ["1", "2"], "people": [300, 500]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "town.db") as store:
        yield store


def blocks(folder: Path, **columns: list[object]) -> Source:
    path = folder / "blocks.geojson"
    frame = gpd.GeoDataFrame({**BLOCKS, **columns}, geometry=SHAPES, crs="EPSG:4326")
    frame.to_file(path, driver="GeoJSON")
    return Source(path, path.name, "blocks")


def kept_files(store: Store) -> int:
    with store.database.read() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM files").scalar_one()


@pytest.mark.parametrize("weight", [None, "households", "block_kind"])
def test_blocks_need_a_column_of_counts(store: Store, tmp_path: Path, weight: str | None) -> None:
    source = blocks(tmp_path, block_kind=["house", "shop"])
    with pytest.raises(ColumnError):
        import_layer(store, "blocks", source, weight)
    assert store.layers.all() == []
    assert City(store).blocks() is None


def test_the_newest_blocks_serve_the_city(store: Store, tmp_path: Path) -> None:
    import_layer(store, "blocks", blocks(tmp_path), "people")
    newest = import_layer(store, "blocks", blocks(tmp_path, flats=[3, 5]), "flats")
    found = City(store).blocks()
    assert found is not None
    assert (found.layer, found.weight, list(found.frame["flats"])) == (newest.id, "flats", [3, 5])
    assert kept_files(store) == 2


def test_blocks_of_an_earlier_version_without_counts_are_none(store: Store, tmp_path: Path) -> None:
    store.layers.add("blocks", "old", blocks(tmp_path).frame(), {})
    assert City(store).blocks() is None


def test_blocks_keep_no_column_about_people(store: Store, tmp_path: Path) -> None:
    source = blocks(tmp_path, 户主姓名=["张三", "李四"])
    layer = import_layer(store, "blocks", source, "people")
    assert list(layer.about["dropped"]) == ["户主姓名"]
    assert "户主姓名" not in store.layers.frame(layer.id)
    assert kept_files(store) == 0


def test_a_gazetteer_keeps_no_column_about_people(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    rows = [
        "地址,经度,纬度,户主姓名,联系电话",
        "濮阳市长安路12号,115.2,35.7,张三,13800138000",
        "濮阳市建设路3号,115.7,35.8,李四,13900139000",
    ]
    path.write_text("\n".join(rows), "utf-8")
    layer = import_layer(store, "gazetteer", Source(path, path.name, "places"))
    assert set(layer.about["dropped"]) == {"户主姓名", "联系电话"}
    assert not {"户主姓名", "联系电话"} & set(store.layers.frame(layer.id))
    assert kept_files(store) == 0
