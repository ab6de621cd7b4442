"""A copied address opens the same view, whatever the controls have made of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import PHONE, address

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser
CODES = "#left tbody button.code"


def test_a_link_opens_the_table_in_its_order(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/?tab=table")
    usual = page.locator(CODES).all_inner_texts()
    page.click("[data-key=sort-code]")
    turned = page.locator(CODES).all_inner_texts()
    assert turned == sorted(usual, key=int)
    assert "sort=code" in address(page)
    other = visit()
    assert other.open(address(page).removeprefix(watched.server)).locator(CODES).count() == len(
        usual
    )
    assert other.page.locator(CODES).all_inner_texts() == turned
    page.click("[data-key=sort-n]")
    assert page.locator(CODES).all_inner_texts() == usual
    assert "sort=" not in address(page)  # as it is by itself


def test_a_link_opens_the_ranking_of_its_month(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/?level=SECTOR")
    page.click("[data-key=ranking]")
    page.fill("[data-key=ranking-month]", "2014-03")
    page.wait_for_selector("dialog p:has-text('2014-03')")
    assert "ranking=2014-03" in address(page)
    shown = page.inner_text("dialog table")
    other = visit()
    page = other.open(address(page).removeprefix(watched.server))
    page.wait_for_selector("dialog p:has-text('2014-03')")
    assert page.inner_text("dialog table") == shown
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert "ranking=" not in address(page)


SHOWN = """() => {
  const STATES = ['pressed', 'selected', 'expanded', 'current', 'sort'];
  const seen = (one) => one.checkVisibility();
  const says = (one) => [
    one.dataset.key ?? one.dataset.fold,
    one.matches('input, select, textarea') ? one.value : '',
    one.checked, one.open, one.disabled,
    ...STATES.map((state) => one.getAttribute(`aria-${state}`)),
  ].join('|');
  const parts = ['#left', '#right', '#bottom', '#legend', '#settings', '#sheet', 'dialog'];
  const found = parts.map((part) => document.querySelector(part)).filter((one) => one && seen(one));
  return Object.fromEntries(found.map((part) => [part.id || part.tagName, {
    text: part.innerText.replace(/\\s+/g, ' '),
    height: part.dataset.height,
    controls: [...part.querySelectorAll('[data-key], [data-fold]')].filter(seen).map(says),
  }]));
}"""
"""The words of every part and the state of every control that can be seen."""

VIEWS = {
    "figures": [
        "[data-key=per-area]",
        "[data-key=more-category]",
        "label:has([data-key^=category-]) >> nth=10",
        "[data-key=day-2]",
        "[data-key=at-2-9]",
        "[data-key=legend]",
        "[data-key=tab-table]",
        "[data-key=sort-code]",
        "[data-key=only-here]",
        "tbody button.code >> nth=3",
    ],
    "hot spots": ["[data-key=kind-hotspots]", "[data-key=backtest-all]"],
    "an incident": [
        "[data-key=tab-alarms]",
        "[data-key=month-before]",
        "[data-key=fold-columns]",
    ],
    "change": [
        "[data-key=kind-change]",
        "[data-key=last-year]",
        "[data-key=unplaced-B]",
        "dialog [data-key=sort-category]",
    ],
}
"""What is clicked one after another; each view is what stands at the end."""
STARTS = {"figures": "/?level=", "an incident": "/?sel=incident:700"}


def test_a_link_opens_all_that_the_controls_have_made(visit: Callable[..., Watched]) -> None:
    watched, other = visit(), visit()
    for view, clicks in VIEWS.items():
        page = watched.open(STARTS.get(view, "/"))
        page.select_option("[data-key=window]", "quarter")
        page.select_option("[data-key=speed]", "fast")
        for click in clicks:
            page.click(click)
            watched.idle()
        made = page.evaluate(SHOWN)
        assert other.open(address(page).removeprefix(watched.server)).evaluate(SHOWN) == made, view
        assert made["bottom"]["controls"]


def test_a_link_opens_the_sheet_of_a_phone_as_it_was(visit: Callable[..., Watched]) -> None:
    watched = visit(viewport=PHONE)
    page = watched.open()
    page.click("#pull")
    page.click("[data-key=legend]")
    page.wait_for_url(re.compile("(?=.*sheet=full)(?=.*fold=legend)"))
    made = page.evaluate(SHOWN)
    assert made["sheet"]["height"] == "full"
    page = watched.open(address(page).removeprefix(watched.server))
    assert page.evaluate(SHOWN) == made


def test_a_link_shows_the_corner_that_was_found(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.fill("#search", "prospect & broadway")
    page.wait_for_selector("#found li:has-text('crossing')")
    page.press("#search", "Enter")
    page.wait_for_selector(".maplibregl-marker")
    watched.idle()
    page = watched.open(address(page).removeprefix(watched.server))
    assert page.locator(".maplibregl-marker").count() == 1
    page.click("#map-canvas", position={"x": 90, "y": 300})  # beside the mark
    watched.idle()
    assert page.locator(".maplibregl-marker").count() == 0
    assert "spot=" not in address(page)


def test_a_change_without_a_second_period_takes_the_one_before(
    visit: Callable[..., Watched],
) -> None:
    watched = visit()
    page = watched.open("/?kind=change&start=2014-03-01&end=2014-04-01")
    assert "start2=2014-02-01" in address(page)
    assert page.locator(".totals p").count() == 2
    page.click("[data-key=whole-time]")
    watched.idle()
    assert "kind=" not in address(page)
    assert page.locator(".totals p").count() == 1
