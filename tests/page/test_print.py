"""The printed sheet: map, filters and figures on white, nothing of the controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import picture_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


VIEW = "start=2015-01-01&end=2016-01-01&category=PASSENGER%20CAR&weekday=5&level=CAR_RTE"
DARKNESS = """() => {
  const sheet = document.querySelector('#printed canvas');
  const [wide, high] = [sheet.width, sheet.height];
  const bytes = sheet.getContext('2d').getImageData(0, 0, wide, high).data;
  return bytes.reduce((sum, one) => sum + one, 0) / bytes.length; }"""


def test_the_browsers_own_print_holds_filters_map_and_figures(
    visit: Callable[..., Watched], tmp_path: Path
) -> None:
    watched = visit("zh")
    page = watched.open(f"/?{VIEW}")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#top").is_hidden()
    assert page.locator("#stage").is_hidden()
    words = page.inner_text("#printed")
    for said in ("时段：2015-01-01 – 2016-01-01", "PASSENGER CAR", "周六", "截至", "km", "n = "):
        assert said in words
    assert page.locator("#printed canvas").evaluate("sheet => sheet.width") > 2000
    printed = page.inner_text("#printed table").splitlines()
    assert len(printed) == 10
    assert printed[0].startswith("车巡路线")
    counts = [int(line.split("\t")[1].replace(",", "")) for line in printed[1:]]
    assert counts == sorted(counts, reverse=True)
    page.screenshot(path=picture_path("print"), full_page=True)
    page.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)
    assert (tmp_path / "sheet.pdf").stat().st_size > 100_000  # the map is in it
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.locator("#printed canvas").count() == 0


def test_a_sheet_gives_no_rate_of_too_few(visit: Callable[..., Watched]) -> None:
    page = visit().open("/?per=people&tab=table")
    twin = page.locator("#left tbody tr:has-text('too few')").count()
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    printed = page.locator("#printed tbody tr").all_inner_texts()
    assert ["too few" in line for line in printed] == sorted("too few" in line for line in printed)
    assert sum("too few" in line for line in printed) == twin > 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_planner_prints_verdict_defects_and_the_chosen_cell(
    visit: Callable[..., Watched], lang: str
) -> None:
    page = visit(lang).open("/?workspace=cells&sel=cell:903")
    page.wait_for_selector("#right dl.figures")
    defects = page.locator("#left tbody .code").count()
    verdict = page.inner_text("#left strong")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    printed = page.inner_text("#printed")
    for said in (verdict, "903", "ha", {"en": "half of the cells", "zh": "半数网格"}[lang]):
        assert said in printed
    assert page.locator("#printed table").last.locator("tr").count() == defects > 0
    page.screenshot(path=picture_path(f"print-cells-{lang}"), full_page=True)


@pytest.mark.parametrize("workspace", ["incidents", "cells", "patrol"])
def test_paper_is_white_under_a_dark_system(visit: Callable[..., Watched], workspace: str) -> None:
    watched = visit(color_scheme="dark")
    page = watched.open(f"/?workspace={workspace}")
    before = page.locator("#map canvas").screenshot()
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(DARKNESS) > 225
    watched.idle()
    assert page.locator("#map canvas").screenshot() == before  # the screen is as it was


def test_the_picture_to_hand_over_holds_title_scale_and_legend(
    visit: Callable[..., Watched], tmp_path: Path
) -> None:
    from PIL import Image

    page = visit().open("/?kind=heat")
    page.click("[data-key=export]")
    with page.expect_download() as handed:
        page.click("[data-key=export-png]")
    handed.value.save_as(tmp_path / "map.png")
    picture = Image.open(tmp_path / "map.png").convert("L")
    stage = page.locator("#map canvas").bounding_box()
    assert stage
    assert picture.width == 2 * stage["width"]
    assert picture.height > 2 * stage["height"] + 300
    below = picture.crop((0, int(picture.height - 60), picture.width, picture.height))
    assert below.getextrema()[0] < 100  # the last words of the legend
