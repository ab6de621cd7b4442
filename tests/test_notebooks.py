"""The notebooks run from top to bottom, and what they show needs no network."""

from __future__ import annotations

import html
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_runs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "keep notebooks without output"
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(FOLDER)}}).execute()
    pages = [
        html.unescape(output["data"]["text/html"])
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "<iframe" in output.get("data", {}).get("text/html", "")
    ]
    assert pages
    for page in pages:
        assert not re.findall(r"(?:src|href)=[\"']https?://[^\"']+[\"'][^>]*rel=", page)
        assert not re.findall(r"<(?:script|link|img)[^>]+https?://", page)
