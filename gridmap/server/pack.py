"""The page's modules and styles, joined into few files: a request costs more than its bytes.

The page is plain modules that browsers load as they are (``/page/index.html``); what people open
is the same, joined: ``main`` holds what its module imports, every workspace is a file of its own,
and what several of them import is ``shared``. Each module keeps its own scope. Only the forms of
import and export that the page uses are known; anything else is refused, which a test would see.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from gridmap.server.stored import stored

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridmap.server.stored import Stored

IMPORT = re.compile(r'^import (?:\{ ([^}]*) \}|(\w+)) from "([^"]+)";\n', re.MULTILINE)
LATER = re.compile(r'\bimport\("([^"]+)"\)')
EXPORT = re.compile(r"^export (const|class|function|async function) (\w+)", re.MULTILINE)
UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
STYLE = re.compile(r' *<link rel="stylesheet" href="/([^"]+)"(?: media="(\w+)")? />\n')
SCRIPT = '<script type="module" src="/page/main.js"></script>'
KINDS = {
    ".css": b"text/css; charset=utf-8",
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
}
MAIN, SHARED = "main", "shared"
FIRST = (MAIN, SHARED)
"""Files every workspace needs, asked for together with the page."""


class Module(NamedTuple):
    """A module of the page."""

    text: str
    near: tuple[str, ...]
    """Modules of the page it imports, by path."""
    far: tuple[str, ...]
    """Libraries it imports, by name."""
    later: tuple[str, ...]
    """Modules of the page it imports when they are wanted."""


def packed(package: Path) -> dict[str, Stored]:
    """Return the joined files of the page, made again when one of its files has changed.

    Parameters
    ----------
    package : Path
        Folder of the package: the page is ``server/page``, libraries are in ``assets``.

    Returns
    -------
    dict of str to Stored
        By name: ``index.html``, ``style.css``, ``main.js``…

    Raises
    ------
    ValueError
        If a module imports or exports in a form that is not known here.
    """
    files = [path for path in (package / "server" / "page").rglob("*") if path.is_file()]
    return _packed(package, max(path.stat().st_mtime_ns for path in files), len(files))


@lru_cache(maxsize=1)
def _packed(package: Path, _changed: int, _files: int) -> dict[str, Stored]:
    page = package / "server" / "page"
    index = (page / "index.html").read_text(encoding="utf-8")
    modules: dict[str, Module] = {}
    _read(page, "main.js", modules)
    files = _join(modules)
    preloads = [f"/packed/{name}.js" for name in FIRST]
    links = "".join(f'<link rel="modulepreload" href="{path}" />\n    ' for path in preloads)
    script = SCRIPT.replace("/page/", "/packed/")
    styles = STYLE.findall(index)
    index = STYLE.sub("", index).replace(SCRIPT, f"{links}{script}")
    sheet = '<link rel="stylesheet" href="/packed/style.css" />'
    files["index.html"] = index.replace("<title>", f"{sheet}\n    <title>", 1)
    files["style.css"] = "".join(_styled(package, path, media) for path, media in styles)
    return {
        name: stored(text.encode(), immutable=False, kind=_kind(name))
        for name, text in files.items()
    }


def _kind(name: str) -> bytes:
    return KINDS[PurePosixPath(name).suffix]


def _styled(package: Path, path: str, media: str) -> str:
    root = package if path.startswith("assets/") else package / "server"
    text = (root / path).read_text(encoding="utf-8")
    return f"@media {media} {{\n{text}}}\n" if media else f"{text}\n"


def _read(page: Path, path: str, modules: dict[str, Module], way: tuple[str, ...] = ()) -> None:
    """Read a module and all that it leads to; what it imports comes before it."""
    if path in modules:
        return
    if path in way:
        raise ValueError(f"modules import each other: {', '.join(way)}")
    text = (page / path).read_text(encoding="utf-8")
    sources = [source for _, _, source in IMPORT.findall(text)]
    near = tuple(_path(path, source) for source in sources if source.startswith("."))
    far = tuple(source for source in sources if not source.startswith("."))
    later = tuple(_path(path, source) for source in LATER.findall(text))
    for each in near:
        _read(page, each, modules, (*way, path))
    modules[path] = Module(text, near, far, later)
    for each in later:
        _read(page, each, modules)


def _path(of: str, source: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(of).parent / source).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _join(modules: dict[str, Module]) -> dict[str, str]:
    entries = ["main.js", *dict.fromkeys(name for one in modules.values() for name in one.later)]
    reached = {entry: _reached(modules, entry) for entry in entries}
    home: dict[str, str] = {}
    for path in modules:
        by = [entry for entry in entries if path in reached[entry]]
        alone = _file(by[0]) if len(by) == 1 else SHARED
        home[path] = MAIN if "main.js" in by else alone
    return {f"{name}.js": _text(modules, home, name) for name in dict.fromkeys(home.values())}


def _reached(modules: dict[str, Module], entry: str) -> set[str]:
    found, left = set[str](), [entry]
    while left:
        path = left.pop()
        if path not in found:
            found.add(path)
            left.extend(modules[path].near)
    return found


def _file(entry: str) -> str:
    return entry.removesuffix("/index.js").removesuffix(".js").replace("/", "-")


def _text(modules: dict[str, Module], home: dict[str, str], name: str) -> str:
    """Return a file: its libraries, what it takes from other files, its modules, what it gives."""
    inside = [path for path in modules if home[path] == name]
    outside = [one for path, one in modules.items() if home[path] != name]
    near = dict.fromkeys(each for path in inside for each in modules[path].near)
    lines = [
        f'import * as {_name(library)} from "{library}";\n'
        for library in dict.fromkeys(each for path in inside for each in modules[path].far)
    ]
    lines += [
        _taken((path for path in near if home[path] == other), other)
        for other in dict.fromkeys(home[path] for path in near if home[path] != name)
    ]
    lines += [_scoped(path, modules[path].text, home) for path in inside]
    wanted = {each for one in outside for each in one.near + one.later}
    given = ", ".join(_name(path) for path in inside if path in wanted)
    return "".join([*lines, f"export {{ {given} }};\n"])


def _taken(paths: Iterable[str], other: str) -> str:
    return f'import {{ {", ".join(map(_name, paths))} }} from "./{other}.js";\n'


def _name(source: str) -> str:
    return "in_" + re.sub(r"\W", "_", source)


def _scoped(path: str, text: str, home: dict[str, str]) -> str:
    """Return a module as a function that is called at once and returns what it exports."""

    def taken(found: re.Match[str]) -> str:
        names, whole, source = found.groups()
        names = names.replace(" as ", ": ") if names else f"default: {whole}"
        near = _path(path, source) if source.startswith(".") else source
        return f"const {{ {names} }} = {_name(near)};\n"

    def later(found: re.Match[str]) -> str:
        wanted = _path(path, found[1])
        return f'import("./{home[wanted]}.js").then((file) => file.{_name(wanted)})'

    exported = ", ".join(name for _, name in EXPORT.findall(text))
    body = EXPORT.sub(r"\1 \2", IMPORT.sub(taken, text))
    body = LATER.sub(later, body)
    odd = UNKNOWN.search(body)
    if odd is not None:
        raise ValueError(f"{path}: {odd.group()}")
    return f"// {path}\nconst {_name(path)} = (() => {{\n{body}return {{ {exported} }};\n}})();\n"
