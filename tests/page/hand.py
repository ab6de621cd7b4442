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
FOCUS = "() => document.activeElement.dataset.key ?? document.activeElement.id"
TYPING = "() => document.activeElement.matches('select, textarea, input:not([type=checkbox])')"
WALK = """(key) => {
  const all = [...document.querySelectorAll('[data-key]')];
  const there = all.find((one) => one.dataset.key === key && one.checkVisibility());
  const group = there?.matches('[tabindex]') && there.closest('[data-roving]');
  if (!group || group !== document.activeElement.closest('[data-roving]')) return null;
  const controls = [...group.querySelectorAll('[tabindex]')];
  const three = [document.activeElement, there, controls.at(-1)];
  return [Number(group.dataset.roving), ...three.map((one) => controls.indexOf(one))];
}"""
"""Where the focus, a control and the last one stand in their group, if they are in the same."""
FARTHEST = 120
WAYS = [
    ("en", "mouse"),
    ("zh", "keyboard"),
    pytest.param("zh", "mouse", marks=pytest.mark.proof),
    pytest.param("en", "keyboard", marks=pytest.mark.proof),
]
"""Both languages, by mouse and by keyboard: two of four suffice in every run."""


def journey(test: Callable[..., None]) -> Callable[..., None]:
    """Let a journey run with the tests and, for its figures, with `make proof`."""
    return pytest.mark.journey(pytest.mark.parametrize(("lang", "by"), WAYS)(test))


class Hand:
    """Controls are named by their ``data-key`` or id.

    By keyboard a control is walked to with Tab, back with Shift+Tab, and within its group with the
    arrows, or a single key leads to it: nothing is given the focus by the test.
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
        """Go on with Tab to the control's group, then with the arrows, until it has the focus."""
        for _ in range(FARTHEST):
            if self.page.evaluate(FOCUS) == key:
                return
            place = self.page.evaluate(WALK, key)
            for step in walk(*place) if place else ["Shift+Tab" if back else "Tab"]:
                self.press(step)
        raise AssertionError(f"Tab does not reach {key}")

    def skip(self) -> None:
        """Pass the header by its link, as one does without a mouse."""
        if self.by == "keyboard":
            self.go("skip")

    def lead(self, single: str) -> None:
        """By keyboard, let a single key lead to a part; a field is left first."""
        if self.by == "mouse":
            return
        if self.page.evaluate(TYPING):
            self.press("Escape")
        self.press(single)

    def go(self, key: str, *, back: bool = False, single: str = "") -> None:
        """Click a control, walk to it and press it, or press the single key that stands for it."""
        if self.by == "mouse":
            self.acts += 1
            self.page.click(f"[data-key='{key}']")
        elif single:
            self.lead(single)
        else:
            self.tab_to(key, back=back)
            box = self.page.evaluate("() => document.activeElement.type === 'checkbox'")
            self.press("Space" if box else "Enter")
        self.watched.idle()

    def choose(self, key: str, value: str, *, back: bool = False) -> None:
        """Choose an option of a list; by keyboard its text is typed."""
        field = f"[data-key='{key}']"
        if self.by == "mouse":
            self.acts += 1
            self.page.select_option(field, value)
        else:
            self.tab_to(key, back=back)
            self._pick(field, value)
        self.watched.idle()
        assert self.page.input_value(field) == value

    def _pick(self, field: str, value: str) -> None:
        """Type the option's first letters, or walk to it where a keyboard has none of them."""
        label = self.page.locator(f"{field} option[value='{value}']").inner_text().strip()
        if label.isascii():
            self.type(label)
            return
        values = [one.get_attribute("value") for one in self.page.locator(f"{field} option").all()]
        away = values.index(value) - values.index(self.page.input_value(field))
        for _ in range(abs(away)):
            self.press("ArrowDown" if away > 0 else "ArrowUp")

    def write(self, key: str, text: str, *, back: bool = False) -> None:
        """Fill a field in; a date is typed as the browser shows it: month, day, year."""
        field = f"[data-key='{key}']"
        if self.by == "mouse":
            self.acts += 1
            self.page.fill(field, text)
            return
        self.tab_to(key, back=back)
        kind = self.page.get_attribute(field, "type")
        if kind in {"date", "month"}:
            year, *parts = text.split("-")
            self.type("".join(parts))
            if kind == "month":
                self.press("ArrowRight")
            self.type(year)
        else:
            self.press("Control+a")
            self.type(text)
        assert self.page.input_value(field) == text

    def download(self, key: str, **how: Any) -> Download:
        """Go to a link that hands a file over."""
        with self.page.expect_download() as handed:
            self.go(key, **how)
        return handed.value

    def popup(self, key: str, **how: Any) -> Page:
        """Go to a link that opens a page of its own."""
        with self.page.expect_popup() as opened:
            self.go(key, **how)
        opened.value.wait_for_load_state()
        return opened.value

    def record(
        self, record: Callable[[str, dict[str, Any]], None], journey: str, lang: str
    ) -> None:
        """Note the figures of a journey that is done."""
        row = {"journey": journey, "language": lang, "by": self.by, "acts": self.acts}
        record(JOURNEYS, {**row, "seconds": round(self.seconds, 1)})
        print(f"{journey}, {lang}, {self.by}: {self.acts} acts, {self.seconds:.1f} s")


def walk(columns: int, here: int, there: int, last: int) -> list[str]:
    """The fewest keys from one control of a group to another."""
    if columns > 1:
        down, right = there // columns - here // columns, there % columns - here % columns
        return way(down, "ArrowDown", "ArrowUp") + way(right, "ArrowRight", "ArrowLeft")
    arrows = ("ArrowDown", "ArrowUp") if columns else ("ArrowRight", "ArrowLeft")
    straight = way(there - here, *arrows)
    ends = [["Home", *way(there, *arrows)], ["End", *way(there - last, *arrows)]]
    return min(straight, *ends, key=len)


def way(steps: int, on: str, back: str) -> list[str]:
    return [on if steps > 0 else back] * abs(steps)
