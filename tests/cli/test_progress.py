"""What a terminal shows while an import goes on, and stopping it."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from gridmap import open_store

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 500_000
CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""Colours and movements of the cursor."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("many") / "many.csv"
    rows = "".join(f"{n},2016-05-01,x,-71.1,42.37\n" for n in range(ROWS))
    path.write_text(f"id,date,category,lon,lat\n{rows}")
    return path


def test_rows_per_second_and_control_c(many: Path, tmp_path: Path) -> None:
    store = tmp_path / "town.db"
    call = [sys.executable, "-m", "gridmap", "import", "incidents", str(many)]
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(
        [*call, "--store", f"sqlite:///{store}"], stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        said, until = "", time.monotonic() + 120
        while time.monotonic() < until:
            if select.select([ours], [], [], 0.2)[0]:
                said += CODES.sub("", os.read(ours, 1 << 16).decode(errors="replace"))
            if re.search(r"[\d,]+ of 500,000 rows [\d,]+/s", said):
                break
        process.send_signal(signal.SIGINT)
        code = process.wait(60)
    os.close(ours)
    assert re.search(r"read [\d.]+ of [\d.]+ MB", said), said[-500:]
    assert re.search(r"[\d,]+ of 500,000 rows [\d,]+/s \d+:\d\d:\d\d", said), said[-500:]
    assert code == 130
    with open_store(store) as opened:
        assert len(opened.incidents.frame("UTC")) == 0
        assert opened.feeds.all() == []
        assert opened.files.all() == []
