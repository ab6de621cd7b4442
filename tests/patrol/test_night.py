"""Cambridge's night from file to sheet: streets, tracks, GPX, GeoJSON, commands."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import numpy as np
import pytest
from lxml import etree
from pyproj import Geod

from gridmap.files.patrol import read_patrol
from gridmap.journeys.patrol.night import file_names, plan_night, prepare, write_night
from gridmap.patrol._fill import fence_anew, fill_by_ratio
from gridmap.patrol._routes import copy_routes
from gridmap.patrol._search import anneal
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


def test_what_is_prepared_is_what_a_night_needs(night):
    """One specialisation of each kernel serves all: nothing is compiled while a lead waits."""
    assert night.ok
    prepare()
    for kernel in (anneal, fill_by_ratio, fence_anew, copy_routes):
        assert len(kernel.signatures) == 1, kernel
