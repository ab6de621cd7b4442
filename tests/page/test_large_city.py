"""The first view of a city with 16,384 cells and 200,000 incidents: bytes and seconds.

On a machine that does nothing else the view of a running server is there in 2 s.
"""

from __future__ import annotations

import json
import os
import time
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import numpy as np
import pandas as pd
import pytest

from gridmap.journeys.cells.plans import import_grid
from gridmap.store import open_store
from tests.layers.synthetic import synthetic_city
from tests.page.conftest import axe, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Request

    from tests.page.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.proof]

SIDE = 128
INCIDENTS = 200_000
ZONE = "Asia/Shanghai"
SECTION = "First view of a large city"
BYTES, SECONDS = 1_500_000, 2.0
CALM = 1.2
"""Load of a machine that does little else."""
STILL = 4


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose city no server has seen yet."""
    path = tmp_path_factory.mktemp("large") / "city.db"
    rng = np.random.default_rng(1)
    seconds = rng.integers(0, 3 * 365 * 86_400, INCIDENTS)
    frame = pd.DataFrame(
        {
            "lon": 116.34 + 0.6 * rng.beta(2, 3, INCIDENTS),
            "lat": 39.44 + 0.6 * rng.beta(3, 2, INCIDENTS),
            "when": pd.Timestamp("2023-01-01", tz=ZONE) + pd.to_timedelta(seconds, unit="s"),
            "category": rng.choice(["市容环境", "街面秩序", "突发事件", "公用设施"], INCIDENTS),
        }
    )
    with open_store(f"sqlite:///{path}") as store:
        store.set_fact("zone", ZONE)
        plan = import_grid(store, "全市网格", synthetic_city(SIDE)).plan
        store.plans.publish(plan.id, plan.head, date(2020, 1, 1), "首版")
        store.incidents.add(frame)
    return path


def test_first_view_is_small_and_quick(
    visit: Callable[..., Watched], large: Path, record: Callable[[str, dict[str, Any]], None]
) -> None:
    with serving(large, command="serve") as address:
        record(SECTION, view(visit, address, "at once after the first start"))
        at_rest(address)
        calm = os.getloadavg()[0] < CALM
        warm = view(visit, address, "running server")
        record(SECTION, warm)
    with serving(large, command="serve") as address:
        record(SECTION, view(visit, address, "at once after a restart"))
        watched = visit("zh", server=address)
        page = watched.open()
        assert axe(page) == []
        page.click("[data-key=tab-table]")
        assert "500" in page.inner_text("#left")
    assert warm["seconds"] <= SECONDS or not calm


def view(visit: Callable[..., Watched], address: str, name: str) -> dict[str, Any]:
    """Open the page as somebody who has never seen it does."""
    watched = visit("zh", server=address)
    watched.page.context.set_default_timeout(180_000)
    requests: list[Request] = []
    watched.page.on("requestfinished", lambda request: requests.append(request))  # noqa: PLW0108 - a method of a list takes no mark
    began = time.monotonic()
    watched.open()
    seconds = time.monotonic() - began
    sizes = [size_of(request) for request in requests if request.url.startswith("http")]
    assert sum(sizes) < BYTES
    return {
        "view": name,
        "cells": SIDE**2,
        "requests": len(sizes),
        "MB": round(sum(sizes) / 1e6, 2),
        "seconds": round(seconds, 2),
        "load": round(os.getloadavg()[0], 1),
    }


def size_of(request: Request) -> int:
    """Bytes over the wire; of a worker's script the browser only tells the headers."""
    answer = request.response()
    assert answer is not None
    sizes = request.sizes()
    length = int(answer.headers.get("content-length", 0))
    return sizes["responseHeadersSize"] + max(sizes["responseBodySize"], length)


def at_rest(address: str) -> None:
    """Wait until the server has made what it makes beforehand."""
    still = 0
    for _ in range(600):
        with urlopen(f"{address}/api/v1/jobs") as answer:
            still = 0 if json.load(answer) else still + 1
        if still == STILL:
            return
        time.sleep(0.5)
    pytest.fail("the server did not come to rest")
