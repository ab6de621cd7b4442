"""A repair reviewed change by change: accept, refuse, next; by mouse and by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.page.conftest import address, axe, picture_path
from tests.page.hand import Hand
from tests.page.planner import call

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


def reference(server: str, name: str) -> int:
    found = call(server, "/references", method="GET")
    return next(one["id"] for one in found if name in one["name"])


def review(watched: Watched, hand: Hand, number: int) -> None:
    watched.open(f"/?workspace=cells&ref={number}")
    hand.go("repair-open")
    hand.go("repair")
    watched.page.wait_for_selector("[data-key=accept]")
    watched.idle()


def chosen(hand: Hand) -> str:
    return address(hand.page).split("sel=change:")[1].split("&")[0]


@pytest.mark.parametrize(("lang", "by"), [("en", "mouse"), ("zh", "keyboard")])
def test_each_change_is_accepted_or_refused(
    visit: Callable[..., Watched], lang: str, by: str
) -> None:
    watched = visit(lang)
    hand = Hand(watched, by)
    page, server = watched.page, watched.server
    review(watched, hand, reference(server, "Fire"))
    refused = chosen(hand)
    far = float(address(page).split("map=")[1].split("/")[0])
    assert far > 15
    page.screenshot(path=picture_path(f"repair-both-{lang}"))
    assert axe(page) == []
    hand.go("side-before")
    page.screenshot(path=picture_path(f"repair-before-{lang}"))
    hand.go("side-after")
    page.screenshot(path=picture_path(f"repair-after-{lang}"))
    hand.go("refuse") if by == "mouse" else hand.press("r")
    watched.idle()
    second = chosen(hand)
    assert second != refused
    hand.go("accept", back=True) if by == "mouse" else hand.press("a")
    watched.idle()
    third = chosen(hand)
    assert third not in {refused, second}
    page.reload()
    page.wait_for_selector(f"[data-key='row-{refused}']:has-text('✗')")
    page.wait_for_selector(f"[data-key='row-{second}']:has-text('✓')")
    watched.idle()
    assert chosen(hand) == third
    hand.go("previous-change") if by == "mouse" else hand.press("p")
    watched.idle()
    assert chosen(hand) == second
    name = f"Reviewed {lang}"
    hand.write("repair-name", name)
    hand.go("save-repair")
    page.wait_for_selector(f"h2:has-text('{name}')")
    watched.idle()
    assert "1" in page.inner_text("#left .warn >> nth=0")
    plan = next(one for one in call(server, "/plans", method="GET") if one["name"] == name)
    found = call(server, f"/plans/{plan['id']}/check", method="GET")
    assert found["counts"]["overlap"] == 1
    page.screenshot(path=picture_path(f"repair-saved-{lang}"))
    mend_the_rest(hand, plan)


def mend_the_rest(hand: Hand, plan: dict[str, Any]) -> None:
    """What was refused is left in the draft; it is repaired there, as an edit to be undone."""
    page, server = hand.page, hand.watched.server
    hand.go("repair-open")
    hand.choose("repair-prefer", "smallest")
    hand.go("repair")
    page.wait_for_selector("[data-key=accept]")
    hand.watched.idle()
    hand.go("accept-alike") if page.locator("[data-key=accept-alike]").count() else None
    hand.go("save-repair")
    page.wait_for_selector("#left .good")
    page.wait_for_selector("[data-key=undo]:enabled")
    assert call(server, f"/plans/{plan['id']}/check", method="GET")["ok"]
    hand.page.keyboard.press("Control+z")
    page.wait_for_selector("[data-key=redo]:enabled")
    assert not call(server, f"/plans/{plan['id']}/check", method="GET")["ok"]


def test_many_alike_at_once_and_leaving_loses_nothing(visit: Callable[..., Watched]) -> None:
    watched = visit()
    hand = Hand(watched)
    page = watched.page
    number = reference(watched.server, "Block groups")
    review(watched, hand, number)
    rows = page.locator("#right tbody tr")
    total = rows.count()
    hand.go("refuse-alike")
    alike = page.locator("#right tbody button:has-text('✗')").count()
    assert alike > 10
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-key=accept]", state="detached")
    assert "repair=" not in address(page)
    hand.go("repair")
    page.wait_for_selector("[data-key=accept]")
    watched.idle()
    assert page.locator("#right tbody button:has-text('✗')").count() == alike
    assert rows.count() == total
    left = page.locator("#right ul.list li").count()
    assert left > alike, "refused ones and gaps that are too wide"
    page.go_back()
