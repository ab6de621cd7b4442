"""Draw the README's picture from the running page: `make picture`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM, FLAGS
from tests.page.conftest import DESK

PICTURE = Path(__file__).parents[2] / "notebooks" / "page.png"
VIEW = "?workspace=incidents&map=13.1/-71.1095/42.3765"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "cambridge.db")
        command = [sys.executable, "-m", "gridmap", "demo", "--port", "0", "--store", store]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            draw(server.stdout.readline().removeprefix("gridmap: ").strip() + VIEW)
            server.terminate()


def draw(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport=DESK, locale="en-US")
        page.goto(address)
        page.get_by_text("total 10,335").wait_for()
        page.wait_for_timeout(3000)  # the labels fade in
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
