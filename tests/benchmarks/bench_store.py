"""What saving an edit costs: the same in a village and in a city."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from gridmap import open_store
from gridmap.grid.edit import Merge
from gridmap.incidents.model import conform
from gridmap.journeys.cells import drafts
from gridmap.journeys.city import City
from tests.store.towns import STEP, town

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIDES = (16, 64, 128)
EDITS = 16
INCIDENTS = 100_000


@pytest.mark.proof
def test_cost_of_an_edit(tmp_path: Path, record: Callable[[str, dict[str, Any]], None]) -> None:
    medians = {}
    for side in SIDES:
        with open_store(tmp_path / f"{side}.db") as store:
            plan = store.plans.add("town", town(side, side), "people")
            rng = np.random.default_rng(1)
            where = {"lon": 100 + rng.uniform(0, side * STEP, INCIDENTS)}
            where["lat"] = 30 + rng.uniform(0, side * STEP, INCIDENTS)
            store.incidents.add(conform(pd.DataFrame(where), "UTC"))
            city = City(store)
            spent = []
            for n in range(EDITS):
                edit = Merge((f"{n:02}00", f"{n:02}01"), f"{n:02}00")
                wall, cpu = time.perf_counter(), time.process_time()
                plan = drafts.edit(city, plan.id, plan.head, edit).plan
                spent.append((time.process_time() - cpu, time.perf_counter() - wall))
            cpu_ms, wall_ms = (1000 * statistics.median(each) for each in zip(*spent, strict=True))
            medians[side] = cpu_ms
            begun = time.process_time()
            grid = store.plans.grid(plan.head)
            loading = 1000 * (time.process_time() - begun)
            row = {"cells": side * side, "incidents": INCIDENTS, "CPU ms an edit": cpu_ms}
            row |= {"ms an edit, on disk": wall_ms, "CPU ms to load the plan": loading}
            record("Saving an edit", row)
            assert len(grid.codes) == side * side - EDITS
    assert medians[SIDES[-1]] < 5 * medians[SIDES[0]] + 20
