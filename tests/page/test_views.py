"""Every view of the Incidents workspace, in both languages and at both sizes: pictures, and axe.

The pictures are for people to look at: ``.made/pictures/VIEW-LANG-WIDTH.png``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.page.conftest import DESK, PHONE, axe, picture_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser

YEARS = "start=2015-01-01&end=2016-01-01&start2=2014-01-01&end2=2015-01-01"
VIEWS = {
    "areas": "",
    "rate": "per=people",
    "groups": "level=CAR_RTE&per=area",
    "table": "tab=table",
    "heat": "kind=heat&hour=20&hour=21&hour=22&hour=23",
    "change": f"kind=change&{YEARS}",
    "hotspots": "kind=hotspots",
    "alarms": "tab=alarms&month=2015-09",
    "no-alarms": "tab=alarms&month=2013-02",
    "cell": "sel=cell:305",
    "cell-change": f"kind=change&sel=cell:305&{YEARS}",
    "cell-late": "sel=cell:305&only=late",
    "no-cell": "sel=cell:none",
    "group": "level=SECTOR&sel=cell:2",
    "incident": "sel=incident:{placed}",
    "unplaced-incident": "sel=incident:4",
    "empty": "start=1999-01-01&end=1999-02-01",
    "place": "places={layer}&sel=place:{layer}:1",
}
OPENED = {
    "ranking": ("start=2015-06-01&end=2015-07-01", "ranking"),
    "export": ("", "export"),
    "import": ("", "import"),
    "report": ("", "report"),
    "unplaced": ("", "unplaced-"),
    "help": ("", "help"),
    "duties": ("sel=cell:305", "duties-change"),
    "closing": ("sel=incident:{placed}", "set-closed"),
    "backtest": ("kind=hotspots", "backtest-all"),
    "place-tools": ("places={layer}", "places-more-{layer}"),
    "moving": ("sel=incident:4", "move-pin"),
}
ALARM = {"when": "2015-09-15T12:00:00", "category": "Lamp", "lon": -71.1055, "lat": 42.3735}
LATE = ALARM | {"due": "2015-09-16T12:00:00"}


def go(watched: Watched, view: str) -> Page:
    """Go to a view as the browser's Back does, without loading the page again."""
    watched.page.evaluate(
        """view => { history.pushState(null, "", "?" + view);
        dispatchEvent(new PopStateEvent("popstate")) }""",
        view,
    )
    watched.idle()
    return watched.page


@pytest.fixture(scope="module")
def made(server: str, cambridge: Path) -> dict[str, int]:
    """A layer of places, and what makes alarms and overdue work: numbers to name in views."""
    import httpx

    with httpx.Client(base_url=server, headers={"Origin": server}, timeout=60) as client:
        for values in [ALARM] * 20 + [LATE] * 3:
            answer = client.post("/api/v1/incidents", json=values).raise_for_status()
        file = cambridge / "business_regions.geojson.gz"
        files = {"file": (file.name, file.read_bytes())}
        data = {"kind": "place", "name": "Business regions"}
        job = client.post("/api/v1/imports", data=data, files=files).json()
        while job["state"] in {"queued", "running"}:
            job = client.get(f"/api/v1/jobs/{job['id']}").json()
        return {"layer": job["result"]["layer"], "placed": answer.json()["id"]}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_every_view(
    visit: Callable[..., Watched], made: dict[str, int], lang: str, viewport: dict[str, int]
) -> None:
    watched = visit(lang, viewport)
    page = watched.open()
    wrong = {}

    def look(name: str) -> None:
        page.screenshot(path=picture_path(f"{name}-{lang}-{viewport['width']}"))
        wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        found = axe(page) + (["wider than the screen"] if wide > 0 else [])
        if found:
            wrong[name] = found

    for name, view in VIEWS.items():
        go(watched, view.format(**made))
        look(name)
    for name, (view, key) in OPENED.items():
        go(watched, view.format(**made))
        opener = page.locator(f"[data-key='{key.format(**made)}']")
        opener.scroll_into_view_if_needed()
        opener.click()
        watched.idle()
        look(name)
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    page.fill("#search", "main")
    page.wait_for_selector("#found li[aria-selected]")
    look("search")
    assert wrong == {}
    watched.errors = [one for one in watched.errors if "404" not in one and "422" not in one]
