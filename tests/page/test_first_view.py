"""The first view: the whole city, its districts, and every category there is."""

from __future__ import annotations

import math
import shutil
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from gridmap.store import open_store
from tests.page.conftest import DESK, address, axe, picture_path, serving
from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser

TILE = 512
UNNAMED = 7


@pytest.fixture(scope="module")
def server(cambridge_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Cambridge with many categories, and a few reports that have none."""
    folder = tmp_path_factory.mktemp("first")
    for file in cambridge_store.parent.glob("cambridge.db*"):
        shutil.copy(file, folder)
    kinds = [f"Kind {k}" for k in range(12)] * 10 + [""] * UNNAMED
    when = pd.to_datetime(["2015-03-04T12:00:00-05:00"] * len(kinds))
    frame = pd.DataFrame({"lon": -71.1055, "lat": 42.3735, "when": when, "category": kinds})
    with open_store(f"sqlite:///{folder / 'cambridge.db'}") as store:
        store.incidents.add(frame)
    with serving(folder / "cambridge.db") as address:
        yield address


def seen(page: Page) -> tuple[float, float, float, float]:
    """Return west, south, east, north of what the map shows, by its address and its size."""
    zoom, lon, lat = map(float, parse_qs(urlsplit(address(page)).query)["map"][0].split("/"))
    box = page.locator("#map").bounding_box()
    assert box is not None
    world = TILE * 2**zoom
    middle = math.asinh(math.tan(math.radians(lat)))
    half = math.pi * box["height"] / world
    south, north = (math.degrees(math.atan(math.sinh(middle + k * half))) for k in (-1, 1))
    wide = 180 * box["width"] / world
    return lon - wide, south, lon + wide, north


@pytest.mark.parametrize("size", [DESK, {"width": 1440, "height": 600}])
def test_the_whole_city_is_seen_beside_what_lies_around_the_map(
    visit: Callable[..., Watched], size: dict[str, int]
) -> None:
    watched = visit(viewport=size)
    page = watched.open()
    page.wait_for_url("**map=**")
    west, south, east, north = page.request.get(f"{watched.server}/api/v1/session").json()["bounds"]
    left, bottom, right, top = seen(page)
    assert left < west
    assert bottom < south
    assert east < right
    assert north < top


def test_districts_are_named_from_afar(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/?map=11.5/-71.115/42.378")
    level = page.request.get(f"{watched.server}/api/v1/session").json()["plan"]["levels"][0]
    page.wait_for_timeout(500)
    assert any("/labels?" in url and f"level={level}" in url for _, url in watched.answers)
    page.screenshot(path=picture_path("districts-en"))


@pytest.mark.parametrize(("lang", "name"), [("en", "no category"), ("zh", "未填类别")])
def test_what_has_no_category_is_a_chip_to_filter_by(
    visit: Callable[..., Watched], lang: str, name: str
) -> None:
    watched = visit(lang)
    page = watched.open()
    facets = page.request.get(f"{watched.server}/api/v1/incidents/facets").json()
    count = facets["category"][""]
    assert count >= UNNAMED
    assert page.locator(f".chips label:has-text('{name}')").inner_text().split()[-1] == f"{count}"
    page.check("[data-key='category-']")
    watched.idle()
    assert "category=" in address(page)
    watched.open(address(page).removeprefix(watched.server))
    assert page.is_checked("[data-key='category-']")
    assert words(page, ".totals").endswith(f"{count}")
    assert axe(page) == []
    page.uncheck("[data-key='category-']")
    watched.idle()
    assert "category=" not in address(page)
