"""What visitors would wait for is made beforehand, made again after a change, and remembered."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from gridmap import Settings, create_app, open_store
from gridmap.errors import Cancelled
from gridmap.incidents.locate import Locator
from gridmap.journeys import remembering
from gridmap.journeys.city import City
from gridmap.layers.tiles import CellTiles
from gridmap.server import upkeep
from gridmap.server.quiet import SILENCE, Quiet
from gridmap.server.tilecache import Tiles
from gridmap.store import known
from tests.server.conftest import HERE, soon

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gridmap.store import Store

LATE = {"lon": [-71.11], "lat": [42.375], "when": ["2016-06-30T12:00"], "category": ["late"]}


@pytest.fixture(scope="module")
def rested(cambridge_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose server has made all it makes."""
    path = shutil.copy(cambridge_store, tmp_path_factory.mktemp("rested") / "city.db")
    with open_store(path) as store:
        upkeep.ready(City(store), Tiles(), lambda _done, _total: None)
    return path


@pytest.fixture
def remembering_store(rested: Path, tmp_path: Path) -> Store:
    with open_store(shutil.copy(rested, tmp_path / "city.db")) as store:
        yield store


def refuse(*_args: object, **_named: object) -> None:
    pytest.fail("worked out again")


def test_a_restart_takes_what_the_store_remembers(
    remembering_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = City(remembering_store)
    version = plain.plan().head
    wanted = plain.placed(version)
    tile = CellTiles(plain.grid(version)).tile(12, 1239, 1514)
    for place, name in ((Locator, "__init__"), (CellTiles, "__init__"), (known, "_array")):
        monkeypatch.setattr(place, name, refuse)
    city, tiles = City(remembering_store), Tiles()
    pd.testing.assert_frame_equal(city.placed(version), wanted)
    upkeep.recall(city, tiles)
    client = TestClient(create_app(Settings(), remembering_store), HERE)
    client.app.state.tiles._tiles.update(tiles._tiles)
    answer = client.get(f"/tiles/cells/1/{version}/12/1239/1514.mvt")
    assert answer.content == tile
    assert answer.headers["etag"]
    assert client.get(f"/tiles/cells/1/{version}/tiles.json").status_code == 200


FIRST = (
    "/api/v1/session",
    "/api/v1/plans",
    "/api/v1/incidents/figures?plan=1",
    "/api/v1/incidents/facets?plan=1",
    "/api/v1/incidents/clock?plan=1",
    "/api/v1/incidents/histogram?plan=1&step=month",
    "/api/v1/plans/1/labels?version={version}&level=neighborhood",
)
"""What the page asks for first."""


def test_a_restart_answers_the_first_view_from_memory(
    remembering_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = City(remembering_store).plan().head
    asked = [path.format(version=version) for path in FIRST]
    client = TestClient(create_app(Settings(), remembering_store), HERE)
    wanted = [client.get(path).json() for path in asked]
    again = TestClient(create_app(Settings(), remembering_store), HERE)
    upkeep.recall(again.app.state.city, Tiles())
    monkeypatch.setattr(remembering_store.plans, "grid", refuse)
    monkeypatch.setattr(remembering_store.incidents, "known", refuse)
    assert [again.get(path).json() for path in asked] == wanted


def test_a_change_after_a_restart_is_in_the_next_answer(remembering_store: Store) -> None:
    client = TestClient(create_app(Settings(), remembering_store), HERE)
    upkeep.recall(client.app.state.city, Tiles())
    before = client.get(FIRST[2])
    known = {"If-None-Match": before.headers["etag"]}
    assert client.get(FIRST[2], headers=known).status_code == 304
    frame = pd.DataFrame(LATE).assign(when=pd.to_datetime(LATE["when"], utc=True))
    remembering_store.incidents.add(frame)
    after = client.get(FIRST[2], headers=known)
    assert after.status_code == 200
    assert after.json()["n"] == before.json()["n"] + 1
    assert client.get(FIRST[3]).json()["category"]["late"] == 1


def test_work_nobody_waits_for_stands_back_for_visitors() -> None:
    quiet = Quiet()
    began = time.monotonic()
    quiet.wait(began + 10)
    assert time.monotonic() - began < 1
    quiet.busy = 1
    quiet.wait(time.monotonic() + 0.2)
    assert time.monotonic() - began >= 0.2, "a visitor is served: it waits as long as it may"
    quiet.busy, quiet.last = 0, time.monotonic()
    quiet.wait(time.monotonic() + 10)
    assert time.monotonic() - quiet.last >= SILENCE


def test_after_a_restart_visitors_come_before_the_upkeep(remembering_store: Store) -> None:
    """What they ask for first is there: all else is made when they are served."""

    def steps() -> list[str]:
        told: list[str] = []
        city = City(remembering_store)
        upkeep.recall(city, Tiles())
        with pytest.raises(Cancelled):
            upkeep.ready(city, Tiles(), once(told), lambda: told.append("rest"))
        return told

    def once(told: list[str]) -> Callable[[float, float], None]:
        def progress(done: float, _total: float) -> None:
            told.append("step")
            if done:
                raise Cancelled("server.cancelled")

        return progress

    assert upkeep.is_ready(City(remembering_store))
    assert steps() == ["step", "rest", "step"]
    frame = pd.DataFrame(LATE).assign(when=pd.to_datetime(LATE["when"], utc=True))
    remembering_store.incidents.add(frame)
    assert not upkeep.is_ready(City(remembering_store))
    assert steps() == ["step", "step"]


def test_what_came_since_is_seen_after_a_restart(remembering_store: Store) -> None:
    before = len(City(remembering_store).incidents())
    frame = pd.DataFrame(LATE).assign(when=pd.to_datetime(LATE["when"], utc=True))
    remembering_store.incidents.add(frame)
    remembering_store.incidents.correct(3, 1, {"category": "put right"}, "test")
    city = City(remembering_store)
    incidents = city.incidents()
    assert len(incidents) == before + 1
    assert incidents["category"].astype(str).iloc[-1] == "late"
    assert incidents.set_index("id").loc["3", "category"] == "put right"
    placed = city.placed(city.plan().head)
    assert placed["cell"].iloc[-1] != ""
    remembering.remember(city)
    again = City(remembering_store)
    pd.testing.assert_frame_equal(again.placed(again.plan().head), placed)


def test_what_does_not_fit_is_not_taken(remembering_store: Store) -> None:
    found = remembering.known(remembering_store)
    assert found is not None
    shorter = known.Known(found.table.slice(1), found.last, found.corrected)
    of = remembering._of_incidents()
    remembering_store.remembered.put(remembering.INCIDENTS, of, shorter.packed())
    assert remembering.known(remembering_store) is None
    assert len(City(remembering_store).incidents()) == found.table.num_rows


def test_a_change_by_anybody_is_followed(
    remembering_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command in another process publishes and imports; the running server follows."""
    monkeypatch.setattr(upkeep, "PAUSE", 0.05)
    remembering_store.users.put("chief", "admin", "correct horse")
    with TestClient(create_app(Settings(), remembering_store), HERE) as client:
        url = "/api/v1/public"
        assert soon(lambda: client.get(url).json()["at"])
        total = {row["month"]: row["n"] for row in client.get(url).json()["rows"]
                 if row["category"] == "all"}  # fmt: skip
        late = pd.concat([pd.DataFrame(LATE)] * 20)
        with open_store(remembering_store.path) as other:
            other.incidents.add(late.assign(when=pd.to_datetime(late["when"], utc=True)))

        def followed() -> bool:
            rows = client.get(url).json()["rows"]
            now = {row["month"]: row["n"] for row in rows if row["category"] == "all"}
            return now["2016-06"] == total["2016-06"] + 20

        assert soon(followed)


def test_an_empty_store_needs_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path / "empty.db") as store:
        app = create_app(Settings(), store)
        with TestClient(app, HERE) as client:
            assert soon(lambda: client.get("/api/v1/jobs").json() == [])
            assert client.get("/healthz").status_code == 200
