"""Staff journeys: how many acts and how long, in both languages, by mouse and by keyboard alone."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from gridmap.messages import text
from tests.page.conftest import address
from tests.page.hand import Hand, journey
from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

    Record = Callable[[str, dict[str, Any]], None]

pytestmark = pytest.mark.browser
MONTH = "2015-10"


@journey
def test_where_night_crashes_rose(
    visit: Callable[..., Watched], lang: str, by: str, record: Record
) -> None:
    """Find the cell where night crashes rose most over the month before; hand over the map."""
    watched = visit(lang)
    page = watched.open()
    hand = Hand(watched, by)
    hand.lead("k")
    hand.go("kind-change")
    hand.lead("h")
    hand.choose("hour-from", "20")
    hand.choose("hour-to", "6")
    if by == "mouse":
        hand.go("tab-table")
    hand.lead("t")
    code = most(page)
    hand.go(f"row-{code}")
    assert code in words(page, "#right h2")
    assert "hour=20" in address(page)
    assert "hour=5" in address(page)
    hand.go("export", single="e")
    handed = hand.download("export-html").path().read_text("utf-8")
    assert "http://" not in handed.replace("http://www.w3.org", "")
    hand.record(record, "duty officer: where night crashes rose, map handed over", lang)
    assert hand.acts <= {"mouse": 7, "keyboard": 30}[by]


def most(page: Page) -> str:
    """The code in the table's first row, which has risen most."""
    texts = page.locator("tbody tr td:nth-child(4)").all_inner_texts()
    changes = [float(text.replace("\N{MINUS SIGN}", "-")) for text in texts]
    assert changes[0] == max(changes) > 0
    return page.locator("tbody tr").first.locator("button").inner_text()


@journey
def test_show_the_pattern_of_the_night(
    visit: Callable[..., Watched], lang: str, by: str, record: Record
) -> None:
    """Show a leader, as heat, how Friday and Saturday nights move through the years."""
    watched = visit(lang)
    page = watched.open()
    hand = Hand(watched, by)
    hand.lead("k")
    hand.go("kind-heat")
    hand.lead("h")
    hand.choose("hour-from", "20")
    hand.go("day-4", back=True)
    hand.go("day-5")
    hand.choose("window", "year")
    if by == "mouse":
        hand.acts += 1
        page.click("[data-key=play]")
    else:
        hand.lead("p")
    page.wait_for_selector(f"#legend:has-text('{text('page.legend_fixed', {}, lang)}')")
    hand.record(record, "staff: pattern of the night shown to a leader", lang)
    legends = set()
    for _ in range(6):
        page.wait_for_timeout(400)
        legends.add(tuple(page.locator("#legend li").all_inner_texts()))
    assert len(legends) == 1
    page.click("[data-key=play]")
    assert hand.acts <= {"mouse": 7, "keyboard": 30}[by]


@journey
def test_hand_over_the_ranking_of_the_month(
    visit: Callable[..., Watched], lang: str, by: str, record: Record
) -> None:
    """The ranking of a month as a spreadsheet and on paper; both say what the page says."""
    watched = visit(lang)
    page = watched.open()
    hand = Hand(watched, by)
    hand.go("ranking", single="r")
    hand.write("ranking-month", MONTH)
    page.wait_for_selector(f"dialog a[href*='month={MONTH}-01']")
    watched.idle()
    table = page.locator("dialog tbody tr").all_inner_texts()
    book = io.BytesIO(hand.download("ranking-xlsx").path().read_bytes())
    paper = hand.popup("ranking-html")
    hand.acts += 1  # the browser's own Print
    written = paper.pdf(prefer_css_page_size=True)
    assert written.startswith(b"%PDF")
    assert b"/MediaBox [0 0 841.91998 594.95996]" in written  # A4 lying: its style is taken
    hand.record(record, "staff: monthly ranking handed over", lang)
    sheet = openpyxl.load_workbook(book, read_only=True).active
    assert sheet is not None
    codes = {str(value) for row in sheet.iter_rows(values_only=True) for value in row[:2]}
    shown = {row.split("\t")[0] for row in table}
    assert len(shown) > 50
    assert shown <= codes
    assert shown <= set(paper.locator("tbody tr :is(th, td)").all_inner_texts())
    assert hand.acts <= {"mouse": 5, "keyboard": 20}[by]


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
    page.select_option("[data-key=reference]", label=reference)
    page.wait_for_selector("#left li:has-text('Overlap:')")
    said = words(page, "#left")
    assert f"{overlaps} overlaps" in said
    assert f"Overlap: {area:,} m²" in said
    errors = page.locator("#left tbody tr:has(button:text-matches('^(Overlap|Gap)$'))")
    areas = errors.locator("td.number").all_inner_texts()
    values = [float(area.replace(",", "")) for area in areas]
    assert values == sorted(values, reverse=True)
    assert errors.first.inner_text() == page.locator("#left tbody tr").first.inner_text()
    before = address(page)
    page.click("#left tbody tr:first-child button")
    page.wait_for_timeout(900)
    watched.idle()
    assert address(page) != before
    assert "sel=defect:0" in address(page)
    zoom = float(address(page).split("map=")[1].split("/")[0])
    assert zoom > 14
