"""Addresses on the streets of Cambridge, measured on crashes whose coordinates are hidden."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from gridmap.errors import ColumnError
from gridmap.grid.model import Grid
from gridmap.incidents.address import geocode
from gridmap.incidents.locate import Locator, place
from gridmap.streets.addresses import StreetAddresses
from gridmap.streets.names import asked, one_form

METRE = 1 / 111_320
PUBLISHED_HIT_RATE = 0.85
"""Ratcliffe, J. H. (2004), Geocoding crime and a first estimate of a minimum acceptable hit rate,
International Journal of Geographical Information Science 18."""


@pytest.fixture(scope="module")
def streets(cambridge):
    return gpd.read_file(f"/vsigzip/{cambridge / 'streets.geojson.gz'}")


@pytest.fixture(scope="module")
def addresses(streets):
    return StreetAddresses(streets)


def hidden_crashes(folder, addresses):
    """Return crashes with coordinates, found again by their text alone."""
    crashes = pd.read_csv(folder / "crashes_2010_2016.csv.gz")
    known = crashes[crashes["lat"].notna()].reset_index(drop=True)
    frame = gpd.read_file(f"/vsigzip/{folder / 'response_districts.geojson.gz'}")
    grid = Grid.from_frame(frame, "CADRA")
    asked_for = pd.DataFrame({"lon": np.nan, "lat": np.nan, "address": known["location"]})
    found = place(geocode(asked_for.fillna({"address": ""}), addresses.find), grid)
    lon, lat = known["lon"], known["lat"]
    _, _, metres = Geod(ellps="WGS84").inv(lon, lat, found["lon"], found["lat"])
    return found.assign(
        metres=metres, true=Locator(grid).codes(lon, lat), hit=found["lon"].notna().to_numpy()
    )


def quality(hidden):
    """Return the figures of a run, by name."""
    hit = hidden[hidden["hit"]]
    sure = hit[(hit["cell_near"] == "") & (hit["cell"] != "")]
    return {
        "asked": len(hidden),
        "hit rate": round(hidden["hit"].mean(), 4),
        "published least": PUBLISHED_HIT_RATE,
        "median m": round(hit["metres"].median(), 1),
        "p90 m": round(hit["metres"].quantile(0.9), 1),
        "right cell": round((hit["cell"] == hit["true"]).mean(), 4),
        "no other cell near": len(sure),
        "right cell of these": round((sure["cell"] == sure["true"]).mean(), 4),
        "right or named as near": round(_named(hit).mean(), 4),
    }


def test_cambridge_without_coordinates(cambridge, addresses):
    figures = quality(hidden_crashes(cambridge, addresses))
    assert figures["hit rate"] >= 0.93
    assert figures["median m"] <= 6
    assert figures["p90 m"] <= 35
    assert figures["right or named as near"] >= 0.97
    assert figures["right cell of these"] >= 0.98


def _named(hit):
    rows = zip(hit["true"], hit["cell"], hit["cell_near"], strict=True)
    return np.array([true in [cell, *near.split(";")] for true, cell, near in rows])


def test_crashes_without_coordinates_are_found(cambridge, addresses):
    crashes = pd.read_csv(cambridge / "crashes_2010_2016.csv.gz").fillna({"location": ""})
    lost = crashes[crashes["lat"].isna()].rename(columns={"location": "address"})
    found = geocode(lost, addresses.find)
    assert len(found) == 1225
    assert found["lon"].notna().sum() >= 250
    told = found["reason"].isin(["address-unknown", "address-ambiguous"])
    empty = found["address"] == ""
    assert (found["lon"].notna() | told | empty).all()


def test_given_coordinates_stay(addresses):
    frame = pd.DataFrame({"lon": [-71.1], "lat": [42.37], "address": ["1 Oxford St"]})
    found = geocode(frame, addresses.find)
    assert found[["lon", "lat"]].to_numpy().tolist() == [[-71.1, 42.37]]
    assert found["match"].tolist() == [""]
    assert np.isnan(found["error_m"][0])


@pytest.mark.parametrize(
    ("text", "names", "low", "high"),
    [
        ("Massachusetts Ave & Vassar St Cambridge, MA",
         ("MASSACHUSETTS AVE", "VASSAR ST CAMBRIDGE"), None, None),
        ("A STREET AT B AVENUE", ("A ST", "B AVE"), None, None),
        ("100 BLOCK OF MAIN ST", ("MAIN ST",), 100, 199),
        ("0 BLOCK MAIN ST", ("MAIN ST",), 0, 99),
        ("003XX W 110TH ST", ("W 110TH ST",), 300, 399),
        ("97A Hampshire St", ("HAMPSHIRE ST",), 97, 97),
        ("125- Cambridgepark Dr", ("CAMBRIDGEPARK DR",), 125, 125),
        ("62/64 PORTER RD", ("PORTER RD",), 62, 62),
        ("200 MAIN ST (OPP)", ("MAIN ST",), 200, 200),
        ("2nd St", ("2ND ST",), None, None),
        ("Second Street, MA 02139", ("2ND ST",), None, None),
    ],
)  # fmt: skip
def test_reading(text, names, low, high):
    wanted = asked(text)
    assert (wanted.names, wanted.low, wanted.high) == (names, low, high)


@pytest.mark.parametrize("text", ["", "  &  ", ", MA", "&"])
def test_nothing_to_read(text):
    assert asked(text) is None


def test_one_form_of_types_and_ordinals():
    assert one_form("Third  street.") == one_form("3rd St") == "3RD ST"
    assert one_form("Mount Auburn Street") == one_form("MT. AUBURN ST")


@pytest.fixture
def two_roads():
    """Long Road runs 400 m east, numbers 1-39 on its left (north) and 2-40 right; Short crosses."""
    long, short = [(0, 0), (400 * METRE, 0)], [(400 * METRE, 0), (400 * METRE, 80 * METRE)]
    frame = gpd.GeoDataFrame(
        {"name": ["Long Road", "Short Street"], "l_from": [1, 0], "l_to": [39, 0],
         "r_from": [2, 0], "r_to": [40, 0]},
        geometry=[shapely.LineString(long), shapely.LineString(short)], crs=4326,
    )  # fmt: skip
    return StreetAddresses(frame)


def test_numbers_lie_on_their_side_and_not_at_the_ends(two_roads):
    first, last, right = (two_roads.find(f"{n} Long Rd") for n in (1, 39, 20))
    assert first.level == "number"
    assert 5 < first.lat / METRE < 15
    assert 10 < first.lon / METRE < 20
    assert 380 < last.lon / METRE < 390
    assert -15 < right.lat / METRE < -5
    assert 150 < right.lon / METRE < 250


def test_other_forms(two_roads):
    crossing = two_roads.find("Short St & Long Rd, Nowhere, MA")
    assert crossing.level == "intersection"
    assert abs(crossing.lon / METRE - 400) < 1
    assert two_roads.find("0 BLOCK LONG RD").level == "street"
    assert two_roads.find("Long Rd").reason == "address-ambiguous"
    assert two_roads.find("Short St").level == "street"
    assert two_roads.find("Elsewhere Ave").reason == "address-unknown"
    assert two_roads.find("45 Long Rd").score < two_roads.find("39 Long Rd").score
    assert two_roads.find("999 Long Rd").reason != "ok"


def test_streets_not_cut_at_junctions():
    lines = [
        [(0, 0), (400 * METRE, 0)],
        [(100 * METRE, -50 * METRE), (100 * METRE, 50 * METRE)],
        [(200 * METRE, -9 * METRE), (250 * METRE, 50 * METRE), (300 * METRE, -9 * METRE)],
        [(50 * METRE, 30 * METRE), (60 * METRE, 90 * METRE)],
        [(50 * METRE, 130 * METRE), (60 * METRE, 190 * METRE)],
    ]
    names = ["Long Road", "Cross Street", "Loop Street", "Hither Lane", "Yonder Lane"]
    shapes = [shapely.LineString(line) for line in lines]
    layer = StreetAddresses(gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=4326))
    found = layer.find("Long Rd & Cross St")
    assert (found.level, round(found.lon / METRE)) == ("intersection", 100)
    assert layer.find("Long Rd & Loop St").reason == "address-ambiguous"
    assert abs(layer.find("Long Rd & Hither Ln").lat / METRE - 15) < 1
    assert layer.find("Long Rd & Yonder Ln").reason == "address-unknown"


def test_layer_without_names_is_refused():
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.LineString([(0, 0), (1, 1)])], crs=4326)
    with pytest.raises(ColumnError, match="column of names"):
        StreetAddresses(frame)


def test_error_over_a_border_is_named():
    cells = gpd.GeoDataFrame(
        {"code": ["a", "b", "c"]},
        geometry=[shapely.box(i * 0.01, 0, i * 0.01 + 0.01, 0.01) for i in range(3)], crs=4326,
    )  # fmt: skip
    found = pd.DataFrame(
        {"lon": [0.0099, 0.0099, 0.005, np.nan], "lat": 0.005, "error_m": [5, 50, 1000, 50]}
    )
    found.loc[3, ["lat", "error_m"]] = np.nan
    placed = place(found, Grid.from_frame(cells))
    assert placed["cell_near"].tolist() == ["", "b", "b", ""]
