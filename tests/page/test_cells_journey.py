"""A planner takes a messy layer from its defects to a published plan; acts and seconds counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.page.conftest import picture_path
from tests.page.hand import Hand, journey
from tests.page.test_cells_edit import call, covered, free_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser
WHY = "Overlaps of the fire districts mended"


@journey
def test_from_a_messy_layer_to_a_published_plan(
    visit: Callable[..., Watched],
    lang: str,
    by: str,
    record: Callable[[str, dict[str, Any]], None],
) -> None:
    watched = visit(lang)
    server = watched.server
    found = call(server, "/references", method="GET")
    reference = next(one["id"] for one in found if "fire" in one["name"].lower())
    page = watched.open()
    hand = Hand(watched, by)
    hand.go("to-cells")
    look_at_defects(hand, reference)
    page.screenshot(path=picture_path(f"journey-defect-{lang}-{by}"))
    name = f"Fire districts {lang} {by}"
    repair(hand, name)
    plan = next(one for one in call(server, "/plans", method="GET") if one["name"] == name)
    assert covered(server, plan)
    recode_one(hand)
    hand.go("publish", back=True)
    hand.write("publish-from", free_day(server), back=True)
    hand.write("publish-why", WHY)
    hand.go("form-act")
    page.wait_for_selector("dialog", state="detached")
    watched.idle()
    hand.record(record, "planner: messy layer to published plan", lang)
    assert call(server, f"/plans/{plan['id']}", method="GET")["reason"] == WHY
    page.screenshot(path=picture_path(f"journey-published-{lang}-{by}"))
    assert hand.acts <= {"mouse": 16, "keyboard": 120}[by]


def look_at_defects(hand: Hand, reference: int) -> None:
    hand.choose("reference", str(reference))
    hand.page.wait_for_selector("#left .bad strong:has-text('4')")
    hand.go("next-one")
    hand.page.wait_for_selector("#defect .warn")


def repair(hand: Hand, name: str) -> None:
    hand.go("repair-title", back=True)
    hand.write("repair-name", name)
    hand.go("repair")
    hand.page.wait_for_selector(f"h2:has-text('{name}')")
    hand.watched.idle()


def recode_one(hand: Hand) -> None:
    page = hand.page
    hand.go("tool-recode", back=True)
    hand.write("pick-code", first_code(page))
    hand.go("pick-add")
    hand.write("code-new", "E-new", back=True)
    page.wait_for_selector("[data-key=save-edit]:enabled")
    hand.go("save-edit")
    page.wait_for_selector("[data-key=undo]:enabled")


def first_code(page: Page) -> str:
    """A code the map shows, as a reader would take it from the page."""
    return page.evaluate("() => document.querySelector('.strip title')?.textContent.split(':')[0]")
