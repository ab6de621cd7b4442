"""What people call a place."""

from __future__ import annotations

import numpy as np
import shapely

from gridmap.files.streets import read_streets
from gridmap.streets.corners import corners
from gridmap.streets.model import streets


def test_places_are_called_by_their_corner(cambridge):
    layer = read_streets(cambridge / "streets.geojson.gz")
    found = corners(layer, np.array([[-71.11896, 42.37337], [-71.0949, 42.3628]]))
    assert all(" & " in name for name in found), found
    for name in found:
        one, other = name.split(" & ")
        lines = layer.geometry
        meet = shapely.union_all(lines[layer["name"] == one].to_numpy())
        assert shapely.distance(meet, shapely.union_all(lines[layer["name"] == other])) < 1e-5


def layer(names, shapes):
    count = len(names)
    columns = {"name": names, "class": ["residential"] * count, "speed": [25.0] * count}
    ways = {key: [True] * count for key in ("forward", "backward", "foot")}
    return streets({**columns, **ways}, shapely.from_wkt(shapes))


def test_without_a_crossing_a_place_is_called_by_its_street():
    alone = layer(["Long Rd", ""], ["LINESTRING (0 0, 0.01 0)", "LINESTRING (0.01 0, 0.01 0.01)"])
    assert corners(alone, np.array([[0.002, 0.001]])) == ["Long Rd"]


def test_without_names_a_place_is_called_nothing():
    nameless = layer([""], ["LINESTRING (0 0, 0.01 0)"])
    assert corners(nameless, np.array([[0.0, 0.0], [0.005, 0.0]])) == ["", ""]


def test_the_nearer_end_gives_the_crossing():
    cross = layer(
        ["Main St", "West St", "East St"],
        [
            "LINESTRING (0 0, 0.01 0)",
            "LINESTRING (0 0, 0 0.01)",
            "LINESTRING (0.01 0, 0.01 0.01)",
        ],
    )
    found = corners(cross, np.array([[0.002, 0.0005], [0.008, -0.0005]]))
    assert found == ["Main St & West St", "Main St & East St"]
