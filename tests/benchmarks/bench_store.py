"""What saving an edit costs, and the check that follows it: in a village and in a city."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from gridmap import open_store
from gridmap.grid.check import check
from gridmap.grid.edit import Merge
from gridmap.incidents.model import conform
from gridmap.journeys.cells import drafts
from gridmap.journeys.cells.check import check_json
from gridmap.journeys.cells.plans import import_grid
from gridmap.journeys.cells.references import checked_plan
from gridmap.journeys.city import City
from tests.layers.synthetic import synthetic_city
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


@pytest.mark.proof
def test_cost_of_the_check_after_an_edit(
    tmp_path: Path, record: Callable[[str, dict[str, Any]], None]
) -> None:
    """Beside a check of the whole in the same run, with the same answer."""
    with open_store(tmp_path / "city.db") as store:
        plan = import_grid(store, "city", synthetic_city(128)).plan
        city = City(store)
        checked_plan(city, plan)
        spent = []
        for n in range(EDITS):
            edit = Merge((f"{n:03}020", f"{n:03}021"), f"{n:03}020")
            began = time.process_time()
            plan = drafts.edit(city, plan.id, plan.head, edit).plan
            saved = time.process_time()
            found = checked_plan(city, plan)
            followed = time.process_time()
            whole = check(city.grid(plan.head))
            ended = time.process_time()
            spent.append((saved - began, followed - saved, ended - followed))
            answer = check_json(found, outline=False)
            assert answer == check_json(whole, outline=False)
        edit_ms, check_ms, whole_ms = (
            1000 * statistics.median(each) for each in zip(*spent, strict=True)
        )
        vertices = int(shapely.get_num_coordinates(city.grid(plan.head).shapes).sum())
        row = {"cells": 128 * 128, "vertices": vertices, "CPU ms the edit": edit_ms}
        row |= {"CPU ms its check": check_ms, "CPU ms a check of the whole": whole_ms}
        record("Check after an edit", row)
    assert check_ms < whole_ms / 2
