"""The README's tours run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def run(command: list[str], folder: Path) -> str:
    (folder / "shapes").symlink_to(ROOT / "shapes")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = os.environ | {"PATH": path}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_tour_by_command_line(tmp_path: Path) -> None:
    run(["bash", "-euo", "pipefail", "-c", block("sh")], tmp_path)
    made = {path.name for path in tmp_path.iterdir()}
    assert made >= {"report.html", "repaired.gpkg", "placed.csv", "map.html", "tonight", "results"}


def test_tour_by_python(tmp_path: Path) -> None:
    printed = run([sys.executable, "-c", block("python")], tmp_path)
    assert printed.startswith("True [")


def test_targets_named_are_there() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in re.findall(r"^    make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}\b", listed, re.MULTILINE)
