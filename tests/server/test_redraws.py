"""Balanced cells over HTTP: a new draft of blocks, then a group of it drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.server.test_repairs import API, done, finished, match, plan_of

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


SEEN = {"multipart", "nesting"}
"""Blocks are not drawn along the car routes."""


def people(client: TestClient, plan: int) -> dict[str, float]:
    rows = client.get(f"{API}/incidents/figures", params={"plan": plan, "per": "people"}).json()
    return {row["code"]: row["people"] for row in rows["rows"]}


def test_a_draft_of_balanced_cells_and_a_group_drawn_anew(client: TestClient) -> None:
    plan = client.get(f"{API}/session").json()["plan"]
    asked = {"name": "Balanced", "target": 900, "tolerance": 0.2, "level": "SECTOR"}
    made = done(client, client.post(f"{API}/plans/{plan['id']}/redraws", json=asked))
    draft = plan_of(client, made["plan"])
    assert draft["cells"] == made["cells"] > 80
    counted = people(client, draft["id"])
    low, high = made["band"]
    out = [code for code, count in counted.items() if not low - 1 <= count <= high + 1]
    assert len(out) <= len(made["left"])
    assert client.get(f"{API}/plans/{draft['id']}/check").json()["counts"].keys() <= SEEN

    url = f"{API}/plans/{draft['id']}"
    asked = {"target": 1800, "tolerance": 0.25, "level": "SECTOR", "group": "5", "fresh": True}
    assert client.post(f"{url}/redraw", json=asked).status_code == 428
    again = done(client, client.post(f"{url}/redraw", json=asked, headers=match(draft)))
    after = plan_of(client, draft["id"])
    assert after["cells"] < draft["cells"]
    assert after["can_undo"]
    assert again["cells"] > 1
    assert sum(people(client, draft["id"]).values()) == sum(counted.values())
    assert client.get(f"{url}/check").json()["counts"].keys() <= SEEN
    assert client.get(f"{url}/history").json()[0]["op"] == "redraw"
    client.post(f"{url}/undo", headers=match(after))
    assert people(client, draft["id"]) == counted


def test_cells_that_cut_blocks_are_not_redrawn_in_place(client: TestClient) -> None:
    source = client.get(f"{API}/session").json()["plan"]["id"]
    draft = client.post(f"{API}/plans", json={"name": "Cut", "source": source}).json()
    asked = {"target": 900, "level": "SECTOR", "group": "5"}
    answer = client.post(f"{API}/plans/{draft['id']}/redraw", json=asked, headers=match(draft))
    job = finished(client, answer.json()["id"])
    assert job["state"] == "failed"
    assert job["error"]["key"] == "redraw.unaligned"
    assert plan_of(client, draft["id"])["version"] == draft["version"]
    asked["group"] = "nowhere"
    answer = client.post(f"{API}/plans/{draft['id']}/redraw", json=asked, headers=match(draft))
    assert finished(client, answer.json()["id"])["error"]["key"] == "redraw.no_group"
    assert client.post(f"{API}/plans/{source}/redraws", json={"target": -1}).status_code == 422
