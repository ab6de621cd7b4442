"""Where users are defined: visitors see published tables, staff sign in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from gridmap.files.shapes import shapes_path
from gridmap.journeys.demo import demo_store
from gridmap.journeys.places import import_places
from gridmap.journeys.source import Source
from gridmap.store import open_store
from tests.page.conftest import DESK, PHONE, Watched, address, axe, picture_path, serving
from tests.page.test_incidents import words
from tests.store.towns import town

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"  # noqa: S105 - a test's own


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("public") / "cambridge.db"
    with demo_store(path) as store:
        store.users.put("officer", "staff", PASSWORD)
        for name in ("business_regions", "intersections"):
            file = shapes_path("cambridge") / f"{name}.geojson.gz"
            layer = import_places(store, Source(file, file.name, name))
            store.layers.amend(layer.id, public=name == "business_regions")
    with serving(path) as address:
        yield address


def test_visitors_see_tables_and_staff_sign_in(visit: Callable[..., Watched], guarded: str) -> None:
    watched = visit(server=guarded)
    page = watched.page
    for _ in range(300):  # the server makes the tables when it starts
        if page.request.get(guarded + "/api/v1/public").json()["at"]:
            break
        page.wait_for_timeout(500)
    watched.open("/?level=SECTOR")
    page.wait_for_selector("#left tbody tr")
    assert "hidden" in words(page, "#left tbody")
    shown = page.locator("#left tbody td").all_inner_texts()
    assert not {"city", "all", "other", ""} & set(shown)
    asked = f"{guarded}/api/v1/public?level=SECTOR&month={page.input_value('[data-key=month]')}"
    rows = page.request.get(asked).json()["rows"]
    totals = [row["n"] for row in rows if row["category"] == "all" and row["n"] is not None]
    assert f"n = {sum(totals)}" in words(page, ".legend")
    assert page.locator("[data-key=report]").count() == 0
    assert axe(page) == []
    figures = page.request.get(guarded + "/api/v1/incidents/figures")
    assert figures.status == 403
    page.click("[data-key=sign-in]")
    page.fill("dialog input[name=name]", "officer")
    page.fill("dialog input[name=password]", "wrong")
    page.click("dialog .primary")
    page.wait_for_selector("dialog .bad:not(:empty)")
    assert len(watched.errors) == 1  # Chromium writes the refused sign-in to its console
    watched.errors.clear()
    assert axe(page) == []
    page.fill("dialog input[name=password]", PASSWORD)
    page.click("dialog .primary")
    page.wait_for_selector(".totals")
    watched.idle()
    assert "total 10,335" in words(page, ".totals")
    a_session_that_ended_is_begun_again_in_place(watched)
    page.click("[data-key=sign-out]")
    page.wait_for_selector("[data-key=sign-in]")


def a_session_that_ended_is_begun_again_in_place(watched: Watched) -> None:
    page = watched.page
    page.click("[data-key=report]")
    page.fill("#right textarea", "half written")
    page.context.clear_cookies()
    page.click("[data-key=per-area]")
    page.wait_for_selector("#notice:has-text('Your session has ended')")
    page.wait_for_selector("[data-key=sign-in]")
    assert axe(page) == []
    page.screenshot(path=picture_path("session-ended"))
    page.click("[data-key=notice-act]")
    page.fill("dialog input[name=password]", PASSWORD)
    page.click("dialog .primary")
    page.wait_for_selector("[data-key=sign-out]")
    page.wait_for_selector("#notice:empty", state="attached")
    assert page.input_value("#right textarea") == "half written"
    watched.errors.clear()  # the refused requests, which the browser notes


@pytest.mark.parametrize(
    ("lang", "viewport", "role"),
    [("zh", PHONE, "“值班人员”"), ("en", DESK, "“duty staff”"), ("en", PHONE, "“visitor”")],
    ids=["zh-phone", "en-desk", "visitor"],
)
def test_who_may_not_plan_patrols_is_told_who_may(
    visit: Callable[..., Watched], guarded: str, lang: str, viewport: dict[str, int], role: str
) -> None:
    watched = visit(lang, viewport, server=guarded)
    page = watched.page
    if role != "“visitor”":
        who = {"name": "officer", "password": PASSWORD}
        assert page.request.post(guarded + "/api/v1/session", data=who).ok
    tiles: list[str] = []
    page.on("response", lambda answer: tiles.append(answer.url) if answer.ok else None)
    page = watched.open("/?workspace=patrol")
    watched.idle()
    assert role in words(page, "#left")
    assert page.locator("[data-key=ask]").count() == (role == "“visitor”")
    assert words(page, "#notice") == ""
    assert any("/tiles/cells/" in address for address in tiles)
    assert axe(page) == []
    page.screenshot(path=picture_path(f"patrol-closed-{lang}-{viewport['width']}"))


def test_visitors_look_at_cells_and_are_refused_nothing(
    visit: Callable[..., Watched], guarded: str
) -> None:
    watched = visit(server=guarded)
    page = watched.open("/?workspace=cells&sel=cell:305")
    page.wait_for_selector("#right h2:has-text('305')")
    watched.idle()
    assert "117 cells" in words(page, "#left")
    assert page.locator("#left .bad, #left select").count() == 0
    assert [one for one in watched.answers if one[0] >= 400] == []
    assert axe(page) == []


@pytest.mark.parametrize(("lang", "viewport"), [("en", PHONE), ("zh", DESK)], ids=["en", "zh"])
def test_visitors_see_published_places_only(
    visit: Callable[..., Watched], guarded: str, lang: str, viewport: dict[str, int]
) -> None:
    watched = visit(lang, viewport, server=guarded)
    page = watched.open("/?level=SECTOR")
    page.wait_for_selector("#left tbody tr")
    boxes = page.locator(".places input[type=checkbox]")
    assert boxes.count() == 1
    assert "business_regions" in words(page, ".places")
    assert page.locator("[data-key=places-add]").count() == 0
    boxes.check()
    watched.idle()
    assert "places=" in address(page)
    page.goto(f"{address(page)}&sel=place:{address(page).split('places=')[1].split('&')[0]}:0")
    page.wait_for_selector("#right dl")
    watched.idle()
    page.screenshot(path=picture_path(f"public-{lang}-{viewport['width']}"))
    assert axe(page) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_city_without_streets_and_public_figures_says_so(
    visit: Callable[..., Watched], tmp_path: Path, lang: str
) -> None:
    path = tmp_path / "bare.db"
    with open_store(path) as store:
        plan = store.plans.add("town", town())
        store.plans.publish(plan.id, plan.head, date(2019, 1, 1), "first")
        store.users.put("officer", "staff", PASSWORD)
    with serving(path, "serve") as address:
        watched = visit(lang, server=address)
        page = watched.open("/?map=14/100.015/30.015")
        none = {"en": "No figures have been made public yet", "zh": "尚未公布统计数据"}[lang]
        assert none in words(page, "#left")
        assert [one for one in watched.answers if one[0] >= 400] == []
        assert page.evaluate("performance.getEntriesByType('resource').length") > 5
        page.screenshot(path=picture_path(f"public-none-{lang}"))
        assert axe(page) == []
