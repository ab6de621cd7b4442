"""The README's tours run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from gridmap.patrol.asked import STOP, TOP, UNIT
from gridmap.settings import Settings
from gridmap.store import open_store

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def run(command: list[str], folder: Path) -> str:
    if not (folder / "shapes").exists():
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


def test_a_city_of_its_own(tmp_path: Path) -> None:
    commands, _, serve = block("bash").rstrip().rpartition("\n")
    assert serve == "gridmap serve"
    run(["bash", "-euo", "pipefail", "-c", commands], tmp_path)
    with open_store(f"sqlite:///{tmp_path / 'city.db'}") as store:
        assert [plan.reason for plan in store.plans.all()] == ["first plan"]
        assert [user.name for user in store.users.all()] == ["lead"]
        assert (store.incidents.frame("UTC")["match"] == "intersection").sum() > 30


def test_the_variables_are_those_of_the_settings() -> None:
    rows = re.findall(r"^\| `GRIDMAP_(\w+)` \|.*\| `?([^`|]+?)`? \|$", README, re.MULTILINE)
    told = {name.lower(): default for name, default in rows}
    held = {name: field.default for name, field in Settings.model_fields.items()}
    assert told.keys() == held.keys()
    assert {**told, "names": "()"} == {name: str(value) for name, value in held.items()}


def test_a_nights_plan(tmp_path: Path) -> None:
    """The example is planned as it stands, names every key there is, and misses nothing."""
    plan = re.search(r"```toml\n(# PLAN.toml\n.*?)```", README, re.DOTALL)
    assert plan
    for file in (ROOT / "shapes" / "cambridge").glob("*.gz"):
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "PLAN.toml").write_text(plan[1], "utf-8")
    run(["gridmap", "patrol", "PLAN.toml", "out", "--seconds", "0.5"], tmp_path)
    run(["gridmap", "patrol-verify", "PLAN.toml", "out/plan.json"], tmp_path)
    asked = tomllib.loads(plan[1])
    assert asked.keys() == set(TOP)
    for table, keys in (("unit", UNIT), ("stop", STOP)):
        assert {key for row in asked[table] for key in row} == set(keys)


def test_tour_by_python(tmp_path: Path) -> None:
    printed = run([sys.executable, "-c", block("python")], tmp_path)
    assert printed.startswith("True [")


def test_targets_named_are_there() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in re.findall(r"^    make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}\b", listed, re.MULTILINE)
