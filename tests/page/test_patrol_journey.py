"""The patrol lead's evening: tonight's plan made, looked at, printed, handed over."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from tests.page.conftest import axe, picture_path
from tests.page.hand import Hand, journey
from tests.page.planner import call
from tests.patrol.gpx import NS, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser
LONG = 90_000
UNITS = ["Car 1", "Car 2", "Foot crew Central", "Foot crew Harvard"]


@pytest.fixture
def busy(server: str) -> None:
    """Last night's patrol, which asks for more than four units can do."""
    patrol = call(server, "/patrols", method="GET")[0]
    asked = call(server, f"/patrols/{patrol['id']}", method="GET")["asked"]
    asked["hot"] = {**asked["hot"], "visits": 8}  # more than fit between two visits apart
    match = {"If-Match": f'"{patrol["version"]}"'}
    call(server, f"/patrols/{patrol['id']}", {"asked": asked}, "PUT", **match)


@pytest.mark.usefixtures("busy")
@journey
def test_tonight_is_planned_printed_and_handed_over(
    visit: Callable[..., Watched],
    lang: str,
    by: str,
    record: Callable[[str, dict[str, Any]], None],
    tmp_path: Path,
) -> None:
    watched = visit(lang)
    page = watched.open()
    hand = Hand(watched, by)
    hand.go("to-patrol", single="3")
    hand.go("new-patrol", single="n")
    page.wait_for_selector(".empty")
    hand.go("solve", single="s")
    page.wait_for_selector(".board", timeout=LONG)
    watched.idle()
    page.screenshot(path=picture_path(f"journey-patrol-planned-{lang}-{by}"))
    sheet = hand.popup("print", single="p")
    paper = tmp_path / "sheet.pdf"
    hand.acts += 1  # the browser's own Print
    sheet.pdf(path=paper, prefer_css_page_size=True, print_background=True)
    packed = hand.download("files", single="e").path().read_bytes()
    hand.go("route-0")
    assert page.locator("#right h2").inner_text().strip() == UNITS[0]
    look_at_the_night(page)
    hand.go("unserved-0")
    reason = page.locator("#right .warn").inner_text()
    hand.press("Escape")
    page.wait_for_selector("#right", state="hidden")
    hand.record(record, "patrol lead: tonight planned, printed, handed over", lang)
    assert hand.acts <= {"mouse": 9, "keyboard": 40}[by]

    patrol = call(watched.server, "/patrols", method="GET")[0]
    plan = call(watched.server, f"/patrols/{patrol['id']}?lang={lang}", method="GET")["plan"]
    assert reason.endswith(plan["unserved"][0]["message"])
    the_sheet_is_whole(sheet, paper, plan)
    the_files_agree(packed, plan)


def look_at_the_night(page: Page) -> None:
    """Every unit has its bar, its stays carry numbers, what is left out says why."""
    assert page.locator(".board [data-unit]").count() == len(UNITS)
    assert page.locator(".board .seg-stay").count() > 40
    reasons = page.locator("#left li:has([data-key^=unserved-]) p").all_inner_texts()
    assert reasons
    assert all(reasons)


def the_sheet_is_whole(sheet: Page, paper: Path, plan: dict[str, Any]) -> None:
    """A page for the night and one for each unit, with map and every visit in its order."""
    assert axe(sheet) == []
    sheet.emulate_media(media="print")
    sections = sheet.locator("section")
    assert sections.count() == 1 + len(plan["units"])
    for number, unit in enumerate(plan["units"], 1):
        section = sections.nth(number)
        assert section.locator("h1").inner_text() == unit["name"]
        assert section.locator("svg .way").count() == 1
        rows = section.locator("tbody tr").all_inner_texts()
        stays = [[v["arrive"][11:16], v["stop"] or ""] for v in unit["visits"]]
        assert len(rows) == len(stays) + 1
        for row, words in zip(rows, stays, strict=False):
            assert all(word in row for word in words), (row, words)
    written = paper.read_bytes()
    assert b"/MediaBox [0 0 594.95996 841.91998]" in written
    assert len(re.findall(rb"/Type\s*/Page\b", written)) >= 1 + len(plan["units"])
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, check=True)
        flat = " ".join(text.stdout.decode().split())
        assert all(unit["name"] in flat for unit in plan["units"])
        assert all(visit["arrive"][11:16] in flat for u in plan["units"] for visit in u["visits"])


def the_files_agree(packed: bytes, plan: dict[str, Any]) -> None:
    """GPX valid by schema; GPX, GeoJSON and plan agree to the second and the metre."""
    folder = zipfile.ZipFile(io.BytesIO(packed))
    routes = json.loads(folder.read("routes.geojson"))["features"]
    tracks = [one for one in folder.namelist() if one.endswith(".gpx")]
    assert len(tracks) == len(plan["units"])
    schema = etree.XMLSchema(etree.fromstring(SCHEMA))
    for name, unit in zip(tracks, plan["units"], strict=True):
        gpx = etree.fromstring(folder.read(name))
        schema.assertValid(gpx)
        mine = [one for one in routes if one["properties"]["unit"] == unit["name"]]
        way = next(one for one in mine if one["geometry"]["type"] == "LineString")
        points = gpx.findall(f".//{NS}trkpt")
        spots = [[float(p.get("lon")), float(p.get("lat"))] for p in points]
        assert spots == way["geometry"]["coordinates"]
        times = [point.findtext(f"{NS}time") for point in points]
        assert times == way["properties"]["times"]
        assert way["properties"]["metres"] == unit["metres"]
        stays = [visit for visit in unit["visits"] if visit["stop"]]
        at = [datetime.fromisoformat(w.findtext(f"{NS}time")) for w in gpx.findall(f"{NS}wpt")]
        assert at == [datetime.fromisoformat(visit["arrive"]) for visit in stays]
        stops = [one["properties"]["stop"] for one in mine if one["geometry"]["type"] == "Point"]
        assert stops == [visit["stop"] for visit in stays]
