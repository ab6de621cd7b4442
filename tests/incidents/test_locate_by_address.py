"""gridmap locate for files that have addresses instead of coordinates."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from gridmap.cli import app
from gridmap.incidents.address import Geocoder
from gridmap.streets.addresses import StreetAddresses

ADDRESSES = ["Massachusetts Ave & Vassar St Cambridge, MA", "850 Cambridge St", "", "1 Nowhere Pl"]


def run(*call):
    done = CliRunner().invoke(app, [str(part) for part in ("locate", *call)])
    return done.exit_code, done


def test_by_streets(tmp_path, cambridge):
    pd.DataFrame({"n": range(4), "where": ADDRESSES}).to_csv(tmp_path / "in.csv", index=False)
    code, done = run(
        tmp_path / "in.csv", tmp_path / "out.csv", "--json", "-", "--address", "where",
        "--grid", cambridge / "response_districts.geojson.gz", "--code", "CADRA",
        "--streets", cambridge / "streets.geojson.gz",
    )  # fmt: skip
    assert code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["reasons"] == {"ok": 2, "no-coordinates": 1, "address-unknown": 1}
    out = pd.read_csv(tmp_path / "out.csv", dtype=str, keep_default_na=False)
    assert out["match"].tolist() == ["intersection", "number", "", ""]
    assert out["reason"].tolist() == ["ok", "ok", "no-coordinates", "address-unknown"]
    assert out["cell_near"][0] != ""


def test_by_gazetteer_in_gbk(tmp_path):
    cells = gpd.GeoDataFrame(
        {"code": ["001", "002"]}, crs=4326,
        geometry=[shapely.box(115, 35, 115.5, 36), shapely.box(115.5, 35, 116, 36)],
    )  # fmt: skip
    cells.to_file(tmp_path / "cells.gpkg")
    places = "地址,经度,纬度\n濮阳市长安路12号,115.2,35.7\n濮阳市建设路3号,115.7,35.8\n"
    (tmp_path / "places.csv").write_bytes(places.encode("gbk"))
    (tmp_path / "in.csv").write_bytes("编号,地址\n1,长安路12号旁边\n2,建没路3号\n".encode("gbk"))
    code, done = run(
        tmp_path / "in.csv", tmp_path / "out.csv", "--grid", tmp_path / "cells.gpkg",
        "--address", "地址", "--gazetteer", tmp_path / "places.csv",
    )  # fmt: skip
    assert code == 0, done.output
    out = pd.read_csv(tmp_path / "out.csv", dtype=str, keep_default_na=False)
    assert out["cell"].tolist() == ["001", "002"]


def test_not_both(tmp_path, cambridge):
    pd.DataFrame({"where": ADDRESSES}).to_csv(tmp_path / "in.csv", index=False)
    streets = cambridge / "streets.geojson.gz"
    code, done = run(
        tmp_path / "in.csv", tmp_path / "out.csv", "--address", "where", "--streets", streets,
        "--grid", cambridge / "response_districts.geojson.gz", "--gazetteer", streets,
    )  # fmt: skip
    assert code == 2
    assert "not both" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_an_address_that_is_not_looked_up_is_said(tmp_path, cambridge):
    grid = ["--grid", cambridge / "response_districts.geojson.gz", "--code", "CADRA"]
    rows = pd.DataFrame({"where": ["850 Cambridge St"], "lon": [-71.1], "lat": [42.37]})
    rows.to_csv(tmp_path / "in.csv", index=False)
    files = tmp_path / "in.csv", tmp_path / "out.csv"
    code, done = run(*files, *grid, "--address", "where")
    assert code == 0
    assert "not looked up: name what to find them in with --streets or --gazetteer" in done.stderr
    code, done = run(*files, *grid, "--streets", cambridge / "streets.geojson.gz")
    assert code == 0
    assert "has no column of addresses" in done.stderr


LONG = shapely.LineString([(0, 0), (0.004, 0)])
STREETS = StreetAddresses(gpd.GeoDataFrame({"name": ["Long Road"]}, geometry=[LONG], crs=4326))
PLACES = Geocoder(pd.DataFrame({"address": ["长安路12号"], "lon": [115.0], "lat": [35.0]}))
written = st.text(
    st.sampled_from("0123456789 -/&,.()号楼栋单元室长安路村委会区县镇一二十AaBSt½①")
    | st.characters(),
    max_size=20,
)


@given(written)
def test_whatever_is_written_is_answered(text):
    for match in (STREETS.find(text), PLACES.find(text)):
        assert match.reason in ("ok", "address-unknown", "address-ambiguous")
        assert (match.lon == match.lon) == (match.reason == "ok")


@pytest.mark.parametrize("text", ["0 Long Rd", "99999999999999999999 Long Rd", "１２号", "Ⅷ号"])
def test_odd_numbers(text):
    assert STREETS.find(text).reason != ""
    assert PLACES.find(text).reason != ""
