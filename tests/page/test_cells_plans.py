"""Plans side by side and one after the other: compared, published, edited by two people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.page.conftest import axe, picture_path
from tests.page.planner import SLOW, Planner, call, cell, cells_of, free_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


def test_after_an_edit_only_what_it_touched_is_made_anew(
    visit: Callable[..., Watched], draft: dict[str, Any]
) -> None:
    """No count of every incident, and the plans are asked for once."""
    planner = Planner(visit(), draft)
    page = planner.page
    west, south, east, north = planner.at["bounds"]
    middle = (west + east) / 2
    planner.tool("split", "903")
    planner.draw((middle, south - 0.0004), (middle, north + 0.0004))
    page.wait_for_selector("[data-key=save-edit]:enabled")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(urlsplit(request.url).path))
    planner.save()
    assert "/api/v1/incidents/figures" not in sent
    assert sent.count("/api/v1/plans") == 1


def test_a_comparison_lists_no_row_of_nothing(
    visit: Callable[..., Watched], draft: dict[str, Any]
) -> None:
    """Where a split ends, its neighbours gain a vertex, rounded to the lattice of the store."""
    watched = visit()
    server = watched.server
    west, south, east, north = cell(server, draft, "903")["bounds"]
    line = [[west - 1e-3, south * 0.49 + north * 0.51], [east + 1e-3, south * 0.52 + north * 0.48]]
    geometry = {"type": "LineString", "coordinates": line}
    body = {"op": "split", "cell": "903", "codes": ["903", "903-2"], "line": geometry}
    call(server, f"/plans/{draft['id']}/edits", body, **{"If-Match": f'"{draft["version"]}"'})
    first = call(server, "/session", method="GET")["plan"]["id"]
    asked = f"/plans/{draft['id']}/compare?with={first}"
    moves = call(server, asked, method="GET")["moves"]
    noise = [move for move in moves if move["area_m2"] < 50]
    assert noise
    assert len(moves) > len(noise)
    page = watched.open(f"/?workspace=cells&plan={draft['id']}&with={first}")
    page.wait_for_selector("[data-key=rounding]")
    table = page.locator("#left table", has_text="From → to")
    rows = table.locator("tbody tr")
    assert rows.count() == len(moves) - len(noise)
    assert page.inner_text("[data-key=rounding]").startswith(f"{len(noise)} ")


def test_draft_publish_and_compare(visit: Callable[..., Watched], server: str) -> None:
    watched = visit()
    page = watched.open("/?workspace=cells")
    page.click("[data-key=new-draft]")
    page.fill("dialog input", "Spring redraw")
    page.click("dialog .primary")
    page.wait_for_selector("h2:has-text('Spring redraw')")
    watched.idle()
    made = next(p for p in call(server, "/plans", method="GET") if p["name"] == "Spring redraw")
    body = {"op": "merge", "cells": ["903", "902"], "code": "903"}
    match = {"If-Match": f'"{made["version"]}"'}
    call(server, f"/plans/{made['id']}/edits", body, **match)
    first = call(server, "/session", method="GET")["plan"]
    watched.open(f"/?workspace=cells&plan={made['id']}&with={first['id']}")
    page.wait_for_selector(".curtain-slider")
    watched.idle()
    figures = page.inner_text("#left .figures")
    gone = cell(server, first, "902")
    assert f"{gone['columns']['people']:,}" in figures
    page.screenshot(path=picture_path("cells-compare"))
    assert axe(page) == []
    page.click("[data-key=publish]")
    page.fill("dialog input", free_day(server))
    page.click("dialog .primary")
    assert page.locator("dialog").is_visible()
    page.fill("dialog textarea", "Two cells of one beat")
    page.click("dialog .primary")
    page.wait_for_selector("dialog", state="detached")
    watched.idle()
    assert page.locator("[data-key=tool-split]").is_disabled()
    assert call(server, f"/plans/{made['id']}", method="GET")["reason"] == "Two cells of one beat"


def test_the_second_to_save_loses_nothing(
    visit: Callable[..., Watched], draft: dict[str, Any]
) -> None:
    planner = Planner(visit(), draft)
    page, server = planner.page, planner.watched.server
    west, south, east, north = planner.at["bounds"]
    planner.tool("split", "903")
    middle = (west + east) / 2
    planner.draw((middle, south - 0.0004), (middle, north + 0.0004))
    page.wait_for_selector("[data-key=save-edit]:enabled")
    match = {"If-Match": f'"{draft["version"]}"'}
    body = {"op": "recode", "cell": "101", "code": "from-next-door"}
    call(server, f"/plans/{draft['id']}/edits", body, **match)
    page.click("[data-key=save-edit]")
    page.wait_for_selector("#notice:has-text('from-next-door')")
    page.screenshot(path=picture_path("cells-conflict"))
    page.wait_for_selector("[data-key=save-edit]:enabled")
    planner.save()
    assert cells_of(server, draft) == 118
    assert cell(server, draft, "from-next-door")["code"] == "from-next-door"
    refused = [text for text in planner.watched.errors if "412" in text]
    assert len(refused) == len(planner.watched.errors) == 1
    planner.watched.errors.clear()


def test_a_click_on_save_while_the_edit_is_tried_again_is_not_lost(
    visit: Callable[..., Watched], draft: dict[str, Any]
) -> None:
    planner = Planner(visit(), draft)
    page, server = planner.page, planner.watched.server
    west, south, east, north = planner.at["bounds"]
    middle = (west + east) / 2
    planner.tool("split", "903")
    planner.draw((middle, south - 0.0004), (middle, north + 0.0004))
    page.wait_for_selector("[data-key=save-edit]:enabled")
    page.evaluate(SLOW, ["/preview", 1500])
    page.fill("[data-key=code-right]", "9031")
    page.wait_for_timeout(300)
    page.press("[data-key=code-right]", "Enter")
    page.wait_for_selector("[data-key=tool-choose][aria-pressed=true]")
    planner.watched.idle()
    assert cell(server, draft, "9031")["area_m2"] > 0
    assert cells_of(server, draft) == 118


def test_two_clicks_on_save_are_one_edit(
    visit: Callable[..., Watched], draft: dict[str, Any]
) -> None:
    planner = Planner(visit(), draft)
    page = planner.page
    planner.tool("recode", "903")
    page.fill("[data-key=code-new]", "9999")
    page.wait_for_selector("[data-key=save-edit]:enabled")
    page.evaluate(SLOW, ["/edits", 500])
    page.dblclick("[data-key=save-edit]")
    page.wait_for_selector("[data-key=tool-choose][aria-pressed=true]")
    planner.watched.idle()
    posted = [status for status, url in planner.watched.answers if url.endswith("/edits")]
    assert posted == [200]


def test_another_cell_taken_meanwhile_is_the_one_that_is_split(
    visit: Callable[..., Watched], draft: dict[str, Any]
) -> None:
    planner = Planner(visit(), draft)
    page = planner.page
    page.evaluate(SLOW, ["/next-code", 1000, 0])
    page.click("[data-key=tool-split]")
    with page.expect_response("**/next-code?cell=903"):
        planner.pick("903")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.wait_for_selector("[data-key=tool-choose][aria-pressed=true]")
        page.click("[data-key=tool-split]")
        planner.pick("902")
    planner.watched.idle()
    assert page.input_value("[data-key=code-left]") == "902"
    assert page.input_value("[data-key=code-right]") == "902-2"


def test_undone_twice_at_once_is_undone_twice(
    visit: Callable[..., Watched], draft: dict[str, Any]
) -> None:
    watched = visit()
    version = draft["version"]
    for old, new in (("903", "9903"), ("902", "9902")):
        body = {"op": "recode", "cell": old, "code": new}
        match = {"If-Match": f'"{version}"'}
        version = call(watched.server, f"/plans/{draft['id']}/edits", body, **match)["plan"][
            "version"
        ]
    page = watched.open(f"/?workspace=cells&plan={draft['id']}")
    page.wait_for_selector("[data-key=undo]:enabled")
    page.evaluate(SLOW, ["/undo", 300])
    for _ in range(3):  # once more than there is to undo
        page.keyboard.press("Control+z")
    page.wait_for_selector("[data-key=undo]:disabled")
    watched.idle()
    assert [cell(watched.server, draft, code)["code"] for code in ("902", "903")] == ["902", "903"]
    assert page.inner_text("#notice") == ""


def test_who_leaves_while_an_edit_is_saved_is_left_alone(
    visit: Callable[..., Watched], draft: dict[str, Any]
) -> None:
    planner = Planner(visit(), draft)
    page = planner.page
    planner.tool("recode", "903")
    page.fill("[data-key=code-new]", "9999")
    page.wait_for_selector("[data-key=save-edit]:enabled")
    page.evaluate(SLOW, ["/edits", 800])
    with page.expect_response("**/edits"):
        page.click("[data-key=save-edit]")
        page.click("[data-key=to-patrol]")
        page.wait_for_selector("[data-key=solve]")
    planner.watched.idle()
    assert page.inner_text("#notice") == ""
    assert page.is_hidden("[data-key=new-draft]")
    assert cell(planner.watched.server, draft, "9999")["area_m2"] == planner.at["area_m2"]


def test_a_question_answered_twice_is_sent_once(visit: Callable[..., Watched], server: str) -> None:
    watched = visit()
    page = watched.open("/?workspace=cells")
    page.click("[data-key=new-draft]")
    page.fill("dialog input", "Twice")
    page.evaluate(SLOW, ["/plans", 400])
    page.dblclick("dialog .primary")
    page.wait_for_selector("h2:has-text('Twice')")
    names = [plan["name"] for plan in call(server, "/plans", method="GET")]
    assert names.count("Twice") == 1
