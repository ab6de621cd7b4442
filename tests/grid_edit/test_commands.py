"""edit, diff, crosswalk and redraw from file to file."""

import json

import geopandas as gpd
import pandas as pd
import pytest
from typer.testing import CliRunner

from gridmap.cli import app
from tests.grid_edit.conftest import SHAPES

DISTRICTS = SHAPES / "response_districts.geojson.gz"
BLOCKS = SHAPES / "blocks2000.geojson.gz"
LINE = {"type": "LineString", "coordinates": [[-71.16, 42.4035], [-71.1, 42.4033]]}
EDITS = [
    {"op": "merge", "cells": ["1104", "1111"], "code": "A1"},
    {"op": "recode", "cell": "1103", "code": "B"},
    {"op": "split", "cell": "A1", "line": LINE, "codes": ["A1", "C"]},
]


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


def write(path, value):
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


@pytest.fixture
def edited(tmp_path):
    out = tmp_path / "out.gpkg"
    edits = write(tmp_path / "edits.json", EDITS)
    answer = run("edit", DISTRICTS, out, "--edits", edits, "--code", "CADRA", "--json", "-")
    assert answer.exit_code == 0, answer.output
    return out, json.loads(answer.stdout)


def test_edit_leaves_all_others_byte_for_byte(edited):
    out, said = edited
    before = gpd.read_file(f"/vsigzip/{DISTRICTS}")
    after = gpd.read_file(out)
    assert said["cells"] == len(after) == 117
    touched = {code for step in said["edits"] for code in step["old"] + step["new"]}
    codes = before["CADRA"].astype(str)
    was = dict(zip(codes, before.geometry.to_wkb(), strict=True))
    now = dict(zip(after["CADRA"], after.geometry.to_wkb(), strict=True))
    untouched = set(codes) - touched
    assert len(untouched) > 100
    assert all(was[code] == now[code] for code in untouched)
    assert run("check", out, "--code", "CADRA").exit_code == 0


def test_diff_and_crosswalk_of_what_was_edited(edited, tmp_path):
    out, _ = edited
    answer = run("diff", DISTRICTS, out, "--code", "CADRA", "--blocks", BLOCKS, "--weight",
                 "POP_LAB", "--json", "-")  # fmt: skip
    found = json.loads(answer.stdout)
    assert found["recoded"] == [["1103", "B"]]
    assert sorted(found["vanished"]) == ["1104", "1111"]
    assert sorted(found["created"]) == ["A1", "C"]
    assert found["people"] == sum(move["people"] for move in found["moves"])
    same = run("diff", DISTRICTS, DISTRICTS, "--code", "CADRA", "--json", "-")
    assert json.loads(same.stdout)["moves"] == []
    table = tmp_path / "walk.csv"
    assert run("crosswalk", DISTRICTS, out, table, "--code", "CADRA").exit_code == 0
    walk = pd.read_csv(table, dtype={"old": str, "new": str})
    assert walk.groupby("old")["weight"].sum().round(12).eq(1).all()
    assert walk["old"].nunique() == 117


def test_all_edits_or_none(tmp_path):
    out = tmp_path / "out.gpkg"
    steps = [*EDITS, {"op": "merge", "cells": ["101", "1203"], "code": "101"}]
    edits = write(tmp_path / "edits.json", steps)
    answer = run("edit", DISTRICTS, out, "--edits", edits, "--code", "CADRA")
    assert answer.exit_code == 2
    assert "Edit 4 of 4" in answer.stderr
    assert not out.exists()
    chinese = run("edit", DISTRICTS, out, "--edits", edits, "--code", "CADRA", "--lang", "zh")
    assert "第 4 项编辑" in chinese.stderr


@pytest.mark.parametrize("text", ["", "{", "{}", '[{"op": "merge", "op": "split"}]', "[1]"])
def test_bad_edits_are_one_sentence(tmp_path, text):
    edits, out = tmp_path / "edits.json", tmp_path / "out.gpkg"
    edits.write_text(text, encoding="utf-8")
    answer = run("edit", DISTRICTS, out, "--edits", edits, "--code", "CADRA")
    assert answer.exit_code == 2
    assert len(answer.stderr.strip().splitlines()) == 1
    assert not out.exists()


def test_redraw_command(tmp_path):
    out = tmp_path / "cells.geojson"
    answer = run("redraw", BLOCKS, out, "--weight", "POP_LAB", "--target", 2000, "--code",
                 "STFID", "--json", "-")  # fmt: skip
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    cells = gpd.read_file(out)
    assert cells["POP_LAB"].sum() == 101_355
    assert len(cells) == said["cells"]
    assert len(said["assignment"]) == 886
    assert [left["reason"] for left in said["left"]] == ["block"]
    assert run("check", out).exit_code == 0
    bad = run("redraw", BLOCKS, out, "--weight", "nobody", "--target", 2000)
    assert bad.exit_code == 2
    assert "nobody" in bad.stderr


def test_redraw_names_the_furthest_and_counts_the_rest(tmp_path):
    out = tmp_path / "cells.geojson"
    answer = run("redraw", BLOCKS, out, "--weight", "POP_LAB", "--target", 120, "--code", "STFID",
                 "--lang", "zh")  # fmt: skip
    assert answer.exit_code == 0, answer.output
    told = answer.stderr.splitlines()
    assert len(told) == 21
    assert "另有" in told[-1]
    heaviest = gpd.read_file(out)["POP_LAB"].max()
    assert f"{heaviest:,.0f}" in told[0]
