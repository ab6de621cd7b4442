"""gridmap map, as a user calls it."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest

from gridmap import Grid, read_grid
from gridmap.incidents.measure import Filter
from gridmap.journeys.map import MapRequest, file_map
from gridmap.messages import text


def gridmap(*arguments, cwd):
    command = [sys.executable, "-m", "gridmap", "map", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def files(cambridge):
    return cambridge / "response_districts.geojson.gz", cambridge / "crashes_2010_2016.csv.gz"


def test_a_map_of_one_category(tmp_path, files):
    cells, crashes = files
    done = gridmap(
        cells, "out.html", "--code", "CADRA", "--incidents", crashes, "--per", "area",
        "--category", "object_1=Bicycle", "--json", "-", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["totals"]["placed"] == 28
    assert told["totals"]["placed"] + told["totals"]["unplaced"] == told["totals"]["total"] == 31
    assert sum(row["cells"] for row in told["legend"]) == 117
    assert "<!DOCTYPE html>" in (tmp_path / "out.html").read_text("utf-8")[:100]


def test_classes_of_counts_name_whole_numbers(cambridge):
    grid = read_grid(cambridge / "response_districts.geojson.gz", code="CADRA")
    spots = grid.cells.to_crs(4326).geometry.representative_point()
    rows = pd.DataFrame({"lon": spots.x, "lat": spots.y, "category": ""})
    rows = rows.loc[rows.index.repeat(range(1, len(rows) + 1))]
    rows["when"] = pd.Timestamp("2014-02-01", tz="UTC")
    drawn = file_map(grid, rows.reset_index(drop=True), MapRequest())
    spans = [[int(number) for number in row.label.split(" – ")] for row in drawn.picture.rows]
    assert spans[0][0] == 1
    assert spans[-1][1] == 117
    assert all(low == before + 1 for (_, before), (low, _) in itertools.pairwise(spans))


def test_a_map_of_hot_spots_tells_whether_it_beats_counting(tmp_path, files):
    cells, crashes = files
    asked = ("--kind", "hotspots", "--from", "2014-01-01", "--to", "2015-01-01")
    done = gridmap(
        cells, "out.html", "--code", "CADRA", "--incidents", crashes, *asked, "--json", "-",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["back_test"]
    assert {row["method"] for row in rows} == {"count", "density", "hotspots"}
    best = max(row["pai"] for row in rows if row["pai"] is not None)
    assert best > 2


@pytest.mark.parametrize(
    ("period", "key", "lang"),
    [
        (("2010-02-01", "2010-04-01"), "unrecorded", "en"),  # the first crash is of January 1st
        (("2010-02-01", "2010-03-01"), None, "zh"),
        (("2031-01-01", "2032-01-01"), "none_before", "zh"),
    ],
)
def test_no_change_is_told_where_the_period_before_was_not_recorded(
    tmp_path, files, period, key, lang
):
    cells, crashes = files
    done = gridmap(
        cells, "out.html", "--code", "CADRA", "--incidents", crashes, "--kind", "change",
        "--from", period[0], "--to", period[1], "--category", "object_1=Auto",
        "--lang", lang, "--json", "-", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out.html").read_text("utf-8")
    for name in ("unrecorded", "none_before"):
        assert (text(f"page.{name}", {"first": "2010-01-01"}, lang) in page) is (name == key)
    assert bool(json.loads(done.stdout)["legend"]) is (key is None)
    assert (text("layers.fdr", lang=lang) in page) is (key is None)


def test_whole_months_are_compared_with_as_many_months_per_day(cambridge):
    grid = read_grid(cambridge / "response_districts.geojson.gz", code="CADRA")
    days = pd.date_range("2014-02-01", "2014-03-31", tz="UTC").repeat(4)
    spot = grid.cells.to_crs(4326).geometry.iloc[0].representative_point()
    rows = pd.DataFrame({"when": days, "lon": spot.x, "lat": spot.y, "category": ""})
    march = Filter(date(2014, 3, 1), date(2014, 4, 1))
    drawn = file_map(grid, rows, MapRequest("change", chosen=march))
    shown = {name: texts[0] for name, texts in drawn.picture.lines.items()}
    assert shown["2014-02-01 – 2014-02-28"] == "112"
    assert shown["2014-03-01 – 2014-03-31"] == "124"
    assert shown["Difference"] == "+0.0"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "heat"], "--incidents"),
        (["--incidents", "CRASHES", "--kind", "change"], "--from"),
        (["--incidents", "CRASHES", "--category", "object_1"], "="),
        (["--incidents", "CRASHES", "--category", "colour=red"], "colour"),
        (["--incidents", "CRASHES", "--per", "SHIRE"], "SHIRE"),
        (["--incidents", "CRASHES", "--from", "2013-01-01", "--to", "2012-01-01"], "2012"),
        (["--incidents", "missing.csv"], "missing.csv"),
    ],
)
def test_a_bad_call_says_why_and_writes_nothing(tmp_path, files, arguments, said):
    cells, crashes = files
    given = [crashes if part == "CRASHES" else part for part in arguments]
    done = gridmap(cells, "out.html", "--code", "CADRA", *given, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_rates_of_hardly_anybody_are_in_no_class(cambridge):
    grid = read_grid(cambridge / "response_districts.geojson.gz", code="CADRA")
    spots = grid.cells.to_crs(4326).geometry.representative_point()
    rows = pd.DataFrame({"lon": spots.x, "lat": spots.y, "category": "", "when": pd.NaT})
    frame = grid.cells.reset_index(drop=True).assign(people=1000)
    frame.loc[:9, "people"] = 2  # 500 per 1,000 of nearly nobody
    weighed = Grid.from_frame(frame, code="CADRA")
    drawn = file_map(weighed, rows.reset_index(drop=True), MapRequest(per="people", lang="zh"))
    assert drawn.picture.title == "每千人事件数"
    assert [(row.label, row.cells) for row in drawn.picture.rows] == [
        ("0 – 1", 107),
        ("数量过少", 10),
    ]
