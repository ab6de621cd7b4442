"""Layers in and out, in every format of cells."""

import gzip
import resource
import sqlite3
import zipfile
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from pyogrio import raw
from shapely.testing import assert_geometries_equal

from gridmap.errors import CrsError, FileError
from gridmap.files.cells import DRIVERS, read_frame, read_grid, write_frame
from gridmap.files.kinds import CELLS

CODE = "CADRA"


@pytest.fixture(scope="module")
def districts(cambridge):
    return read_frame(cambridge / "response_districts.geojson.gz")


def test_as_geopandas_reads_them(cambridge, districts):
    plain = gpd.read_file(f"/vsigzip/{cambridge / 'response_districts.geojson.gz'}")
    assert districts.crs == plain.crs
    assert shapely.to_wkb(districts.geometry).tolist() == shapely.to_wkb(plain.geometry).tolist()
    columns = [name for name in plain.columns if name != "geometry"]
    assert (districts[columns].fillna("") == plain[columns].fillna("")).all(axis=None)


@pytest.mark.parametrize("suffix", sorted(CELLS))
def test_there_and_back(districts, tmp_path, suffix):
    path = tmp_path / f"cells{suffix}"
    frame = districts[["CADRA", "WALK_RTE", "geometry"]]
    write_frame(frame, path)
    assert [entry.name for entry in tmp_path.iterdir() if suffix != ".shp"] in ([], [path.name])
    back = read_frame(path)
    assert len(back) == len(frame)
    assert back.crs.to_epsg() == 4326
    if suffix == ".kml":
        assert_geometries_equal(back.geometry, frame.geometry, tolerance=1e-9)
        assert back["CADRA"].astype(int).tolist() == frame["CADRA"].tolist()
        assert back["WALK_RTE"].tolist() == frame["WALK_RTE"].tolist()
        return
    normal = [shapely.normalize(shapes.geometry.to_numpy()) for shapes in (back, frame)]
    assert (shapely.to_wkb(normal[0]) == shapely.to_wkb(normal[1])).all()
    assert back["CADRA"].astype(int).tolist() == frame["CADRA"].tolist()


def test_chinese_shapefile_without_cpg(tmp_path):
    names = ["南顾屯村", "望海寺村"]
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    frame = gpd.GeoDataFrame({"名称": names}, geometry=shapes, crs=4326)
    frame.to_file(tmp_path / "a.shp", encoding="GB18030")
    (tmp_path / "a.cpg").unlink()
    assert read_frame(tmp_path / "a.shp")["名称"].tolist() == names
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"a.{part}", f"网格/a.{part}")
    assert read_frame(tmp_path / "a.zip")["名称"].tolist() == names


def test_geopackage_open_elsewhere(districts, tmp_path):
    """What another program has written but not yet merged into the file counts."""
    path = tmp_path / "open.gpkg"
    districts[["CADRA", "geometry"]].to_file(path, layer="cells")
    with sqlite3.connect(path) as base:
        base.execute("pragma journal_mode = wal")
        base.execute("pragma wal_autocheckpoint = 0")
        base.execute("drop trigger if exists rtree_cells_geom_update6")
        base.execute("drop trigger if exists rtree_cells_geom_update7")
        for (name,) in base.execute("select name from sqlite_master where type = 'trigger'"):
            base.execute(f'drop trigger "{name}"')
        base.execute("update cells set CADRA = CADRA + 1000")
        base.commit()
        before = sorted(entry.name for entry in tmp_path.iterdir())
        assert read_frame(path)["CADRA"].min() > 1000
        assert sorted(entry.name for entry in tmp_path.iterdir()) == before
    base.close()


def test_several_layers(districts, tmp_path):
    path = tmp_path / "two.gpkg"
    districts.to_file(path, layer="one")
    districts.to_file(path, layer="two")
    with pytest.raises(FileError, match="one, two"):
        read_frame(path)


def test_precincts_in_their_own_crs(shared_data):
    path = shared_data / "boston/precincts.epsg2249.geojson.gz"
    with pytest.raises(CrsError, match="EPSG:2249"):
        read_grid(path)
    grid = read_grid(path, "WARD_PRECINCT", crs="EPSG:2249")
    assert len(grid.cells) == 255
    assert grid.codes[0] == "0113"


def test_a_large_file_is_not_taken_for_a_bomb(shared_data):
    frame = read_frame(shared_data / "towns/tw_villages.parquet")
    assert len(frame) == 7_701
    assert frame["VILLNAME"].str.contains("里|村").any()


def test_what_was_there_stays_when_writing_fails(districts, tmp_path):
    path = tmp_path / "cells.gpkg"
    path.write_text("before")
    broken = districts.assign(bad=np.zeros(len(districts), complex))
    with pytest.raises(Exception, match=r".*"):  # whatever GDAL raises
        write_frame(broken, path)
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["cells.gpkg"]


def test_gzip_is_the_same_twice(districts, tmp_path):
    for name in ("a.geojson.gz", "b.geojson.gz"):
        write_frame(districts, tmp_path / name)
    first, second = ((tmp_path / name).read_bytes() for name in ("a.geojson.gz", "b.geojson.gz"))
    assert first == second
    assert gzip.decompress(first).startswith(b"{")


ATTRIBUTES = {
    "code": ["a", "b", "c"],
    "whole": pa.array([2**60 + 1, None, 3]),
    "small": pa.array([1, None, 3], pa.int32()),
    "yes": pa.array([True, None, False]),
    "day": pa.array([date(2020, 1, 1), None, date(1066, 1, 1)]),
    "at": pa.array([1_577_000_000_000, None, 0], pa.timestamp("ms", "UTC")),
    "bytes": pa.array([b"\x00\x01", None, b"x"]),
    "text": ["", "名称", None],
}


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".shp", ".fgb", ".parquet"])
def test_attributes_stay_what_they_are_beside_empty_values(tmp_path, suffix):
    squares = [shapely.box(x, 0, x + 1, 1) for x in range(3)]
    table = pa.table({**ATTRIBUTES, "geometry": shapely.to_wkb(squares)})
    if suffix == ".shp":
        table = table.drop_columns(["bytes", "at"])
    source, target = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    if suffix == ".parquet":
        frame = table.drop_columns(["geometry"]).to_pandas(types_mapper=pd.ArrowDtype)
        gpd.GeoDataFrame(frame, geometry=squares, crs=4547).to_parquet(source)
    else:
        options = {"SPATIAL_INDEX": "NO"} if suffix == ".fgb" else {}
        raw.write_arrow(
            table,
            source,
            driver=DRIVERS[suffix[1:]],
            geometry_name="geometry",
            geometry_type="Polygon",
            crs="EPSG:4547",
            **options,
        )
    write_frame(read_frame(source, crs=4547), target)
    read = pq.read_table if suffix == ".parquet" else lambda path: raw.read_arrow(path)[1]
    before, after = read(source), read(target)
    for name in set(table.column_names) - {"geometry"}:
        kinds = {
            str(each.schema.field(name).type).removeprefix("large_") for each in (before, after)
        }
        assert len(kinds) == 1, name
        assert after.column(name).to_pylist() == before.column(name).to_pylist()


@pytest.mark.parametrize("nothing", [None, shapely.Polygon()])
def test_flatgeobuf_with_a_row_without_ground(tmp_path, nothing):
    path = tmp_path / "cells.fgb"
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), nothing]
    write_frame(gpd.GeoDataFrame({"code": ["a", "b", "c"]}, geometry=shapes, crs=4547), path)
    back = read_frame(path).geometry.to_numpy()
    assert (shapely.to_wkb(back[:2]) == shapely.to_wkb(shapes[:2])).all()
    assert back[2] is None


@pytest.mark.parametrize("suffix", [".fgb", ".gpkg"])
def test_polygons_beside_multipolygons_keep_their_heights(tmp_path, suffix):
    square = shapely.force_3d(shapely.box(0, 0, 1, 1), 7.0)
    shapes = [square, shapely.MultiPolygon([square])]
    path = tmp_path / f"cells{suffix}"
    write_frame(gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=shapes, crs=4547), path)
    back = read_frame(path).geometry.to_numpy()
    assert (shapely.to_wkb(back) == shapely.to_wkb(shapes)).all()


def test_curves_are_refused(tmp_path):
    wkb = (
        bytes.fromhex("010a00000001000000010800000005000000")
        + np.array([0.0, 0, 1, 1, 2, 0, 1, -1, 0, 0]).tobytes()
    )
    path = tmp_path / "cells.gpkg"
    raw.write_arrow(
        pa.table({"code": ["a"], "geometry": pa.array([wkb])}),
        path,
        driver="GPKG",
        geometry_name="geometry",
        geometry_type="Unknown",
        crs="EPSG:4547",
    )
    with pytest.raises(FileError, match=r"cells\.gpkg holds curves"):
        read_frame(path)


@pytest.mark.parametrize("suffix", [".fgb", ".kml"])
def test_a_file_cut_short_is_told_and_not_left(districts, tmp_path, suffix):
    """GDAL closes these without a word where the disk takes no more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(OSError, match=rf"File too large: '.*cells\{suffix}'"):
            write_frame(districts, tmp_path / f"cells{suffix}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_what_gdal_cannot_write_is_told(tmp_path):
    square = shapely.box(0, 0, 1, 1)
    frame = gpd.GeoDataFrame({"x": [1]}, geometry=[square], crs=4547)
    frame["geometry"] = [shapely.GeometryCollection([square, shapely.Point(0, 0)])]
    with pytest.raises(FileError, match="could not be written"):
        write_frame(frame, tmp_path / "cells.shp")
    assert list(tmp_path.iterdir()) == []
