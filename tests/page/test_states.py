"""Empty, loading and error states: each says what it is and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import address, axe
from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Route

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


def test_filters_that_leave_nothing_offer_to_be_cleared(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/?start=1999-01-01&end=1999-02-01&tab=table")
    assert "No incident under these filters." in words(page, ".totals")
    assert axe(page) == []
    page.click("[data-key=clear-filters]")
    watched.idle()
    assert "total" in words(page, ".totals")
    assert "start" not in address(page)


def test_heat_of_nothing_asks_for_no_tile(visit: Callable[..., Watched]) -> None:
    watched = visit()
    watched.open("/?kind=heat&start=1990-01-01&end=1990-02-01")
    assert [url for status, url in watched.answers if status >= 400] == []
    assert not any(".png" in url for _, url in watched.answers)


def test_a_server_that_does_not_answer(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.route("**/incidents/figures*", lambda route: route.abort())
    page.click("[data-key=per-area]")
    page.wait_for_selector("#notice:has-text('The server does not answer')")
    assert axe(page) == []
    page.click("[data-key=close-notice]")
    page.unroute("**/incidents/figures*")
    page.click("[data-key=per-count]")
    watched.idle()
    assert "Count" in words(page, "#legend")
    assert watched.errors
    watched.errors.clear()


def test_slow_answers_are_shown_as_such(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()

    def late(route: Route) -> None:
        page.wait_for_timeout(900)
        route.continue_()

    page.route("**/incidents/figures*", late)
    page.click("[data-key=per-area]")
    page.wait_for_selector("#busy:has-text('Loading')")
    watched.idle()
    assert page.inner_text("#busy") == ""


def test_problems_of_the_server_are_shown_in_the_readers_language(
    visit: Callable[..., Watched],
) -> None:
    watched = visit("zh")
    page = watched.open("/?level=none")
    page.wait_for_selector("#notice p")
    text = words(page, "#notice")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text)
    assert "none" in text
    watched.errors.clear()
