"""Addresses of the city: found in search and reports, put right on the map, never guessed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from gridmap import open_store
from gridmap.files.streets import read_streets
from gridmap.incidents.address_text import address_key
from gridmap.journeys.city import City
from gridmap.journeys.demo import CRASHES, demo_store
from gridmap.journeys.incidents import intake
from gridmap.journeys.incidents.addresses import can_find, finder
from gridmap.journeys.incidents.look import look
from gridmap.journeys.incidents.reports import correct, report
from gridmap.journeys.layers import import_layer
from gridmap.journeys.search import search
from gridmap.journeys.source import Source
from gridmap.streets.addresses import StreetAddresses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WHEN = pd.Timestamp("2016-05-01 08:00")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("addresses") / "cambridge.db"
    demo_store(path).close()
    return path


@pytest.fixture
def city(made: Path, tmp_path: Path) -> Iterator[City]:
    with open_store(shutil.copy(made, tmp_path / "cambridge.db")) as store:
        yield City(store)


def test_a_house_number_is_found_on_its_side_of_the_street(city: City) -> None:
    found = search(city, "850 Cambridge St")[0]
    assert (found.kind, found.match, found.score) == ("address", "number", 1.0)
    assert found.bounds == pytest.approx((-71.0913, 42.3726, -71.0913, 42.3726), abs=2e-4)
    other = search(city, "851 Cambridge St")[0]
    assert other.bounds != found.bounds


def test_what_fits_several_places_is_said_and_not_guessed(city: City) -> None:
    found = search(city, "5000 Massachusetts Ave")
    assert [(one.kind, one.bounds) for one in found] == [
        ("address", None),
        ("street", found[1].bounds),
    ]


def test_crashes_without_coordinates_are_placed_by_their_address(
    city: City, cambridge: Path
) -> None:
    path = cambridge / "crashes_2010_2016.csv.gz"
    source = Source(path, path.name, "again")
    assert look(city, source, CRASHES).totals["placed"] == 9_019
    seen = look(city, source, CRASHES, by_address=True)
    found = sum(seen.found.values())
    assert set(seen.found) == {"intersection", "number", "street"}
    left = seen.totals["reasons"]
    assert left["no-coordinates"] == 74  # no address either
    assert found + left["address-unknown"] + left["address-ambiguous"] + 74 == 1_225
    assert seen.totals["placed"] >= 9_019 + 260
    assert left["address-ambiguous"] > 700  # most of them name a long street and nothing else
    assert any(key == "address.near" for key, _ in seen.notices)
    taken = intake.bring_in(city, seen, source)
    again = look(city, source)
    assert again.mapping.by_address  # remembered with the feed
    assert intake.bring_in(city, again, source).merged.unchanged == 10_335
    assert taken.merged.updated == 1_225 - 74  # the demo has them without a place or its reason
    rows = [row for row in city.placed(city.plan().head).to_dict("records") if row["address"]]
    by_address = [row for row in rows if row["match"] in seen.found]
    assert all(0 < row["score"] <= 1 for row in by_address)


def test_places_found_by_address_are_no_default_coordinate(city: City, tmp_path: Path) -> None:
    path = tmp_path / "works.csv"
    rows = "".join(f"{n},2016-05-01,Prospect St & Broadway,,\n" for n in range(80))
    path.write_text(f"id,date,address,lon,lat\n{rows}81,2016-05-01,,764000.5,2960000.5\n")
    seen = look(city, Source(path, path.name, "works"))
    assert seen.found == {"intersection": 80}
    assert {key for key, _ in seen.notices} >= {"import.not_degrees"}
    assert "import.pile" not in {key for key, _ in seen.notices}


def test_a_default_coordinate_gives_way_to_a_sure_address(city: City, tmp_path: Path) -> None:
    """0, 0 and a pile: looked up; what is not found stays on the pile, and is none at 0, 0."""
    rng = np.random.default_rng(5)
    rows = [("Prospect St & Broadway", 0.0, 0.0)] * 3 + [("1 Nowhere Lane", 0.0, 0.0)] * 2
    rows += [("", 0.0, 0.0)]
    rows += [("850 Cambridge St", -71.1097, 42.3736)] * 60
    rows += [("1 Nowhere Lane", -71.1097, 42.3736)] * 20
    rows += [("850 Cambridge St", -71.12 + x, 42.37 + y) for x, y in 0.01 * rng.random((40, 2))]
    frame = pd.DataFrame(rows, columns=["address", "lon", "lat"])
    frame.insert(0, "date", "2016-05-01")
    frame.insert(0, "id", range(len(frame)))
    path = tmp_path / "works.csv"
    frame.to_csv(path, index=False)
    source = Source(path, path.name, "works")
    without = look(city, source, by_address=False)
    assert without.found == {}
    seen = look(city, source, by_address=True)
    told = dict(seen.notices)
    assert told["import.zero"] == {"count": 6}
    assert told["import.pile"]["count"] == 80
    assert told["import.default_moved"] == {"count": 63}
    assert seen.found == {"number": 60, "intersection": 3}
    assert seen.totals["placed"] == 60 + 3 + 20 + 40
    assert seen.totals["reasons"] == {"address-unknown": 2, "outside": 1}
    rest = seen.incoming.frame.iloc[86:]
    assert (rest["match"] == "").all()  # a place of its own is nobody's default
    pd.testing.assert_frame_equal(rest[["lon", "lat"]], frame.iloc[86:][["lon", "lat"]])


def test_a_report_takes_the_place_of_its_address(city: City) -> None:
    values = {"when": WHEN, "category": "crash", "address": "Prospect St & Broadway"}
    held = city.store.incidents.get(report(city, values, "staff"))
    assert (held["match"], held["reason"]) == ("intersection", "")
    assert held["lon"] == pytest.approx(-71.101, abs=2e-3)
    nowhere = report(city, {**values, "address": "1 Nowhere Lane"}, "staff")
    held = city.store.incidents.get(nowhere)
    assert (held["lon"], held["reason"]) == (None, "address-unknown")


def test_a_place_put_right_is_that_of_the_address_everywhere(city: City) -> None:
    values = {"when": WHEN, "category": "crash", "address": "The old oak, 3rd St."}
    first = report(city, values, "staff")
    waiting = report(city, {**values, "address": "THE OLD OAK 3RD ST"}, "staff")
    place = {"lon": -71.1097, "lat": 42.3736}
    done = correct(city, first, 1, {**place, "remember": True}, "staff")
    assert done["also"] == 1
    other = city.store.incidents.get(waiting)
    assert (other["lon"], other["match"], other["version"]) == (-71.1097, "remembered", 2)
    assert other["history"][0]["before"]["reason"] == "address-unknown"
    second = report(city, {**values, "address": "the old oak  3rd street"}, "staff")
    held = city.store.incidents.get(second)
    assert (held["lon"], held["lat"], held["match"]) == (*place.values(), "remembered")
    assert search(city, "the old oak, 3rd st", points=True)[0].match == "remembered"
    assert search(city, "the old oak, 3rd st") == []  # not for the public
    (address,) = city.store.addresses.all()
    assert (address.address, address.by) == (values["address"], "staff")
    city.store.addresses.forget(address.id)
    assert finder(city)("the old oak, 3rd st").reason == "address-unknown"


def test_a_place_may_be_put_right_for_one_incident_only(city: City) -> None:
    values = {"when": WHEN, "category": "crash", "address": "somewhere"}
    first = report(city, values, "staff")
    correct(city, first, 1, {"lon": -71.1097, "lat": 42.3736, "remember": False}, "staff")
    assert city.store.addresses.all() == []


def test_a_gazetteer_in_the_store(tmp_path: Path) -> None:
    places = tmp_path / "places.csv"
    body = "地址,经度,纬度\n濮阳市长安路12号,115.2,35.7\n濮阳市建设路3号,115.7,35.8\n"
    places.write_bytes(body.encode("gbk"))
    with open_store(tmp_path / "town.db") as store:
        city = City(store)
        assert not can_find(city)
        assert search(city, "长安路12号") == []
        import_layer(store, "gazetteer", Source(places, "places.csv", "places"))
        assert can_find(city)
        found = search(city, "长安路12号旁边")[0]
        assert (found.kind, found.match) == ("address", "number")
        assert found.bounds == (115.2, 35.7, 115.2, 35.7)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("850 Cambridge Street", "850 CAMBRIDGE ST.", True),
        ("Broadway & Prospect St", "prospect street AT broadway", True),
        ("长安路12号", " 长安路 １２ 号", True),
        ("G107国道15.5公里", "G107国道155公里", False),
        ("3栋2-501", "3栋25-01", False),
        ("长安路12号对面", "长安路12号旁边", False),
        ("12 3rd St", "123 rd St", False),
        ("Park (north)", "Park (south)", False),
    ],
)
def test_what_is_the_same_address(one: str, other: str, same: bool) -> None:
    assert (address_key(one) == address_key(other)) is same


def test_chinese_streets_that_cross(shared_data: Path) -> None:
    streets = read_streets(shared_data / "roads" / "shenzhen_futian.graphml.gz")
    addresses = StreetAddresses(streets)
    for text in ("农林路与泽田路交叉口", "泽田路和农林路路口", "农林路与泽田路"):
        match = addresses.find(text)
        assert (match.reason, match.level) == ("ok", "intersection"), text
