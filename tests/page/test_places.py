"""Layers of places on the page: added, switched on and off, asked, published, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from tests.page.conftest import PHONE, address, axe
from tests.page.hand import Hand
from tests.page.test_hostile import HOSTILE
from tests.page.test_incidents import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    """Posts, and columns about people that must not be kept."""
    columns = {
        "name": ["Central post", "River post"],
        "opened": [1998, 2004],
        "officer name": ["A. Person", "B. Person"],
        "phone": ["13800138000", "13800138001"],
    }
    shapes = [shapely.Point(-71.1055, 42.3735), shapely.Point(-71.11, 42.36)]
    path = tmp_path / "police posts.geojson"
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_file(path)
    return path


def add(watched: Watched, path: Path) -> str:
    """Add a layer of places; its number."""
    page = watched.page
    with page.expect_file_chooser() as chooser:
        page.click("[data-key=places-add]")
    chooser.value.set_files(path)
    page.wait_for_selector(".place-layer:has(input:checked)")
    watched.idle()
    return address(page).split("places=")[1].split("&")[0]


def at(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where a place lies on the screen, from the address's camera."""
    box = page.locator("#map").bounding_box()
    assert box
    zoom, x, y = map(float, address(page).split("map=")[1].split("&")[0].split("/"))

    def pixel(lon: float, lat: float) -> tuple[float, float]:
        point = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326).to_crs(3857)
        scale = 512 * 2**zoom / 40_075_016.6856
        return float(point.x[0] * scale), float(point.y[0] * scale)

    here, middle = pixel(lon, lat), pixel(x, y)
    left = box["x"] + box["width"] / 2 + here[0] - middle[0]
    return left, box["y"] + box["height"] / 2 - here[1] + middle[1]


def test_places_from_file_to_public(visit: Callable[..., Watched], posts: Path) -> None:
    watched = visit()
    page = watched.open()
    layer = add(watched, posts)
    said = words(page, ".places")
    assert "police posts: 2 places" in said
    assert "officer name" in said
    assert "phone" in said
    assert "police posts" in words(page, "#legend .beside")
    page.goto(f"{watched.server}/?places={layer}&map=15/-71.1055/42.3735")
    page.wait_for_selector("html[data-ready]", state="attached")
    watched.idle()
    page.mouse.click(*at(page, -71.1055, 42.3735))
    page.wait_for_selector("#right h2:has-text('Central post')")
    panel = words(page, "#right")
    assert "1998" in panel
    assert "Person" not in panel
    assert f"sel=place:{layer}:0" in address(page)
    assert axe(page) == []
    page.click(f"[data-key=places-more-{layer}]")
    page.check(f"[data-key=places-public-{layer}]")
    watched.idle()
    assert page.request.get(f"{watched.server}/api/v1/places").json()[-1]["public"]
    page.uncheck(f"[data-key=places-{layer}]")
    watched.idle()
    assert "places=" not in address(page)
    assert "police posts" not in words(page, "#legend")
    page.click(f"[data-key=places-remove-{layer}]")
    page.click("[data-key=places-remove-sure]")
    page.wait_for_selector(f"[data-key=places-{layer}]", state="detached")


def test_a_place_by_keyboard_alone(visit: Callable[..., Watched], posts: Path) -> None:
    """Search a place by name, read it, let go, switch its layer off: without a mouse."""
    watched = visit("zh")
    page = watched.open()
    layer = add(watched, posts)
    watched.open("/")
    hand = Hand(watched, "keyboard")
    hand.press("/")
    hand.type("river")
    page.wait_for_selector("#found li[aria-selected=true]:has-text('River post')")
    hand.press("Enter")
    page.wait_for_selector("#right h2:has-text('River post')")
    watched.idle()
    hand.press("Escape")
    hand.press("Escape")
    watched.idle()
    assert page.locator("#right").is_hidden()
    hand.tab_to(f"places-{layer}")
    hand.press("Space")
    watched.idle()
    assert "places=" not in address(page)


def test_hostile_places(visit: Callable[..., Watched], tmp_path: Path) -> None:
    path = tmp_path / "posts.geojson"
    columns = {"name": HOSTILE, "what": HOSTILE[::-1]}
    shapes = [shapely.Point(-71.11 + n / 2000, 42.37) for n in range(len(HOSTILE))]
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_file(path)
    watched = visit("en", PHONE)
    page = watched.open()
    layer = add(watched, path)
    for row in range(0, 40, 3):
        watched.open(f"/?places={layer}&sel=place:{layer}:{row}&map=16/-71.1/42.37")
        page.wait_for_selector("#right dl")
        assert " ".join(HOSTILE[row].split()) in words(page, "#right h2")
    assert page.evaluate("() => window.ran") is None
