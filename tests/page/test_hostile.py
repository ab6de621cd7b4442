"""What a file says never runs: hostile strings as category, address and note of incidents."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from gridmap.grid.model import Grid
from gridmap.incidents.model import conform
from gridmap.store import open_store
from tests.page.conftest import serving
from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser

RUN = "window.ran=(window.ran||0)+1"
HOSTILE = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror='{RUN}'>",
    f"<svg onload='{RUN}'>",
    f"</script><script>{RUN}</script>",
    f"${{{RUN}}}",
    f"`;{RUN};`",
    f"\\`;{RUN};//",
    f"';{RUN};'",
    f'";{RUN};"',
    f"{{{{{RUN}}}}}",
    f"{{%{RUN}%}}",
    f"javascript:{RUN}",
    f"<a href='javascript:{RUN}'>a</a>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"<style onload='{RUN}'></style>",
    f"<details open ontoggle='{RUN}'>",
    f"<input autofocus onfocus='{RUN}'>",
    f"]]><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"\u2028{RUN}\u2029",
    f"<script >{RUN}</script >",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&#60;script&#62;{RUN}&#60;/script&#62;",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"=cmd|' /C calc'!A0 {RUN}",
    f"+{RUN}",
    f"-{RUN}",
    f"@{RUN}",
    f"\\u003cscript\\u003e{RUN}",
    f"\\x3cscript\\x3e{RUN}",
    f"<math><mtext><script>{RUN}</script>",
    f"<template><script>{RUN}</script></template>",
    f"<object data='javascript:{RUN}'>",
    f"<embed src='javascript:{RUN}'>",
    f"<base href='//evil.example/'><script>{RUN}</script>",
    f"<meta http-equiv=refresh content='0;javascript:{RUN}'>",
    f"constructor.constructor('{RUN}')()",
]


STEP = 0.01
MONTH = "start=2024-06-01&end=2024-07-01"
VIEWS = ("kind=heat", "kind=hotspots&level=town", "kind=change&start2=2024-05-01&end2=2024-06-01")


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A city whose cells, groups, plan and categories have hostile names."""
    path = tmp_path_factory.mktemp("hostile") / "city.db"
    corners = [(113 + STEP * (k % 8), 30 + STEP * (k // 8)) for k in range(len(HOSTILE))]
    table = {"code": HOSTILE, "town": [HOSTILE[k // 8] for k in range(len(HOSTILE))]}
    cells = [shapely.box(x, y, x + STEP, y + STEP) for x, y in corners]
    grid = Grid.from_frame(
        gpd.GeoDataFrame(table, geometry=cells, crs=4326), "code", levels=("town",)
    )
    rng = np.random.default_rng(4)
    at = rng.integers(0, len(HOSTILE), 800)
    when = pd.Timestamp("2023-07-01", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 365 * 86_400, 800), unit="s"
    )
    place = np.array(corners)[at] + rng.uniform(0.1, 0.9, (800, 2)) * STEP
    frame = pd.DataFrame({"lon": place[:, 0], "lat": place[:, 1], "when": when})
    frame["category"] = [HOSTILE[k % 40] for k in range(800)]
    frame["closed"] = when + pd.Timedelta("5h")
    with open_store(f"sqlite:///{path}") as store:
        plan = store.plans.add(HOSTILE[1], grid)
        store.plans.publish(plan.id, plan.head, date(2020, 1, 1), HOSTILE[0])
        store.incidents.add(conform(frame, "UTC"))
    with serving(path, command="serve") as address:
        yield address


def assert_harmless(page: Page, name: str) -> None:
    assert page.evaluate("() => window.ran") is None, name


def test_hostile_names_of_cells_on_the_page(visit: Callable[..., Watched], named: str) -> None:
    """On map, table, panels, ranking and print."""
    watched = visit(server=named)
    page = watched.page
    for view in VIEWS:
        watched.open(f"/?{MONTH}&{view}")
        box = page.locator("#map").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        watched.idle()
        assert_harmless(page, view)
    watched.open(f"/?{MONTH}&tab=table")
    shown = " ".join(page.inner_text("#left table").split())
    assert all(" ".join(name.split()) in shown for name in HOSTILE)
    page.click("[data-key=ranking]")
    page.wait_for_selector("dialog table")
    assert_harmless(page, "ranking")
    page.keyboard.press("Escape")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.wait_for_selector("#printed table", state="attached")
    assert_harmless(page, "print")
    watched.errors = [one for one in watched.errors if "404" not in one]


def test_hostile_names_of_cells_in_files(
    visit: Callable[..., Watched], named: str, tmp_path: Path
) -> None:
    """In the sheet to print, the spreadsheet and the maps that are handed over."""
    watched = visit(server=named)
    page = watched.page
    sheet = named + "/api/v1/incidents/ranking"
    page.goto(f"{sheet}.html?month=2024-06-01")
    assert page.locator("tbody tr").count() == len(HOSTILE)
    assert_harmless(page, "sheet")
    book = openpyxl.load_workbook(
        io.BytesIO(page.request.get(f"{sheet}.xlsx?month=2024-06-01").body())
    )
    cells = [cell for rows in book.active.iter_rows() for cell in rows]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    written = {str(cell.value).strip() for cell in cells}
    assert {name.strip() for name in HOSTILE if name[0] not in "=+-@"} <= written
    for kind in ("choropleth", "heat", "hotspots", "change"):
        asked = f"format=html&kind={kind}&{MONTH}&start2=2024-05-01&end2=2024-06-01"
        file = tmp_path / f"{kind}.html"
        file.write_bytes(page.request.get(f"{named}/api/v1/export?{asked}").body())
        page.goto(file.as_uri())
        page.wait_for_function("document.querySelector('.leaflet-overlay-pane canvas')")
        for x in (500, 700, 900):
            page.mouse.move(x, 450)
            page.mouse.click(x, 450)
        page.wait_for_timeout(200)
        assert_harmless(page, kind)
    watched.foreign = [one for one in watched.foreign if not one.startswith("file:")]
    watched.errors = [one for one in watched.errors if "404" not in one]


def test_forty_hostile_strings(visit: Callable[..., Watched], tmp_path: Path) -> None:
    assert len(set(HOSTILE)) == 40
    watched = visit()
    page = watched.page
    url = watched.server + "/api/v1/incidents"
    numbers = []
    for n, text in enumerate(HOSTILE):
        place = {} if n % 2 else {"lon": -71.1, "lat": 42.37}
        body = {"when": "2021-05-05T12:00:00", "category": text, "address": text, "note": text}
        answer = page.request.post(url, data=body | place, headers={"Origin": watched.server})
        assert answer.status == 201, answer.text()
        numbers.append(answer.json()["id"])
    watched.open("/?start=2021-01-01&end=2022-01-01")
    page.click("[data-key=more-category]")
    shown = page.inner_text("#left")
    assert all(" ".join(text.split()) in " ".join(shown.split()) for text in HOSTILE)
    page.click(".totals button")
    page.wait_for_selector("dialog table")
    page.keyboard.press("Escape")
    for number in (numbers[0], numbers[5], numbers[17]):
        watched.open(f"/?sel=incident:{number}")
        page.wait_for_selector("#right dl")
    cell = page.request.get(f"{url}/{numbers[0]}").json()["cell"]
    watched.open(f"/?sel=cell:{cell}&start=2021-01-01&end=2022-01-01")
    page.wait_for_selector("#right li")
    assert HOSTILE[0] in words(page, "#right")
    assert page.evaluate("() => window.ran") is None
    handed = page.request.get(
        watched.server + "/api/v1/export?format=html", params={"category": HOSTILE[0]}
    )
    file = tmp_path / "handed.html"
    file.write_bytes(handed.body())
    page.goto(file.as_uri())
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.ran") is None
    watched.foreign = [one for one in watched.foreign if not one.startswith("file:")]
