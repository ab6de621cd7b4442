"""A planner takes a messy layer from its defects to a published plan; acts and seconds counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.page.conftest import picture_path
from tests.page.hand import Hand, journey
from tests.page.planner import call, covered, free_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser

REASON = "Overlaps of the fire districts mended"
CODE = "() => document.querySelector('.strip title')?.textContent.split(':')[0]"
"""A code of the plan, as a reader takes it from the page."""


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
    page = watched.open("/?workspace=cells")
    hand = Hand(watched, by)
    hand.lead("o")
    hand.choose("reference", str(reference))
    assert "4" in page.inner_text("#left strong >> nth=1")
    hand.go("next-one", single="n")
    page.wait_for_selector("#defect .warn")
    page.screenshot(path=picture_path(f"journey-defect-{lang}-{by}"))
    plan = repair(hand, lang)
    assert covered(server, plan)
    recode_one(hand)
    publish(hand, free_day(server))
    published = call(server, f"/plans/{plan['id']}", method="GET")
    assert published["reason"] == REASON
    page.screenshot(path=picture_path(f"journey-published-{lang}-{by}"))
    hand.record(record, "planner: messy layer, repair reviewed, published plan", lang)
    assert hand.acts <= (16 if by == "mouse" else 50)


def repair(hand: Hand, lang: str) -> dict[str, Any]:
    """Look at the changes: the largest one by one, the rest, which are alike, at once."""
    hand.go("repair-open", single="r")
    hand.go("repair")
    hand.page.wait_for_selector("[data-key=accept]")
    hand.watched.idle()
    hand.page.screenshot(path=picture_path(f"journey-review-{lang}-{hand.by}"))
    hand.go("accept", single="a")
    hand.go("accept-alike")
    hand.go("save-repair")
    hand.page.wait_for_selector("[data-key=publish]")
    hand.watched.idle()
    newest = call(hand.watched.server, "/plans", method="GET")[0]
    assert newest["state"] == "draft"
    return newest


def recode_one(hand: Hand) -> None:
    code = hand.page.evaluate(CODE)
    hand.go("tool-recode", single="c")
    hand.write("pick-code", code)
    hand.press("Enter")
    hand.page.wait_for_selector("[data-key=code-new]")
    hand.write("code-new", "E-new")
    hand.page.wait_for_selector("[data-key=save-edit]:enabled")
    hand.go("save-edit")
    hand.page.wait_for_selector("[data-key=undo]:enabled")
    hand.watched.idle()


def publish(hand: Hand, day: str) -> None:
    hand.go("publish", single="u")
    hand.write("publish-from", day)
    hand.write("publish-why", REASON)
    hand.go("form-act")
    hand.page.wait_for_selector("dialog", state="detached")
    hand.watched.idle()
