"""Cambridge's night from file to sheet: streets, tracks, GPX, GeoJSON, commands."""

from __future__ import annotations

import copy
import json
import re
from contextlib import suppress
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pyproj import Geod
from typer.testing import CliRunner

from gridmap.cli import app
from gridmap.errors import FileError, ValueRefused
from gridmap.files.patrol import read_patrol
from gridmap.journeys.patrol.night import file_names, plan_night, prepare, write_night
from gridmap.patrol._fill import fence_anew, fill_by_ratio
from gridmap.patrol._routes import copy_routes
from gridmap.patrol._search import anneal
from gridmap.patrol.asked import SHIFT, STOP, UNIT, patrol_of
from gridmap.patrol.drawing import frame
from gridmap.patrol.verify import verify
from gridmap.streets.engines import Dijkstra
from tests.patrol.gpx import NS, SCHEMA

DAY = date(2026, 11, 21)
FILES = {"plan.json", "routes.geojson", "sheet.html", "Car-1.gpx", "Car-2.gpx",
         "Foot-crew-Central.gpx", "Foot-crew-Harvard.gpx"}  # fmt: skip


@pytest.fixture(scope="module")
def plan_file(cambridge):
    return cambridge / "night.toml"


@pytest.fixture(scope="module")
def night(plan_file):
    return plan_night(read_patrol(plan_file, DAY), seed=1, seconds=0.3)


@pytest.fixture(scope="module")
def folder(night, tmp_path_factory):
    folder = tmp_path_factory.mktemp("night") / "out"
    assert {path.name for path in write_night(night, folder)} == FILES
    return folder


def test_what_is_asked(night):
    asked = night.patrol
    assert [unit.mode for unit in asked.units] == ["car", "car", "foot", "foot"]
    assert asked.shift.seconds == 12 * 3600
    assert sum(bool(stop.windows) for stop in asked.stops) == 3
    assert sum(stop.required and not stop.windows for stop in asked.stops) == 10
    hot = [stop for stop in asked.stops if stop.category == "hot cell"]
    assert len(hot) == 10
    assert [stop.prize for stop in hot] == sorted((s.prize for s in hot), reverse=True)
    assert hot[0].visits == 5


def test_the_city_plan_keeps_every_rule_on_streets_found_by_another_engine(night, plan_file):
    asked = read_patrol(plan_file, DAY, Dijkstra)
    assert verify(asked, night.plan()) == ()
    assert night.ok


def test_drawn_legs_take_the_time_of_the_matrix(night):
    asked = night.patrol
    for ways in asked.ways.values():
        seconds = -(-ways.millis // 1000)
        for source in range(0, len(asked.places), 3):
            for target in range(len(asked.places)):
                assert -(-ways.path(source, target).millis[-1] // 1000) == seconds[source, target]


def read_gpx(path):
    root = etree.parse(path).getroot()
    points = root.findall(f".//{NS}trkpt")
    lonlat = [(float(point.get("lon")), float(point.get("lat"))) for point in points]
    return lonlat, [point.find(f"{NS}time").text for point in points]


def test_gpx_is_valid_and_agrees_with_geojson_to_the_second_and_metre(folder, night):
    schema = etree.XMLSchema(etree.fromstring(SCHEMA))
    routes = json.loads((folder / "routes.geojson").read_text())["features"]
    plan = json.loads((folder / "plan.json").read_text())
    lines = {f["properties"]["unit"]: f for f in routes if f["geometry"]["type"] == "LineString"}
    names = file_names([unit["name"] for unit in plan["units"]])
    for unit, name in zip(plan["units"], names, strict=True):
        schema.assertValid(etree.parse(folder / f"{name}.gpx"))
        lonlat, times = read_gpx(folder / f"{name}.gpx")
        line = lines[unit["name"]]
        assert lonlat == [tuple(point) for point in line["geometry"]["coordinates"]]
        assert times == line["properties"]["times"]
        assert times == sorted(times)
        metres = Geod(ellps="WGS84").line_length(*np.array(lonlat).T)
        assert abs(metres - unit["metres"]) < 1
        assert unit["metres"] == line["properties"]["metres"]
        assert datetime.fromisoformat(times[0]) == datetime.fromisoformat(unit["leave"])
        assert datetime.fromisoformat(times[-1]) == datetime.fromisoformat(unit["back"])
    visits = sum(bool(visit.stop) for route in night.solution.routes for visit in route.visits)
    assert sum(f["geometry"]["type"] == "Point" for f in routes) == visits


def test_a_track_passes_each_stop_when_the_plan_says(folder):
    plan = json.loads((folder / "plan.json").read_text())
    points = json.loads((folder / "routes.geojson").read_text())["features"]
    stops = {f["properties"]["stop"]: tuple(f["geometry"]["coordinates"]) for f in points
             if f["geometry"]["type"] == "Point"}  # fmt: skip
    names = file_names([unit["name"] for unit in plan["units"]])
    for unit, name in zip(plan["units"], names, strict=True):
        lonlat, times = read_gpx(folder / f"{name}.gpx")
        seen = set(zip(times, lonlat, strict=True))
        for visit in unit["visits"]:
            for key in ("arrive", "leave") if visit["stop"] else ():
                moment = datetime.fromisoformat(visit[key]).astimezone(UTC)
                assert (f"{moment:%Y-%m-%dT%H:%M:%SZ}", stops[visit["stop"]]) in seen


def test_the_schema_refuses_what_is_no_gpx(folder):
    schema = etree.XMLSchema(etree.fromstring(SCHEMA))
    text = (folder / "Car-1.gpx").read_text()
    for old, new in (('lat="', 'latitude="'), ("<time>", "<when>"), ('version="1.1"', "")):
        spoilt = text.replace(old, new).replace(
            "</time>", "</when>" if "when" in new else "</time>"
        )
        assert not schema.validate(etree.fromstring(spoilt.encode()))


def test_the_sheet_is_one_file_that_names_everything(night):
    for lang, title in (("en", "Patrol"), ("zh", "巡逻单")):
        page = night.sheet(lang)
        assert title in page
        assert "<script" not in page
        assert "http" not in page.replace("http-equiv", "")
        for stop in night.patrol.stops:
            assert stop.name.replace("&", "&amp;") in page


def test_every_map_of_the_sheet_calls_streets_by_their_names(night):
    sections = etree.HTML(night.sheet("en")).findall(".//section")
    known = {name for ways in night.patrol.ways.values() for name in ways.network.names}
    assert len(sections) == 5
    for section in sections:
        names = [text.text for text in section.findall(".//svg/text[@class='name']")]
        assert len(names) >= 10
        assert len(set(names)) == len(names)
        assert set(names) <= known


def test_a_route_that_goes_nowhere_shows_where_it_is():
    here = frame(np.array([[-71.1, 42.37], [-71.1, 42.37]]))
    points = here.points(np.array([[-71.1, 42.37], [-71.1, 42.373]]))
    assert points[0] == pytest.approx(np.array(here.size) / 2)
    assert points[1, 1] == pytest.approx(14.0)  # the margin: 300 m up is the map's edge


def test_every_map_of_the_sheet_has_its_scale(night):
    for section in etree.HTML(night.sheet("en")).findall(".//section"):
        bar = section.find(".//svg//g[@class='scale']")
        name = bar.findtext("text")
        wide = float(re.search(r"h([\d.]+)", bar.find("path").get("d")).group(1))
        assert re.fullmatch(r"[125]0* (m|km)", name)
        assert 10 < wide <= 136
        if section.find(".//th[@class='of']") is not None:  # stands again on every page
            assert section.findtext("h1") in section.findtext(".//th[@class='of']")


def test_names_from_a_file_cannot_run_in_the_sheet(night):
    from dataclasses import replace

    evil = "<img src=x onerror=alert(1)>"
    first = night.patrol.units[0].name
    units = tuple(replace(u, name=evil) if u.name == first else u for u in night.patrol.units)
    routes = tuple(replace(r, unit=evil) if r.unit == first else r for r in night.solution.routes)
    tracks = {**night.tracks, evil: night.tracks[first]}
    changed = replace(
        night,
        patrol=replace(night.patrol, units=units),
        solution=replace(night.solution, routes=routes),
        tracks=tracks,
    )
    assert evil not in changed.sheet()
    assert evil not in "".join(changed.gpx().values())
    assert all("/" not in name and "<" not in name for name in changed.gpx())


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_commands_plan_and_verify(plan_file, tmp_path):
    done = run("patrol", plan_file, tmp_path / "a", "--seconds", "0.1", "--json", "-")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["ok"]
    assert set(answer["files"]) == FILES
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


def test_what_is_prepared_is_what_a_night_needs(night):
    """One specialisation of each kernel serves all: nothing is compiled while a lead waits."""
    assert night.ok
    prepare()
    for kernel in (anneal, fill_by_ratio, fence_anew, copy_routes):
        assert len(kernel.signatures) == 1, kernel
