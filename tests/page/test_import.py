"""The wizard: a GBK file with Chinese headings, codes with leading zeros and telephone numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import axe
from tests.page.test_incidents import words
from tests.page.test_report import total

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser

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
    assert "疑似个人信息，不予保存：联系电话" in shown
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
