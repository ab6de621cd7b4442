"""Editing over HTTP: proof, figures, undo, publishing, two people in one draft."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from gridmap import Settings, create_app, open_store
from gridmap.journeys.cells.sound import faults

if TYPE_CHECKING:
    from pathlib import Path

    from gridmap.store import Store

PLANS = "/api/v1/plans"
MERGE = {"op": "merge", "cells": ["404", "405"], "code": "404"}


def draft(client: TestClient) -> tuple[str, str]:
    """A new draft: its address and ETag."""
    answer = client.post(PLANS, json={"name": "Redraw", "source": 1})
    assert answer.status_code == 201
    return answer.headers["location"], answer.headers["etag"]


def post(client: TestClient, url: str, tag: str, body: Any = None) -> Any:
    return client.post(url, json=body, headers={"If-Match": tag})


def across(client: TestClient, plan: str, code: str) -> dict[str, Any]:
    """A line from west to east through the middle of a cell."""
    west, south, east, north = client.get(f"{plan}/cells/{code}").json()["bounds"]
    middle = (south + north) / 2
    return {"type": "LineString", "coordinates": [[west - 1e-3, middle], [east + 1e-3, middle]]}


def total(rows: list[dict[str, Any]], name: str) -> float:
    return sum(row[name] for row in rows)


def test_edits_conserve_ground_people_and_incidents(client: TestClient, store: Store) -> None:
    plan, tag = draft(client)
    split = {"op": "split", "cell": "404", "codes": ["404", "404b"]}
    for make in (lambda: MERGE, lambda: {**split, "line": across(client, plan, "404")}):
        answer = post(client, f"{plan}/edits", tag, make())
        assert answer.status_code == 200, answer.text
        tag = answer.headers["etag"]
        found = answer.json()
        for name in ("people", "incidents"):
            assert total(found["before"], name) == total(found["after"], name) > 0
        before, after = (total(found[each], "area_m2") for each in ("before", "after"))
        assert before == pytest.approx(after, rel=1e-9)
    assert found["plan"]["cells"] == 117
    figures = client.get(f"/api/v1/incidents/figures?plan={found['plan']['id']}").json()
    shown = {row["code"]: row["n"] for row in figures["rows"]}
    assert all(shown[row["code"]] == row["incidents"] for row in found["after"])
    assert figures["totals"]["total"] == 10_335
    assert faults(store) == []


def test_balance_is_that_of_the_figures_and_places_no_incident(client: TestClient) -> None:
    """After an edit the strip of people must not cost a count of every incident."""
    plan, tag = draft(client)
    assert post(client, f"{plan}/edits", tag, MERGE).status_code == 200
    found = client.get(f"{plan}/balance").json()
    assert client.app.state.city.newest("placed") is None  # type: ignore[attr-defined]
    asked = {"plan": plan.rsplit("/", 1)[1], "per": "people"}
    rows = client.get("/api/v1/incidents/figures", params=asked).json()["rows"]
    people = {row["code"]: row["people"] for row in rows if row["people"] is not None}
    assert (
        found["quarters"]
        == np.quantile(list(people.values()), (0, 0.25, 0.5, 0.75, 1), method="nearest").tolist()
    )
    assert found["mean"] == pytest.approx(np.mean(list(people.values())))
    assert all(people[one["code"]] == one["people"] for one in found["ticks"])
    shown = {one["people"] for one in found["ticks"]}
    apart = max(people.values()) / 300
    assert all(min(abs(each - tick) for tick in shown) <= apart for each in people.values())


def test_people_are_shared_out_by_where_they_live(client: TestClient, store: Store) -> None:
    """Not by area: the blocks decide."""
    from gridmap.grid.crosswalk import population

    plan, tag = draft(client)
    split = {"op": "split", "cell": "404", "codes": ["404", "404b"]}
    answer = post(client, f"{plan}/edits", tag, {**split, "line": across(client, plan, "404")})
    made = {row["code"]: row["people"] for row in answer.json()["after"]}
    grid = store.plans.grid(answer.json()["plan"]["version"])
    layer = store.layers.latest("blocks")
    assert layer is not None
    counted = population(grid, store.layers.frame(layer.id), "POP_LAB").people
    for code in ("404", "404b"):
        assert made[code] == pytest.approx(counted[code], abs=2)


def test_undo_and_redo_survive_a_restart(client: TestClient, store: Store, tmp_path: Path) -> None:
    plan, first = draft(client)
    second = post(client, f"{plan}/edits", first, MERGE).headers["etag"]
    store.backup(tmp_path / "later.db")
    with open_store(tmp_path / "later.db") as again:
        later = TestClient(create_app(Settings(), again), "http://localhost")
        answer = post(later, f"{plan}/undo", second)
        assert answer.status_code == 200
        assert answer.headers["etag"] == first
        assert {row["code"] for row in answer.json()["after"]} == {"404", "405"}
        assert answer.json()["plan"]["can_redo"]
        answer = post(later, f"{plan}/redo", first)
        assert answer.headers["etag"] == second
        assert post(later, f"{plan}/redo", second).status_code == 409


def test_the_second_of_two_people_learns_what_changed(client: TestClient) -> None:
    plan, tag = draft(client)
    assert post(client, f"{plan}/edits", tag, MERGE).status_code == 200
    recode = {"op": "recode", "cell": "101", "code": "101x"}
    answer = post(client, f"{plan}/edits", tag, recode)
    assert answer.status_code == 412
    (changed,) = answer.json()["values"]["changed"]
    assert changed["op"] == "merge"
    assert changed["cells"] == ["404", "405"]
    assert client.get(plan).json()["cells"] == 116
    now = client.get(plan).headers["etag"]
    assert post(client, f"{plan}/edits", now, recode).status_code == 200


def test_the_version_must_be_named(client: TestClient) -> None:
    plan, _ = draft(client)
    assert client.post(f"{plan}/edits", json=MERGE).status_code == 428
    assert post(client, f"{plan}/edits", '"nonsense"', MERGE).status_code == 412


@pytest.mark.parametrize(
    "edit",
    [
        {"op": "merge", "cells": ["404", "101"], "code": "404"},
        {"op": "merge", "cells": ["404", "none"], "code": "404"},
        {"op": "recode", "cell": "404", "code": "405"},
        {"op": "split", "cell": "404", "codes": ["404", "x"], "line": {"type": "LineString",
         "coordinates": [[0, 0], [1, 1]]}},
        {"op": "move", "cells": ["404", "405"], "line": {"type": "LineString",
         "coordinates": [[0]]}},
        {"op": "explode"},
    ],
)  # fmt: skip
def test_an_edit_that_cannot_be_is_refused_and_nothing_saved(
    client: TestClient, edit: dict[str, Any]
) -> None:
    plan, tag = draft(client)
    answer = post(client, f"{plan}/edits", tag, edit)
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert client.get(plan).headers["etag"] == tag


def test_a_published_plan_cannot_be_edited(client: TestClient) -> None:
    tag = client.get(f"{PLANS}/1").headers["etag"]
    assert post(client, f"{PLANS}/1/edits", tag, MERGE).status_code == 409
    assert post(client, f"{PLANS}/1/undo", tag).status_code == 409


def test_incidents_show_up_in_the_cells_of_the_plan_in_force(client: TestClient) -> None:
    plan, tag = draft(client)
    recode = {"op": "recode", "cell": "404", "code": "404new"}
    tag = post(client, f"{plan}/edits", tag, recode).headers["etag"]
    assert not client.get("/api/v1/incidents", params={"cell": "404new"}).json()["total"]
    body = {"start": "2014-01-01", "reason": "renamed"}
    assert post(client, f"{plan}/publish", tag, {**body, "reason": " "}).status_code == 422
    answer = post(client, f"{plan}/publish", tag, body)
    assert answer.status_code == 200
    assert answer.json()["state"] == "published"

    def cells(**when: str) -> set[str]:
        found = client.get("/api/v1/incidents", params={"limit": 1000, **when}).json()
        return {row["cell"] for row in found["incidents"]}

    before, after = cells(end="2014-01-01"), cells(start="2014-01-01")
    assert "404" in before
    assert "404new" not in before
    assert "404new" in after
    assert "404" not in after
    assert client.get("/api/v1/session").json()["plan"]["name"] == "Redraw"
    assert client.get(f"{PLANS}/1").json()["valid_to"] == "2014-01-01"


def test_compare_names_cells_and_people(client: TestClient) -> None:
    plan, tag = draft(client)
    post(client, f"{plan}/edits", tag, MERGE)
    people = client.get(f"{PLANS}/1/cells/405").json()["columns"]["people"]
    found = client.get(f"{plan}/compare", params={"with": 1}).json()
    assert found["changed"] == ["404"]
    assert found["vanished"] == ["405"]
    assert found["people"] == people
    (move,) = found["moves"]
    assert (move["old"], move["new"]) == ("405", "404")


def test_exact_shapes_and_neighbours(reader: TestClient) -> None:
    found = reader.get(f"{PLANS}/1/cells", params={"codes": "404,405"}).json()
    assert [feature["id"] for feature in found["features"]] == ["404", "405"]
    one = reader.get(f"{PLANS}/1/cells/404").json()
    assert "405" in one["neighbours"]
    assert one["columns"]["SECTOR"] == 2
    for code in one["neighbours"]:
        assert "404" in reader.get(f"{PLANS}/1/cells/{code}").json()["neighbours"]
    assert reader.get(f"{PLANS}/1/cells/none").status_code == 404


def test_a_draft_of_another_process_is_seen_in_the_next_request(
    client: TestClient, store: Store
) -> None:
    with open_store(store.path) as other:
        other.plans.draft("from elsewhere", 1)
    assert "from elsewhere" in [plan["name"] for plan in client.get(PLANS).json()]


def test_the_store_is_copied_not_shared(cambridge_store: Path, tmp_path: Path) -> None:
    with open_store(shutil.copy(cambridge_store, tmp_path / "x.db")) as store:
        assert len(store.plans.all()) == 1
