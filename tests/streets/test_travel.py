"""Streets, networks, travel times and drawn paths."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import ColumnError, FileError, ValueRefused
from gridmap.files.streets import read_streets
from gridmap.streets.engines import NEVER, Contracted, Dijkstra
from gridmap.streets.model import streets
from gridmap.streets.network import MODES, network
from gridmap.streets.travel import travel


@pytest.fixture(scope="module")
def city(cambridge):
    return read_streets(cambridge / "streets.geojson.gz")


def made(lines, *, forward=None, backward=None, foot=None):
    count = len(lines)
    columns = {
        "name": [f"street {k}" for k in range(count)],
        "class": ["residential"] * count,
        "speed": [36.0] * count,
        "forward": [True] * count if forward is None else forward,
        "backward": [True] * count if backward is None else backward,
        "foot": [True] * count if foot is None else foot,
    }
    return streets(columns, [shapely.LineString(line) for line in lines])


SQUARE = [[(0, 0), (0.01, 0)], [(0.01, 0), (0.01, 0.01)], [(0.01, 0.01), (0, 0.01)],
          [(0, 0.01), (0, 0)]]  # fmt: skip


def test_cambridge_holds_all_streets_and_its_one_ways(city):
    assert len(city) == 2644
    one_way = city["forward"] != city["backward"]
    assert int(one_way.sum()) == 435 + 502
    assert city["foot"].all()
    assert set(city["class"]) == {"primary", "secondary", "residential"}


def test_truck_restrictions_do_not_stop_a_patrol_car(city):
    memorial = city[city["name"] == "Memorial Dr"]
    assert (memorial["forward"] | memorial["backward"]).all()


@pytest.mark.parametrize("mode", MODES)
def test_the_matrix_equals_dijkstra_on_random_pairs(city, mode):
    net = network(city, mode)
    rng = np.random.default_rng(7)
    points = net.nodes[rng.integers(0, len(net.nodes), 100)] + rng.normal(0, 4e-4, (100, 2))
    fast, plain = travel(net, points, Contracted), travel(net, points, Dijkstra)
    assert fast.reached.sum() > 95
    assert (fast.millis == plain.millis).all()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", [Contracted, Dijkstra])
def test_a_drawn_path_takes_the_time_of_the_matrix(city, mode, kind):
    net = network(city, mode)
    rng = np.random.default_rng(3)
    points = net.nodes[rng.integers(0, len(net.nodes), 40)] + rng.normal(0, 4e-4, (40, 2))
    trip = travel(net, points, kind)
    for source in range(40):
        target = (source + 11) % 40
        path = trip.path(source, target)
        assert path.millis[-1] == trip.millis[source, target]
        assert path.millis[0] == 0
        assert (np.diff(path.millis) >= 0).all()
        assert (path.lonlat[[0, -1]] == points[[source, target]]).all()


def test_a_drawn_path_stays_on_streets_and_obeys_one_ways(city):
    net = network(city, "car")
    rng = np.random.default_rng(5)
    where = rng.integers(0, len(net.nodes), 30)
    trip = travel(net, net.nodes[where])
    along, against = net.ways.T
    lines = net.lines
    allowed = set()
    for line, ahead, back in zip(lines, along, against, strict=True):
        xy = [tuple(p) for p in shapely.get_coordinates(line)]
        allowed |= set(pairwise(xy)) if ahead else set()
        allowed |= set(pairwise(xy[::-1])) if back else set()
    steps = 0
    for source in range(29):
        xy = [tuple(p) for p in trip.path(source, source + 1).lonlat[1:-1]]
        inner = list(pairwise(xy))[1:-1]
        steps += len(inner)
        gaps = [step for step in inner if step not in allowed and _metres(step) > 0.2]
        assert not gaps
    assert steps > 500


def _metres(step):
    (x0, y0), (x1, y1) = step
    return float(np.hypot((x1 - x0) * 82e3, (y1 - y0) * 111e3))


def test_one_ways_bind_cars_and_not_walkers():
    ring = made(SQUARE, forward=[True] * 4, backward=[False] * 4)
    places = [(0.005, 0), (0.004, 0)]
    car = travel(network(ring, "car"), places).millis
    foot = travel(network(ring, "foot"), places).millis
    assert car[0, 1] > 30 * car[1, 0]
    assert foot[0, 1] == foot[1, 0]


def test_a_place_far_from_every_street_is_unreachable():
    trip = travel(network(made(SQUARE), "foot"), [(0.005, 0.005), (0, 0), (0.0, 0.0)])
    assert trip.reached.tolist() == [False, True, True]
    assert trip.millis[0, 1] == trip.millis[1, 0] == NEVER
    assert trip.millis[1, 2] == 0


def test_a_cut_off_street_is_left_out_and_counted():
    lonely = made([*SQUARE, [(0.1, 0.1), (0.11, 0.1)]])
    net = network(lonely, "foot")
    assert net.dropped == 1
    assert travel(net, [(0.105, 0.1)]).reached.tolist() == [False]


def test_ends_are_joined_by_place_not_by_number(city):
    """81 node numbers of Cambridge stand at two places; joined by number they make shortcuts."""
    net = network(city, "foot")
    straight = np.hypot(
        *((net.nodes[net.ends[:, 0]] - net.nodes[net.ends[:, 1]]) * [82e3, 111e3]).T
    )
    assert (net.metres >= straight * 0.99 - 0.5).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_network_times_paths_and_triangle(seed):
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 0.02, size=(12, 2))
    pairs = {tuple(sorted(rng.choice(12, 2, replace=False))) for _ in range(25)}
    pick = rng.integers(0, 3, len(pairs))
    frame = made([spots[list(p)] for p in pairs], forward=pick != 1, backward=pick != 2)
    net = network(frame, "car")
    places = rng.uniform(0, 0.02, size=(8, 2))
    fast, plain = travel(net, places, reach=3000), travel(net, places, Dijkstra, reach=3000)
    assert (fast.millis == plain.millis).all()
    via = (fast.millis[:, :, None] + fast.millis[None]).min(axis=1)
    assert (fast.millis <= via + 2).all()
    for source in range(8):
        if fast.millis[source, 0] < NEVER:
            assert fast.path(source, 0).millis[-1] == fast.millis[source, 0]


@pytest.mark.parametrize(
    ("name", "streets_", "car_nodes"),
    [
        ("shenzhen_futian.graphml.gz", 4009, 1337),
        ("harrisburg_valhalla.osm.pbf", 6494, 4428),
        ("liechtenstein_valhalla.osm.pbf", 7835, 3597),
    ],
)
def test_osm_extracts_and_graphs(shared_data, name, streets_, car_nodes):
    frame = read_streets(shared_data / "roads" / name)
    assert len(frame) == streets_
    assert len(network(frame, "car").nodes) == car_nodes


def test_shenzhen_has_chinese_street_names(shared_data):
    frame = read_streets(shared_data / "roads" / "shenzhen_futian.graphml.gz")
    assert frame["name"].str.contains("路|道|街").sum() > 1500


def test_what_is_no_street_file_is_refused(tmp_path):
    with pytest.raises(FileError):
        read_streets(tmp_path / "none.geojson")
    for name in ("bad.osm.pbf", "bad.graphml"):
        (tmp_path / name).write_text("no streets")
        with pytest.raises(FileError):
            read_streets(tmp_path / name)
    with pytest.raises(ColumnError):
        network(gpd.GeoDataFrame({"name": []}, geometry=[], crs=4326), "car")
    with pytest.raises(ValueRefused):
        network(made(SQUARE, foot=[False] * 4), "foot")
