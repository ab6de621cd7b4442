"""The patrol lead's desk: solve, look, pin, print, hand over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import DESK, PHONE, axe, picture_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser
NIGHT = "/?workspace=patrol&patrol=1"
LONG = 90_000


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


def test_a_stop_is_chosen_pinned_and_solved_again(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = planned(watched)
    page.click("[data-key=stop-0]")
    page.wait_for_selector("#right h2:has-text('Checkpoint Broadway & Third St')")
    assert "sel=stop" in page.url
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
    watched.idle()
    page.click("[data-key=add-stop]")
    page.wait_for_selector(".patrol-hint")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.95, box["y"] + 60)
    page.wait_for_selector("#right h2:has-text('Stop 1')")
    page.click("[data-key=solve]")
    page.wait_for_selector("[data-key=stop-now]")
    page.click("[data-key=stop-now]")
    page.wait_for_selector("#right .warn", timeout=LONG)
    assert "250 m" in page.locator("#right .warn").inner_text()
    assert "0 / 1" in page.locator(".patrol-verdict").inner_text()


def test_sheet_prints_on_a4_and_tracks_download(
    visit: Callable[..., Watched], tmp_path_factory: pytest.TempPathFactory
) -> None:
    watched = visit("zh")
    page = planned(watched)
    address = page.get_attribute("[data-key=print]", "href")
    assert address
    with page.expect_download() as got:
        page.click("a:has-text('GPX Car 1')")
    assert got.value.suggested_filename == "Car-1.gpx"
    with page.expect_download() as got:
        page.click("a:has-text('GeoJSON')")
    routes = json.loads(got.value.path().read_text())
    assert sum(f["geometry"]["type"] == "LineString" for f in routes["features"]) == 4
    page.goto(watched.server + address)
    assert page.locator("section").count() == 5
    assert page.locator("svg").count() == 5
    assert axe(page) == []
    paper = tmp_path_factory.mktemp("sheet") / "sheet.pdf"
    page.pdf(path=paper, prefer_css_page_size=True, print_background=True)
    assert paper.read_bytes().startswith(b"%PDF")
    assert b"/MediaBox [0 0 594.95996 841.91998]" in paper.read_bytes()
