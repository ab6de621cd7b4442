"""Who may do what: every operation for every role, sessions, the record of views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from gridmap import Settings, create_app, open_store
from tests.layers.synthetic import synthetic_city
from tests.server.conftest import HERE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridmap.store import Store

ROLES = ("public", "staff", "patrol", "planner", "admin")
PASSWORD = "correct horse"  # noqa: S105  # for tests
EXPORT = "/api/v1/export?what=incidents"
ALLOWED: list[tuple[str, str, dict[str, Any] | None, str]] = [
    ("GET", "/api/v1/session", None, "public staff patrol planner admin"),
    ("GET", "/api/v1/plans", None, "public staff patrol planner admin"),
    ("GET", "/api/v1/plans/1/cells/404", None, "public staff patrol planner admin"),
    ("GET", "/api/v1/incidents", None, "staff patrol planner admin"),
    ("GET", "/api/v1/incidents/5", None, "staff patrol planner admin"),
    ("GET", "/api/v1/incidents/unplaced", None, "staff patrol planner admin"),
    ("GET", "/api/v1/incidents/figures", None, "staff patrol planner admin"),
    ("GET", "/api/v1/incidents/clock", None, "staff patrol planner admin"),
    ("GET", "/api/v1/incidents/facets", None, "staff patrol planner admin"),
    ("GET", "/api/v1/incidents/histogram", None, "staff patrol planner admin"),
    ("GET", "/api/v1/incidents/totals", None, "staff patrol planner admin"),
    ("GET", "/api/v1/export", None, "staff patrol planner admin"),
    ("GET", EXPORT, None, "staff patrol planner admin"),
    ("GET", "/api/v1/references", None, "staff patrol planner admin"),
    ("GET", "/api/v1/places", None, "public staff patrol planner admin"),
    ("GET", "/api/v1/duties?unit=404", None, "staff patrol planner admin"),
    ("GET", "/api/v1/incidents/unit?unit=404", None, "staff patrol planner admin"),
    ("GET", "/api/v1/incidents/hotspots/backtest", None, "staff patrol planner admin"),
    ("GET", "/tiles/heat/12/1239/1514.png", None, "staff patrol planner admin"),
    ("GET", "/ogc/collections/incidents/items", None, "staff patrol planner admin"),
    ("POST", "/api/v1/incidents", {"when": "2020-01-01T00:00:00", "category": "x"},
     "staff planner admin"),
    ("GET", "/api/v1/imports", None, "staff planner admin"),
    ("POST", "/api/v1/plans", {"name": "x", "source": 1}, "planner admin"),
    ("GET", "/api/v1/plans/1/history", None, "planner admin"),
    ("GET", "/api/v1/references/3/proposal", None, "planner admin"),
    ("GET", "/api/v1/plans/1/compare?with=1", None, "planner admin"),
    ("POST", "/api/v1/references/3/proposal", {}, "planner admin"),
    ("POST", "/api/v1/plans/1/redraws", {"name": "x", "target": 900}, "planner admin"),
    ("GET", "/api/v1/users", None, "admin"),
    ("GET", "/api/v1/views", None, "admin"),
]  # fmt: skip


@pytest.fixture
def roles(store: Store) -> Iterator[dict[str, TestClient]]:
    """A signed-in client for each role, and one nobody signed in."""
    app = create_app(Settings(), store)
    clients = {"nobody": TestClient(app, HERE)}
    for role in ROLES:
        store.users.put(f"the {role}", role, PASSWORD)
        clients[role] = TestClient(app, HERE)
        body = {"name": f"the {role}", "password": PASSWORD}
        answer = clients[role].post("/api/v1/session", json=body)
        assert answer.status_code == 204
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
    return clients


def test_who_may_do_what(roles: dict[str, TestClient]) -> None:
    wrong = []
    for method, path, body, allowed in ALLOWED:
        for role, client in roles.items():
            answer = client.request(method, path, json=body)
            may = role in allowed.split() or (role == "nobody" and "public" in allowed)
            fits = answer.is_success if may else answer.status_code in {401, 403, 404}
            if not fits:
                wrong.append((method, path, role, answer.status_code))
    assert wrong == []


def test_who_may_not_is_told_by_the_name_of_the_role(roles: dict[str, TestClient]) -> None:
    named = {"en": {"nobody": "visitor", "staff": "duty staff"},
             "zh": {"nobody": "访客", "staff": "值班人员"}}  # fmt: skip
    for lang, names in named.items():
        for role, name in names.items():
            answer = roles[role].get("/api/v1/patrols", params={"lang": lang})
            assert answer.status_code == 403
            assert f"“{name}”" in answer.json()["detail"]


def test_without_users_the_visitor_is_planner_with_one_the_public(store: Store) -> None:
    client = TestClient(create_app(Settings(), store), HERE)
    assert client.get("/api/v1/session").json()["role"] == "planner"
    store.users.put("first", "staff", PASSWORD)
    assert client.get("/api/v1/session").json()["role"] == "public"


def test_the_public_sees_no_draft_and_no_columns(roles: dict[str, TestClient]) -> None:
    draft = roles["planner"].post("/api/v1/plans", json={"name": "x", "source": 1}).json()["id"]
    public, staff = roles["public"], roles["staff"]
    assert [plan["id"] for plan in public.get("/api/v1/plans").json()] == [1]
    for path in ("", "/cells/404", "/cells?codes=404"):
        assert public.get(f"/api/v1/plans/{draft}{path}").status_code == 404
        assert staff.get(f"/api/v1/plans/{draft}{path}").status_code == 200
    cell = public.get("/api/v1/plans/1/cells/404").json()
    assert set(cell["columns"]) == {"SECTOR", "CAR_RTE", "WALK_RTE"}


def test_views_of_exact_points_are_recorded(roles: dict[str, TestClient]) -> None:
    staff, admin = roles["staff"], roles["admin"]
    for path in ("/api/v1/incidents/5", "/api/v1/incidents", EXPORT, "/api/v1/search?q=9000"):
        staff.get(path)
    staff.get("/api/v1/incidents/figures")
    assert staff.get("/tiles/heat/16/0/0.png?bandwidth=20").status_code == 422
    seen = [(view["user"], view["what"]) for view in admin.get("/api/v1/views").json()]
    assert len(seen) == 4
    assert seen[0][1] == "search found incident 9000"
    assert {user for user, _ in seen} == {"the staff"}
    assert seen[-1] == ("the staff", "incident 5")


def test_the_public_is_not_told_that_incidents_arrive(roles: dict[str, TestClient]) -> None:
    staff, public = roles["staff"], roles["public"]
    paths = ["/api/v1/session", "/api/v1/plans", "/api/v1/public", "/api/v1/places",
             "/ogc/collections", "/api/v1/jobs"]  # fmt: skip
    before = [public.get(path).text for path in paths]
    report = {"when": "2015-05-01T08:00:00", "category": "crash", "lon": -71.11, "lat": 42.37}
    assert staff.post("/api/v1/incidents", json=report).status_code == 201
    assert [public.get(path).text for path in paths] == before


def test_signing_out_and_wrong_passwords(roles: dict[str, TestClient]) -> None:
    staff = roles["staff"]
    assert staff.delete("/api/v1/session").status_code == 204
    assert staff.get("/api/v1/session").json()["role"] == "public"
    wrong = staff.post("/api/v1/session", json={"name": "the staff", "password": "x"})
    assert wrong.status_code == 403
    assert "set-cookie" not in wrong.headers


def test_an_admin_looks_after_users(roles: dict[str, TestClient]) -> None:
    admin = roles["admin"]
    body = {"role": "staff", "password": "short"}
    assert admin.put("/api/v1/users/desk", json=body).status_code == 422
    body["password"] = PASSWORD
    assert admin.put("/api/v1/users/desk", json=body).json() == {"name": "desk", "role": "staff"}
    assert "desk" in [user["name"] for user in admin.get("/api/v1/users").json()]
    assert admin.delete("/api/v1/users/desk").status_code == 204
    assert admin.delete("/api/v1/users/desk").status_code == 404


def test_jobs_of_others_are_nobodys_business(roles: dict[str, TestClient]) -> None:
    files = {"file": ("a.csv", b"x")}
    data = {"kind": "incidents"}
    job = roles["staff"].post("/api/v1/imports", data=data, files=files).json()["id"]
    assert roles["staff"].get(f"/api/v1/jobs/{job}").status_code == 200
    assert roles["planner"].get(f"/api/v1/jobs/{job}").status_code == 404


def test_tiles_and_labels_of_drafts_are_not_for_the_public(roles: dict[str, TestClient]) -> None:
    """Neither before nor after somebody who may see them has asked: the cache knows no roles."""
    planner = roles["planner"]
    draft = planner.post("/api/v1/plans", json={"name": "x", "source": 1}).json()
    version = draft["version"]
    mine = f"/tiles/cells/{draft['id']}/{version}"
    paths = [f"{mine}/12/1239/1514.mvt", f"{mine}/tiles.json", f"{mine}/left_out?zoom=9",
             f"/api/v1/plans/{draft['id']}/labels?version={version}"]  # fmt: skip
    for _ in range(2):
        for path in paths:
            assert roles["public"].get(path).status_code == 404
            assert roles["nobody"].get(path).status_code == 404
            assert roles["staff"].get(path).status_code == 200
    # under the number of a published plan it is no better
    published = planner.get("/api/v1/plans/1").json()
    for path in (f"/tiles/cells/1/{version}/12/1239/1514.mvt",
                 f"/api/v1/plans/1/labels?version={version}"):  # fmt: skip
        assert roles["public"].get(path).status_code == 404
        assert planner.get(path).status_code == 404
    path = f"/tiles/cells/1/{published['version']}/12/1239/1514.mvt"
    first = roles["public"].get(path)
    assert first.status_code == 200
    assert roles["public"].get(path).content == first.content


def test_the_history_of_a_published_plan_is_not_for_the_public(
    roles: dict[str, TestClient],
) -> None:
    planner = roles["planner"]
    draft = planner.post("/api/v1/plans", json={"name": "x", "source": 1}).json()
    number, first = draft["id"], draft["version"]
    codes = {"op": "recode", "cell": "404", "code": "404a"}
    edited = planner.post(
        f"/api/v1/plans/{number}/edits", json=codes, headers={"If-Match": f'"{first}"'}
    )
    head = edited.json()["plan"]["version"]
    answer = planner.post(
        f"/api/v1/plans/{number}/publish",
        json={"start": "2199-01-01", "reason": "test"},
        headers={"If-Match": f'"{head}"'},
    )
    assert answer.status_code == 200, answer.text
    tile = "12/1239/1514.mvt"
    public = roles["public"]
    assert public.get(f"/tiles/cells/{number}/{head}/{tile}").status_code == 200
    assert public.get(f"/tiles/cells/{number}/{first}/{tile}").status_code == 404
    assert roles["staff"].get(f"/tiles/cells/{number}/{first}/{tile}").status_code == 200


OPEN = {
    "/api/v1/jobs", "/api/v1/messages/{lang}", "/api/v1/places", "/api/v1/plans",
    "/api/v1/plans/{plan}", "/api/v1/plans/{plan}/cells", "/api/v1/plans/{plan}/cells/{code}",
    "/api/v1/plans/{plan}/labels", "/api/v1/public", "/api/v1/search", "/api/v1/session",
    "/ogc", "/ogc/collections", "/ogc/collections/{collection}",
    "/ogc/collections/{collection}/items", "/ogc/collections/{collection}/items/{item}",
    "/ogc/conformance", "/tiles/cells/{plan}/{version}/left_out",
    "/tiles/cells/{plan}/{version}/tiles.json", "/tiles/cells/{plan}/{version}/{z}/{x}/{y}.mvt",
    "/tiles/streets/tiles.json", "/tiles/streets/{z}/{x}/{y}.mvt",
}  # fmt: skip
"""All that may ever answer the public with something."""
PARTS = {"plan": 1, "version": 1, "z": 12, "x": 1239, "y": 1514, "code": "404", "layer": 3,
         "lang": "en", "collection": "cells", "item": "404", "kind": "html", "incident": 5,
         "job": 1, "name": "the staff", "patrol": 1, "reference": 3, "row": 0,
         "unit": 0}  # fmt: skip
ASKED = {"month": "2015-01-01", "zoom": 9, "version": 1, "q": "main", "with": 1, "codes": "404"}


def test_what_is_not_open_is_closed_to_the_public(roles: dict[str, TestClient]) -> None:
    """Whatever route is added: it answers the public only when it is listed here."""
    document = roles["nobody"].get("/api/v1/openapi.json").json()
    answered = set()
    for path, item in document["paths"].items():
        if "get" not in item:
            continue
        names = {each["name"] for each in item["get"].get("parameters", [])}
        asked = {name: value for name, value in ASKED.items() if name in names}
        answer = roles["public"].get(path.format(**PARTS), params=asked)
        assert answer.status_code < 500
        if answer.is_success:
            answered.add(path)
    assert answered <= OPEN


def test_foreign_programs_of_the_public_get_no_figures(roles: dict[str, TestClient]) -> None:
    public, staff, items = roles["public"], roles["staff"], "/ogc/collections/cells/items"
    mine, theirs = (each.get(items).json()["features"][0]["properties"] for each in (public, staff))
    assert set(mine) == {"SECTOR", "CAR_RTE", "WALK_RTE"} < set(theirs)
    # nor by asking which cells have a figure
    assert public.get(items, params={"people": "47"}).status_code >= 400
    group = public.get("/ogc/collections/level-SECTOR/items").json()["features"][0]
    assert group["properties"] == {}
    assert public.get("/ogc/collections/incidents/items/5").status_code == 403
    assert staff.get("/ogc/collections/incidents/items/5").status_code == 200
    seen = [view["what"] for view in roles["admin"].get("/api/v1/views").json()]
    assert "ogc incident 5" in seen


def test_before_anything_is_published_the_public_sees_no_draft(tmp_path: Path) -> None:
    with open_store(tmp_path / "draft.db") as store:
        store.plans.add("secret", synthetic_city(3))
        store.users.put("chief", "admin", PASSWORD)
        public = TestClient(create_app(Settings(), store), HERE)
        session = public.get("/api/v1/session").json()
        assert (session["role"], session["plan"], session["bounds"]) == ("public", None, None)
        assert public.get("/api/v1/search", params={"q": "000"}).status_code == 404
        assert public.get("/ogc/collections").json()["collections"] == []
        assert public.get("/ogc/collections/cells/items").status_code == 403
        body = {"name": "chief", "password": PASSWORD}
        assert public.post("/api/v1/session", json=body).status_code == 204
        assert public.get("/api/v1/session").json()["plan"]["name"] == "secret"
