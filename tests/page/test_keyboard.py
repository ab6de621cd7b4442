"""Without a mouse: groups, single keys, links past the header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import address, axe
from tests.page.hand import Hand

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


def test_keyboard_alone(visit: Callable[..., Watched]) -> None:
    """Filter Saturday nights by chips and list, then by the clock; let go: without a mouse."""
    watched = visit()
    page = watched.open()
    hand = Hand(watched, "keyboard")
    hand.go("day-5")
    assert "weekday=5" in address(page)
    hand.choose("hour-from", "20")
    assert "hour=20" in address(page)
    hand.go("any-time")
    assert "hour" not in address(page)
    hand.lead("w")
    hand.tab_to("at-5-20")
    for _ in range(3):
        hand.press("Shift+ArrowRight")
    hand.press("Shift+ArrowUp")
    assert page.locator(".clock .spanned").count() == 8
    hand.press("Enter")
    watched.idle()
    assert re.findall(r"(?:hour|weekday)=\d+", address(page)) == [
        *("hour=20", "hour=21", "hour=22", "hour=23", "weekday=4", "weekday=5")
    ]
    assert page.locator(".clock [aria-selected=true]").count() == 8
    assert page.evaluate("() => document.activeElement.dataset.key") == "at-4-23"
    assert axe(page) == []


def test_groups_are_one_stop_each(visit: Callable[..., Watched]) -> None:
    """Tab meets each group once; arrows, Home and End walk within; what was chosen is the stop."""
    watched = visit()
    page = watched.open()
    hand = Hand(watched, "keyboard")
    stops = "[data-roving] [tabindex='0']"
    groups = page.locator("[data-roving]:visible").count()
    assert page.locator(f"{stops}:visible").count() == groups
    hand.lead("k")
    assert focused(page) == "kind-choropleth"
    hand.press("ArrowRight")
    assert focused(page) == "kind-heat"
    hand.press("End")
    assert focused(page) == "kind-change"
    hand.press("Tab")
    assert focused(page) == "per-count"
    hand.press("Shift+Tab")
    assert focused(page) == "kind-change"
    hand.press("Home")
    hand.lead("t")
    rows = [str(one.get_attribute("data-key")) for one in page.locator("tbody button").all()]
    assert page.locator("#tab-table").get_attribute("aria-selected") == "true"
    assert focused(page) == rows[0]
    hand.press("End")
    assert focused(page) == rows[-1]
    hand.press("ArrowUp")
    hand.press("Enter")
    watched.idle()
    assert f"sel=cell:{rows[-2].removeprefix('row-')}" in address(page)
    assert page.locator(f"tbody {stops.split()[1]}").get_attribute("data-key") == rows[-2]


def test_single_keys_are_listed_and_can_be_switched_off(visit: Callable[..., Watched]) -> None:
    for lang, name in (("en", "Kind of layer"), ("zh", "\u56fe\u5c42\u7c7b\u578b")):
        watched = visit(lang)
        page = watched.open()
        hand = Hand(watched, "keyboard")
        hand.press("?")
        page.wait_for_selector("dialog[open]")
        keys = page.locator("dialog dt").all_inner_texts()
        listed = dict(zip(keys, page.locator("dialog dd").all_inner_texts(), strict=True))
        assert listed["k"] == name
        assert {"1", "2", "3", "/", "?", "t", "e"} <= set(keys)
        assert axe(page) == []
        hand.press("?")
        assert page.locator("dialog").count() == 1
        hand.go("single-keys")
        hand.press("Escape")
        hand.press("k")
        assert focused(page) != "kind-choropleth"
        hand.go("help")
        hand.go("single-keys")
        hand.press("Escape")
        hand.press("k")
        assert focused(page) == "kind-choropleth"
        hand.press("/")
        page.keyboard.type("k?1")
        assert page.input_value("#search") == "k?1"
        assert page.locator("dialog").count() == 0


def test_links_pass_the_header(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    hand = Hand(watched, "keyboard")
    hand.press("Tab")
    assert page.locator("#skip").is_visible()
    hand.press("Tab")
    hand.press("Enter")
    assert page.evaluate("() => document.activeElement.tagName") == "CANVAS"
    page.goto(f"{watched.server}/?sel=incident:1")
    page.wait_for_selector("#right:visible")
    watched.idle()
    for _ in range(4):
        hand.press("Tab")
    hand.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "right"
    hand.press("Shift+F6")
    hand.go("skip-table")
    assert str(focused(page)).startswith("row-")


def focused(page: Page) -> str | None:
    """The name of the control that has the focus."""
    return page.evaluate("() => document.activeElement.dataset.key")
