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


def test_changes_are_refused_by_their_ids(dirty, tmp_path):
    out, changes = tmp_path / "out.gpkg", tmp_path / "changes.csv"
    run("repair", dirty, out, "--changes", changes)
    edge = pd.read_csv(changes, dtype=str).query("kind == 'edge'").iloc[0]
    done = run("repair", dirty, out, "--refuse", f" {edge['id']},", "--json", "-")
    told = json.loads(done.stdout)
    assert edge["id"] not in {each["id"] for each in told["changes"]}
    assert "refused" in {each["reason"] for each in told["left"]}
    out.unlink()
    done = run("repair", dirty, out, "--refuse", f"{edge['id']},nonsense")
    assert done.exit_code == 2
    assert "nonsense" in done.stderr
    assert edge["id"] not in done.stderr
    assert not out.exists()


def test_rules_from_a_file(dirty, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text('required = ["nobody"]\n')
    done = run("check", dirty, "--rules", rules)
    assert done.exit_code == 2
    assert "nobody" in done.stderr
    rules.write_text("required = [")
    assert run("check", dirty, "--rules", rules).exit_code == 2


def told(folder, rules, *arguments, command="check"):
    """Return the JSON and the words of a check of two cells with a hole and an overlap."""
    hole = shapely.box(30, 30, 40, 40)
    shapes = [shapely.box(0, 0, 90, 90) - hole, shapely.box(80, 0, 180, 90)]
    cells = gpd.GeoDataFrame({"code": ["A", "B"], "homes": [200, None]}, geometry=shapes)
    cells.geometry = cells.translate(500_000, 4_000_000)
    cells.set_crs(4547).to_file(folder / "two.gpkg")
    (folder / "r.toml").write_text(rules)
    out = [folder / "out.gpkg"] if command == "repair" else []
    answer = folder / "answer.json"
    done = run(command, folder / "two.gpkg", *out, "--rules", folder / "r.toml", "--json", answer,
               *arguments)  # fmt: skip
    return json.loads(answer.read_text()), done.stdout + done.stderr


def test_rules_about_nothing_are_told(tmp_path):
    lake = gpd.GeoSeries([shapely.Point(500_035, 4_000_035)], crs=4547).to_crs(4326)[0]
    allowed = '[[allowed]]\npoint = [{}, {}]\nwho = "Water office"\nwhy = "lake"\n'
    answer, words = told(tmp_path, allowed.format(lake.x, lake.y))
    assert answer["allowed"] == [{"point": [lake.x, lake.y], "who": "Water office", "why": "lake"}]
    assert answer["notices"] == []
    assert "lake (Water office)" in words
    assert "1 hole is" in words
    answer, words = told(tmp_path, 'locked = ["A", "ZZ"]\n' + allowed.format(1.0, 2.0))
    assert answer["allowed"] == []
    assert [("ZZ" in each, "2.000000" in each) for each in answer["notices"]] == [
        (True, False),
        (False, True),
    ]
    answer, _ = told(tmp_path, 'locked = ["A", "ZZ"]', command="repair")
    assert len(answer["notices"]) == 1


def test_sentences_fit_what_was_found(tmp_path):
    answer, words = told(tmp_path, '[size]\ncolumn = "homes"\ntarget = 200.0')
    by_kind = {each["kind"]: each["message"] for each in answer["defects"]}
    assert "beside A." in by_kind["gap"]
    assert "has no number in column homes" in by_kind["size"]
    assert "2 errors, 1 notice." in words
    answer, _ = told(tmp_path, 'locked = ["A", "B"]', command="repair")
    assert [(each["kind"], each["reason"]) for each in answer["left"]] == [
        ("overlap", "locked"),
        ("gap", "wide"),
    ]


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
    old, new = (shapely.to_wkb(x.shapes) for x in (before, after))
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


def test_what_a_command_reads_is_not_written_over(dirty, tmp_path):
    before, target = dirty.read_bytes(), tmp_path / "out.gpkg"
    report = tmp_path / "report.html"
    for call in (
        ("check", dirty, "--defects", dirty),
        ("check", dirty, "--json", dirty),
        ("check", dirty, "--report", report, "--json", report),
        ("repair", dirty, target, "--changes", target),
        ("repair", dirty, target, "--changes", dirty),
        ("repair", dirty, dirty, "--keep-from", dirty),
        ("codes", dirty, target, "--scheme", "free", "--json", target),
    ):
        done = run(*call)
        assert done.exit_code == 2, call
        assert "would take the place" in done.stderr
    assert dirty.read_bytes() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", ["no/such/folder.csv", "changes.txt"])
def test_nothing_is_written_if_one_of_the_files_cannot_be(dirty, tmp_path, wrong):
    done = run("repair", dirty, tmp_path / "out.gpkg", "--changes", tmp_path / wrong)
    assert done.exit_code == 2
    assert list(tmp_path.iterdir()) == []
    for option, name in (("--defects", "d.geojson"), ("--report", "r.gpkg")):
        done = run("check", dirty, option, tmp_path / name, "--json", tmp_path / "c.json")
        assert done.exit_code == 2
        assert "Name it as one of" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_findings_without_a_place_are_listed_too(tmp_path):
    path, out = tmp_path / "cells.gpkg", tmp_path / "d.gpkg"
    codes = {"code": ["A", None, "C"]}
    shapes = [shapely.box(0, 0, 9, 9), None, shapely.Polygon()]
    gpd.GeoDataFrame(codes, geometry=shapes, crs=4547).to_file(path)
    assert run("check", path, "--defects", out, "--cells-crs", "EPSG:32650").exit_code == 1
    assert list(gpd.read_file(out, layer="defects_points")["kind"]) == ["empty", "empty", "code"]


def test_cells_touched_are_those_whose_bytes_change(tmp_path):
    path = tmp_path / "twice.gpkg"
    square = shapely.box(500_000, 3_400_000, 500_100, 3_400_100)
    gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=[square] * 2, crs=4547).to_file(path)
    assert "1 cell touched" in run("repair", path, tmp_path / "out.gpkg").stdout


def test_a_file_beside_the_cells_must_hold_its_crs(dirty, tmp_path):
    boundary = tmp_path / "boundary.shp"
    gpd.GeoDataFrame(geometry=[shapely.box(5e5, 3e6, 6e5, 4e6)], crs=4547).to_file(boundary)
    boundary.with_suffix(".prj").unlink()
    for call in (
        ("check", dirty, "--boundary"),
        ("repair", dirty, tmp_path / "o.fgb", "--keep-from"),
    ):
        done = run(*call, boundary, "--cells-crs", "EPSG:4547")
        assert done.exit_code == 2
        assert "write the CRS of this file into it" in done.stderr
