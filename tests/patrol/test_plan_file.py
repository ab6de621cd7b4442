"""What a PLAN.toml may ask, and what the patrol commands answer."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from gridmap.cli import app
from gridmap.errors import FileError, ValueRefused
from gridmap.files.patrol import read_patrol
from gridmap.patrol.asked import SHIFT, STOP, UNIT, patrol_of

DAY = date(2026, 11, 21)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_commands_plan_and_verify(cambridge, tmp_path):
    plan_file = cambridge / "night.toml"
    done = run("patrol", plan_file, tmp_path / "a", "--seconds", "0.1", "--json", "-")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["ok"]
    assert set(answer["files"]) == {path.name for path in (tmp_path / "a").iterdir()}
    again = run("patrol", plan_file, tmp_path / "b", "--seconds", "0.1")
    assert again.exit_code == 0
    plans = [(tmp_path / name / "plan.json").read_bytes() for name in "ab"]
    assert plans[0] == plans[1]
    good = run("patrol-verify", plan_file, tmp_path / "a" / "plan.json", "--json", "-")
    assert good.exit_code == 0
    assert json.loads(good.stdout) == {"ok": True, "broken": []}
    plan = json.loads(plans[0])
    plan["units"][0]["visits"] = []
    (tmp_path / "bad.json").write_text(json.dumps(plan))
    bad = run("patrol-verify", plan_file, tmp_path / "bad.json", "--json", "-", "--lang", "zh")
    assert bad.exit_code == 1
    assert "unserved" in {row["rule"] for row in json.loads(bad.stdout)["broken"]}


def toml(cambridge, tmp_path, **changes):
    text = (cambridge / "night.toml").read_text()
    for name in ("streets.geojson.gz", "response_districts.geojson.gz",
                 "crashes_2010_2016.csv.gz"):  # fmt: skip
        text = text.replace(f'"{name}"', f'"{cambridge / name}"')
    for old, new in changes.get("swap", []):
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "PLAN.toml"
    path.write_text(text)
    return path


def test_every_unmet_minimum_is_said(cambridge, tmp_path):
    path = toml(cambridge, tmp_path, swap=[("business = 10", 'business = 42\n"café" = 1')])
    for lang, words in (("en", "fewer than the minimum of 42"), ("zh", "未达到最低数量 42 个")):
        done = run("patrol", path, tmp_path / lang, "--seconds", "0.05", "--lang", lang)
        assert done.exit_code == 1
        lines = done.stderr.splitlines()
        places = sum(stop.category == "business" for stop in read_patrol(path, DAY).stops)
        assert places < 42
        beyond = [line for line in lines if "[minimums]" in line]
        assert [str(places) in beyond[0], "café" in beyond[1], len(beyond)] == [True, True, 2]
        assert sum(words in line for line in lines) == 1
        assert any(line.startswith("gridmap: café") for line in lines)
        assert words in (tmp_path / lang / "sheet.html").read_text()


def test_a_minimum_of_one_way_of_moving(cambridge, tmp_path):
    """Foot crews walk the same neighbourhoods: their visits do not count for the cars."""
    asked = "business = 10\n[minimums.car]\nneighbourhood = 11\n[minimums.foot]\nbusiness = 42"
    path = toml(cambridge, tmp_path, swap=[("business = 10", asked)])
    done = run("patrol", path, tmp_path / "out", "--seconds", "0.3", "--lang", "zh")
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    category = {stop.name: stop.category for stop in read_patrol(path, DAY).stops}
    cars = {v["stop"] for u in plan["units"] if u["mode"] == "car" for v in u["visits"]}
    count = sum(category.get(name) == "neighbourhood" for name in cars)
    reached = plan["mode_minimums"]["car"]["neighbourhood"]
    assert count == reached["visited"] == reached["wanted"] == 11
    assert done.exit_code == 1
    assert "business (步巡)：已到访" in done.stderr
    assert "neighbourhood (车巡)：11 / 11" in (tmp_path / "out" / "sheet.html").read_text()
    found = run("patrol-verify", path, tmp_path / "out" / "plan.json", "--json", "-")
    assert {row["rule"] for row in json.loads(found.stdout)["broken"]} == {"minimum_foot"}


@pytest.mark.parametrize(
    ("swap", "mode"),
    [
        (("business = 10", "car = 10"), "car"),
        (('category = "business"', 'category = "foot"'), "foot"),
    ],
)
def test_a_category_cannot_be_called_like_a_mode(cambridge, tmp_path, swap, mode):
    done = run("patrol", toml(cambridge, tmp_path, swap=[swap]), tmp_path / "out")
    assert done.exit_code == 2
    assert f"No category can be called “{mode}”" in done.stderr
    assert f"[minimums.{mode}]" in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_unreachable_required_stop_is_named_and_exits_1(cambridge, tmp_path):
    swap = [("at = [-71.084325, 42.362667]", "at = [-71.2, 42.30]")]
    done = run("patrol", toml(cambridge, tmp_path, swap=swap), tmp_path / "out", "--seconds",
               "0.05", "--json", "-")  # fmt: skip
    assert done.exit_code == 1
    row = json.loads(done.stdout)["unserved"][0]
    assert (row["stop"], row["reason"]) == ("Checkpoint Broadway & Third St", "unreachable")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('zone = "America/New_York"', 'zone = "Mars/Base"'),
        ('mode = "car"', 'mode = "boat"'),
        ("dwell_min = 30", 'dwell_min = "long"'),
        ("dwell_min = 30", "dwell_min = 90"),
        ('windows = [["18:30", "19:30"]]', 'windows = [["12:30", "13:30"]]'),
        ('name = "Car 2"', 'name = "Car 1"'),
        ("required = true", "requierd = true"),
        ("at = [-71.084325, 42.362667]", "at = [-71.084325, nan]"),
        ("count = 10", "count = -1"),
        ('end = "06:00"', 'end = "six"'),
        ("[shift]", "[shift"),
        ('streets = "', 'street = "'),
    ],
)
def test_a_bad_plan_file_is_refused_in_one_sentence(cambridge, tmp_path, old, new):
    path = toml(cambridge, tmp_path, swap=[(old, new)])
    with pytest.raises((ValueRefused, FileError)):
        read_patrol(path, DAY)
    done = run("patrol", path, tmp_path / "out")
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def asked(start, end, windows=(), zone="America/New_York", day="2026-11-21"):
    return patrol_of(
        {
            "shift": {"start": start, "end": end, "zone": zone, "date": day},
            "unit": [{"name": "u", "start": [0, 0]}],
            "stop": [{"name": "s", "at": [0, 0], "dwell_min": 5, "windows": list(windows)}],
        },
        DAY,
    )


def test_windows_over_midnight_and_clock_changes():
    night = asked("18:00", "06:00", [["23:30", "00:30"], ["05:00", "07:00"], ["17:00", "18:30"]])
    assert night.stops[0].windows == ((0, 1800), (19800, 23400), (39600, 43200))
    back = asked("18:00", "06:00", day="2026-10-31")  # clocks go back on 1 November
    assert back.shift.seconds == 13 * 3600
    ahead = asked("18:00", "06:00", [["04:00", "05:00"]], day="2026-03-07")
    assert ahead.shift.seconds == 11 * 3600
    assert ahead.stops[0].windows == ((9 * 3600, 10 * 3600),)
    assert ahead.shift.at(9 * 3600).isoformat() == "2026-03-08T04:00:00-04:00"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["18:00", "06:00", "0001-01-01", "UTC", "car"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*STOP, *UNIT, *SHIFT]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
GOOD = {
    "shift": {"start": "18:00", "end": "06:00", "zone": "UTC"},
    "unit": [{"name": "u", "start": [0, 0]}],
    "stop": [{"name": "s", "at": [0, 0]}],
}


@given(
    st.sampled_from(["shift", "unit", "stop", "minimums"]),
    st.sampled_from([None, *SHIFT, *UNIT, *STOP]),
    ANYTHING,
)
def test_whatever_is_sent_is_a_patrol_or_refused(table, key, value):
    asked = copy.deepcopy(GOOD)
    if key is None:
        asked[table] = value
    elif isinstance(asked.get(table), list):
        asked[table][0][key] = value
    else:
        asked.setdefault(table, {})[key] = value
    with suppress(ValueRefused):
        found = patrol_of(asked, DAY)
        assert 0 < found.shift.seconds <= 48 * 3600
        assert all(0 <= low < high <= found.shift.seconds for s in found.stops
                   for low, high in s.windows)  # fmt: skip
