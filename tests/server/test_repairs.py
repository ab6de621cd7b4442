"""Repair over HTTP: proposed, refused one by one, saved; drafts withdrawn, locked, published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from tests.server.conftest import finished
from tests.store.towns import town

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

API = "/api/v1"


def done(client: TestClient, answer: Any) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    job = finished(client, answer.json()["id"])
    assert job["state"] == "done", job
    return job["result"]


def fire(client: TestClient) -> int:
    found = client.get(f"{API}/references").json()
    return next(one["id"] for one in found if one["name"].startswith("Fire"))


def sent(client: TestClient, frame: gpd.GeoDataFrame, name: str) -> int:
    files = {"file": (f"{name}.geojson", frame.to_json().encode())}
    return done(client, client.post(f"{API}/references", files=files))["reference"]


def proposal(client: TestClient, url: str, asked: Any = (), **headers: Any) -> dict[str, Any]:
    """What a repair would change: a job finds it, then it is there to be read."""
    found = done(client, client.post(f"{url}/proposal", json=dict(asked), **headers))
    read = client.get(f"{url}/proposal", params=dict(asked)).json()
    assert len(read["changes"]) == found["changes"]
    assert len(read["left"]) == found["left"]
    return read


def match(plan: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{plan["version"]}"'}


def plan_of(client: TestClient, number: int) -> dict[str, Any]:
    return client.get(f"{API}/plans/{number}").json()


def lake_town() -> gpd.GeoDataFrame:
    """A town whose middle cell is a lake, with an overlap of 5 m in the north-west."""
    cells = town().cells.reset_index(drop=True)
    cells = cells[cells["code"] != "0101"].reset_index(drop=True)
    wide = shapely.box(100.0, 30.02, 100.01005, 30.03)
    cells.loc[cells["code"] == "0200", "geometry"] = wide
    return cells


def test_changes_are_proposed_with_what_was_and_what_would_be(client: TestClient) -> None:
    number = fire(client)
    made = proposal(client, f"{API}/references/{number}")
    kinds = [change["kind"] for change in made["changes"]]
    assert kinds.count("overlap") == 4
    assert made["left"] == []
    for change in made["changes"]:
        assert change["message"]
        assert (change["area_m2"] > 0) == (change["kind"] != "edge")
        codes = set(change["cells"])
        for side in ("before", "after"):
            assert codes <= {one["properties"]["code"] for one in made[side]["features"]}
    assert made["moved_m2"] == pytest.approx(sum(c["area_m2"] for c in made["changes"]))


def test_refused_changes_stay_and_are_listed_and_block_publishing(client: TestClient) -> None:
    number = fire(client)
    url = f"{API}/references/{number}"
    made = proposal(client, url)
    biggest = max(made["changes"], key=lambda change: change["area_m2"])
    asked = {"name": "Fire", "refused": [biggest["id"]]}
    saved = done(client, client.post(f"{url}/repair", json=asked))
    assert saved["changed"] < len(made["changes"])
    assert saved["refused"] == 1
    assert len(saved["left"]) == 1
    assert "refused" in saved["left"][0]
    check = client.get(f"{API}/plans/{saved['plan']}/check").json()
    assert check["counts"]["overlap"] == 1
    plan = plan_of(client, saved["plan"])
    body = {"start": "2035-01-01", "reason": "too early"}
    refused = client.post(f"{API}/plans/{plan['id']}/publish", json=body, headers=match(plan))
    assert refused.status_code == 422
    assert "not a coverage" in refused.json()["detail"]

    url = f"{API}/plans/{plan['id']}"
    stale = client.post(f"{url}/repair", json={}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    asked = {"prefer": "smallest", "gap_width": 1}
    made = proposal(client, url, asked, headers=match(plan))
    assert [one["kind"] for one in made["changes"] if one["area_m2"]] == ["overlap"]
    mended = done(client, client.post(f"{url}/repair", json=asked, headers=match(plan)))
    assert mended["left"] == []
    plan = plan_of(client, plan["id"])
    assert plan["can_undo"]
    assert client.get(f"{url}/check").json()["ok"]
    steps = client.get(f"{url}/history").json()
    assert steps[0]["op"] == "repair"
    touched = {code for change in made["changes"] for code in change["cells"]}
    assert set(steps[0]["cells"]) <= touched
    back = client.post(f"{url}/undo", headers=match(plan)).json()
    assert client.get(f"{url}/check").json()["counts"]["overlap"] == 1
    again = client.post(f"{url}/redo", headers=match(back["plan"])).json()["plan"]
    assert client.post(f"{url}/publish", json=body, headers=match(again)).status_code == 200


def test_a_refused_border_keeps_the_ground_of_its_cells(client: TestClient) -> None:
    url = f"{API}/references/{fire(client)}"
    made = proposal(client, url)
    [edge] = [change for change in made["changes"] if change["kind"] == "edge"]
    theirs = [one for one in made["changes"] if not set(one["cells"]).isdisjoint(edge["cells"])]
    asked = {"name": "Border", "refused": [edge["id"]]}
    saved = done(client, client.post(f"{url}/repair", json=asked))
    assert saved["changed"] == len(made["changes"]) - len(theirs)
    assert len(saved["left"]) == len(theirs) - 1
    assert all("refused" in each for each in saved["left"])


def test_an_earlier_plan_says_whose_the_ground_was(client: TestClient) -> None:
    earlier = sent(client, town().cells.reset_index(drop=True), "earlier")
    plan = done(client, client.post(f"{API}/references/{earlier}/repair", json={"name": "old"}))
    number = sent(client, lake_town(), "lake")
    url = f"{API}/references/{number}"
    asked = {"prefer": "largest", "gap_width": 0}
    plain = proposal(client, url, asked)
    kept = proposal(client, url, {**asked, "keep_from": plan["plan"]})
    [first] = [one for one in plain["changes"] if one["kind"] == "overlap"]
    [second] = [one for one in kept["changes"] if one["kind"] == "overlap"]
    assert first["after"] == ["0200"]
    assert second["after"] == ["0201"]
    assert "earlier" in second["message"]


def test_a_lake_is_left_until_somebody_says_it_is_one(client: TestClient) -> None:
    number = sent(client, lake_town(), "lake")
    saved = done(client, client.post(f"{API}/references/{number}/repair", json={"name": "Lake"}))
    assert len(saved["left"]) == 1
    plan = plan_of(client, saved["plan"])
    url = f"{API}/plans/{plan['id']}"
    body = {"start": "2035-01-01", "reason": "with a lake"}
    assert client.post(f"{url}/publish", json=body, headers=match(plan)).status_code == 422
    hole = {"lon": 100.015, "lat": 30.015, "why": "Fresh Pond"}
    assert client.post(f"{url}/holes", json={**hole, "why": ""}).status_code == 422
    assert client.post(f"{url}/holes", json=hole).status_code == 200
    check = client.get(f"{url}/check").json()
    assert check["ok"]
    assert check["holes"] == 1
    [allowed] = plan_of(client, plan["id"])["allowed"]
    assert allowed == {"point": [100.015, 30.015], "who": "planner", "why": "Fresh Pond"}
    place = {"lon": 100.015, "lat": 30.015}
    assert client.delete(f"{url}/holes", params=place).status_code == 200
    assert client.delete(f"{url}/holes", params=place).status_code == 404
    assert not client.get(f"{url}/check").json()["ok"]
    assert client.post(f"{url}/holes", json=hole).status_code == 200
    assert client.post(f"{url}/publish", json=body, headers=match(plan)).status_code == 200


def test_cells_that_vanish_are_told_and_codes_that_repeat_refused(client: TestClient) -> None:
    cells = town().cells.reset_index(drop=True)
    twin = cells.iloc[[4]].assign(code="twin")
    both = gpd.GeoDataFrame(
        {"code": [*cells["code"], "twin"]},
        geometry=[*cells.geometry, twin.geometry.iloc[0]],
        crs=4326,
    )
    number = sent(client, both, "twins")
    saved = done(client, client.post(f"{API}/references/{number}/repair", json={"name": "Twins"}))
    assert saved["vanished"] == ["twin"]
    assert plan_of(client, saved["plan"])["cells"] == 9
    number = sent(client, both.assign(code=["same", "same", *both["code"][2:]]), "same")
    sending = client.post(f"{API}/references/{number}/repair", json={"name": "Same"})
    assert finished(client, sending.json()["id"])["state"] == "failed"


@pytest.mark.parametrize("asked", [{"prefer": "mine"}, {"gap_width": -1}, {"gap_width": 1e9}])
def test_wishes_that_cannot_be_are_refused(client: TestClient, asked: dict[str, Any]) -> None:
    answer = client.post(f"{API}/references/{fire(client)}/proposal", json=asked)
    assert answer.status_code == 422, json.dumps(answer.json())


@pytest.fixture
def draft(client: TestClient) -> dict[str, Any]:
    source = client.get(f"{API}/session").json()["plan"]["id"]
    return client.post(f"{API}/plans", json={"name": "Aside", "source": source}).json()


def test_a_draft_is_withdrawn_and_brought_back_as_it_stood(
    client: TestClient, draft: dict[str, Any]
) -> None:
    url = f"{API}/plans/{draft['id']}"
    merge = {"op": "merge", "cells": ["903", "902"], "code": "903"}
    draft = client.post(f"{url}/edits", json=merge, headers=match(draft)).json()["plan"]
    assert client.delete(url).status_code == 428
    assert client.delete(url, headers={"If-Match": '"1"'}).status_code == 412
    gone = client.delete(url, headers=match(draft)).json()
    assert gone["state"] == "withdrawn"
    assert gone["withdrawn"]
    assert client.post(f"{url}/edits", json=merge, headers=match(draft)).status_code == 409
    assert client.post(f"{url}/undo", headers=match(draft)).status_code == 409
    assert client.delete(url, headers=match(draft)).status_code == 409
    back = client.post(f"{url}/bring-back").json()
    assert back["state"] == "draft"
    assert back["version"] == draft["version"]
    assert back["can_undo"]
    assert client.post(f"{url}/bring-back").status_code == 409


def test_a_published_plan_is_never_withdrawn(client: TestClient) -> None:
    plan = client.get(f"{API}/session").json()["plan"]
    url = f"{API}/plans/{plan['id']}"
    assert client.delete(url, headers=match(plan)).status_code == 409
    assert client.post(f"{url}/locks", json={"codes": [], "locked": True}).status_code == 409
    hole = {"lon": 0, "lat": 0, "why": "x"}
    assert client.post(f"{url}/holes", json=hole).status_code == 409


def test_many_cells_are_locked_at_once_and_stay(client: TestClient, draft: dict[str, Any]) -> None:
    url = f"{API}/plans/{draft['id']}"
    labels = client.get(f"{url}/labels", params={"version": draft["version"]}).json()["codes"]
    locked = client.post(f"{url}/locks", json={"codes": labels, "locked": True}).json()
    assert len(locked["locked"]) == 117
    merge = {"op": "merge", "cells": ["903", "902"], "code": "903"}
    refused = client.post(f"{url}/edits", json=merge, headers=match(draft))
    assert refused.status_code == 422
    assert refused.json()["key"] == "edit.locked"
    client.post(f"{url}/locks", json={"codes": ["903", "902"], "locked": False})
    assert client.post(f"{url}/edits", json=merge, headers=match(draft)).status_code == 200
    unknown = client.post(f"{url}/locks", json={"codes": ["nobody"], "locked": True})
    assert unknown.status_code == 404
    child = client.post(f"{API}/plans", json={"name": "Child", "source": draft["id"]}).json()
    assert len(child["locked"]) == 115


def test_a_boundary_is_sent_with_the_cells(client: TestClient) -> None:
    cells = town().cells.reset_index(drop=True)
    area = gpd.GeoDataFrame(geometry=[shapely.box(100, 30, 100.03, 30.0302)], crs=4326)
    names = {"file": "cells.geojson", "boundary": "area.geojson"}
    content = {"file": cells.to_json().encode(), "boundary": area.to_json().encode()}
    files = {key: (name, content[key]) for key, name in names.items()}
    answer = client.post(f"{API}/references", files=files)
    number = done(client, answer)["reference"]
    found = client.get(f"{API}/references/{number}/check").json()
    assert found["counts"] == {"uncovered": 1}
    draft = done(client, client.post(f"{API}/references/{number}/repair", json={"name": "With"}))
    assert client.get(f"{API}/plans/{draft['plan']}/check").json()["counts"]["uncovered"] == 1
    asked = {"kind": "grid", "name": "Cells", "code": "code"}
    made = done(client, client.post(f"{API}/imports", files=files, data=asked))
    assert client.get(f"{API}/plans/{made['plan']}/check").json()["counts"]["uncovered"] == 1
    files["boundary"] = ("area.geojson", b"no layer at all")
    broken = client.post(f"{API}/references", files=files).json()
    assert finished(client, broken["id"])["state"] == "failed"
