"""The demo as its user meets it: commands, files, a page."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pandas as pd
import pytest

from gridmap import open_store
from gridmap.journeys.demo import demo_store

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-m", "gridmap"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    store, out = str(folder / "cambridge.db"), str(folder / "out")
    done = run("demo", "--no-serve", "--store", store, "--out", out, "--json", str(folder / "j"))
    assert done.returncode == 0, done.stderr
    return folder


def test_the_results_are_those_of_the_issue(results: Path) -> None:
    def read(name: str) -> dict[str, Any]:
        return json.loads((results / "out" / name).read_text(encoding="utf-8"))

    check, fire, groups = read("check.json"), read("fire.json"), read("blockgroups.json")
    assert check["ok"]
    assert check["cells"] == 117
    assert not fire["ok"]
    assert fire["counts"]["overlap"] == 4
    assert groups["counts"]["overlap"] == 13

    def area(found: dict[str, Any], kind: str) -> float:
        return sum(each["area_m2"] for each in found["defects"] if each["kind"] == kind)

    assert area(fire, "overlap") == pytest.approx(1452, abs=1)
    assert area(groups, "overlap") == pytest.approx(1614, abs=1)
    assert area(groups, "gap") == pytest.approx(5355, abs=1)
    placed = pd.read_csv(results / "out" / "incidents.csv", dtype=str)
    assert len(placed) == 10_335
    assert placed["cell"].notna().sum() == 9019
    assert placed["reason"].value_counts().to_dict() == {
        "ok": 9019,
        "no-coordinates": 1225,
        "outside": 91,
    }
    page = (results / "out" / "map.html").read_text(encoding="utf-8")
    assert "9,019" in page
    assert {path.name for path in (results / "out" / "patrol").iterdir()} > {
        "plan.json",
        "routes.geojson",
        "sheet.html",
    }
    summary = json.loads((results / "j").read_text())
    assert summary["incidents"]["total"] == 10_335


def test_a_store_that_is_up_to_date_is_used_again(results: Path) -> None:
    path = results / "cambridge.db"
    with open_store(path) as store:
        store.plans.draft("mine", 1)
    demo_store(path).close()
    with open_store(path) as store:
        assert store.plans.all()[0].name == "mine"
        store.set_fact("demo", "of an earlier release")
    demo_store(path).close()
    with open_store(path) as store:
        assert len(store.plans.all()) == 1


def test_the_page_says_where_it_is_and_answers(results: Path) -> None:
    command = [*COMMAND, "demo", "--port", "0", "--store", str(results / "cambridge.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            found = re.fullmatch(r"gridmap: (http://127\.0\.0\.1:\d+/)\n", line)
            assert found, line
            for path in ("healthz", "", "api/v1/session"):
                assert urllib.request.urlopen(found[1] + path, timeout=60).status == 200
            taken = str(urlsplit(found[1]).port)
            second = run("demo", "--port", taken, "--store", str(results / "cambridge.db"))
            assert second.returncode == 2
            assert "--port" in second.stderr
            server.send_signal(signal.SIGINT)
            assert server.wait(30) is not None
        finally:
            server.kill()


def test_serve_refuses_the_network_without_a_user(results: Path) -> None:
    store = f"sqlite:///{results / 'cambridge.db'}"
    done = run("serve", "--store", store, "--host", "0.0.0.0", "--port", "0")  # noqa: S104
    assert done.returncode == 2
    assert done.stderr.startswith("gridmap: 0.0.0.0 is not loopback")
    assert done.stdout == ""
    missing = run("serve", "--store", f"sqlite:///{results / 'none.db'}", "--lang", "zh")
    assert missing.returncode == 2
    assert "没有数据库" in missing.stderr
