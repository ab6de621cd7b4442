"""What makes a view legible: lists that fit, charts that show all, targets a thumb can hit."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.conftest import DESK, PHONE
from tests.page.test_views import go

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser

HIDDEN = "e => e.scrollWidth - e.clientWidth"
THUMB = 44
SMALL = """least => [...document.querySelectorAll('button, a[href], input, select, summary')]
  .filter(e => e.checkVisibility() && !e.matches('.skip, .quiet'))
  .map(e => [e.matches('[type=checkbox]') ? e.closest('label') : e, e.dataset.key ?? e.id])
  .filter(([e]) => Math.min(e.offsetWidth, e.offsetHeight) < least)
  .map(([e, key]) => `${key || e.textContent} ${e.offsetWidth}×${e.offsetHeight}`)"""
AXIS = """part => {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = '11px system-ui, sans-serif';
  const axes = document.querySelectorAll(`${part} .u-axis`);
  return [axes[1].clientWidth, pen.measureText('20,000').width]; }"""


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_list_of_incidents_hides_no_column(
    visit: Callable[..., Watched], lang: str, viewport: dict[str, int]
) -> None:
    watched = visit(lang, viewport)
    page = watched.open()
    page.click("[data-key=unplaced-]")
    page.wait_for_selector("dialog tbody tr")
    assert page.locator("dialog .scroll").evaluate(HIDDEN) <= 0
    rows = page.locator("dialog tbody tr").evaluate_all("rows => rows.map(r => r.offsetHeight)")
    assert max(rows[:20]) <= (32 if viewport is DESK else 140)


def test_what_is_newly_chosen_is_seen_from_its_top(visit: Callable[..., Watched]) -> None:
    watched = visit(viewport=PHONE)
    page = watched.open("/?sel=cell:305")
    page.locator("#right .list").scroll_into_view_if_needed()
    assert page.evaluate("() => document.querySelector('#panels').scrollTop") > 500
    go(watched, "sel=cell:602")
    page.wait_for_selector("#right h2:has-text('602')")
    assert page.evaluate("() => document.querySelector('#panels').scrollTop") == 0


@pytest.mark.parametrize("view", ["", "tab=table", "tab=alarms", "sel=cell:305", "workspace=cells"])
def test_a_thumb_can_hit_everything(visit: Callable[..., Watched], view: str) -> None:
    page = visit(viewport=PHONE).open(f"/?{view}")
    assert page.evaluate(SMALL, THUMB) == []


def test_charts_have_room_for_large_counts_and_for_the_last_month(
    visit: Callable[..., Watched],
) -> None:
    watched = visit()
    take(watched, 20_000)
    page = watched.open("/?sel=cell:604")
    page.wait_for_selector("#right .u-axis")
    for part in ("#right", "#bottom"):
        room, needed = page.evaluate(AXIS, part)
        assert room >= needed + 12, part
    assert last_bar(page)


def take(watched: Watched, count: int) -> None:
    """Import so many incidents of one hour, a month after all others."""
    line = "2016-08-15 12:00,Lamp,-71.1055,42.3735\n"
    text = "when,category,lon,lat\n" + line * count
    api, headers = f"{watched.server}/api/v1", {"Origin": watched.server}
    request = watched.page.request
    mapping = '{"when": "when", "category": "category", "x": "lon", "y": "lat"}'
    form: dict[str, Any] = {"kind": "incidents", "mapping": mapping}
    form["file"] = {"name": "lamps.csv", "mimeType": "text/csv", "buffer": text.encode()}
    job = request.post(f"{api}/imports", headers=headers, multipart=form).json()
    while job["state"] in {"queued", "running"}:
        job = request.get(f"{api}/jobs/{job['id']}").json()
    assert job["state"] == "done", job


def last_bar(page: Page) -> bool:
    """Whether the last month stands at the right end of the histogram, in the accent."""
    from PIL import Image

    box = page.locator("#bottom .u-over").bounding_box()
    assert box
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    at = (int(box["x"] + box["width"] - 4), int(box["y"] + box["height"] - 4))
    red, _, blue = image.getpixel(at)  # type: ignore[misc]
    return blue > red + 60


def test_play_asks_anew_what_others_have_reported(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.select_option("[data-key=speed]", "slow")
    before = played_total_of_2012(watched)
    values = {"when": "2012-06-01T12:00:00", "category": "Lamp", "lon": -71.1, "lat": 42.365}
    for _ in range(3):
        headers = {"Origin": watched.server}
        path = f"{watched.server}/api/v1/incidents"
        assert page.request.post(path, data=values, headers=headers).ok
    assert played_total_of_2012(watched) == before + 3


def played_total_of_2012(watched: Watched) -> int:
    """Play from the year before and read the total of the first window shown."""
    page = go(watched, "window=year&start=2011-01-01&end=2012-01-01")
    page.click("[data-key=play]")
    page.wait_for_url("**start=2012-01-01**")
    page.wait_for_timeout(200)
    total = page.inner_text(".totals strong").split()[-1]
    page.click("[data-key=play]")
    return int(total.replace(",", ""))


def test_a_period_without_months_marks_none(visit: Callable[..., Watched]) -> None:
    page = visit().open("/?start=1999-01-01&end=1999-02-01")
    assert page.locator("#bottom .u-select").evaluate("e => e.clientHeight") == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_legend_holds_its_words(visit: Callable[..., Watched], lang: str) -> None:
    watched = visit(lang)
    years = "start=2015-01-01&end=2016-01-01&start2=2014-01-01&end2=2015-01-01"
    page = watched.open(f"/?kind=change&{years}")
    page.wait_for_selector(".legend .sure")
    legend = page.locator(".legend")
    assert legend.evaluate(HIDDEN) <= 0
    shown = legend.inner_text()
    assert "−7.5 – −4.5" in shown  # classes of round numbers


def test_the_map_names_the_groups_it_shows(visit: Callable[..., Watched]) -> None:
    watched = visit()
    asked: list[str] = []
    watched.page.on("request", lambda one: asked.append(one.url) if "/labels?" in one.url else None)
    page = watched.open("/?map=12.5/-71.11/42.376")
    page.select_option("[data-key=level]", "CAR_RTE")
    watched.idle()
    assert "level=SECTOR" in asked[0]
    assert "level=CAR_RTE" in asked[-1]
