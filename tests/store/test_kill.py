"""kill -9 in the middle of saving: nothing torn, nothing acknowledged lost."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from gridmap import open_store
from gridmap.journeys.cells.sound import require_coverage
from gridmap.store import schema
from tests.conftest import ROOT
from tests.store.towns import town
from tests.store.victim import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gridmap.store import Store

KINDS = ("edit", "import", "publish")


def kill_one(kind: str, path: Path, rng: random.Random) -> list[str]:
    """Let a process work on the store, kill it at any moment; what it was told was saved."""
    command = [sys.executable, "-m", "tests.store.victim", kind, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as victim:
        assert victim.stdout is not None
        lines = [victim.stdout.readline() for _ in range(2)]
        time.sleep(rng.uniform(0, 0.3))
        victim.kill()
        lines += victim.stdout.readlines()
    told = [line.strip() for line in lines if line.endswith("\n")]
    assert told[0] == "ready"
    return told[1:]


def check(kind: str, store: Store, told: list[str]) -> None:
    assert store.faults() == []
    for plan in store.plans.all()[:3]:
        require_coverage(store.plans.grid(plan.head))
    if kind == "edit":
        head = store.plans.all()[0].head
        assert int(told[-1]) <= head <= int(told[-1]) + 1
    if kind == "import":
        files = len(store.files.all())
        assert int(told[-1]) <= files <= int(told[-1]) + 1
        per_file = sa.select(sa.func.count().label("n")).group_by(schema.incidents.c.file)
        rows = store.database.rows(per_file.select_from(schema.incidents))
        assert [row["n"] for row in rows] == [ROWS] * files
    if kind == "publish":
        number, day = told[-1].split()
        assert str(store.plans.get(int(number)).valid_from) == day
        open_ended = [plan for plan in published(store) if plan.valid_to is None]
        assert len(open_ended) == 1
        days = [(plan.valid_from, plan.valid_to) for plan in published(store)]
        assert [end for _, end in days[:-1]] == [start for start, _ in days[1:]]


def published(store: Store) -> list[Any]:
    found = [plan for plan in store.plans.all() if plan.valid_from is not None]
    return sorted(found, key=lambda plan: plan.valid_from)


def rounds(kind: str, path: Path, count: int) -> int:
    rng = random.Random(f"{kind} {count}")  # noqa: S311  # moments to kill, not secrets
    with open_store(path) as store:
        store.plans.add("town", town(), "people")
    acknowledged = 0
    for _ in range(count):
        told = kill_one(kind, path, rng)
        acknowledged += len(told)
        with open_store(path) as store:
            check(kind, store, told)
    return acknowledged


@pytest.mark.parametrize("kind", KINDS)
def test_kill(tmp_path: Path, kind: str) -> None:
    assert rounds(kind, tmp_path / "town.db", 5) > 0


@pytest.mark.proof
@pytest.mark.parametrize("kind", KINDS)
def test_kill_a_hundred_times(
    tmp_path: Path, kind: str, record: Callable[[str, dict[str, Any]], None]
) -> None:
    acknowledged = rounds(kind, tmp_path / "town.db", 100)
    row = {"saving": kind, "rounds": 100, "acknowledged and kept": acknowledged}
    record("kill -9 while saving", row)
