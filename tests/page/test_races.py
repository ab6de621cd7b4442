"""Hasty readers and late answers: nothing is lost, sent twice or shown for what is left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.page.conftest import address
from tests.page.planner import SLOW
from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


def asked(page: Page) -> dict[str, list[str]]:
    """What the address says."""
    return parse_qs(urlsplit(address(page)).query)


def sent(watched: Watched, path: str, least: int = 200) -> list[int]:
    """The answers to what was posted to a path."""
    return [status for status, url in watched.answers if url.endswith(path) and status > least]


def test_what_is_chosen_quickly_all_counts(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.evaluate(SLOW, ["/facets", 700])
    chips = page.locator("#left .chips input[data-key^=category]")
    names = [str(chips.nth(at).get_attribute("data-key")) for at in range(2)]
    for name in names:
        page.click(f"label:has([data-key='{name}'])")
    for day in (1, 4):
        page.click(f"[data-key=day-{day}]")
        pressed = page.get_attribute(f"[data-key=day-{day}]", "aria-pressed")
        assert pressed == "true"  # at once, though the counts are not there yet
    view = asked(page)
    assert view["category"] == [name.removeprefix("category-") for name in names]
    assert view["weekday"] == ["1", "4"]
    watched.idle()


def test_the_tab_chosen_while_figures_come_stays(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.evaluate(SLOW, ["/figures", 500])
    page.click("[data-key=per-area]")
    page.click("[data-key=tab-alarms]")
    watched.idle()
    assert page.is_visible("[data-key=alarm-month]")
    page.evaluate(SLOW, ["/alarms", 500])
    page.click("[data-key=month-before]")
    page.click("[data-key=tab-filters]")
    watched.idle()
    assert "Alarms" not in words(page, "#legend")


def test_a_report_is_sent_once_and_stays_until_something_is_chosen(
    visit: Callable[..., Watched],
) -> None:
    watched = visit()
    page = watched.open()
    page.click("[data-key=report]")
    page.fill("#right textarea", "half written")
    page.select_option("[data-key=level]", "SECTOR")
    watched.idle()
    page.click("[data-key=report]")
    assert page.input_value("#right textarea") == "half written"
    page.click("[data-key=use-middle]")
    page.evaluate(SLOW, ["/incidents", 300])
    page.dblclick("#right form button.primary")
    page.wait_for_selector("[data-key=set-closed]")
    watched.idle()
    assert sent(watched, "/api/v1/incidents") == [201]
    page.evaluate(SLOW, ["/facets", 400])
    page.click("[data-key=report]")
    page.keyboard.press("Escape")
    watched.idle()
    assert page.locator("#right form").count() == 0


def test_an_incident_closed_in_haste_is_closed_once(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/?sel=incident:700")
    page.evaluate(SLOW, ["/incidents/700", 500])
    page.click("[data-key=set-closed]")
    page.fill("[data-key=result]", "done")
    page.dblclick("[data-key=close-with-result]")
    page.fill("#search", "903")
    page.click("#found li >> nth=0")
    page.wait_for_selector("#right h2:has-text('903')")
    watched.idle()
    assert page.locator("#notice p").count() == 0
    assert page.locator(".maplibregl-marker").count() == 0
    watched.open("/?sel=incident:700")
    assert page.locator("[data-key=set-open]").count() == 1


def test_play_stops_for_other_filters_and_what_it_left_behind_follows(
    visit: Callable[..., Watched],
) -> None:
    watched = visit()
    page = watched.open("/?window=year")
    play = page.locator("[data-key=play]")
    page.evaluate(SLOW, ["/figures", 200])
    play.dblclick()
    play.click()  # begun, stopped, begun again: one play
    page.wait_for_url("**start=20**")
    page.click("[data-key=kind-heat]")
    assert play.get_attribute("aria-label") == "Play"
    watched.idle()
    stands = address(page)
    page.wait_for_timeout(900)
    assert address(page) == stands
    assert page.locator("#notice p").count() == 0
    totals = [int(one.replace(",", "")) for one in page.locator(".chips .count").all_inner_texts()]
    told = re.search(r"total ([\d,]+)", words(page, ".totals"))  # a year may have none
    assert sum(totals) <= 3 * (int(told[1].replace(",", "")) if told else 0)


def test_a_list_opens_once_and_back_closes_it(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.evaluate(SLOW, ["/unplaced", 300])
    page.dblclick("[data-key=unplaced-]")
    page.wait_for_selector("dialog tbody tr")
    watched.idle()
    assert page.locator("dialog").count() == 1
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert "unplaced" not in address(page)


def test_a_workspace_that_was_left_shows_nothing_more(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/?kind=heat")
    tiles = [url for _, url in watched.answers if ".png" in url]
    page.evaluate(SLOW, ["/tiles/heat/legend", 500])
    with page.expect_response("**/incidents/figures**"):
        page.click("label:has([data-key^='category-'])")
    page.click("[data-key=to-cells]")
    page.wait_for_selector("html[data-ready=cells]", state="attached")
    watched.idle()
    page.wait_for_timeout(600)
    assert [url for _, url in watched.answers if ".png" in url] == tiles
    assert page.locator("#notice p").count() == 0


def test_what_is_typed_into_the_duties_outlives_new_figures(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/?sel=cell:903")
    page.click("[data-key=duties-change]")
    page.fill("#right input[name=role]", "warden")
    page.click("[data-key=per-area]")
    watched.idle()
    assert page.input_value("#right input[name=role]") == "warden"


def test_another_file_is_not_imported_unseen(visit: Callable[..., Watched], tmp_path: Path) -> None:
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    first.write_text("lon,lat,when\n-71.11,42.37,2016-01-02\n")
    second.write_text("x,y,day\n-71.11,42.37,2016-01-02\n")
    watched = visit()
    page = watched.open()
    page.click("[data-key=import]")
    page.set_input_files("dialog input[type=file]", first)
    page.wait_for_selector("[data-key=import-now]")
    page.evaluate(SLOW, ["/imports/look", 400])
    page.set_input_files("dialog input[type=file]", second)
    assert page.locator("[data-key=import-now]").count() == 0
    page.wait_for_selector("[data-key=import-now]:enabled")
    page.select_option("[data-key=field-category]", "day")
    page.fill("[data-key=feed]", "ours")
    page.wait_for_selector("[data-key=import-now]:enabled")
    assert page.input_value("[data-key=feed]") == "ours"
    page.dblclick("[data-key=import-now]")
    page.wait_for_selector("dialog .good")
    watched.idle()
    assert len(sent(watched, "/api/v1/imports")) == 1
