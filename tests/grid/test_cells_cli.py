"""check, repair and codes as commands, and the files they write."""

import json
import sqlite3

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from gridmap.cli import app
from gridmap.files.cells import read_grid, write_frame
from tests.grid.generate import faulty
from tests.grid.test_repair import read


@pytest.fixture(scope="module")
def dirty(tmp_path_factory):
    path = tmp_path_factory.mktemp("cells") / "dirty.gpkg"
    faulty(20, 20, 1)[0].to_file(path)
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


def test_check_writes_what_was_asked(dirty, tmp_path):
    defects, report, answer = (tmp_path / name for name in ("d.gpkg", "r.html", "c.json"))
    done = run(
        "check", dirty, "--defects", defects, "--report", report, "--json", answer, "--lang", "zh"
    )
    assert done.exit_code == 1
    assert "未达到无重叠、全覆盖" in done.stdout
    found = json.loads(answer.read_text())
    assert found["ok"] is False
    assert found["counts"]["overlap"] == 2
    layers = {name for name, _ in pyogrio.list_layers(defects)}
    assert {"cells", "defects_areas", "defects_lines", "defects_points"} <= layers
    areas = gpd.read_file(defects, layer="defects_areas")
    numbers = sum(
        len(gpd.read_file(defects, layer=f"defects_{kind}"))
        for kind in ("areas", "lines", "points")
    )
    assert numbers == len(found["defects"])
    assert set(areas["severity"]) <= {"error", "notice"}
    with sqlite3.connect(defects) as database:
        styles = database.execute("SELECT f_table_name, styleQML FROM layer_styles").fetchall()
    assert {name for name, _ in styles} == layers - {"layer_styles"}
    assert all("<renderer-v2" in style for _, style in styles)
    page = report.read_text()
    assert page.count("<tr id=") == len(found["defects"])
    assert "http" not in page.replace("http-equiv", "")


def test_check_to_stdout_is_json_only(dirty):
    done = run("check", dirty, "--json", "-")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["cells"] == 401


def test_rules_from_a_file(dirty, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text('required = ["nobody"]\n')
    done = run("check", dirty, "--rules", rules)
    assert done.exit_code == 2
    assert "nobody" in done.stderr
    rules.write_text("required = [")
    assert run("check", dirty, "--rules", rules).exit_code == 2


def test_repair_from_file_to_file(dirty, tmp_path):
    out, changes, answer = (tmp_path / name for name in ("out.gpkg", "ch.csv", "r.json"))
    done = run("repair", dirty, out, "--gap-width", 500, "--changes", changes, "--json", answer)
    assert done.exit_code == 1  # the second of two duplicates has no ground now
    result = json.loads(answer.read_text())
    assert [each["kind"] for each in result["left"]] == ["empty"]
    table = pd.read_csv(changes)
    assert len(table) == len(result["changes"]) + 1
    before, after = gpd.read_file(dirty), gpd.read_file(out)
    assert list(before["code"]) == list(after["code"])
    same = shapely.to_wkb(before.geometry.to_numpy()) == shapely.to_wkb(after.geometry.to_numpy())
    touched = {code for each in result["changes"] for code in each["cells"]}
    assert set(before["code"][~same]) <= touched
    again = run("check", out)
    assert again.stdout.count("error") >= 1
    name = result["changes"][0]["id"]
    refused = run("repair", dirty, tmp_path / "o.gpkg", "--refuse", name, "--json", "-")
    assert name not in {each["id"] for each in json.loads(refused.stdout)["changes"]}


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "parquet", "shp"])
@pytest.mark.parametrize("layer", ["messy/in_ahmedabad_wards", "messy/maup_denver2020_orig"])
def test_untouched_rows_keep_their_bytes(shared_data, tmp_path, layer, ending):
    given, out = (tmp_path / f"{name}.{ending}" for name in ("given", "out"))
    write_frame(read(shared_data, layer), given)
    result = json.loads(run("repair", given, out, "--json", "-").stdout)
    touched = {code for each in result["changes"] for code in each["cells"]}
    before, after = read_grid(given), read_grid(out)
    flat = ending == "fgb"  # mixed types it can hold without heights only
    old, new = (
        shapely.to_wkb(x.shapes, output_dimension=2 if flat else 3) for x in (before, after)
    )
    same = old == new
    assert before.codes.tolist() == after.codes.tolist()
    assert 0 < (~same).sum() < len(same)
    assert set(before.codes[~same]) <= touched


def test_codes_from_file_to_file(dirty, tmp_path):
    out = tmp_path / "coded.gpkg"
    cells = gpd.read_file(dirty)
    cells["county"] = "110101"
    cells["town"] = "001"
    cells["village"] = "002"
    path = tmp_path / "in.gpkg"
    cells.to_file(path)
    done = run("codes", path, out, "--scheme", "unit-15", "--levels", "county,town,village")
    assert done.exit_code == 0, done.stderr
    assert gpd.read_file(out)["code"].str.fullmatch(r"110101001002\d{3}").all()
    assert run("codes", path, out, "--scheme", "nope").exit_code == 2
