"""The patrol lead's desk: solve, look, pin, print, hand over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.page.conftest import DESK, PHONE, address, axe, picture_path
from tests.page.planner import SLOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser
NIGHT = "/?workspace=patrol&patrol=1"
LONG = 90_000
OTHER_VISIT = '{"stop": "of a plan before", "arrive": "2026-01-01T00:00:00Z", "state": "done"}'


def planned(watched: Watched) -> Page:
    """The night with its routes; solved by keyboard where it is not yet."""
    page = watched.open(NIGHT)
    page.wait_for_selector("[data-key=solve]")
    if not page.locator(".board").count():
        page.focus("[data-key=solve]")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-key=stop-now]")
        page.wait_for_selector(".board", timeout=LONG)
    watched.idle()
    return page


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_night_on_the_page(
    visit: Callable[..., Watched], lang: str, viewport: dict[str, int]
) -> None:
    watched = visit(lang, viewport)
    page = planned(watched)
    verdict = page.locator(".patrol-verdict").inner_text()
    assert "13 / 13" in verdict
    assert "✗" not in verdict
    assert page.locator(".board .board-name").count() == 5
    assert page.locator(".seg-stay").count() > 40
    assert page.locator(".seg-rest").count() >= 4
    assert axe(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    page.screenshot(path=picture_path(f"patrol-{lang}-{viewport['width']}"))
    if viewport is DESK:
        prints_the_night(page, lang)


def prints_the_night(page: Page, lang: str) -> None:
    """The browser's own print holds what is reached, each route in its order, what is left out."""
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    words = page.inner_text("#printed")
    assert "13 / 13" in words
    rows = page.locator("#printed table").first.locator("tbody tr")
    assert rows.count() == page.locator(".board .board-name").count() - 1
    stops = page.locator(".board-line .seg-stay").count()
    assert sum(int(row.split("\t")[4]) for row in rows.all_inner_texts()) == stops
    left_out = page.locator("[data-key^=unserved-]").all_text_contents()
    assert all(stop in words for stop in left_out)
    page.screenshot(path=picture_path(f"print-patrol-{lang}"), full_page=True)
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")


def test_a_stop_is_chosen_pinned_and_solved_again(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = planned(watched)
    page.click("[data-key=stop-0]")
    page.wait_for_selector("#right h2:has-text('Checkpoint Broadway & Third St')")
    assert "sel=stop" in address(page)
    page.select_option("[data-key=who]", "Foot crew Central")
    page.wait_for_selector("text=Changed: solve again")
    page.click("[data-key=solve]")
    page.wait_for_selector("[data-key=stop-now]")
    page.wait_for_selector("[data-key=stop-now]", state="detached", timeout=LONG)
    page.wait_for_selector("#right li:has-text('Foot crew Central')")
    page.keyboard.press("Escape")
    page.wait_for_selector("#right", state="hidden")


def test_a_stop_added_on_the_map_says_why_it_is_not_served(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open(NIGHT)
    page.wait_for_selector("[data-key=solve]")
    page.click("[data-key=new-patrol]")
    page.wait_for_selector("text=No routes yet")
    stops = page.locator("[data-key^=stop-]").count()
    watched.idle()
    page.click("[data-key=add-stop]")
    page.wait_for_selector(".patrol-hint")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.95, box["y"] + 60)
    page.wait_for_selector(f"#right h2:has-text('Stop {stops + 1}')")
    page.click("[data-key=solve]")
    page.wait_for_selector("[data-key=stop-now]")
    page.click("[data-key=stop-now]")
    page.wait_for_selector("#right .warn", timeout=LONG)
    assert "250 m" in page.locator("#right .warn").inner_text()
    assert "13 / 14" in page.locator(".patrol-verdict").inner_text()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_crew_follows_its_route_on_the_phone(visit: Callable[..., Watched], lang: str) -> None:
    watched = visit(lang, PHONE)
    page = planned(watched)
    page.click("[data-key=route-2]")
    page.wait_for_selector(".crew-next")
    watched.idle()
    assert page.locator("#left").is_hidden()
    assert page.locator("#sheet").evaluate("sheet => sheet.scrollTop") == 0
    plan = page.request.get(f"{watched.server}/api/v1/patrols/1").json()["plan"]
    visits = [one for one in plan["units"][2]["visits"] if one["stop"]]
    shows(page, visits[0], 1)
    assert axe(page) == []
    page.screenshot(path=picture_path(f"patrol-crew-{lang}"))
    page.click("[data-key=mark-done]")
    page.wait_for_selector(".crew-number:text-is('2')")
    page.click("[data-key=skip]")
    page.wait_for_selector("[data-key=skip-road]:visible")
    assert axe(page) == []
    page.screenshot(path=picture_path(f"patrol-skip-{lang}"))
    page.click("[data-key=skip-road]")
    page.wait_for_selector(".crew-number:text-is('3')")
    shows(page, visits[2], 3)
    marks = page.request.get(f"{watched.server}/api/v1/patrols/1/marks").json()
    kept = [(one["stop"], one["arrive"], one["state"]) for one in marks]
    assert kept == [
        (visits[0]["stop"], visits[0]["arrive"], "done"),
        (visits[1]["stop"], visits[1]["arrive"], "road"),
    ]
    desk_sees_it(visit(lang))
    for number in (1, 2):
        page.click(f"[data-key=visit-{number}]")
        page.click("[data-key=reopen]")
        page.wait_for_selector("[data-key=mark-done]")
    assert page.request.get(f"{watched.server}/api/v1/patrols/1/marks").json() == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_field_left_by_a_click_or_by_tab_loses_neither(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open(NIGHT)
    page.wait_for_selector("[data-key=solve]")
    if page.locator(".board").count():
        page.click("[data-key=part-units]")
    units = page.locator("[data-key^=unit-]").count()
    page.fill("[data-key=unit-0]", "Car Nine")
    page.click("[data-key=add-unit]")
    page.wait_for_selector(f"[data-key=unit-{units}]")
    assert page.input_value("[data-key=unit-0]") == "Car Nine"
    page.fill("[data-key=unit-1]", "Car Ten")
    page.press("[data-key=unit-1]", "Tab")
    page.wait_for_selector("[data-key=mode-1]:focus")
    assert page.input_value("[data-key=unit-1]") == "Car Ten"


def test_who_leaves_while_a_patrol_is_opened_is_left_alone(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.evaluate(SLOW, ["/patrols", 600])
    page.click("[data-key=to-patrol]")
    page.wait_for_timeout(200)
    page.click("[data-key=to-cells]")
    page.wait_for_selector("[data-key=new-draft]")
    watched.idle()
    assert page.locator("[data-key=solve]").count() == 0
    assert page.inner_text("#notice") == ""


def shows(page: Page, one: dict[str, Any], number: int) -> None:
    """The stop large: its number on the route, its name, when to be there."""
    assert page.locator(".crew-stop").inner_text() == f"{number}{one['stop']}"
    assert page.locator(".crew-time").inner_text() == one["arrive"][11:16]


def desk_sees_it(watched: Watched) -> None:
    page = planned(watched)
    bars = page.locator(".board [data-unit='Foot crew Central'] .seg-stay")
    classes = [bars.nth(number).get_attribute("class") or "" for number in range(3)]
    assert ["seg-done" in classes[0], "seg-road" in classes[1], "seg-open" in classes[2]] == [
        True,
        True,
        True,
    ]
    assert "2" in page.locator("#left li:has([data-key=route-2])").inner_text()


def test_a_plan_solved_again_is_told_to_the_crew(visit: Callable[..., Watched]) -> None:
    watched = visit(viewport=PHONE)
    page = planned(watched)
    page.click("[data-key=route-0]")
    page.wait_for_selector("[data-key=mark-done]")
    page.route("**/marks", lambda route: route.continue_(post_data=OTHER_VISIT))
    page.click("[data-key=mark-done]")
    page.wait_for_selector("#notice:has-text('was solved again')")
    watched.errors.clear()  # the refused request, which the browser notes


def test_a_track_keeps_the_name_of_its_unit(visit: Callable[..., Watched]) -> None:
    watched = visit("zh")
    page = planned(watched)
    with page.expect_download() as got:
        page.click("a[aria-label='GPX Car 1']")
    assert got.value.suggested_filename == "Car-1.gpx"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_minimum_for_the_cars_is_asked_and_reached(
    visit: Callable[..., Watched], lang: str
) -> None:
    title = {"en": "neighbourhood (by car)", "zh": "neighbourhood (车巡)"}[lang]
    colon = {"en": ": ", "zh": "："}[lang]
    warn = {"en": "stops are of this category", "zh": "该类别只有"}[lang]
    watched = visit(lang, PHONE if lang == "zh" else DESK)
    page = planned(watched)
    page.click("[data-key=part-minimums]")
    wanted = page.get_by_label(title, exact=True)
    wanted.fill("99")
    wanted.press("Tab")
    page.wait_for_selector(f"#left .warn:has-text('{warn}')")
    assert axe(page) == []
    page.screenshot(path=picture_path(f"patrol-minimums-{lang}"))
    wanted.fill("8")
    wanted.press("Tab")
    page.wait_for_selector("#left .warn", state="detached")
    page.dblclick("[data-key=solve]")
    page.wait_for_selector("[data-key=stop-now]")
    page.click("[data-key=part-units]")
    page.select_option("[data-key=mode-0]", "foot")
    page.wait_for_selector("[data-key=stop-now]", state="detached", timeout=LONG)
    watched.idle()
    assert page.input_value("[data-key=mode-0]") == "foot"  # what is asked meanwhile stays
    assert "solve" in page.inner_text("#left .row .soft.small") or lang == "zh"
    assert len([url for _, url in watched.answers if url.endswith("/solve")]) == 1
    lines = page.locator(".patrol-verdict").inner_text().splitlines()
    assert any(line.startswith(f"✓ {title}{colon}") and line.endswith("/ 8") for line in lines)
