"""The page of Cambridge in a real browser, its server in another process."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.page.planner import call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


CALM = """() => {
  const [now, frame] = [performance.now(), document.getElementById('frame')];
  if (frame?.ariaBusy !== 'false') window.calm = null;
  else window.calm ??= { since: now, frames: 0 };
  if (!window.calm || window.calm.frames++ < 4 || now - window.calm.since < 100) return false;
  window.calm = null;
  return true;
}"""
"""Told at every frame: the page has been at rest for some frames, and for as long as the map takes
to notice another size of its part."""

NAMES = (f"draft {number}" for number in itertools.count(1))


@contextmanager
def serving(store: Path, command: str = "demo") -> Iterator[str]:
    """Serve a store in a process of its own, as the demo does or as ``serve`` does."""
    start = "from gridmap.cli import main; main()"
    where = str(store) if command == "demo" else f"sqlite:///{store}"
    call = [sys.executable, "-c", start, command, "--port", "0", "--store", where]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("gridmap: http://"), line
            yield line.removeprefix("gridmap: ").strip().rstrip("/")
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def cambridge_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's store, to be copied and not to be changed."""
    store = tmp_path_factory.mktemp("store") / "cambridge.db"
    call = [sys.executable, "-m", "gridmap", "demo", "--no-serve", "--store", str(store)]
    subprocess.run(call, check=True)
    return store


@pytest.fixture(scope="module")
def server(cambridge_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the demo's page; each file of tests has a store of its own to change."""
    folder = tmp_path_factory.mktemp("page")
    for file in cambridge_store.parent.glob("cambridge.db*"):
        shutil.copy(file, folder)
    with serving(folder / "cambridge.db") as address:
        yield address


@pytest.fixture
def draft(server: str) -> dict[str, Any]:
    """A draft of the plan the city began with, not touched by any other test."""
    first = min(plan["id"] for plan in call(server, "/plans", method="GET"))
    draft: dict[str, Any] = call(server, "/plans", {"name": next(NAMES), "source": first})
    return draft


@dataclass
class Watched:
    """A page, and everything it must not do."""

    page: Page
    server: str
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)

    def open(self, address: str = "/") -> Page:
        """Open a view and wait until it is drawn."""
        self.page.goto(self.server + address)
        self.page.wait_for_selector("html[data-ready]", state="attached")
        self.idle()
        return self.page

    def idle(self) -> None:
        """Wait until the map and the requests have come to rest."""
        self.page.wait_for_function(CALM)

    def watch(self) -> None:
        """Note errors, refused requests and requests to other hosts."""
        host = urlsplit(self.server).netloc
        page = self.page
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("response", lambda answer: self.answers.append((answer.status, answer.url)))

        def sent(request: Any) -> None:
            parts = urlsplit(request.url)
            if parts.scheme not in {"data", "blob"} and parts.netloc != host:
                self.foreign.append(request.url)

        page.on("request", sent)


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Callable[..., Watched]]:
    """Make a watched page; afterwards it must have had no error and asked no other host."""
    made: list[Watched] = []

    def make(
        lang: str = "en", viewport: dict[str, int] = DESK, server: str = server, **options: Any
    ) -> Watched:
        locale = {"en": "en-US", "zh": "zh-CN"}[lang]
        touch = viewport is PHONE
        context = browser.new_context(viewport=viewport, locale=locale, has_touch=touch, **options)
        context.set_default_timeout(45_000)
        watched = Watched(context.new_page(), server)
        watched.watch()
        made.append(watched)
        return watched

    yield make
    for watched in made:
        watched.page.context.close()
    assert [watched.errors for watched in made if watched.errors] == []
    assert [watched.foreign for watched in made if watched.foreign] == []


def address(page: Page) -> str:
    """Return the address as the page has it now; the browser tells of a change a little later."""
    return str(page.evaluate("location.href"))


def axe(page: Page) -> list[str]:
    """Return what axe-core finds against WCAG 2.2, levels A and AA.

    Its script is loaded once per page, and only violations are told: a third of the time.
    """
    if not page.evaluate("() => Boolean(window.axe)"):
        from axe_playwright_python.sync_playwright import Axe

        page.evaluate(Axe().axe_script)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    options = {"runOnly": tags, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]


def picture_path(name: str) -> Path:
    """Where a screenshot goes, for people to look at."""
    from tests.conftest import ROOT

    folder = ROOT / ".made" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.png"
