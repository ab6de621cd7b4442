"""Edits in a store: new vertices on its lattice, the boundary gains them too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely

from gridmap import open_store
from gridmap.errors import Cancelled
from gridmap.grid.edit import Assign, Recode, Split
from gridmap.journeys.cells import drafts, repairs
from gridmap.journeys.cells.numbering import next_code
from gridmap.journeys.cells.plans import DIGITS, import_grid, import_with_defects
from gridmap.journeys.cells.references import checked_plan
from gridmap.journeys.city import City
from gridmap.journeys.remembering import remember
from tests.store.towns import town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """A town that lies aslant, so that no crossing is a round number, with its boundary."""
    grid = town()
    turned = shapely.affinity.rotate
    shapes = [turned(shape, 17, (100.015, 30.015)) for shape in grid.shapes]
    cells = grid.cells.set_geometry(shapes, crs=4326)
    slanted = replace(grid, cells=cells, boundary=shapely.coverage_union_all(np.array(shapes)))
    with open_store(tmp_path / "town.db") as store:
        import_grid(store, "Town", slanted, "people")
        yield City(store)


def on_the_lattice(city: City, version: int) -> bool:
    grid = city.store.plans.grid(version)
    xy = shapely.get_coordinates([*grid.shapes, grid.boundary])
    return bool((xy == np.round(xy, DIGITS)).all())


def test_a_split_at_the_outline_keeps_the_proof(city: City) -> None:
    plan = city.plan()
    assert checked_plan(city, plan).defects == ()
    shape = city.grid(plan.head).cells.geometry["0000"]
    west, south, east, north = shape.bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    line = shapely.LineString([(lon - 0.0013, south - 0.01), (lon, lat), (lon + 0.003, north)])
    saved = drafts.edit(city, plan.id, plan.head, Split("0000", line, ("0000", "new")))
    fresh = City(city.store)
    found = checked_plan(fresh, saved.plan)
    assert found.defects == (), found.to_frame()["message"].tolist()
    assert on_the_lattice(city, saved.plan.head)
    area = shapely.Point(lon, lat).buffer(0.002, 3)
    again = drafts.edit(city, plan.id, saved.plan.head, Assign(area, "new"))
    assert on_the_lattice(city, again.plan.head)
    assert checked_plan(City(city.store), again.plan).ok
    child = city.store.plans.draft("Child", plan.id)
    assert checked_plan(City(city.store), child).ok
    for _ in range(2):
        back = drafts.undo(city, plan.id, city.store.plans.get(plan.id).head)
    assert back.plan.head == plan.head
    assert checked_plan(City(city.store), back.plan).ok


def test_a_restart_reads_the_cells_in_the_order_they_are_kept_in(city: City) -> None:
    plan = city.plan()
    x, y = city.grid(plan.head).shapes[-1].centroid.coords[0]
    rows = {"lon": city.grid(plan.head).cells.geometry.representative_point().x}
    rows["lat"] = city.grid(plan.head).cells.geometry.representative_point().y
    city.store.incidents.add(pd.DataFrame(rows).assign(when=pd.NaT, category="").reset_index())
    line = shapely.LineString([(x - 0.1, y), (x + 0.1, y)])
    last = str(city.grid(plan.head).codes[-1])
    saved = drafts.edit(city, plan.id, plan.head, Split(last, line, ("/first", last)))
    head = saved.plan.head
    placed = city.placed(head)["cell"]
    remember(city)
    fresh = City(city.store)
    assert list(city.grid(head).codes) == list(fresh.grid(head).codes)
    assert (fresh.placed(head)["cell"] == placed).all()
    assert (placed != "").all()


def test_what_is_cancelled_is_not_saved(city: City) -> None:
    """A job that is told to stop when it is about to save saves nothing."""
    plan = city.plan()
    cells = city.grid(plan.head).cells
    wide = cells.assign(geometry=[shapely.buffer(shape, 1e-5) for shape in cells.geometry])
    made = import_with_defects(city.store, "Wide", replace(city.grid(plan.head), cells=wide))
    steps: list[float] = []

    def stop(done: float, total: float) -> None:
        steps.append(done)
        if done == total:
            raise Cancelled("server.cancelled")

    with pytest.raises(Cancelled):
        repairs.save_draft(city, made.plan.id, made.plan.head, repairs.Wishes(), progress=stop)
    assert steps == [0, 1, 2]
    assert city.store.plans.get(made.plan.id).head == made.plan.head
    saved, _ = repairs.save_draft(city, made.plan.id, made.plan.head, repairs.Wishes())
    assert saved.plan.head > made.plan.head


def test_a_new_cell_takes_the_next_number_of_its_parent(tmp_path: Path) -> None:
    """By the scheme all codes fit or the city asks for; a number is never given twice."""
    grid = town()
    unit = [f"410928102213{n:03d}" for n in range(1, len(grid.codes) + 1)]
    cells = grid.cells.set_axis(pd.Index(unit, name="code", dtype=object))
    with open_store(tmp_path / "units.db") as store:
        import_grid(store, "Town", grid.with_cells(cells), "people")
        city = City(store)
        plan = city.plan()
        assert next_code(city, plan, unit[0]) == f"410928102213{len(unit) + 1:03d}"
        for edit in (Recode(unit[-1], "410928102213500"), Recode("410928102213500", unit[-1])):
            plan = drafts.edit(city, plan.id, plan.head, edit).plan
        assert next_code(city, plan, unit[0]) == "410928102213501"
        plan = drafts.undo(city, plan.id, plan.head).plan
        plan = drafts.undo(city, plan.id, plan.head).plan
        assert next_code(city, plan, unit[0]) == f"410928102213{len(unit) + 1:03d}"
        plan = drafts.edit(city, plan.id, plan.head, Recode(unit[-1], "410928102213999")).plan
        assert next_code(city, plan, unit[0]) == f"{unit[0]}-2"
        plan = drafts.edit(city, plan.id, plan.head, Recode("410928102213999", "north")).plan
        assert next_code(city, plan, "north") == "north-2"
        own = {"name": "n", "segment": [{"name": "a", "width": 12}, {"name": "b", "width": 3}]}
        asked = replace(plan, rules={"scheme": own})
        assert next_code(city, asked, "north") == "north-2"
        assert next_code(city, asked, unit[0]) == f"{unit[0]}-2"
