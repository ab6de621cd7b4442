"""A report by hand, on the desk and in the street; a wrong pin moved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import DESK, PHONE, address, axe
from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


def total(text: str) -> int:
    found = re.search(r"(?:total|合计) ([\d,]+)", text)
    assert found
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize(("lang", "viewport"), [("en", DESK), ("zh", PHONE)])
def test_report_by_clicking_the_map(
    visit: Callable[..., Watched], lang: str, viewport: dict[str, int]
) -> None:
    watched = visit(lang, viewport)
    page = watched.open()
    before = total(words(page, ".totals"))
    page.click("button[data-key=report]")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6)
    page.wait_for_selector("form [role=status]:has-text('-71.')")
    assert axe(page) == []
    page.fill("textarea", "${1+1} `<b>` \\ &#96;")
    page.click("form button.primary")
    page.wait_for_selector("#right h2")
    watched.idle()
    assert re.search(r"sel=incident:\d+", address(page))
    assert total(words(page, ".totals")) == before + 1
    assert page.locator("#right b").count() == 0


def test_report_by_searching_a_crossing(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.click("button[data-key=report]")
    page.wait_for_selector("form")
    page.keyboard.press("Escape")
    page.locator("body").press("/")
    page.click("button[data-key=report]")
    page.wait_for_selector("form")
    page.fill("#search", "prospect & broadway")
    page.wait_for_selector("#found li:has-text('crossing')")
    page.press("#search", "Enter")
    page.wait_for_selector("form [role=status]:has-text('-71.101')")
    page.click("form button.primary")
    page.wait_for_selector("#right dl")
    watched.idle()
    assert re.search(r"Cell \d+", words(page, "#right"))


def test_a_report_without_a_place_says_what_is_missing(visit: Callable[..., Watched]) -> None:
    page = visit().open()
    page.click("button[data-key=report]")
    page.click("form button.primary")
    page.wait_for_selector("#notice:has-text('Say where')")


def test_an_unplaced_incident_is_put_on_the_map_by_keyboard(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/?sel=incident:500")
    assert "unplaced" in words(page, "#right")
    page.focus("button[data-key=move-pin]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".maplibregl-marker:focus")
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    page.focus("button[data-key=save-place]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#right dl:not(:has-text('unplaced'))")
    watched.idle()
    assert re.search(r"Cell \d+", words(page, "#right"))
    page.click("#right summary:has-text('What was changed')")
    assert "Place" in words(page, "#right details:last-of-type")
