"""Imports go one way, as DESIGN.md draws them; the pure packages touch nothing outside."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "gridmap"
ORDER = [
    ("errors", "messages", "crs", "datum", "plausible"),
    ("grid",), ("streets",), ("incidents",), ("layers",), ("patrol",),
    ("files",), ("store",), ("journeys",), ("scale",), ("settings",), ("server",), ("cli",),
]  # fmt: skip
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
PURE = ("grid", "streets", "incidents", "layers", "patrol")
OUTSIDE = {"os", "sys", "time", "pathlib", "socket", "subprocess", "urllib", "tempfile", "shutil",
           "sqlite3", "sqlalchemy", "fastapi", "pyogrio", "requests", "httpx"}  # fmt: skip


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> list[str]:
    """Return the absolute names a module imports, those in functions too, not those for types."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    here = part(path)
    if here in {"__init__", "__main__"}:
        return
    assert here in RANK, f"{here} has no place in the order of DESIGN.md"
    inner = [name.split(".")[1] for name in imports(path) if name.startswith("gridmap.")]
    later = [name for name in inner if RANK.get(name, -1) > RANK[here]]
    assert not later, f"{here} imports {later}, which come after it"


def test_no_cycle_of_modules() -> None:
    graph = {}
    for path in modules():
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        name = name.removesuffix(".__init__")
        top = ast.parse(path.read_text("utf-8")).body
        graph[name] = {
            f"{node.module}.{alias.name}"
            if f"{node.module}.{alias.name}" in _names()
            else node.module
            for node in top
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if (node.module or "").startswith("gridmap")
        }
    seen: dict[str, int] = {}

    def visit(name: str, trail: list[str]) -> None:
        if seen.get(name) == 1:
            pytest.fail(" -> ".join([*trail, name]))
        if name in seen or name == "gridmap":
            return
        seen[name] = 1
        for target in graph.get(name, ()):
            if target != name:
                visit(target, [*trail, name])
        seen[name] = 2

    for name in graph:
        visit(name, [])


def _names() -> set[str]:
    return {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in modules()}


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if part(path) in PURE],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_pure_packages_touch_nothing_outside(path: Path) -> None:
    touched = {name.split(".")[0] for name in imports(path)} & OUTSIDE
    assert not touched
    assert "np.random.seed" not in path.read_text("utf-8")
