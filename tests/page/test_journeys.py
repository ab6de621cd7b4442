"""Staff journeys: how many acts and how long, in both languages, by mouse and by keyboard."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


class Hand:
    """Somebody at the page: every click, key and choice is an act."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self.page = watched.page
        self.acts = 0
        self.since = time.monotonic()

    def click(self, selector: str) -> None:
        self.acts += 1
        self.page.click(selector)
        self.watched.idle()

    def choose(self, selector: str, value: str = "", label: str = "") -> None:
        self.acts += 1
        self.page.select_option(selector, **({"label": label} if label else {"value": value}))
        self.watched.idle()

    def press(self, key: str) -> None:
        self.acts += 1
        self.page.keyboard.press(key)

    def tab_to(self, key: str) -> None:
        """Go on with Tab until the control has the focus."""
        for _ in range(80):
            if self.page.evaluate("() => document.activeElement?.dataset?.key ?? ''") == key:
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not reach {key}")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.since


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_where_night_crashes_rose(visit: Callable[..., Watched], lang: str) -> None:
    """Find the cell where night crashes rose most over the year before; hand over the map."""
    watched = visit(lang)
    page = watched.open()
    hand = Hand(watched)
    hand.click("[data-key=kind-change]")
    hand.choose("[data-key=hour-from]", "20")
    hand.choose("[data-key=hour-to]", "6")
    hand.click("[data-key=tab-table]")
    rose = page.locator("tbody tr").first
    change = int(rose.locator("td").nth(3).inner_text())
    others = [int(text) for text in page.locator("tbody tr td:nth-child(4)").all_inner_texts()]
    assert change == max(others) > 0
    code = rose.locator("button").inner_text()
    hand.click("tbody tr:first-child button")
    assert code in words(page, "#right h2")
    assert "hour=20" in page.url
    assert "hour=5" in page.url
    hand.click("[data-key=export]")
    hand.acts += 1
    with page.expect_download() as page_file:
        page.click("dialog a[href*='format=html']")
    handed = page_file.value.path().read_text("utf-8")
    assert "http://" not in handed.replace("http://www.w3.org", "")
    print(f"night crashes rose ({lang}): {hand.acts} acts, {hand.seconds:.1f} s")
    assert hand.acts <= 7


def test_where_night_crashes_rose_by_keyboard(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    hand = Hand(watched)
    hand.tab_to("kind-change")
    hand.press("Enter")
    watched.idle()
    hand.tab_to("hour-from")
    page.keyboard.type("20")
    watched.idle()
    hand.tab_to("hour-to")
    page.keyboard.type("6:")
    watched.idle()
    page.focus("[data-key=tab-filters]")
    hand.tab_to("tab-table")
    hand.press("Enter")
    watched.idle()
    code = page.locator("tbody button").first.inner_text()
    hand.tab_to(f"row-{code}")
    hand.press("ArrowDown")
    hand.press("ArrowUp")
    hand.press("Enter")
    watched.idle()
    assert code in words(page, "#right h2")
    hand.press("Escape")
    watched.idle()
    assert page.locator("#right").is_hidden()
    print(f"night crashes rose, keyboard: {hand.acts} keys, {hand.seconds:.1f} s")


def test_show_the_pattern_of_the_night(visit: Callable[..., Watched]) -> None:
    """Show a leader, as heat, how Friday and Saturday nights move through the years."""
    watched = visit()
    page = watched.open()
    hand = Hand(watched)
    hand.click("[data-key=kind-heat]")
    hand.click("[data-key=day-4]")
    hand.click("[data-key=day-5]")
    hand.choose("[data-key=hour-from]", "20")
    hand.choose("[data-key=window]", "year")
    hand.acts += 1
    page.click("[data-key=play]")
    page.wait_for_selector("#legend:has-text('scale fixed')")
    legends = set()
    for _ in range(8):
        page.wait_for_timeout(400)
        legends.add(tuple(page.locator("#legend li").all_inner_texts()))
    assert len(legends) == 1
    hand.click("[data-key=play]")
    print(f"pattern of the night: {hand.acts} acts, {hand.seconds:.1f} s")
    assert hand.acts <= 7


@pytest.mark.parametrize(
    ("reference", "overlaps", "area"),
    [("Fire engine districts", 4, 1453), ("Block groups 2020", 13, 1614)],
)
def test_a_layer_somebody_sent(
    visit: Callable[..., Watched], reference: str, overlaps: int, area: int
) -> None:
    """Choose the layer, read its defects, go to the worst: list, map and address agree."""
    watched = visit()
    page = watched.open("/?workspace=cells")
    hand = Hand(watched)
    hand.choose("[data-key=reference]", label=reference)
    page.wait_for_selector("#left li:has-text('overlaps:')")
    text = words(page, "#left")
    assert f"{overlaps} overlaps" in text
    assert f"overlaps: {area:,} m²" in text
    errors = page.locator("#left tbody tr:has(button:text-matches('^(Overlap|Gap)$'))")
    areas = errors.locator("td.number").all_inner_texts()
    values = [float(area.replace(",", "")) for area in areas]
    assert values == sorted(values, reverse=True)
    assert errors.first.inner_text() == page.locator("#left tbody tr").first.inner_text()
    before = page.url
    hand.click("#left tbody tr:first-child button")
    page.wait_for_timeout(900)
    watched.idle()
    assert page.url != before
    assert "sel=defect:0" in page.url
    zoom = float(page.url.split("map=")[1].split("/")[0])
    assert zoom > 14
    print(f"{reference}: {hand.acts} acts, {hand.seconds:.1f} s")
