"""Tables fit where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import Watched, picture_path

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.browser

CHANGE = "kind=change&tab=table&start=2015-01-01&end=2016-01-01&start2=2014-01-01&end2=2015-01-01"
WIDER = "(selector) => { const e = document.querySelector(selector);"
WIDER += " return e.scrollWidth - e.clientWidth; }"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tables_fit(visit: Callable[..., Watched], lang: str) -> None:
    watched = visit(lang)
    page = watched.open(f"/?{CHANGE}")
    page.wait_for_selector("#left tbody tr")
    page.screenshot(path=picture_path(f"table-change-{lang}"))
    assert page.evaluate(WIDER, "#left") <= 0
