"""What is bad is answered in one clear sentence with exit code 2, and nothing is written."""

import gzip
import json

import geopandas as gpd
import pytest
import shapely

CELLS = "response_districts.geojson.gz"
CRASHES = "crashes_2010_2016.csv.gz"


def refused(done, *words):
    """One sentence or two on one line, exit code 2, nothing on stdout."""
    assert done.returncode == 2, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("gridmap: ")
    assert done.stdout == ""
    for word in words:
        assert word in lines[0]
    return lines[0]


@pytest.fixture
def bow_tie(tmp_path):
    """A layer of which the first cell crosses itself at 1, 1 (112.5113° E)."""
    ring = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    good = shapely.box(3, 0, 4, 1)
    frame = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=[ring, good], crs="EPSG:32650")
    frame.to_file(tmp_path / "bow.gpkg")
    return tmp_path / "bow.gpkg"


@pytest.fixture
def locate(run):
    """Call gridmap locate."""

    def call(incidents, grid, out, *more):
        return run("locate", incidents, out, "--grid", grid, *more)

    return call


def test_missing_file(locate, cambridge, tmp_path):
    done = locate(cambridge / CRASHES, tmp_path / "no.gpkg", tmp_path / "out.csv")
    refused(done, "no.gpkg", "not there")
    assert list(tmp_path.iterdir()) == []


def test_text_called_gpkg(locate, cambridge, tmp_path):
    false = tmp_path / "false.gpkg"
    false.write_text("these are no cells\n")
    refused(locate(cambridge / CRASHES, false, tmp_path / "out.csv"), "false.gpkg", ".gpkg")
    assert list(tmp_path.iterdir()) == [false]


def test_csv_without_the_column(locate, cambridge, tmp_path):
    out = tmp_path / "out.csv"
    done = locate(cambridge / CRASHES, cambridge / CELLS, out, "--x", "easting", "--y", "lat")
    refused(done, "easting", "row_id, datetime")
    assert not out.exists()


def test_csv_without_coordinates(locate, cambridge, tmp_path):
    table = tmp_path / "in.csv"
    table.write_text("what,who\na,b\n")
    refused(locate(table, cambridge / CELLS, tmp_path / "out.csv"), "in.csv", "what, who", "--x")


def test_layer_without_crs(locate, cambridge, tmp_path):
    frame = gpd.read_file(f"/vsigzip/{cambridge / CELLS}").set_crs(None, allow_override=True)
    frame.to_parquet(tmp_path / "cells.parquet")
    done = locate(cambridge / CRASHES, tmp_path / "cells.parquet", tmp_path / "out.csv")
    refused(done, "no CRS", "degrees", "--cells-crs")
    told = locate(
        cambridge / CRASHES,
        tmp_path / "cells.parquet",
        tmp_path / "o.csv",
        "--cells-crs",
        "EPSG:4326",
    )
    assert told.returncode == 0, told.stderr


def test_boston_precincts_call_feet_degrees(locate, cambridge, shared_data, tmp_path):
    precincts = shared_data / "boston/precincts.epsg2249.geojson.gz"
    done = locate(cambridge / CRASHES, precincts, tmp_path / "out.csv")
    refused(done, "EPSG:4326", "cannot be degrees", "EPSG:2249", "--cells-crs")
    assert list(tmp_path.iterdir()) == []


def test_ring_that_crosses_itself(locate, cambridge, bow_tie, tmp_path):
    line = refused(
        locate(cambridge / CRASHES, bow_tie, tmp_path / "out.csv", "--code", "code"), "a"
    )
    assert "112.5113" in line
    assert not (tmp_path / "out.csv").exists()


def test_geojson_in_metres_without_crs_member(locate, cambridge, tmp_path):
    cells = {"type": "FeatureCollection", "features": []}
    ring = [[430000, 3960000], [431000, 3960000], [431000, 3961000], [430000, 3960000]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    cells["features"].append({"type": "Feature", "properties": {"code": "a"}, "geometry": shape})
    (tmp_path / "cells.geojson.gz").write_bytes(gzip.compress(json.dumps(cells).encode()))
    done = locate(cambridge / CRASHES, tmp_path / "cells.geojson.gz", tmp_path / "out.csv")
    refused(done, "cannot be degrees")


def test_folder_that_is_not_there(locate, cambridge, tmp_path):
    refused(
        locate(cambridge / CRASHES, cambridge / CELLS, tmp_path / "no" / "out.csv"), "no", "Make it"
    )


def test_unknown_kind_of_output(locate, cambridge, tmp_path):
    refused(locate(cambridge / CRASHES, cambridge / CELLS, tmp_path / "out.doc"), "out.doc", ".csv")


def test_unknown_option_and_command(run, tmp_path):
    refused(run("locate", "--nosuch"), "--nosuch", "--help")
    refused(run("nosuch"), "nosuch", "--help")
    refused(run("locate", tmp_path / "a.csv"), "--help")


def test_chinese(locate, cambridge, tmp_path):
    done = locate(cambridge / CRASHES, tmp_path / "no.gpkg", tmp_path / "out.csv", "--lang", "zh")
    refused(done, "找不到", "no.gpkg")
    feet = tmp_path / "cells.geojson"
    ring = [[430000, 3960000], [431000, 3960000], [431000, 3961000], [430000, 3960000]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"code": "a"}, "geometry": shape}
    feet.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    done = locate(cambridge / CRASHES, feet, tmp_path / "out.csv", "--lang", "zh")
    refused(done, "不可能是经纬度", "cells.geojson")


def test_json_where_nothing_can_be_written(locate, cambridge, tmp_path):
    out = tmp_path / "out.csv"
    lost = tmp_path / "no" / "a.json"
    refused(
        locate(cambridge / CRASHES, cambridge / CELLS, out, "--json", lost), "a.json", "Make it"
    )
    assert not out.exists()
    done = locate(cambridge / CRASHES, cambridge / CELLS, out, "--unplaced", tmp_path)
    refused(done, "not written")
    assert not out.exists()


def test_cells_given_as_incidents(locate, cambridge, tmp_path):
    out = tmp_path / "out.csv"
    refused(locate(cambridge / CELLS, cambridge / CELLS, out), "Polygon", "points")
    assert not out.exists()
