"""Layers of places: brought in without people, shown to the public only when published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from fastapi.testclient import TestClient

from gridmap import Settings, create_app
from tests.server.conftest import HERE, finished

if TYPE_CHECKING:
    from pathlib import Path

    from gridmap.store import Store

URL = "/api/v1/places"
PASSWORD = "correct horse"  # noqa: S105  # for tests


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """A layer of a post, a street and a park, with what a careless colleague left in it."""
    shapes = [
        shapely.box(-71.12, 42.37, -71.11, 42.38),
        shapely.LineString([(-71.13, 42.37), (-71.10, 42.39)]),
        shapely.Point(-71.115, 42.375, 7),
        None,
    ]
    columns = {
        "name": ["Common", "Parade", "Post 1", "nowhere"],
        "open": [True, False, True, True],
        "officer name": ["A. Person", "B. Person", "C. Person", "D. Person"],
        "id": ["110101199003070010", "110101199003070029", "110101199003070037", "x"],
        "phone": ["13800138000", "13800138001", "13800138002", "13800138003"],
    }
    path = tmp_path / "places.gpkg"
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_crs("EPSG:26986").to_file(path)
    return path


def add(client: TestClient, path: Path) -> int:
    with path.open("rb") as handle:
        files = {"file": (path.name, handle)}
        data = {"kind": "place", "name": "Police posts"}
        job = client.post("/api/v1/imports", data=data, files=files).json()
    done = finished(client, job["id"])
    assert done["state"] == "done", done
    return int(done["result"]["layer"])


def test_people_are_dropped_and_rows_without_a_place_told(client: TestClient, sent: Path) -> None:
    layer = add(client, sent)
    (about,) = client.get(URL).json()
    assert about["id"] == layer
    assert about["name"] == "Police posts"
    assert about["shapes"] == ["points", "lines", "areas"]
    assert (about["rows"], about["left_out"]) == (3, 1)
    assert {"officer name", "phone"} <= set(about["dropped"])
    assert about["bounds"] == pytest.approx([-71.13, 42.37, -71.10, 42.39], abs=1e-6)
    place = client.get(f"{URL}/{layer}/2").json()
    assert place["properties"]["name"] == "Post 1"
    assert not {"officer name", "phone"} & set(place["properties"]["columns"])
    assert "Person" not in str(place)
    assert place["geometry"]["coordinates"] == pytest.approx([-71.115, 42.375], abs=1e-6)
    for file in client.get("/api/v1/imports").json():
        assert file["name"] != sent.name, "the original holds the people's columns"


def test_what_stands_where_somebody_points(client: TestClient, sent: Path) -> None:
    layer = add(client, sent)

    def names(**asked: Any) -> list[str]:
        found = client.get(f"{URL}/{layer}/at", params=asked).json()["features"]
        return [each["properties"]["name"] for each in found]

    assert names(lon=-71.115, lat=42.375, metres=20) == ["Post 1", "Common"]
    assert names(lon=-71.118, lat=42.372, metres=5) == ["Common"]
    assert names(lon=-71.1001, lat=42.39, metres=20) == ["Parade"]
    assert names(lon=-71.1001, lat=42.39, metres=5) == []
    assert names(lon=-71.2, lat=42.4, metres=50) == []
    assert client.get(f"{URL}/{layer}/3").status_code == 404
    assert client.get(f"{URL}/1/0").status_code == 404, "streets are no places"


def test_the_public_sees_published_places_only(store: Store, sent: Path) -> None:
    app = create_app(Settings(), store)
    clients = {}
    for role in ("planner", "staff", "public"):
        store.users.put(role, role, PASSWORD)
        clients[role] = TestClient(app, HERE)
        clients[role].post("/api/v1/session", json={"name": role, "password": PASSWORD})
    planner, staff, public = clients.values()
    layer = add(planner, sent)
    tile = f"/tiles/layers/{layer}/12/1238/1515.mvt"
    ways = (
        tile,
        f"{URL}/{layer}/0",
        f"{URL}/{layer}/at?lon=-71.1&lat=42.3",
        f"/tiles/layers/{layer}/tiles.json",
        f"/ogc/collections/layer-{layer}/items",
    )

    def seen(client: TestClient) -> tuple[int, set[bool]]:
        return len(client.get(URL).json()), {client.get(way).is_success for way in ways}

    assert seen(staff) == (1, {True})
    assert seen(public) == (0, {False})
    assert staff.put(f"{URL}/{layer}/published").status_code == 403
    assert staff.delete(f"{URL}/{layer}").status_code == 403
    assert planner.put(f"{URL}/{layer}/published").status_code == 204
    assert seen(public) == (1, {True})
    assert "no-cache" in public.get(tile).headers["cache-control"]
    assert planner.delete(f"{URL}/{layer}/published").status_code == 204
    assert seen(public) == (0, {False})
    reference = store.layers.all("reference")[0].id
    assert public.get(f"/ogc/collections/layer-{reference}/items").status_code == 403
    app.state.jobs.close()


def test_a_number_is_never_given_again(client: TestClient, sent: Path) -> None:
    """What is derived from a layer is kept under its number, by the browser too."""
    first = add(client, sent)
    assert client.get(f"{URL}/{first}/0").is_success
    assert client.delete(f"{URL}/{first}").status_code == 204
    assert client.get(f"{URL}/{first}/0").status_code == 404
    assert add(client, sent) > first


def test_a_layer_without_any_place_is_refused(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "empty.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},'
        '"geometry":{"type":"GeometryCollection","geometries":[]}}]}'
    )
    with path.open("rb") as handle:
        files = {"file": (path.name, handle)}
        job = client.post("/api/v1/imports", data={"kind": "place"}, files=files).json()
    done = finished(client, job["id"])
    assert done["state"] == "failed"
    assert client.get(URL).json() == []


def test_places_are_found_by_name(store: Store, sent: Path) -> None:
    app = create_app(Settings(), store)
    planner, public = TestClient(app, HERE), TestClient(app, HERE)
    layer = add(planner, sent)

    def found(client: TestClient, q: str) -> list[tuple[str, str]]:
        answer = client.get("/api/v1/search", params={"q": q}).json()
        return [(each["name"], each["ref"]) for each in answer if each["kind"] == "place"]

    assert found(planner, "post") == [("Post 1", f"{layer}:2")]
    assert found(planner, "p") == [("Parade", f"{layer}:1"), ("Post 1", f"{layer}:2")]
    store.users.put("planner", "planner", PASSWORD)
    planner.post("/api/v1/session", json={"name": "planner", "password": PASSWORD})
    assert found(planner, "post")
    assert found(public, "post") == []
    planner.put(f"{URL}/{layer}/published")
    assert found(public, "post") == [("Post 1", f"{layer}:2")]
    app.state.jobs.close()
