"""Addresses on the page: found in the search with how sure that is, taken as a report's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import DESK, PHONE, address, axe, picture_path
from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("lang", "found", "many"),
    [
        ("en", "house number · 100 %", "fits several places"),
        ("zh", "门牌号 · 100%", "对应多处"),
    ],
)
def test_search_for_an_address(
    visit: Callable[..., Watched], lang: str, found: str, many: str
) -> None:
    watched = visit(lang)
    page = watched.open()
    page.fill("#search", "850 cambridge st")
    page.wait_for_selector(f"#found li:has-text('{found}')")
    page.screenshot(path=picture_path(f"search-{lang}"))
    page.press("#search", "Enter")
    page.wait_for_selector("#map .maplibregl-marker")
    watched.idle()
    assert axe(page) == []
    page.fill("#search", "5000 massachusetts ave")
    page.wait_for_selector(f"#found li:has-text('{many}')")
    before = address(page)
    page.press("#search", "Enter")
    page.wait_for_timeout(600)
    assert address(page) == before  # not guessed


@pytest.mark.parametrize("viewport", [DESK, PHONE])
def test_report_by_its_address(visit: Callable[..., Watched], viewport: dict[str, int]) -> None:
    watched = visit("en", viewport)
    page = watched.open()
    page.click("button[data-key=report]")
    page.fill("form [name=address]", "4999 Massachusetts Ave")
    page.wait_for_selector("form [role=status]:has-text('click on the map')")
    page.fill("form [name=address]", "850 Cambridge St")
    page.wait_for_selector("form [role=status]:has-text('house number: 850 Cambridge St')")
    page.wait_for_selector("#map .maplibregl-marker")
    assert axe(page) == []
    page.screenshot(path=picture_path(f"report-by-address-{viewport['width']}"))
    page.click("form button.primary")
    page.wait_for_selector("#right dl")
    watched.idle()
    shown = words(page, "#right")
    assert "Placed by house number · 100 %" in shown
    assert "Maybe in" in shown
