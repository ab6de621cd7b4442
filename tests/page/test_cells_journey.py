"""A planner takes a messy layer from its defects to a published plan; acts and seconds counted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.conftest import picture_path
from tests.page.test_cells_edit import call, covered, free_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


def by_mouse(watched: Watched) -> Callable[[str], None]:
    def act(key: str) -> None:
        watched.page.click(f"[data-key='{key}']")
        watched.idle()

    return act


def by_keyboard(watched: Watched) -> Callable[[str], None]:
    def act(key: str) -> None:
        watched.page.focus(f"[data-key='{key}']")
        watched.page.keyboard.press("Enter")
        watched.idle()

    return act


class Planner:
    """Somebody at the page; every click, key and choice is an act."""

    def __init__(self, watched: Watched, act: Callable[[str], None]) -> None:
        self.watched, self.page, self._act, self.acts = watched, watched.page, act, 0

    def do(self, key: str) -> None:
        self.acts += 1
        self._act(key)

    def fill(self, selector: str, text: str) -> None:
        self.acts += 1
        self.page.fill(selector, text)

    def look_at_defects(self, reference: int) -> None:
        self.acts += 1
        self.page.select_option("[data-key=reference]", str(reference))
        self.watched.idle()
        assert "4" in self.page.inner_text("#left strong >> nth=1")
        self.do("next-one")
        self.page.wait_for_selector("#defect .warn")

    def repair(self, name: str) -> None:
        self.acts += 1
        self.page.focus("details:has([data-key=repair]) summary")
        self.page.keyboard.press("Enter")
        self.fill("[data-key=repair-name]", name)
        self.do("repair")
        self.page.wait_for_selector(f"h2:has-text('{name}')")
        self.watched.idle()

    def recode_one(self) -> None:
        self.do("tool-recode")
        self.fill("[data-key=pick-code]", first_code(self.page))
        self.page.press("[data-key=pick-code]", "Enter")
        self.fill("[data-key=code-new]", "E-new")
        self.page.wait_for_selector("[data-key=save-edit]:enabled")
        self.do("save-edit")
        self.page.wait_for_selector("[data-key=undo]:enabled")

    def publish(self, day: str, reason: str) -> None:
        self.do("publish")
        self.fill("dialog input", day)
        self.fill("dialog textarea", reason)
        self.acts += 1
        self.page.press("dialog .primary", "Enter")
        self.page.wait_for_selector("dialog", state="detached")
        self.watched.idle()


@pytest.mark.parametrize(("lang", "hand"), [("en", by_mouse), ("zh", by_keyboard)])
def test_from_a_messy_layer_to_a_published_plan(
    visit: Callable[..., Watched],
    lang: str,
    hand: Callable[[Watched], Callable[[str], None]],
    record: Callable[[str, dict[str, Any]], None],
) -> None:
    watched = visit(lang)
    server = watched.server
    found = call(server, "/references", method="GET")
    reference = next(one["id"] for one in found if "fire" in one["name"].lower())
    page = watched.open("/?workspace=cells")
    planner, begun = Planner(watched, hand(watched)), time.monotonic()
    planner.look_at_defects(reference)
    page.screenshot(path=picture_path(f"journey-defect-{lang}"))
    name = f"Fire districts {lang}"
    planner.repair(name)
    plan = next(one for one in call(server, "/plans", method="GET") if one["name"] == name)
    assert covered(server, plan)
    planner.recode_one()
    planner.publish(free_day(server), "Overlaps of the fire districts mended")
    seconds = time.monotonic() - begun
    published = call(server, f"/plans/{plan['id']}", method="GET")
    assert published["reason"] == "Overlaps of the fire districts mended"
    page.screenshot(path=picture_path(f"journey-published-{lang}"))
    row = {"journey": "planner: messy layer to published plan", "language": lang}
    by = hand.__name__.removeprefix("by_")
    record("Journeys in Chromium", {**row, "by": by, "acts": planner.acts,
                                    "seconds": round(seconds, 1)})  # fmt: skip
    assert planner.acts <= 16


def first_code(page: Any) -> str:
    """A code the map shows, as a reader would take it from the page."""
    return page.evaluate("() => document.querySelector('.strip title')?.textContent.split(':')[0]")
