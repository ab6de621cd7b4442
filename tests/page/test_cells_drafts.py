"""Drafts put aside and brought back, cells locked, a hole allowed, a layer with its boundary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from tests.page.conftest import axe, picture_path
from tests.page.hand import Hand
from tests.page.planner import Planner, call, cells_of
from tests.store.towns import town

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Request

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


def new_draft(server: str, name: str) -> dict[str, Any]:
    published = call(server, "/session", method="GET")["plan"]["id"]
    return call(server, "/plans", {"name": name, "source": published})


@pytest.mark.parametrize(("lang", "by"), [("en", "mouse"), ("zh", "keyboard")])
def test_a_draft_is_withdrawn_and_brought_back(
    visit: Callable[..., Watched], server: str, lang: str, by: str
) -> None:
    draft = new_draft(server, f"Aside {lang}")
    watched = visit(lang)
    hand, page = Hand(watched, by), watched.page
    watched.open(f"/?workspace=cells&plan={draft['id']}")
    hand.go("withdraw")
    assert axe(page) == []
    hand.go("form-act")
    page.wait_for_selector("[data-key=withdrawn]")
    watched.idle()
    assert call(server, f"/plans/{draft['id']}", method="GET")["state"] == "withdrawn"
    assert page.locator(f"[data-key=plan-{draft['id']}]").count() == 0
    hand.go("withdrawn")
    page.screenshot(path=picture_path(f"cells-withdrawn-{lang}"))
    hand.go(f"bring-back-{draft['id']}")
    page.wait_for_selector(f"h2:has-text('Aside {lang}')")
    watched.idle()
    assert call(server, f"/plans/{draft['id']}", method="GET")["state"] == "draft"
    assert page.locator("[data-key=tool-split]").is_enabled()


def test_cells_are_locked_one_by_one_and_by_group(
    visit: Callable[..., Watched], server: str
) -> None:
    draft = new_draft(server, "Locks")
    planner = Planner(visit(), draft)
    page = planner.page
    planner.tool("lock", "903", "902")
    page.click("[data-key=save-edit]")
    page.wait_for_selector("[data-key=unlock-all]")
    planner.watched.idle()
    planner.tool("merge", "903", "902")
    page.wait_for_selector("#right .warn")
    assert "locked" in page.inner_text("#right .warn")
    assert page.is_disabled("[data-key=save-edit]")
    page.click("[data-key=cancel-edit]")
    planner.watched.idle()
    planner.click(*planner.at["place"])
    page.wait_for_selector("[data-key=unlock]")
    page.click("[data-key=lock-SECTOR]")
    page.wait_for_selector("[data-key=unlock-all]")
    planner.watched.idle()
    locked = call(server, f"/plans/{draft['id']}", method="GET")["locked"]
    assert len(locked) > 10
    page.screenshot(path=picture_path("cells-locked"))
    assert axe(page) == []
    page.click("[data-key=unlock-all]")
    page.wait_for_selector("[data-key=unlock-all]", state="detached")
    assert call(server, f"/plans/{draft['id']}", method="GET")["locked"] == []
    assert cells_of(server, draft) == 117


def test_where_an_edit_fails_is_ringed_on_the_map(
    visit: Callable[..., Watched], server: str
) -> None:
    planner = Planner(visit("zh"), new_draft(server, "Ring"))
    page = planner.page
    lon, lat = planner.at["place"]
    planner.tool("split", "903")
    page.wait_for_selector("[data-key=draw-again]")
    planner.watched.idle()
    answered: list[Request] = []  # those that were given up are not among them
    page.on("requestfinished", lambda request: answered.append(request))  # noqa: PLW0108 - a method of a list takes no mark
    planner.click(lon, lat)
    planner.click(lon + 0.0003, lat, twice=True)
    page.wait_for_selector("#right .warn")
    planner.watched.idle()
    last = next(one for one in reversed(answered) if one.url.endswith("/preview")).response()
    assert last
    place = last.json()["place"]
    assert place == pytest.approx([lon, lat], abs=0.001)
    page.screenshot(path=picture_path("cells-refused"))


def test_a_layer_with_its_boundary_and_a_lake(
    visit: Callable[..., Watched], server: str, tmp_path: Path
) -> None:
    cells = town().cells.reset_index(drop=True)
    west, south = -71.13, 42.36
    moved = cells.geometry.affine_transform([1, 0, 0, 1, west - 100, south - 30])
    lake = cells.set_geometry(moved, crs=4326)[cells["code"] != "0101"]
    (tmp_path / "town.geojson").write_text(lake.to_json(), encoding="utf-8")
    area = shapely.box(west, south, west + 0.03, south + 0.03)
    (tmp_path / "area.geojson").write_text(json.dumps(shapely.geometry.mapping(area)))
    watched = visit()
    page = watched.open("/?workspace=cells")
    page.click("[data-key=add-layer]")
    page.set_input_files("[data-key=layer-file]", tmp_path / "town.geojson")
    page.set_input_files("[data-key=layer-boundary]", tmp_path / "area.geojson")
    page.fill("[data-key=layer-code]", "code")
    page.screenshot(path=picture_path("cells-add-layer"))
    page.click("[data-key=form-act]")
    page.wait_for_selector("#left tbody button:has-text('Gap')")
    watched.idle()
    page.click("[data-key=repair-open]")
    page.click("[data-key=repair]")
    page.wait_for_selector("[data-key=save-repair]")
    page.click("[data-key=save-repair]")
    page.wait_for_selector("[data-key=publish]")
    watched.idle()
    page.click("#left tbody button")
    page.click("[data-key=allow-hole]")
    page.fill("[data-key=hole-why]", "Fresh Pond")
    page.click("[data-key=form-act]")
    page.wait_for_selector("#left .good")
    plan = call(server, "/plans", method="GET")[0]
    found = call(server, f"/plans/{plan['id']}/check", method="GET")
    assert found["ok"]
    assert found["holes"] == 1
