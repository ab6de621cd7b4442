"""A duty officer's work with incidents."""

from __future__ import annotations

import csv
import io
import math
import re
from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import PHONE, address, axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser

TOTALS = {
    "en": "placed {placed:,} · unplaced {unplaced:,} · total {total:,}",
    "zh": "已落格 {placed:,} · 未落格 {unplaced:,} · 合计 {total:,}",
}


def words(page: Page, selector: str) -> str:
    return " ".join(page.inner_text(selector).split())


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("viewport", [None, PHONE])
def test_first_view(visit: Callable[..., Watched], lang: str, viewport: dict[str, int]) -> None:
    watched = visit(lang, viewport) if viewport else visit(lang)
    page = watched.open()
    assert page.get_attribute("html", "lang") == {"en": "en", "zh": "zh-CN"}[lang]
    counted = page.request.get(watched.server + "/api/v1/incidents/totals").json()
    assert counted["total"] >= 10_335
    assert words(page, ".totals") == TOTALS[lang].format(**counted)
    assert axe(page) == []
    assert [answer for answer in watched.answers if answer[0] >= 400] == []
    painted = page.locator("#map canvas").evaluate(
        """canvas => { const copy = document.createElement("canvas");
        [copy.width, copy.height] = [64, 64];
        const pen = copy.getContext("2d"); pen.drawImage(canvas, 0, 0, 64, 64);
        return new Set(new Uint32Array(pen.getImageData(0, 0, 64, 64).data.buffer)).size }"""
    )
    assert painted > 50


def test_no_text_is_missing(visit: Callable[..., Watched]) -> None:
    for lang in ("en", "zh"):
        page = visit(lang).open("/?kind=change&start=2015-01-01&end=2016-01-01&start2=2014-01-01")
        assert not re.search(
            r"\b(?:unit|kind|per|plan|reason|tab|page)_\w+", page.inner_text("body")
        )


def test_choosing_is_the_same_act_in_map_list_and_table(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/?tab=table")
    row = page.locator("tbody tr").first
    code = row.locator("button").inner_text()
    row.click()
    watched.idle()
    assert f"sel=cell:{code}" in address(page)
    assert row.get_attribute("aria-current") == "true"
    assert code in words(page, "#right h2")
    page.keyboard.press("Escape")
    watched.idle()
    assert "sel=" not in address(page)
    assert page.locator("#right").is_hidden()
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    watched.idle()
    chosen = re.search(r"sel=cell:(\w+)", address(page))
    assert chosen
    assert page.locator("tbody tr[aria-current] button").inner_text() == chosen[1]
    page.go_back()
    watched.idle()
    assert "sel=" not in address(page)


def test_the_address_holds_the_view(visit: Callable[..., Watched]) -> None:
    first = visit()
    page = first.open()
    page.click("#left button[data-key=per-area]")
    page.select_option("select[data-key=level]", "SECTOR")
    page.click("button[data-key=day-5]")
    page.click("button[data-key=day-6]")
    first.idle()
    page.click("button[data-key=tab-table]")
    again = visit()
    other = again.open(address(page).removeprefix(first.server))
    assert words(other, ".totals") == words(page, ".totals")
    assert other.inner_text("table") == page.inner_text("table")
    assert words(other, "#legend") == words(page, "#legend")
    assert "per km²" in words(other, "#legend")


def test_unplaced_are_listed_with_reasons(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.click(".totals button")
    page.wait_for_selector("dialog[open] table")
    text = words(page, "dialog")
    assert "no coordinates: 1,225" in text
    assert "outside every cell: 91" in text
    assert axe(page) == []


def test_unplaced_of_the_second_period(visit: Callable[..., Watched]) -> None:
    periods = "start=2015-01-01&end=2016-01-01&start2=2014-01-01&end2=2015-01-01"
    watched = visit()
    page = watched.open(f"/?kind=change&{periods}")
    for name, year in (("A", "2015"), ("B", "2014")):
        page.click(f"[data-key=unplaced-{name}]")
        page.wait_for_selector("dialog tbody tr")
        watched.idle()
        days = page.locator("dialog tbody td.whole:nth-child(2)").all_inner_texts()
        assert len(days) > 100
        assert {day[:4] for day in days} == {year}
        page.keyboard.press("Escape")


def test_playing_keeps_the_legend(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.select_option("select[data-key=window]", "year")
    page.select_option("select[data-key=speed]", "fast")
    page.click("button[data-key=play]")
    page.wait_for_selector("#legend:has-text('scale fixed')")
    seen = {}
    for _ in range(12):
        classes = page.locator("#legend li").all_inner_texts()
        seen[address(page)] = [text for text in classes if text != "0"]
        page.wait_for_timeout(250)
    assert len(seen) >= 4
    assert len({tuple(classes) for classes in seen.values()}) == 1
    page.click("button[data-key=play]")
    watched.idle()
    assert "scale fixed" not in words(page, "#legend")


def test_one_outlier_does_not_take_the_colour_from_all_others(
    visit: Callable[..., Watched],
) -> None:
    watched = visit()
    asked = "start=2015-01-01&end=2016-01-01&start2=2010-01-01&end2=2015-01-01"
    page = watched.open(f"/?kind=change&{asked}")
    answer = page.request.get(f"{watched.server}/api/v1/incidents/changes?{asked}").json()
    sizes = sorted(abs(row["value"]) for row in answer["rows"] if row["kind"] != "few")
    tops = [text for text in page.locator("#legend li").all_inner_texts() if text[0] in "≤>"]
    assert [text[0] for text in tops] == ["≤", ">"]
    low, high = (float(text[1:].replace("−", "-")) for text in tops)
    assert high == -low
    wide = 2 / 7 * sizes[math.ceil(0.95 * len(sizes)) - 1]
    assert high == 2.5 * float(f"{wide:.0e}")  # classes of a round width
    assert high < 5 / 7 * sizes[-1]


def test_a_period_that_ends_before_it_begins_is_not_asked_for(
    visit: Callable[..., Watched],
) -> None:
    """Dates typed one after the other stand backwards for a while: no error, nothing asked."""
    watched = visit()
    page = watched.open("/?start=2015-02-01&end=2015-03-01")
    page.fill("[data-key=start]", "2015-10-01")
    watched.idle()
    assert "start=2015-02-01" in address(page)
    page.fill("[data-key=end]", "2015-11-01")
    watched.idle()
    assert "end=2015-11-01" in address(page)
    assert "start=2015-10-01" in address(page)


def test_export_is_what_is_shown(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/?tab=table&start=2015-01-01&end=2016-01-01")
    shown = dict(zip(*[iter(page.locator("tbody td").all_inner_texts())] * 2, strict=True))
    page.click("button[data-key=export]")
    with page.expect_download() as download:
        page.click("dialog a:has-text('CSV')")
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert [row["code"] for row in rows if row["what"] == "filter"] == ["2015-01-01 – 2016-01-01"]
    figures = {row["code"]: int(row["n"]) for row in rows if row["what"] != "filter"}
    unplaced = figures.pop("no-coordinates") + figures.pop("outside")
    assert figures == {code: int(count.replace(",", "")) for code, count in shown.items()}
    assert f"unplaced {unplaced}" in words(page, ".totals")
    with page.expect_download() as picture:
        page.click("dialog button:has-text('PNG')")
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")
