"""Fixtures that every part of the suite shares."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from build_page import build
from tests.benchmarks.results import Results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

CHROMIUM = os.environ.get("GRIDMAP_CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
IN_CI = os.environ.get("CI") == "true"

# time is measured in benchmarks, not here; CI looks at the same examples each time
settings.register_profile("gridmap", deadline=None, derandomize=IN_CI, print_blob=True)
settings.load_profile("gridmap")


def skip_unless_ci(reason: str) -> None:
    """Skip with the reason; in CI a part that cannot be set up is a failure."""
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Count journeys among the full-size runs where these are asked for."""
    if config.getoption("markexpr") == "proof":
        for item in items:
            if item.get_closest_marker("journey"):
                item.add_marker("proof")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of test-only city data, which is not part of the project."""
    if not SHARED.is_dir():
        skip_unless_ci(f"the test-only city data is not there: {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def cambridge() -> Path:
    """The folder of the shipped Cambridge layers."""
    return ROOT / "shapes" / "cambridge"


@pytest.fixture(scope="session")
def page_built() -> None:
    """Build the page if one of its modules has changed: what is tested is what was written."""
    build()


@pytest.fixture(scope="session")
def browser(page_built: None) -> Iterator[Browser]:  # noqa: ARG001 - it is there before anyone looks
    """Chromium; without it these tests are skipped, never in CI."""
    if not CHROMIUM:
        skip_unless_ci("browser tests need Chromium (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def _results(pytestconfig: pytest.Config) -> Iterator[Results]:
    results = Results(ROOT / "tests" / "benchmarks")
    yield results
    if pytestconfig.getoption("markexpr") == "proof":  # plain tests change no file of the tree
        results.write()


@pytest.fixture
def record(_results: Results) -> Callable[[str, dict[str, Any]], None]:
    """Record a row of figures under a section of tests/benchmarks/RESULTS.md."""
    return _results.add
