"""Patrols over HTTP: asked, solved, changed, handed over."""

from __future__ import annotations

import copy
import io
import zipfile
from urllib.parse import quote

import pytest

from gridmap.journeys.city import City
from gridmap.journeys.patrol.nights import asked_patrol
from gridmap.patrol.verify import verify
from tests.server.conftest import finished

PATROLS = "/api/v1/patrols"


def night(client):
    return client.get(PATROLS).json()[0]["id"]


def solved(client, patrol, seconds=0.05):
    job = client.post(f"{PATROLS}/{patrol}/solve", json={"seconds": seconds})
    assert job.status_code == 202, job.text
    done = finished(client, job.json()["id"])
    assert done["state"] == "done", done
    return client.get(f"{PATROLS}/{patrol}")


def test_the_demo_has_a_night_to_solve(client):
    patrol = client.get(f"{PATROLS}/{night(client)}").json()
    assert patrol["plan"] is None
    assert [unit["mode"] for unit in patrol["asked"]["unit"]] == ["car", "car", "foot", "foot"]


def test_a_night_is_solved_verified_and_handed_over(client, store):
    patrol = night(client)
    answer = solved(client, patrol).json()
    assert answer["version"] == 2
    asked = asked_patrol(City(store), answer["asked"])
    assert verify(asked, answer["plan"]) == ()
    sheet = client.get(f"{PATROLS}/{patrol}/sheet?lang=zh")
    assert "巡逻单" in sheet.text
    assert "style-src 'unsafe-inline'" in sheet.headers["content-security-policy"]
    track = client.get(f"{PATROLS}/{patrol}/gpx/3")
    assert track.headers["content-type"] == "application/gpx+xml"
    assert "Foot-crew-Central.gpx" in track.headers["content-disposition"]
    assert client.get(f"{PATROLS}/{patrol}/gpx/5").status_code == 404
    assert client.get(f"{PATROLS}/{patrol}/routes.geojson").json() == answer["routes"]
    assert client.get(f"{PATROLS}/{patrol}/plan.json").json() == answer["plan"]
    packed = client.get(f"{PATROLS}/{patrol}/files.zip?lang=zh")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as folder:
        tracks = {"Car-1.gpx", "Car-2.gpx", "Foot-crew-Central.gpx", "Foot-crew-Harvard.gpx"}
        assert set(folder.namelist()) == tracks | {"plan.json", "routes.geojson", "sheet.html"}
        assert folder.read("Foot-crew-Central.gpx") == track.content
        assert folder.read("sheet.html").decode() == sheet.text


def test_a_stop_pinned_to_another_unit_moves_there(client):
    patrol = night(client)
    answer = solved(client, patrol)
    asked = answer.json()["asked"]
    stop = asked["stop"][0]
    stop["unit"] = "Car 2"
    changed = client.put(
        f"{PATROLS}/{patrol}", json={"asked": asked}, headers={"If-Match": answer.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    plan = solved(client, patrol).json()["plan"]
    who = [u["name"] for u in plan["units"] for v in u["visits"] if v["stop"] == stop["name"]]
    assert who == ["Car 2"]


def test_the_second_save_is_refused(client):
    patrol = night(client)
    asked = client.get(f"{PATROLS}/{patrol}").json()["asked"]
    first = client.put(f"{PATROLS}/{patrol}", json={"asked": asked}, headers={"If-Match": '"1"'})
    assert first.status_code == 200
    second = client.put(f"{PATROLS}/{patrol}", json={"asked": asked}, headers={"If-Match": '"1"'})
    assert second.status_code == 412
    assert client.put(f"{PATROLS}/{patrol}", json={"asked": asked}).status_code == 428


def test_a_new_patrol_asks_for_what_the_last_one_did(client):
    before = client.get(f"{PATROLS}/{night(client)}").json()["asked"]
    before["shift"]["date"] = "2026-01-31"
    client.put(f"{PATROLS}/{night(client)}", json={"asked": before}, headers={"If-Match": '"1"'})
    asked = client.get(f"{PATROLS}/tonight").json()["asked"]
    assert asked["shift"].pop("date") > before["shift"].pop("date")
    assert asked == before
    made = client.post(PATROLS, json={"name": "Tonight", "asked": asked})
    assert made.status_code == 201
    patrol = made.json()["id"]
    assert client.delete(f"{PATROLS}/{patrol}").status_code == 204
    assert client.get(f"{PATROLS}/{patrol}").status_code == 404


def test_the_first_patrol_of_a_city_has_hot_cells_only(client):
    client.delete(f"{PATROLS}/{night(client)}")
    asked = client.get(f"{PATROLS}/tonight").json()["asked"]
    assert asked["stop"] == []
    made = client.post(PATROLS, json={"name": "Tonight", "asked": asked})
    plan = solved(client, made.json()["id"]).json()["plan"]
    assert len(plan["units"]) == 4
    assert sum(len(unit["visits"]) for unit in plan["units"]) > 4


def test_what_became_of_a_visit_is_kept_with_the_plan(client):
    patrol = night(client)
    answer = solved(client, patrol).json()
    first, second = [v for v in answer["plan"]["units"][0]["visits"] if v["stop"]][:2]
    path = f"{PATROLS}/{patrol}/marks"
    put = lambda visit, state: client.put(  # noqa: E731
        path, json={"stop": visit["stop"], "arrive": visit["arrive"], "state": state}
    )
    assert client.get(path).json() == []
    assert put(first, "done").status_code == 200
    marks = put(second, "road").json()
    assert [(mark["stop"], mark["state"]) for mark in marks] == [
        (first["stop"], "done"),
        (second["stop"], "road"),
    ]
    assert set(marks[0]) == {"stop", "arrive", "state"}  # and no person, time or place
    assert [mark["state"] for mark in put(first, "open").json()] == ["road"]
    unknown = {**first, "arrive": answer["plan"]["shift"]["start"], "stop": "nowhere"}
    assert put(unknown, "done").status_code == 404
    assert put(first, "lost").status_code == 422
    now = client.get(f"{PATROLS}/{patrol}").json()
    assert now["version"] == answer["version"]
    asked = {"asked": now["asked"]}
    client.put(f"{PATROLS}/{patrol}", json=asked, headers={"If-Match": f'"{now["version"]}"'})
    assert len(client.get(path).json()) == 1
    solved(client, patrol)
    assert client.get(path).json() == []


def test_a_unit_named_in_chinese_gets_its_track_by_that_name(client):
    asked = client.get(f"{PATROLS}/tonight").json()["asked"]
    asked["unit"] = [{**asked["unit"][2], "name": "中心步巡组"}]
    made = client.post(PATROLS, json={"name": "今晚", "asked": asked}).json()
    solved(client, made["id"])
    track = client.get(f"{PATROLS}/{made['id']}/gpx/1")
    assert quote("中心步巡组.gpx") in track.headers["content-disposition"]


def test_stopping_a_search_keeps_the_best_so_far(client):
    patrol = night(client)
    job = client.post(f"{PATROLS}/{patrol}/solve", json={"seconds": 120}).json()["id"]
    while client.get(f"/api/v1/jobs/{job}").json()["done"] < 1:
        pass
    client.delete(f"/api/v1/jobs/{job}")
    assert finished(client, job)["state"] == "done"
    assert client.get(f"{PATROLS}/{patrol}").json()["plan"]["units"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda asked: asked.pop("unit"),
        lambda asked: asked["unit"][0].update(mode="boat"),
        lambda asked: asked["stop"][0].update(at=[999, 0]),
        lambda asked: asked["stop"][0].update(unit="nobody"),
        lambda asked: asked["hot"].update(count="many"),
        lambda asked: asked["shift"].update(zone="Nowhere"),
        lambda asked: asked.update(shift=3),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(client, spoil):
    patrol = night(client)
    asked = copy.deepcopy(client.get(f"{PATROLS}/{patrol}").json()["asked"])
    spoil(asked)
    answer = client.post(PATROLS, json={"name": "x", "asked": asked})
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]
    assert len(client.get(PATROLS).json()) == 1


def test_no_sheet_before_a_plan(client):
    assert client.get(f"{PATROLS}/{night(client)}/sheet").status_code == 422
