"""The tables of the public: made beforehand, small counts hidden, nothing else answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from gridmap import Settings, create_app, open_store
from gridmap.incidents.model import conform
from gridmap.journeys.city import City
from gridmap.journeys.incidents.public import are_stale, make_tables
from tests.server.conftest import HERE, finished, soon
from tests.store.towns import STEP, town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridmap.store import Store

URL = "/api/v1/public"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Store]:
    """A town of three rows of cells with 300 incidents in two months."""
    rng = np.random.default_rng(5)
    n = 300
    when = pd.Series(pd.Timestamp("2020-01-05", tz="UTC"), index=range(n))
    when[n // 3 :] = pd.Timestamp("2020-02-05", tz="UTC")
    frame = pd.DataFrame(
        {
            "lon": 100 + rng.uniform(0, 3 * STEP, n),
            "lat": 30 + 3 * STEP * rng.beta(1, 4, n),
            "when": when,
            "category": rng.choice(["noise", "waste", "rare"], n, p=[0.6, 0.37, 0.03]),
        }
    )
    with open_store(tmp_path / "town.db") as store:
        plan = store.plans.add("town", town())
        store.plans.publish(plan.id, plan.head, pd.Timestamp("2019-01-01").date(), "first")
        store.incidents.add(conform(frame, "UTC"))
        yield store


def test_small_counts_are_hidden_and_others_true(small: Store) -> None:
    city = City(small)
    make_tables(city, 5)
    table = small.tables.get("row")
    assert table is not None
    placed = city.placed(city.plan().head)
    month = placed["when"].dt.strftime("%Y-%m")
    keys = [placed["cell_row"], month, placed["category"].astype(str)]
    true = placed.groupby(keys).size()
    hidden = 0
    for unit, when, category, n in table.rows:
        if category == "all" or unit == "unplaced":
            continue
        count = true.get((unit, when, category), 0)
        assert n in (None, count)
        if 0 < count < 5:
            assert n is None
        hidden += n is None
    assert hidden > 0


def test_the_public_gets_the_tables_and_nothing_else(small: Store) -> None:
    client = TestClient(create_app(Settings(), small), HERE)
    none = client.get(URL).json()
    assert (none["at"], none["rows"], none["levels"]) == (None, [], [])  # told, and no error
    assert client.get(URL, params={"level": "row"}).status_code == 404
    job = client.post(URL).json()
    assert finished(client, job["id"])["state"] == "done"
    small.users.put("chief", "admin", "correct horse")
    public = TestClient(create_app(Settings(), small), HERE)
    assert public.get("/api/v1/session").json()["role"] == "public"
    whole = public.get(URL, params={"month": "2020-01"}).json()
    assert whole["levels"] == ["city", "row"]
    assert whole["least"] == 5
    (total,) = [row["n"] for row in whole["rows"] if row["category"] == "all"]
    assert total == 100
    assert public.post(URL).status_code == 403
    assert public.get("/api/v1/incidents/figures").status_code == 403


def test_tables_grow_stale_with_new_incidents_and_another_threshold(small: Store) -> None:
    city = City(small)
    assert are_stale(city, 5)
    make_tables(city, 5)
    assert not are_stale(city, 5)
    assert are_stale(city, 10)
    small.incidents.add(conform(pd.DataFrame({"category": ["new"]}), "UTC"))
    assert are_stale(city, 5)


def test_a_server_with_users_makes_stale_tables_when_it_starts(small: Store) -> None:
    small.users.put("chief", "admin", "correct horse")
    with TestClient(create_app(Settings(), small), HERE) as client:
        body = {"name": "chief", "password": "correct horse"}
        assert client.post("/api/v1/session", json=body).status_code == 204
        assert soon(lambda: client.get(URL).json()["at"] is not None)
