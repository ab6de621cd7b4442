"""The page of a check's report: its sentences have room, its kinds are counted and choose."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from gridmap import check, read_grid
from gridmap.files.report_page import page as report_page
from tests.page.conftest import axe

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
HIDDEN = "document.documentElement.scrollWidth - innerWidth"


@pytest.mark.parametrize(("lang", "width", "least"), [("en", 1300, 380), ("zh", 390, 280)])
def test_the_report_of_a_check(
    browser: Browser, cambridge: Path, tmp_path: Path, lang: str, width: int, least: int
) -> None:
    folder = cambridge / "response_districts.geojson.gz"
    found = check(read_grid(folder, boundary=cambridge / "city.geojson.gz"))
    file = tmp_path / "report.html"
    file.write_text(report_page(found, "Cambridge", lang), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.evaluate(HIDDEN) <= 0
    boxes = page.locator("td p").evaluate_all("all => all.map(one => one.offsetWidth)")
    assert min(boxes) >= least
    counts = Counter(each.kind for each in found.defects)
    assert len(counts) > 1
    for kind, count in counts.items():
        button = page.locator(f"#kinds [data-kind={kind}]")
        assert button.inner_text().endswith(f" {count}")
        button.click()
        assert page.locator("tbody tr:visible").count() == count
        assert page.locator("svg g[data-kind]:not([hidden])").count() == count
        button.click()
        assert page.locator("tbody tr:visible").count() == len(found.defects)
    assert axe(page) == []
    context.close()
