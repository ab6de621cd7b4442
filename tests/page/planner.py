"""A planner at the page, what the server knows of the draft, answers that come late."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.page.conftest import Watched

SLOW = """([path, ...milliseconds]) => {
    const sent = window.fetch;
    window.fetch = async (...asked) => {
        const address = String(asked[0].url ?? asked[0]);
        const many = milliseconds.length > 1;
        const late = !address.includes(path) ? 0 : many ? milliseconds.shift() : milliseconds[0];
        if (late) await new Promise((go) => setTimeout(go, late));
        return sent(...asked);
    };
}"""
"""Let what is asked of a path reach the server late: each time by so much, then by the last."""


def call(server: str, path: str, body: Any = None, method: str = "POST", **headers: str) -> Any:
    """Ask the server, as another person would."""
    data = None if body is None else json.dumps(body).encode()
    kind = {"Content-Type": "application/json", **headers}
    with urlopen(Request(f"{server}/api/v1{path}", data, kind, method=method)) as answer:
        return json.load(answer)


def cell(server: str, plan: dict[str, Any], code: str) -> dict[str, Any]:
    """Return a cell of a plan as the server has it now."""
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
        """Return zoom, longitude and latitude once the map has come to rest."""
        self.watched.idle()
        query = self.page.evaluate("location.href").split("map=")[1].split("&")[0]
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
            self.pick(code)
        self.watched.idle()

    def pick(self, code: str) -> None:
        """Type the code of a cell for the tool in hand."""
        self.page.fill("[data-key=pick-code]", code)
        self.page.press("[data-key=pick-code]", "Enter")

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
    """Return how many cells a plan has."""
    return call(server, f"/plans/{plan['id']}", method="GET")["cells"]


def covered(server: str, plan: dict[str, Any]) -> bool:
    """No overlap and no gap; the city's boundary is another matter."""
    counts = call(server, f"/plans/{plan['id']}/check", method="GET")["counts"]
    return not {"overlap", "gap", "edge", "invalid", "duplicate", "contained"} & set(counts)


def border(server: str, plan: dict[str, Any], one: str, other: str) -> list[tuple[float, float]]:
    """The vertices two cells share."""
    shapes = call(server, f"/plans/{plan['id']}/cells?codes={one},{other}", method="GET")
    rings = [f["geometry"]["coordinates"][0] for f in shapes["features"]]
    return [tuple(p) for p in rings[0][:-1] if p in rings[1]]
