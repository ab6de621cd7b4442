"""A planner's work: a draft, every tool, undo and redo, two people, publishing, comparing."""

from __future__ import annotations

import itertools
import json
import math
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.page.conftest import axe, picture_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser

SLOW = """([path, milliseconds]) => {
    const sent = window.fetch;
    window.fetch = async (...asked) => {
        const address = String(asked[0].url ?? asked[0]);
        if (address.includes(path)) await new Promise((go) => setTimeout(go, milliseconds));
        return sent(...asked);
    };
}"""
"""Let what is asked of a path reach the server late."""

NAMES = (f"draft {number}" for number in itertools.count(1))


def call(server: str, path: str, body: Any = None, method: str = "POST", **headers: str) -> Any:
    """Ask the server, as another person would."""
    data = None if body is None else json.dumps(body).encode()
    kind = {"Content-Type": "application/json", **headers}
    with urlopen(Request(f"{server}/api/v1{path}", data, kind, method=method)) as answer:
        return json.load(answer)


@pytest.fixture
def draft(server: str) -> dict[str, Any]:
    """A draft of the city's plan, not touched by any other test."""
    published = call(server, "/session", method="GET")["plan"]["id"]
    return call(server, "/plans", {"name": next(NAMES), "source": published})


def cell(server: str, plan: dict[str, Any], code: str) -> dict[str, Any]:
    return call(server, f"/plans/{plan['id']}/cells/{code}", method="GET")


class Planner:
    """Somebody at the page, who knows where cells are."""

    def __init__(self, watched: Watched, plan: dict[str, Any], code: str = "903") -> None:
        self.watched, self.plan = watched, plan
        self.at = cell(watched.server, plan, code)
        lon, lat = self.at["place"]
        watched.open(f"/?workspace=cells&plan={plan['id']}&map=15.50/{lon:.5f}/{lat:.5f}")
        self.page: Page = watched.page

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place is on the screen now."""
        zoom, middle_lon, middle_lat = self.camera()
        scale = 512 * 2**zoom / 360
        box = self.page.locator("#map").bounding_box()
        assert box

        def north(degrees: float) -> float:
            return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(degrees) / 2)))

        x = box["x"] + box["width"] / 2 + (lon - middle_lon) * scale
        y = box["y"] + box["height"] / 2 - (north(lat) - north(middle_lat)) * scale
        return x, y

    def camera(self) -> list[float]:
        self.page.wait_for_timeout(350)
        query = self.page.url.split("map=")[1].split("&")[0]
        return [float(part) for part in query.split("/")]

    def click(self, lon: float, lat: float, *, twice: bool = False) -> None:
        x, y = self.pixel(lon, lat)
        self.page.mouse.move(x - 2, y - 2)
        self.page.mouse.move(x, y)
        self.page.mouse.click(x, y)
        if twice:
            self.page.wait_for_timeout(150)
            self.page.mouse.click(x, y)

    def tool(self, name: str, *codes: str) -> None:
        self.page.click(f"[data-key=tool-{name}]")
        for code in codes:
            self.page.fill("[data-key=pick-code]", code)
            self.page.press("[data-key=pick-code]", "Enter")
        self.watched.idle()

    def draw(self, *points: tuple[float, float]) -> None:
        self.page.wait_for_selector("[data-key=draw-again]")
        self.watched.idle()
        for number, point in enumerate(points, 1):
            self.click(*point, twice=number == len(points))
        self.page.wait_for_selector("#right table")

    def save(self) -> None:
        self.page.wait_for_selector("[data-key=save-edit]:enabled")
        self.page.click("[data-key=save-edit]")
        self.page.wait_for_selector("[data-key=tool-choose][aria-pressed=true]")
        self.watched.idle()


def free_day(server: str) -> str:
    """A day after every published plan began: plans come into force one after the other."""
    begun = [plan["valid_from"] or "" for plan in call(server, "/plans", method="GET")]
    return f"{int(max(begun)[:4]) + 10}-01-01"


def cells_of(server: str, plan: dict[str, Any]) -> int:
    return call(server, f"/plans/{plan['id']}", method="GET")["cells"]


def covered(server: str, plan: dict[str, Any]) -> bool:
    """No overlap and no gap; the city's boundary is another matter."""
    counts = call(server, f"/plans/{plan['id']}/check", method="GET")["counts"]
    return not {"overlap", "gap", "edge", "invalid", "duplicate", "contained"} & set(counts)


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
    planner.watched.open(page.url.removeprefix(server))
    page.click("[data-key=redo]")
    page.wait_for_selector("[data-key=undo]:enabled")
    planner.watched.idle()
    assert cells_of(server, draft) == 118


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


def border(server: str, plan: dict[str, Any], one: str, other: str) -> list[tuple[float, float]]:
    """The vertices two cells share."""
    shapes = call(server, f"/plans/{plan['id']}/cells?codes={one},{other}", method="GET")
    rings = [f["geometry"]["coordinates"][0] for f in shapes["features"]]
    return [tuple(p) for p in rings[0][:-1] if p in rings[1]]


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
