"""Public names are exported from `gridmap` only, and stay listed."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import gridmap


@pytest.mark.parametrize("name", gridmap.__all__)
def test_every_export_is_there_and_documented(name: str) -> None:
    assert inspect.getdoc(getattr(gridmap, name))


def test_types_see_the_same_names() -> None:
    tree = ast.parse(Path(gridmap.__file__).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {
        alias.name: (node.module or "").removeprefix("gridmap.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert typed == gridmap._HOME


def test_importing_gridmap_loads_no_geometry_library() -> None:
    code = "import gridmap, sys; print([m for m in ('geopandas', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
