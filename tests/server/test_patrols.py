"""Patrols over HTTP: asked, solved, changed, handed over."""

from __future__ import annotations

import copy

import pytest

from gridmap.journeys.city import City
from gridmap.journeys.nights import asked_patrol
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


def test_a_new_patrol_begins_with_tonight(client):
    asked = client.get(f"{PATROLS}/tonight").json()["asked"]
    made = client.post(PATROLS, json={"name": "Tonight", "asked": asked})
    assert made.status_code == 201
    patrol = made.json()["id"]
    plan = solved(client, patrol).json()["plan"]
    assert len(plan["units"]) == 4
    assert client.delete(f"{PATROLS}/{patrol}").status_code == 204
    assert client.get(f"{PATROLS}/{patrol}").status_code == 404


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
