"""A wheel built from the tree holds all it needs: libraries of the page and sample data."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from build_page import bundle

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(pip, check=True, capture_output=True)
    return next(folder.glob("gridmap-*.whl"))


def test_holds_assets_page_messages_and_shapes(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "gridmap/assets/page/index.html",
        "gridmap/assets/leaflet/leaflet.js",
        "gridmap/assets/leaflet/LICENSE",
        "gridmap/assets/maplibre-gl/LICENSE.txt",
        "gridmap/assets/uplot/LICENSE",
        "gridmap/messages/zh/crs.toml",
        "gridmap/shapes/cambridge/response_districts.geojson.gz",
        "gridmap/shapes/README.md",
        "gridmap/py.typed",
    ):
        assert name in names
    unwanted = ("tests/", "gridmap/server/page/", "node_modules/")
    assert not [name for name in names if name.startswith(unwanted)]


def test_holds_the_page_built_of_its_sources_and_nothing_else(wheel: Path, tmp_path: Path) -> None:
    made = [name for name in bundle(ROOT, tmp_path / "page") if not name.endswith(".map")]
    with zipfile.ZipFile(wheel) as packed:
        held = [name for name in packed.namelist() if name.startswith("gridmap/assets/page/")]
        assert sorted(held) == sorted(f"gridmap/assets/{name}" for name in made)
        for name in made:
            assert packed.read(f"gridmap/assets/{name}") == (tmp_path / name).read_bytes()


def test_serves_the_page_away_from_the_tree(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    env = os.environ | {"PYTHONPATH": str(site), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "gridmap", "demo", "--port", "0"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout
            line = server.stdout.readline()
            found = re.fullmatch(r"gridmap: (http://127\.0\.0\.1:\d+/)\n", line)
            assert found, line
            url = found[1]
            page = urllib.request.urlopen(url, timeout=60).read().decode()
            for path in set(re.findall(r"(?:src|href)=\"/([^\"]+)\"", page)):
                assert urllib.request.urlopen(url + path, timeout=60).status == 200
        finally:
            server.terminate()
