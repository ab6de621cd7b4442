"""Somebody at the page, by mouse or by keyboard alone; every click, key and word is an act."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Download, Page

    from tests.page.conftest import Watched

JOURNEYS = "Journeys in Chromium"
FOCUS = "() => document.activeElement?.dataset?.key ?? document.activeElement?.id ?? ''"
FARTHEST = 120
BOTH = [("en", "mouse"), ("zh", "mouse"), ("en", "keyboard"), ("zh", "keyboard")]
"""Every journey is gone in both languages, by mouse and by keyboard."""

each_way = pytest.mark.parametrize(("lang", "by"), BOTH)


class Hand:
    """Controls are named by their ``data-key`` or id.

    By keyboard a control is walked to with Tab, back with Shift+Tab: nothing is given the focus by
    the test.
    """

    def __init__(self, watched: Watched, by: str = "mouse") -> None:
        self.watched = watched
        self.by = by
        self.acts = 0
        self.since = time.monotonic()

    @property
    def page(self) -> Page:
        return self.watched.page

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.since

    def press(self, key: str) -> None:
        self.acts += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type a word where the focus is."""
        self.acts += 1
        self.page.keyboard.type(text)

    def tab_to(self, key: str, *, back: bool = False) -> None:
        """Go on with Tab until the control has the focus."""
        for _ in range(FARTHEST):
            if self.page.evaluate(FOCUS) == key:
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"Tab does not reach {key}")

    def go(self, key: str, *, back: bool = False) -> None:
        """Click a control, or walk to it and press Enter."""
        if self.by == "mouse":
            self.acts += 1
            self.page.click(f"[data-key='{key}']")
        else:
            self.tab_to(key, back=back)
            self.press("Enter")
        self.watched.idle()

    def choose(self, key: str, label: str, *, back: bool = False) -> None:
        """Choose an option of a list; by keyboard its first letters are typed."""
        if self.by == "mouse":
            self.acts += 1
            self.page.select_option(f"[data-key='{key}']", label=label)
        else:
            self.tab_to(key, back=back)
            self.type(label)
        self.watched.idle()
        picked = f"[data-key='{key}'] option:checked"
        assert self.page.locator(picked).inner_text().strip() == label

    def write(self, key: str, text: str, *, back: bool = False) -> None:
        """Fill a field in; a date is typed part by part, as the browser shows it."""
        field = f"[data-key='{key}']"
        if self.by == "mouse":
            self.acts += 1
            self.page.fill(field, text)
            return
        self.tab_to(key, back=back)
        if self.page.get_attribute(field, "type") == "date":
            year, month, day = text.split("-")
            self.type(f"{month}{day}{year}")
        else:
            self.press("Control+a")
            self.type(text)
        assert self.page.input_value(field) == text

    def download(self, key: str, *, back: bool = False) -> Download:
        """Go to a link that hands a file over."""
        with self.page.expect_download() as handed:
            self.go(key, back=back)
        return handed.value

    def popup(self, key: str, *, back: bool = False) -> Page:
        """Go to a link that opens a page of its own."""
        with self.page.expect_popup() as opened:
            self.go(key, back=back)
        opened.value.wait_for_load_state()
        return opened.value

    def record(
        self, record: Callable[[str, dict[str, Any]], None], journey: str, lang: str
    ) -> None:
        """Note the figures of a journey that is done."""
        row = {"journey": journey, "language": lang, "by": self.by, "acts": self.acts}
        record(JOURNEYS, {**row, "seconds": round(self.seconds, 1)})
        print(f"{journey}, {lang}, {self.by}: {self.acts} acts, {self.seconds:.1f} s")
