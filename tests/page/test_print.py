"""The printed sheet: picture, filters and figures on white, nothing of the controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import picture_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


def test_print_holds_picture_filters_and_figures(visit: Callable[..., Watched]) -> None:
    watched = visit("zh")
    page = watched.open("/?start=2015-01-01&end=2016-01-01&weekday=5&weekday=6&level=CAR_RTE")
    page.evaluate("() => { window.print = () => {} }")
    page.click("[data-key=export]")
    page.click("dialog li button:has-text('打印')")
    page.wait_for_selector("#printed img", state="attached")
    page.emulate_media(media="print")
    assert page.locator("#top").is_hidden()
    assert page.locator("#stage").is_hidden()
    image = page.locator("#printed img")
    assert image.evaluate("img => img.naturalWidth") > 1000
    printed = page.inner_text("#printed table").splitlines()
    assert len(printed) == 10
    assert printed[0].startswith("车巡路线")
    counts = [int(line.split("\t")[1].replace(",", "")) for line in printed[1:]]
    assert counts == sorted(counts, reverse=True)
    page.screenshot(path=picture_path("print"), full_page=True)
