"""The first view of a city with 16,384 cells and 200,000 incidents: bytes and seconds."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from gridmap.journeys.plans import import_grid
from gridmap.store import open_store
from tests.layers.synthetic import synthetic_city
from tests.page.conftest import axe, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.page.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.proof]

SIDE = 128
INCIDENTS = 200_000
ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
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
    with serving(path, command="serve") as address:
        yield address


def test_first_view_is_small_and_quick(
    visit: Callable[..., Watched], large: str, record: Callable[[str, dict[str, Any]], None]
) -> None:
    for attempt in ("cold server", "warm server"):
        watched = visit("zh", server=large)
        watched.page.context.set_default_timeout(180_000)  # a cold server reads the city first
        session = watched.page.context.new_cdp_session(watched.page)
        session.send("Network.enable")
        sizes: list[float] = []
        session.on(
            "Network.loadingFinished",
            lambda event, held=sizes: held.append(event["encodedDataLength"]),
        )
        began = time.monotonic()
        page = watched.open()
        seconds = time.monotonic() - began
        figures = {
            "view": attempt,
            "cells": SIDE**2,
            "requests": len(sizes),
            "MB": round(sum(sizes) / 1e6, 2),
            "seconds": round(seconds, 2),
        }
        print(figures)
        record("First view of a large city", figures)
        assert sum(sizes) < 1_500_000
    assert axe(page) == []
    page.click("[data-key=tab-table]")
    assert "500" in page.inner_text("#left")
