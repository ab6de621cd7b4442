"""Tiles over HTTP: ETag, 304, gzip, and a change seen in the next answer."""

from __future__ import annotations

import gzip

import mapbox_vector_tile
import numpy as np
import pytest
from fastapi.testclient import TestClient

from gridmap.journeys.demo import demo_store
from gridmap.layers import mercator
from gridmap.server.app import create_app
from gridmap.settings import Settings


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with demo_store(tmp_path_factory.mktemp("tiles") / "city.db") as store:
        yield store


@pytest.fixture(scope="module")
def client(store):
    app = create_app(Settings(), store)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def address(z, lon=-71.11, lat=42.375):
    x, y = (mercator.to_square([[lon, lat]])[0] * (1 << z)).astype(int).tolist()
    return f"{z}/{x}/{y}"


@pytest.fixture(scope="module")
def plan(client):
    found = client.get("/api/v1/session").json()["plan"]
    return found["id"], found["version"]


def test_cells_are_sent_gzipped_once_and_known_again(client, plan):
    path = "/tiles/cells/{}/{}/{}.mvt".format(*plan, address(12))
    first = client.get(path)
    assert first.status_code == 200
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "immutable" in first.headers["cache-control"]
    layers = mapbox_vector_tile.decode(first.content)
    assert set(layers) == {"cells", "SECTOR", "CAR_RTE", "WALK_RTE"}
    for answer in (client.get(path), client.get(path, headers={"accept-encoding": "identity"})):
        assert answer.content == first.content  # from the cache, also for who cannot unzip
        assert answer.headers["etag"] == first.headers["etag"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    same = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert same.status_code == 304
    assert same.content == b""


def test_nothing_there(client, plan):
    path = "/tiles/cells/{}/{}/{}.mvt".format(*plan, address(12, lon=100))
    assert [client.get(path).status_code for _ in range(2)] == [204, 204]


def test_what_is_not_there_is_refused(client, plan):
    assert client.get(f"/tiles/cells/{plan[0]}/{plan[1]}/3/8/0.mvt").status_code == 422
    assert client.get("/tiles/cells/99/1/3/1/1.mvt").status_code == 404
    assert client.get("/tiles/heat/10/1/1.png?bandwidth=nan").status_code == 422


def test_the_cache_stands_behind_the_guard(client, plan):
    path = "/tiles/cells/{}/{}/{}.mvt".format(*plan, address(11))
    assert client.get(path).status_code == 200
    assert client.get(path, headers={"host": "evil.example"}).status_code == 421


def test_tilejson_says_where_the_tiles_are(client, plan):
    told = client.get("/tiles/cells/{}/{}/tiles.json".format(*plan)).json()
    assert told["tilejson"] == "3.0.0"
    assert [layer["id"] for layer in told["vector_layers"]] == [
        "cells", "SECTOR", "CAR_RTE", "WALK_RTE",
    ]  # fmt: skip
    z, x, y = address(13).split("/")
    path = told["tiles"][0].replace("{z}", z).replace("{x}", x).replace("{y}", y)
    assert client.get(path).status_code == 200
    np.testing.assert_allclose(told["bounds"], [-71.1604, 42.3525, -71.0640, 42.4038], atol=1e-4)


def test_streets_and_layers(client, store):
    tile = client.get(f"/tiles/streets/{address(15)}.mvt")
    names = {
        row["properties"]["name"]
        for row in mapbox_vector_tile.decode(tile.content)["streets"]["features"]
    }
    assert {"Broadway", "Beacon St"} <= names
    assert client.get("/tiles/streets/tiles.json").json()["vector_layers"][0]["id"] == "streets"
    reference = store.layers.all("reference")[0].id
    tile = client.get(f"/tiles/layers/{reference}/{address(10)}.mvt")
    assert len(mapbox_vector_tile.decode(tile.content)["cells"]["features"]) == 8


def test_heat_and_its_legend(client):
    told = client.get("/tiles/heat/legend").json()
    assert told["n"] == 9110
    assert told["without_place"] == 1225
    picture = client.get(f"/tiles/heat/{address(13)}.png", params={"peak": told["peak"]})
    assert picture.headers["content-type"] == "image/png"
    night = {"hour": [22, 23, 0, 1], "start": "2012-01-01", "end": "2013-01-01"}
    some = client.get("/tiles/heat/legend", params=night).json()
    assert 0 < some["n"] < told["n"]
    other = client.get(f"/tiles/heat/{address(13)}.png", params={**night, "peak": told["peak"]})
    assert other.content != picture.content


def test_gzip_is_the_same_every_time():
    from gridmap.server.stored import stored

    assert stored(b"tile", immutable=True) == stored(b"tile", immutable=True)
    assert gzip.decompress(stored(b"tile", immutable=True).body) == b"tile"


def test_cells_left_out_at_a_zoom_are_counted(client, plan):
    path = "/tiles/cells/{}/{}/left_out".format(*plan)
    told = {zoom: client.get(path, params={"zoom": zoom}).json() for zoom in (0, 8)}
    assert told[8] == {"zoom": 8, "cells": 117, "left_out": 0}
    drawn = mapbox_vector_tile.decode(
        client.get("/tiles/cells/{}/{}/0/0/0.mvt".format(*plan)).content
    )
    count = len(drawn["cells"]["features"]) if drawn else 0
    assert told[0]["left_out"] == 117 - count > 100
    assert client.get(path, params={"zoom": 17}).status_code == 422
