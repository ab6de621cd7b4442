"""A duty officer finds where reports rose this month and why; acts and seconds counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.page.conftest import address, picture_path
from tests.page.hand import Hand, journey
from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser
MONTH = ("2015-10-01", "2015-11-01")
BEFORE = ("2015-09-01", "2015-10-01")


def categories(watched: Watched, code: str, period: tuple[str, str]) -> dict[str, int]:
    """What happened in a cell in a period, by category."""
    asked = {"unit": code, "start": period[0], "end": period[1]}
    url = f"{watched.server}/api/v1/incidents/unit"
    return watched.page.request.get(url, params=asked).json()["categories"]


@journey
def test_where_reports_rose_this_month_and_why(
    visit: Callable[..., Watched],
    lang: str,
    by: str,
    record: Callable[[str, dict[str, Any]], None],
) -> None:
    watched = visit(lang)
    page = watched.open()
    hand = Hand(watched, by)
    hand.lead("k")
    hand.go("kind-change")
    hand.lead("d")
    hand.write("start", MONTH[0])
    hand.write("end", MONTH[1])
    watched.idle()
    hand.lead("k")
    hand.go("previous")
    assert "start2=2015-09-01" in address(page)
    if by == "mouse":
        hand.go("tab-table")
    hand.lead("t")
    code = page.locator("#left tbody tr").first.locator("button").inner_text()
    hand.go(f"row-{code}")
    page.wait_for_selector("#right .bars")
    watched.idle()
    now, before = (categories(watched, code, period) for period in (MONTH, BEFORE))
    first = page.locator("#right .bars button").first
    why = str(first.get_attribute("data-key")).removeprefix("kind-of-")
    rise = {name: now.get(name, 0) - before.get(name, 0) for name in now | before}
    assert rise[why] == max(rise.values()) > 0
    assert f"B {before.get(why, 0)} → {now[why]}" in " ".join(first.inner_text().split())
    if by == "keyboard":
        hand.press("F6")  # the map
        hand.press("F6")  # what is chosen
        assert page.evaluate("() => document.activeElement.dataset.key") == "let-go"
    hand.go(f"kind-of-{why}")
    page.screenshot(path=picture_path(f"journey-rise-{lang}-{by}"))
    hand.record(record, "duty officer: where reports rose this month and why", lang)
    url = f"{watched.server}/api/v1/incidents/changes"
    asked = dict(zip(("start", "end", "start2", "end2"), MONTH + BEFORE, strict=True))
    rows = page.request.get(url, params=asked).json()["rows"]
    risen = {row["code"]: row["value"] for row in rows}
    assert risen[code] == max(risen.values())
    assert code in words(page, "#right h2")
    assert "category=" in address(page)
    assert hand.acts <= {"mouse": 7, "keyboard": 40}[by]
