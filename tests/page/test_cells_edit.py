"""A planner's tools: split, merge, move, reassign, recode, undo; by mouse and by keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.conftest import address, axe, picture_path
from tests.page.planner import Planner, border, call, cell, cells_of, covered

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


def test_split_undo_redo_and_reload(visit: Callable[..., Watched], draft: dict[str, Any]) -> None:
    planner = Planner(visit(), draft)
    page, server = planner.page, planner.watched.server
    west, south, east, north = planner.at["bounds"]
    middle = (west + east) / 2
    planner.tool("split", "903")
    planner.draw((middle, south - 0.0004), (middle, north + 0.0004))
    assert "903-2" in page.inner_text("#right table")
    assert "ha" in page.inner_text("#beside")
    page.screenshot(path=picture_path("cells-split"))
    planner.save()
    assert cells_of(server, draft) == 118
    assert covered(server, draft)
    parts = [cell(server, draft, code)["columns"]["people"] for code in ("903", "903-2")]
    assert sum(parts) == planner.at["columns"]["people"]
    page.keyboard.press("Control+z")
    page.wait_for_selector("[data-key=redo]:enabled")
    planner.watched.idle()
    assert cells_of(server, draft) == 117
    planner.watched.open(address(page).removeprefix(server))
    page.click("[data-key=redo]")
    page.wait_for_selector("[data-key=undo]:enabled")
    planner.watched.idle()
    assert cells_of(server, draft) == 118


def test_tools_stand_in_one_row_and_a_new_code_is_proposed(
    visit: Callable[..., Watched], draft: dict[str, Any]
) -> None:
    planner = Planner(visit(viewport={"width": 1440, "height": 900}), draft)
    page, server = planner.page, planner.watched.server
    planner.tool("split", "903")
    boxes = [one.bounding_box() for one in page.locator("#tools button").all()]
    assert len({box["y"] for box in boxes if box}) == 1
    proposed = call(server, f"/plans/{draft['id']}/next-code?cell=903", method="GET")["code"]
    page.wait_for_selector("[data-key=draw-again]")
    assert page.input_value("[data-key=code-right]") == proposed == "903-2"


def test_merge_by_clicks(visit: Callable[..., Watched], draft: dict[str, Any]) -> None:
    planner = Planner(visit(), draft)
    page, server = planner.page, planner.watched.server
    other = cell(server, draft, planner.at["neighbours"][1])
    planner.tool("merge")
    planner.click(*planner.at["place"])
    page.wait_for_selector("[data-key='picked-903']")
    planner.click(*other["place"])
    page.wait_for_selector("#right table")
    planner.save()
    assert cells_of(server, draft) == 116
    people = cell(server, draft, "903")["columns"]["people"]
    assert people == planner.at["columns"]["people"] + other["columns"]["people"]


def test_move_a_border_from_vertex_to_vertex(
    visit: Callable[..., Watched], draft: dict[str, Any]
) -> None:
    planner = Planner(visit(), draft)
    server = planner.watched.server
    for other in planner.at["neighbours"]:
        shared = border(server, draft, "903", other)
        if len(shared) >= 2:
            break
    start, end = shared[0], shared[-1]
    lon, lat = planner.at["place"]
    between = ((start[0] + end[0] + lon) / 3, (start[1] + end[1] + lat) / 3)
    planner.tool("move", "903", other)
    near = 0.00002
    planner.draw((start[0] + near, start[1]), between, (end[0] + near, end[1]))
    planner.save()
    assert covered(server, draft)
    after = border(server, draft, "903", other)
    assert start in after
    assert end in after
    assert cell(server, draft, "903")["area_m2"] < planner.at["area_m2"]


def test_reassign_an_area(visit: Callable[..., Watched], draft: dict[str, Any]) -> None:
    planner = Planner(visit(), draft)
    server = planner.watched.server
    other = planner.at["neighbours"][0]
    lon, lat = border(server, draft, "903", other)[0]
    planner.tool("assign", "903")
    step = 0.0006
    planner.draw((lon - step, lat - step), (lon + step, lat - step), (lon, lat + step))
    planner.save()
    assert covered(server, draft)
    assert cell(server, draft, "903")["area_m2"] > planner.at["area_m2"]


def test_recode_and_a_code_in_use(visit: Callable[..., Watched], draft: dict[str, Any]) -> None:
    planner = Planner(visit(), draft)
    page = planner.page
    planner.tool("recode", "903")
    page.fill("[data-key=code-new]", "902")
    page.wait_for_selector("#right .warn")
    assert "902" in page.inner_text("#right .warn")
    assert page.is_disabled("[data-key=save-edit]")
    page.fill("[data-key=code-new]", "9999")
    planner.save()
    assert cell(planner.watched.server, draft, "9999")["area_m2"] == planner.at["area_m2"]


def test_a_line_that_ends_short_says_where(
    visit: Callable[..., Watched], draft: dict[str, Any]
) -> None:
    planner = Planner(visit(), draft)
    lon, lat = planner.at["place"]
    planner.tool("split", "903")
    planner.page.wait_for_selector("[data-key=draw-again]")
    planner.watched.idle()
    planner.click(lon, lat)
    planner.click(lon + 0.0003, lat, twice=True)
    planner.page.wait_for_selector("#right .warn")
    assert "m from the border" in planner.page.inner_text("#right .warn")
    assert planner.page.is_disabled("[data-key=save-edit]")
    planner.page.keyboard.press("Escape")
    planner.page.wait_for_selector("[data-key=tool-choose][aria-pressed=true]")
    assert cells_of(planner.watched.server, draft) == 117


def test_by_keyboard_alone(visit: Callable[..., Watched], draft: dict[str, Any]) -> None:
    planner = Planner(visit(), draft)
    page = planner.page

    def press_on(key: str) -> None:
        page.focus(f"[data-key={key}]")
        page.keyboard.press("Enter")

    press_on("tool-split")
    page.focus("[data-key=pick-code]")
    page.keyboard.type("903")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-key=point-here]")
    planner.watched.idle()
    west, south, east, north = planner.at["bounds"]
    page.focus("#map canvas")
    for _ in range(12):
        off = planner.camera()[1] - (west + east) / 2
        if abs(off) < (east - west) / 4:
            break
        page.keyboard.press("ArrowLeft" if off > 0 else "ArrowRight")
    for key, reached in (
        ("ArrowUp", lambda lat: lat > north),
        ("ArrowDown", lambda lat: lat < south),
    ):
        page.focus("#map canvas")
        while not reached(planner.camera()[2]):
            page.keyboard.press(key)
        press_on("point-here")
    press_on("finish")
    page.wait_for_selector("#right table")
    page.wait_for_selector("[data-key=save-edit]:enabled")
    press_on("save-edit")
    page.wait_for_selector("[data-key=undo]:enabled")
    planner.watched.idle()
    assert cells_of(planner.watched.server, draft) == 118


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_part_is_accessible_and_worded(
    visit: Callable[..., Watched], draft: dict[str, Any], lang: str
) -> None:
    planner = Planner(visit(lang), draft)
    page = planner.page
    for tool in ("split", "merge", "move", "assign", "recode", "measure"):
        page.click(f"[data-key=tool-{tool}]")
        if tool != "measure":
            page.fill("[data-key=pick-code]", "903")
            page.press("[data-key=pick-code]", "Enter")
        planner.watched.idle()
        assert not re.search(r"\bcells\.\w", page.inner_text("body"))
        assert axe(page) == []
    page.screenshot(path=picture_path(f"cells-{lang}"))
