"""Each cell and group has one label, inside it; news counts what came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from fastapi.testclient import TestClient

from gridmap.journeys.city import City
from gridmap.journeys.demo import demo_store
from gridmap.server.app import create_app
from gridmap.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridmap.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with demo_store(tmp_path_factory.mktemp("labels") / "cambridge.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def client(store: Store) -> TestClient:
    return TestClient(create_app(Settings(), store), base_url="http://127.0.0.1")


@pytest.mark.parametrize("level", [None, "SECTOR", "WALK_RTE"])
def test_a_label_lies_in_what_it_names(client: TestClient, store: Store, level: str | None) -> None:
    plan = client.get("/api/v1/plans/1").json()
    asked = {"version": plan["version"]} | ({"level": level} if level else {})
    found = client.get("/api/v1/plans/1/labels", params=asked).json()
    city = City(store)
    grid, locator = city.grid(plan["version"]), city.locator(plan["version"])
    at = locator.locate(np.array(found["lon"]), np.array(found["lat"]))
    cells = grid.cells.iloc[at]
    named = cells[level].astype(str) if level else cells.index.astype(str)
    assert named.tolist() == found["codes"]
    assert len(set(found["codes"])) == len(found["codes"]) > 4
    assert "" not in found["codes"]


def test_a_level_there_is_not(client: TestClient) -> None:
    answer = client.get("/api/v1/plans/1/labels", params={"version": 1, "level": "none"})
    assert answer.status_code == 404


def test_news_are_what_was_entered_later(client: TestClient) -> None:
    before = client.get("/api/v1/news").json()
    assert before["total"] == 10_335
    assert before["incidents"] == []
    report = {"lon": -71.1, "lat": 42.37, "when": "2016-07-01T10:00:00", "category": "Auto"}
    made = client.post("/api/v1/incidents", json=report).json()
    asked = {"after": before["newest"], "limit": 10}
    after = client.get("/api/v1/news", params=asked).json()
    assert (after["total"], after["newest"]) == (1, made["id"])
    assert [one["id"] for one in after["incidents"]] == [made["id"]]
