"""What shapes/README.md says of the sample data is true."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

SHAPES = Path(__file__).parents[1] / "shapes"


def test_every_file_is_listed_with_its_hash() -> None:
    readme = (SHAPES / "README.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| (\S+) \|.*`([0-9a-f]{64})` \|$", readme, re.MULTILINE))
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in SHAPES.glob("*/*")
        if path.suffix != ".toml"
    }
    assert listed == found


def test_every_folder_names_its_licence_and_crs() -> None:
    readme = (SHAPES / "README.md").read_text("utf-8")
    for folder in (path for path in SHAPES.iterdir() if path.is_dir()):
        section = readme.split(f"## {folder.name}", 1)[1].split("\n## ")[0]
        assert "Licence:" in section
        assert "CRS:" in section
