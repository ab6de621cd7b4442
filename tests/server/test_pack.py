"""The page people open is joined from the same modules and styles, each with its own scope."""

from __future__ import annotations

import gzip
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from gridmap.server.app import PACKAGE
from gridmap.server.pack import packed

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient

PAGE = PACKAGE / "server" / "page"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A page to be changed."""
    shutil.copytree(PAGE, tmp_path / "server" / "page")
    shutil.copytree(PACKAGE / "assets", tmp_path / "assets")
    return tmp_path


def texts(package: Path) -> dict[str, str]:
    return {name: gzip.decompress(file.body).decode() for name, file in packed(package).items()}


def test_every_module_is_in_exactly_one_file() -> None:
    scripts = [text for name, text in texts(PACKAGE).items() if name.endswith(".js")]
    held = re.findall(r"^// ((?:\w+/)?\w+\.js)$", "".join(scripts), re.MULTILINE)
    assert sorted(held) == sorted(str(path.relative_to(PAGE)) for path in PAGE.rglob("*.js"))


def test_what_a_file_takes_the_other_gives() -> None:
    files = texts(PACKAGE)
    for name, text in files.items():
        for names, other in re.findall(r'^import \{ (.*) \} from "\./(.*)";$', text, re.MULTILINE):
            given = re.findall(r"^export \{ (.*) \};$", files[other], re.MULTILINE)
            assert set(names.split(", ")) <= set(given[0].split(", ")), (name, other)
        for other, module in re.findall(
            r'import\("\./([^"]*)"\)\.then\(\(file\) => file\.(\w+)', text
        ):
            assert module in files[other]


def test_the_first_view_asks_for_few_files(reader: TestClient) -> None:
    index = reader.get("/").text
    asked = [path for path in re.findall(r'(?:href|src)="(/[^"]+)"', index) if ".svg" not in path]
    assert len(set(asked)) <= 4
    for path in asked:
        answer = reader.get(path)
        assert answer.status_code == 200
        again = reader.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    assert reader.get("/packed/none.js").status_code == 404
    plain = reader.get("/packed/main.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == reader.get("/packed/main.js").text
    assert plain.headers["content-type"].startswith("text/javascript")


def test_a_changed_module_is_joined_again(package: Path) -> None:
    assert "new words" not in texts(package)["main.js"]
    with (package / "server" / "page" / "main.js").open("a") as file:
        file.write("// new words\n")
    assert "new words" in texts(package)["main.js"]


@pytest.mark.parametrize(
    "line",
    [
        'import * as all from "./frame/dom.js";',
        "export default 1;",
        "export let changing = 1;",
        'export * from "./frame/dom.js";',
        'import "./frame/dom.js";',
    ],
)
def test_other_forms_of_import_and_export_are_refused(package: Path, line: str) -> None:
    with (package / "server" / "page" / "main.js").open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(ValueError, match=r"main\.js: "):
        packed(package)


def test_modules_that_import_each_other_are_refused(package: Path) -> None:
    page = package / "server" / "page"
    (page / "frame" / "dom.js").write_text('import { query } from "./api.js";\n')
    (page / "frame" / "api.js").write_text('import { h } from "./dom.js";\n')
    with pytest.raises(ValueError, match="import each other"):
        packed(package)
