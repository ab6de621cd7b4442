"""The wizard: a GBK file with Chinese headings, codes with leading zeros and telephone numbers."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from tests.files.hotline import Town, hotline
from tests.page.conftest import PHONE, axe, picture_path, serving
from tests.page.test_incidents import words
from tests.page.test_report import total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser

FITS = """(selector) => {
  const chooser = document.querySelector(selector);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = getComputedStyle(chooser).font;
  const widths = [...chooser.options].map((option) => pen.measureText(option.text).width);
  return Math.max(...widths) + 36 <= chooser.clientWidth;
}"""
"""Whether every choice can be read in full, the arrow beside it."""
TOWN = Town()
ONE_BY_ONE = """async () => {
  const get = async (path) => (await fetch(`/api/v1/incidents${path}`)).json();
  const { incidents } = await get("?limit=1000");
  return Promise.all(incidents.map((one) => get(`/${one.id}`)));
}"""

ROWS = """编号,东经,纬度,发生时间,类别,联系电话
0012,-71.1056,42.3736,2016-01-02 03:04,路灯,13912345678
0013,abc,42.37,2016-13-02,井盖,13912345678
0014,-71.0905,42.3651,2016-01-05 23:10,路灯,13912345678
"""


def test_from_file_to_map(visit: Callable[..., Watched], tmp_path: Path) -> None:
    file = tmp_path / "一月.csv"
    file.write_bytes(ROWS.encode("gbk"))
    watched = visit("zh")
    page = watched.open()
    before = total(words(page, ".totals"))
    page.click("[data-key=import]")
    page.set_input_files("dialog input[type=file]", file)
    page.wait_for_selector("[data-key=import-now]")
    assert axe(page) == []
    assert page.input_value("[data-key=field-x]") == "东经"
    shown = words(page, "dialog")
    assert "0012" in shown
    assert "13912345678" not in shown
    assert "以下列涉及个人信息，未保留：联系电话" in shown
    assert "1 行需更正" in shown
    assert "3 东经 abc 不是数字" in shown
    page.select_option("[data-key=field-category]", "")
    page.wait_for_function("() => document.querySelector('[data-key=field-category]').value === ''")
    page.select_option("[data-key=field-category]", "类别")
    watched.idle()
    page.click("[data-key=import-now]")
    page.wait_for_selector("dialog .good")
    with page.expect_download() as held:
        page.click("dialog a[download]")
    assert "0013" in held.value.path().read_text("utf-8-sig")
    page.click("dialog .primary")
    watched.idle()
    assert total(words(page, ".totals")) == before + 2
    page.fill("#search", "")
    again = visit("zh")
    other = again.open("/?category=路灯&tab=table")
    assert words(other, ".totals") == "已落格 2 · 未落格 0 · 合计 2"


def test_a_file_that_is_no_table_is_refused_in_words(
    visit: Callable[..., Watched], tmp_path: Path
) -> None:
    file = tmp_path / "not.xlsx"
    file.write_bytes(b"MZ\x00\x01" * 500)
    page = visit().open()
    page.click("[data-key=import]")
    page.set_input_files("dialog input[type=file]", file)
    page.wait_for_selector("dialog .bad")
    assert "not.xlsx" in words(page, "dialog .bad")
    assert page.locator("[data-key=import-now]").count() == 0


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the page of a town of a hundred cells in China, without incidents."""
    folder = tmp_path_factory.mktemp("town")
    step = TOWN.width / 10
    corners = [(TOWN.west + step * i, TOWN.south + step * j) for j in range(10) for i in range(10)]
    shapes = [shapely.box(x, y, x + step, y + step) for x, y in corners]
    codes = [f"{n:04d}" for n in range(100)]
    gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4326).to_file(folder / "cells.gpkg")
    call = [sys.executable, "-m", "gridmap", "import", "grid", str(folder / "cells.gpkg")]
    store = ["--store", f"sqlite:///{folder / 'town.db'}", "--zone", "Asia/Shanghai"]
    subprocess.run([*call, *store], check=True)
    with serving(folder / "town.db", "serve") as address:
        yield address


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    (lon, lat), (east, north) = one, other
    wide = 111_320 * math.cos(math.radians(lat))
    return math.hypot((east - lon) * wide, (north - lat) * 110_940)


def test_a_chinese_spreadsheet_in_gcj02_from_file_to_map(
    visit: Callable[..., Watched], town: str, tmp_path: Path
) -> None:
    content, truth = hotline(300, TOWN)
    file = tmp_path / "五月热线.csv"
    file.write_bytes(content)
    watched = visit("zh", server=town)
    page = watched.open()
    page.click("[data-key=import]")
    page.set_input_files("dialog input[type=file]", file)
    page.wait_for_selector("[data-key=import-now]")
    assert page.input_value("[data-key=field-x]") == "经度"
    assert page.input_value("[data-key=field-address]") == "事发地点"
    shown = words(page, "dialog")
    assert "按 GCJ-02 处理为" in words(page, ".grave[data-key=about-crs]")  # beside its field
    assert "--" not in shown  # no options of the command line
    assert page.evaluate(FITS, "[data-key=field-crs]")
    page.screenshot(path=picture_path("import-suspected"))
    outside = re.search(r"已落格 (\d+)", shown)
    assert outside
    assert int(outside[1]) < 290
    page.select_option("[data-key=field-crs]", "gcj02")
    page.wait_for_selector("dialog:has-text('已落格 300')")

    page.screenshot(path=picture_path("import-gcj02"))
    assert axe(page) == []
    page.click("[data-key=import-now]:enabled")
    page.wait_for_selector("dialog .good")
    page.click("dialog .primary")
    watched.idle()
    assert words(page, ".totals") == "已落格 300 · 未落格 0 · 合计 300"
    held = page.evaluate(ONE_BY_ONE)
    assert {one["ref"] for one in held} == set(truth)
    assert max(metres((one["lon"], one["lat"]), truth[one["ref"]]) for one in held) < 1
    assert not [one for one in held if "138" in str(one["extra"])]
    page = watched.open("/?sel=incident:1")
    page.wait_for_selector(".maplibregl-marker")
    assert "000001" in words(page, "#right")


def test_a_place_put_right_holds_for_the_next_file(
    visit: Callable[..., Watched], tmp_path: Path
) -> None:
    watched = visit()
    page = watched.open()
    bring_in(page, tmp_path / "may.csv", "90001,2016-05-01,the old oak")
    assert "address not found 1" in words(page, "dialog")
    page.click("dialog .primary")
    page.wait_for_selector("dialog .good")
    page.click("dialog .primary")
    watched.idle()
    held = page.evaluate(ONE_BY_ONE)
    (row,) = [one for one in held if one["ref"] == "90001"]
    page = watched.open(f"/?sel=incident:{row['id']}")
    assert "address not found" in words(page, "#right")
    page.click("button[data-key=move-pin]")
    page.wait_for_selector(".maplibregl-marker:focus")
    page.keyboard.press("ArrowUp")
    assert page.is_checked("[data-key=remember]")
    assert "Remember this place for “the old oak”" in words(page, "#right")
    assert axe(page) == []
    page.screenshot(path=picture_path("put-right"))
    page.click("button[data-key=save-place]")
    page.wait_for_selector("#right dl:not(:has-text('unplaced'))")

    bring_in(page, tmp_path / "june.csv", "90002,2016-06-01,The Old Oak")
    shown = words(page, "dialog")
    assert "placed 1 · unplaced 0" in shown
    assert "Found by address: put right by hand 1" in shown
    page.click("dialog [data-key=put-right] summary")
    page.wait_for_selector("dialog [data-key=put-right]:has-text('the old oak')")
    assert axe(page) == []
    page.screenshot(path=picture_path("import-by-address"))
    page.click("dialog [data-key^=forget-]")
    page.wait_for_selector("dialog [data-key=put-right]:has-text('None yet')")
    page.click("[data-key=import-now]")
    page.wait_for_selector("dialog .good")
    assert "unplaced" not in words(page, "dialog .good")


def bring_in(page: Page, file: Path, row: str) -> None:
    """Show a file of one row with an address to the wizard."""
    file.write_text(f"id,date,address,type,category\n{row},tree,oak\n")
    page.click("[data-key=import]")
    page.set_input_files("dialog input[type=file]", file)
    page.wait_for_selector("[data-key=import-now]")


def test_any_system_and_an_address_of_several_columns(
    visit: Callable[..., Watched], tmp_path: Path
) -> None:
    file = tmp_path / "works.csv"
    file.write_text(
        "id,on,number,street,easting,northing\n"
        "7,03/04/2016,850,Cambridge St,,\n"
        "8,04/03/2016,,,764000.5,2960000.5\n"
    )
    page = visit("en", PHONE).open()
    page.click("[data-key=import]")
    page.set_input_files("dialog input[type=file]", file)
    page.wait_for_selector("[data-key=import-now]")
    page.select_option("[data-key=field-x]", "easting")
    page.wait_for_selector("dialog .bad:has-text('easting')")  # half a point is none
    for key, column in (
        ("y", "northing"),
        ("when", "on"),
        ("address", "number"),
        ("address-1", "street"),
    ):
        page.select_option(f"[data-key=field-{key}]", column)
        page.wait_for_selector("[data-key=import-now]:enabled")
    assert "likely metres or feet" in words(page, ".grave[data-key=about-crs]")
    page.select_option("[data-key=field-crs]", "other")
    page.fill("[data-key=field-epsg]", "2249")
    page.press("[data-key=field-epsg]", "Tab")
    page.wait_for_selector("dialog:has-text('placed 2 · unplaced 0')")
    assert page.input_value("[data-key=field-crs]") == "EPSG:2249"
    page.click("dialog summary:has-text('How dates')")
    page.select_option("[data-key=field-order]", "dmy")
    page.wait_for_selector("[data-key=import-now]:enabled")
    page.wait_for_selector("dialog details[open] [data-key=field-order]")
    assert axe(page) == []
    page.screenshot(path=picture_path("import-phone"))
    page.click("[data-key=import-now]:enabled")
    page.wait_for_selector("dialog .good")
    held = page.evaluate(ONE_BY_ONE.replace("1000", "100&start=2016-04-03&end=2016-04-04"))
    assert [one["address"] for one in held if one["ref"] == "7"] == ["850 Cambridge St"]
