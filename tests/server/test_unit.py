"""One cell or group in figures: each recomputed with plain pandas."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from gridmap import open_store
from gridmap.incidents.model import conform
from gridmap.journeys.city import City
from tests.server.conftest import served
from tests.store.towns import STEP, town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi.testclient import TestClient

URL = "/api/v1/incidents"
N = 400
YEAR = "start=2020-01-01&end=2021-01-01"


@pytest.fixture
def dealt_with(tmp_path: Path) -> Iterator[tuple[TestClient, pd.DataFrame]]:
    """A town with 400 incidents of two years, most closed, some of them late; and its frame."""
    rng = np.random.default_rng(11)
    when = pd.Timestamp("2020-01-01", tz="UTC") + pd.to_timedelta(rng.uniform(0, 730, N), unit="D")
    due = when + pd.Timedelta(days=3)
    taken = pd.to_timedelta(rng.exponential(2, N), unit="D")
    closed = (when + taken).to_series(index=range(N)).where(pd.Series(rng.random(N) < 0.8))
    frame = pd.DataFrame(
        {
            "lon": 100 + rng.uniform(0, 3 * STEP, N),
            "lat": 30 + rng.uniform(0, 3 * STEP, N),
            "when": when,
            "due": due,
            "closed": closed,
            "status": np.where(closed.isna(), "open", "closed"),
            "category": rng.choice(["noise", "waste", "rare"], N, p=[0.6, 0.37, 0.03]),
        }
    )
    with open_store(tmp_path / "town.db") as store:
        plan = store.plans.add("town", town())
        store.plans.publish(plan.id, plan.head, date(2019, 1, 1), "first")
        store.incidents.add(conform(frame, "UTC"))
        for client in served(store):
            yield client, City(store).placed(plan.head)


def plain(rows: pd.DataFrame, ever: pd.DataFrame) -> dict[str, float]:
    done = rows["closed"].notna()
    return {
        "resolution": 100 * done.mean(),
        "on_time": 100 * (rows["closed"] <= rows["due"]).mean(),
        "median_hours": (rows["closed"] - rows["when"]).dt.total_seconds().median() / 3600,
        "response": 100 * done.mean(),
        "overdue": float(ever["closed"].isna().sum()),
    }


def test_a_cell_and_a_group(dealt_with: tuple[TestClient, pd.DataFrame]) -> None:
    client, placed = dealt_with
    levels = [name for name in placed if name.startswith("cell_")]
    places = [("", placed["cell"].iloc[0])] + [(name[5:], placed[name].iloc[0]) for name in levels]
    for level, unit in places:
        mine = placed[placed["cell" if not level else f"cell_{level}"] == unit]
        year = mine[mine["when"].dt.year == 2020]
        assert len(mine) > len(year) > 0
        asked = f"unit={unit}&{YEAR}" + (f"&level={level}" if level else "")
        found = client.get(f"{URL}/unit?{asked}").json()
        assert found["n"] == len(year)
        assert found["open"] == year["closed"].isna().sum()
        assert found["categories"] == year["category"].astype(str).value_counts().to_dict()
        assert found["measures"] == pytest.approx(plain(year, mine))
        listed = client.get(f"{URL}?{asked.replace('unit=', 'cell=')}&limit=1000").json()
        assert listed["total"] == len(year)
        part = asked.replace("unit=", "cell=").replace(f"&{YEAR}", "")
        late = client.get(f"{URL}?{part}&late=true&limit=1000").json()
        assert late["total"] == found["measures"]["overdue"]
        assert all(row["due"] for row in late["incidents"])
        bars = client.get(f"{URL}/histogram?{part}").json()["bars"]
        assert sum(bar["n"] for bar in bars) == len(mine)


def test_units_that_are_not_there(dealt_with: tuple[TestClient, pd.DataFrame]) -> None:
    client, _ = dealt_with
    assert client.get(f"{URL}/unit?unit=none").status_code == 404
    assert client.get(f"{URL}/unit?unit=1&level=none").status_code == 422
    assert client.get(f"{URL}?cell=1&level=none").status_code == 422
