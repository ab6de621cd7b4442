"""The panel of a cell, alarms, and the back test of the hot spots: what they say is what is so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.conftest import address, axe
from tests.page.hand import Hand
from tests.page.test_hostile import HOSTILE
from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser
AT = {"lon": -71.1055, "lat": 42.3735}


def put(watched: Watched, version: int, unit: str, roles: list[Any], level: str = "") -> None:
    answer = watched.page.request.put(
        f"{watched.server}/api/v1/duties",
        data={"level": level, "unit": unit, "roles": roles},
        headers={"Origin": watched.server, "If-Match": f'"{version}"'},
    )
    assert answer.ok, answer.text()


def report(watched: Watched, **values: Any) -> dict[str, Any]:
    """Enter an incident in the middle of the city."""
    answer = watched.page.request.post(
        f"{watched.server}/api/v1/incidents",
        data={"when": "2022-03-03T12:00:00", "category": "Lamp", **AT, **values},
        headers={"Origin": watched.server},
    )
    assert answer.ok, answer.text()
    return answer.json()


def test_duty_roles_of_a_cell_by_keyboard(visit: Callable[..., Watched]) -> None:
    watched = visit()
    put(watched, 0, "2", [{"role": "Sector desk", "contact": "ext. 2"}], level="SECTOR")
    page = watched.open("/?sel=cell:602")
    page.wait_for_selector("#right :text('Sector desk')")
    assert "ext. 2" in words(page, "#right")
    hand = Hand(watched, "keyboard")
    hand.tab_to("duties-change")
    hand.press("Enter")
    hand.type("Beat desk")
    hand.press("Tab")
    hand.type("ext. 602")
    hand.press("Enter")
    page.wait_for_selector("#right dd:text-is('ext. 602')")
    watched.idle()
    assert page.evaluate("() => document.activeElement.dataset.key") == "duties-change"
    found = page.request.get(f"{watched.server}/api/v1/duties?unit=602").json()
    assert found[0]["roles"] == [{"role": "Beat desk", "contact": "ext. 602"}]
    assert axe(page) == []


def test_overdue_is_a_step_to_its_list_and_is_closed_with_a_result(
    visit: Callable[..., Watched],
) -> None:
    watched = visit()
    late = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    made = report(watched, due=late, when=late, category="Broken lamp")
    report(watched, due="2199-01-01T00:00:00")
    page = watched.open(f"/?sel=cell:{made['cell']}")
    page.wait_for_selector("[data-key=show-late]")
    assert page.inner_text("[data-key=show-late]") == "1"
    page.click("[data-key=show-late]")
    watched.idle()
    assert "only=late" in address(page)
    assert page.locator("#right .list > li").count() == 1
    assert "was due" in words(page, "#right .list")
    page.click(f"[data-key=incident-{made['id']}]")
    page.click("[data-key=set-closed]")
    page.fill("[data-key=result]", "New lamp fitted")
    page.select_option("[data-key=content]", "1")
    page.click("[data-key=close-with-result]")
    page.wait_for_selector("[data-key=set-open]")
    watched.idle()
    page.click("#right details:last-of-type summary")
    assert "New lamp fitted" in words(page, "#right")
    page.go_back()
    page.wait_for_selector("#right .empty")
    assert "Nothing is overdue" in words(page, "#right")


def test_the_panel_follows_the_filters(visit: Callable[..., Watched]) -> None:
    watched = visit("zh")
    page = watched.open("/?sel=cell:602")
    page.wait_for_selector("#right .bars")
    before = page.locator("#right dl.figures dd").first.inner_text()
    first = page.locator("#right .bars button").first
    count = first.locator(".number").inner_text()
    first.click()
    watched.idle()
    assert "category=" in address(page)
    assert page.locator("#right dl.figures dd").first.inner_text() == count != before
    page.select_option("[data-key=level]", "SECTOR")
    watched.open("/?level=SECTOR&sel=cell:2")
    page.wait_for_selector("#right .bars")
    assert page.locator("#right .chart .uplot").count() == 1
    assert page.locator("#right .list > li").count() == 50
    assert axe(page) == []


def test_alarms_say_how_often_chance_would(visit: Callable[..., Watched]) -> None:
    watched = visit()
    for _ in range(30):
        made = report(watched, when="2016-06-15T12:00:00")
    page = watched.open("/?tab=alarms&month=2016-06")
    found = page.request.get(f"{watched.server}/api/v1/incidents/alarms?month=2016-06-01").json()
    (alarm,) = [row for row in found["rows"] if row["code"] == made["cell"]]
    said = words(page, "#left")
    assert f"{len(found['rows'])} of 117 cells" in said
    assert "at most 1 % of cells that did not change" in said
    assert f"chance alone raises about {found['false_expected']} a month" in said
    assert f"{alarm['n']} this month" in said
    assert "hardly ever by chance" in said
    assert "Alarms: " in words(page, "#legend")
    assert axe(page) == []
    page.click(f"[data-key=alarm-{made['cell']}]")
    watched.idle()
    assert f"sel=cell:{made['cell']}" in address(page)
    assert "start=2016-06-01&" in address(page)
    assert made["cell"] in words(page, "#right h2")
    page.click("[data-key=month-before]")
    watched.idle()
    assert "month=2016-05" in address(page)
    first, last = page.request.get(f"{watched.server}/api/v1/session").json()["period"]
    page.fill("[data-key=alarm-month]", first[:7])  # without a history
    watched.idle()
    assert "month=2016-05" in address(page)
    watched.open("/?tab=alarms&start=2010-01-01")
    assert page.input_value("[data-key=alarm-month]") == last[:7]
    assert page.is_disabled("[data-key=month-after]")
    watched.open(f"/?tab=alarms&month={first[:7]}")
    assert page.is_disabled("[data-key=month-before]")
    assert not page.is_disabled("[data-key=month-after]")
    assert {status for status, _ in watched.answers} <= {200, 201, 204, 304}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_back_test_says_whether_counting_does_as_well(
    visit: Callable[..., Watched], lang: str
) -> None:
    watched = visit(lang)
    page = watched.open("/?kind=hotspots&end=2016-07-01")
    page.wait_for_selector(".verdict")
    url = f"{watched.server}/api/v1/incidents/hotspots/backtest?end=2016-07-01"
    found = page.request.get(url).json()
    by = {
        method: [row for row in found["rows"] if row["method"] == method][2]
        for method in ("hotspots", "density", "count")
    }
    said = words(page, "#left")
    assert f"{found['before']['n']:,}" in said
    assert f"{found['after']['n']:,}" in said
    assert f"{by['hotspots']['hits']:,}" in words(page, ".verdict")
    plain = max(by["density"]["hits"], by["count"]["hits"])
    assert f"{plain:,}" in words(page, ".verdict")
    page.click("[data-key=backtest-all]")
    assert page.locator(".still tbody tr").count() in {12, 15}
    assert axe(page) == []


def test_what_is_new_since_the_last_visit(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    assert page.locator("[data-key=news]").count() == 0
    numbers = {report(watched, category="Fallen tree")["id"] for _ in range(2)}
    watched.open()
    page.wait_for_selector("[data-key=news]")
    assert page.inner_text("[data-key=news]").startswith("2 new since your last visit")
    page.click("[data-key=news]")
    page.wait_for_selector("dialog tbody tr")
    assert set(page.locator("dialog tbody button").all_inner_texts()) == set(map(str, numbers))
    page.keyboard.press("Escape")
    watched.open()
    assert page.locator("[data-key=news]").count() == 0


def test_the_table_lists_what_the_map_shows(visit: Callable[..., Watched]) -> None:
    watched = visit("zh")
    page = watched.open("/?tab=table&map=15.5/-71.1055/42.3735")
    whole = page.locator("#left tbody tr").count()
    page.check("[data-key=only-here]")
    watched.idle()
    near = page.locator("#left tbody tr").count()
    assert 0 < near < 30 < whole
    assert "here=1" in address(page)
    page.locator("#map canvas").focus()
    for _ in range(6):
        page.keyboard.press("-")
        page.wait_for_timeout(400)
    watched.idle()
    page.wait_for_timeout(300)
    assert page.locator("#left tbody tr").count() == whole


def test_a_part_of_the_clock_clicked_again_lets_go(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    total = words(page, ".totals")
    box = page.locator(".clock").bounding_box()
    assert box
    at = (box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.5)
    page.mouse.click(*at)
    watched.idle()
    assert "weekday=" in address(page)
    assert "hour=" in address(page)
    assert words(page, ".totals") != total
    page.mouse.click(*at)
    watched.idle()
    assert "weekday=" not in address(page)
    assert words(page, ".totals") == total


def test_hostile_roles_and_results(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.page
    unit = report(watched, when="2023-01-01T00:00:00")["cell"]
    for n in range(0, 40, 10):
        texts = HOSTILE[n : n + 10]
        roles = [{"role": text[:60], "contact": text[:100]} for text in texts]
        put(watched, n // 10, unit, roles)
        for text in texts:
            report(watched, when="2023-01-01T00:00:00", category=text)
        watched.open(f"/?sel=cell:{unit}&start=2023-01-01&end=2023-01-02")
        page.wait_for_selector("#right .bars")
        shown = words(page, "#right")
        assert all(" ".join(text[:60].split()) in shown for text in texts)
    page.click("[data-key=duties-change]")
    assert page.evaluate("() => window.ran") is None
