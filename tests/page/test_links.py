"""A copied address opens the same view: the order of the table, the month of the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
    assert "sort=code" in page.url
    other = visit()
    assert other.open(page.url.removeprefix(watched.server)).locator(CODES).count() == len(usual)
    assert other.page.locator(CODES).all_inner_texts() == turned
    page.click("[data-key=sort-n]")
    assert page.locator(CODES).all_inner_texts() == usual
    assert "sort=" not in page.url  # as it is by itself


def test_a_link_opens_the_ranking_of_its_month(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/?level=SECTOR")
    page.click("[data-key=ranking]")
    page.fill("[data-key=ranking-month]", "2014-03")
    page.wait_for_selector("dialog p:has-text('2014-03')")
    assert "ranking=2014-03" in page.url
    shown = page.inner_text("dialog table")
    other = visit()
    page = other.open(page.url.removeprefix(watched.server))
    page.wait_for_selector("dialog p:has-text('2014-03')")
    assert page.inner_text("dialog table") == shown
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert "ranking=" not in page.url
