"""The page people open is built of its modules and styles, and may be kept by browsers for good."""

from __future__ import annotations

import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from build_page import build, bundle
from gridmap.server.app import PAGE
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient

pytestmark = pytest.mark.usefixtures("page_built")
LIBRARIES = {"maplibre-gl": "MapLibre GL JS", "uplot": "uPlot"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What the page is built of, to be changed; the libraries are those of the tree."""
    page = tmp_path / "gridmap" / "server" / "page"
    shutil.copytree(ROOT / "gridmap" / "server" / "page", page)
    shutil.copy(ROOT / "package-lock.json", tmp_path)
    (tmp_path / "gridmap" / "assets").mkdir()
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def named(index: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/page/[^"]+)"', index)


def test_what_is_served_is_built_of_the_sources(reader: TestClient, tmp_path: Path) -> None:
    made = bundle(ROOT, tmp_path / "page")
    assert reader.get("/").content == (tmp_path / "page" / "index.html").read_bytes()
    for name in made:
        if not name.endswith("index.html"):
            assert reader.get(f"/{name}").content == (tmp_path / name).read_bytes(), name


def test_what_index_names_may_be_kept_for_good_and_index_is_asked_for_again(
    reader: TestClient,
) -> None:
    index = reader.get("/")
    assert index.headers["cache-control"] == "private, no-cache"
    again = reader.get("/", headers={"If-None-Match": index.headers["etag"]})
    assert again.status_code == 304
    paths = named(index.text)
    assert any(path.startswith("/page/main-") for path in paths)
    kinds = {".js": "text/javascript", "css": "text/css"}
    for path in paths:
        answer = reader.get(path)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].startswith(kinds[path[-3:]])
        plain = reader.get(path, headers={"Accept-Encoding": "identity"})
        assert plain.content == answer.content


@pytest.mark.parametrize(
    "path", ["none.js", "index.html", "", "%2e%2e", "%2e%2e/README.md", "..%2fREADME.md", "%00.js"]
)
def test_nothing_else_is_served(reader: TestClient, path: str) -> None:
    assert reader.get(f"/page/{path}").status_code == 404


def test_index_runs_nothing_of_its_own_and_names_what_every_view_needs(reader: TestClient) -> None:
    index = reader.get("/")
    assert "script-src 'self';" in index.headers["content-security-policy"]
    assert re.findall(r"<script[^>]*>", index.text) == re.findall(
        r"<script type=\"module\" src=[^>]*>", index.text
    )
    paths = named(index.text)
    assert len(paths) == len(set(paths))
    main = next(path for path in paths if path.startswith("/page/main-"))
    later = re.findall(r'import\("\./((?:cells|incidents|patrol)-[^"]+)"', reader.get(main).text)
    assert len(later) == 3, "each workspace is a file of its own"
    each = [reached(reader, [f"/page/{name}"]) for name in later]
    needed = reached(reader, [path for path in paths if path.endswith(".js")])
    needed |= set.intersection(*each)
    assert needed <= set(paths), "what is asked for late costs another way there and back"


def reached(reader: TestClient, paths: list[str]) -> set[str]:
    """Return scripts and all that they import at once."""
    found = list(paths)
    for path in found:
        near = re.findall(r'(?:from|import)"\./([^"]+)"', reader.get(path).text)
        found += [f"/page/{name}" for name in near if f"/page/{name}" not in found]
    return set(found)


def test_licences_are_kept() -> None:
    for library, name in LIBRARIES.items():
        texts = [path.read_text() for path in (PAGE.parent / library).glob("LICENSE*")]
        assert "Copyright" in "".join(texts), name
    notices = "".join(path.read_text() for path in PAGE.glob("*.LEGAL.txt"))
    assert "MapLibre GL JS" in notices


def test_a_change_is_built_and_pages_that_are_open_keep_their_files(project: Path) -> None:
    before = {path.name for path in build(project)}
    stamp = project / "gridmap" / "assets" / "stamp.json"
    made = stamp.stat().st_mtime_ns
    build(project)
    assert stamp.stat().st_mtime_ns == made
    with (project / "gridmap" / "server" / "page" / "main.js").open("a") as file:
        file.write('document.title = "new words";\n')
    after = build(project)
    assert {path.name for path in after} != before
    main = next(path for path in after if path.name.startswith("main-") and path.suffix == ".js")
    assert "new words" in main.read_text()
    kept = {path.name for path in (project / "gridmap" / "assets").rglob("*")}
    assert before <= kept


def test_two_may_build_at_once(project: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(build, [project, project])
    assert first == second
    assert all(path.is_file() for path in first)


def test_a_module_that_is_wrong_is_named_and_changes_nothing(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    index = next(path for path in build(project) if path.name == "index.html")
    before = index.read_text()
    with (project / "gridmap" / "server" / "page" / "main.js").open("a") as file:
        file.write('import { none } from "./frame/dom.js";\nnone();\n')
    with pytest.raises(subprocess.CalledProcessError):
        build(project)
    assert 'No matching export in "frame/dom.js" for import "none"' in capfd.readouterr().err
    assert index.read_text() == before
