"""Plans: deltas, undo and redo, publishing, two people in one draft."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING

import pytest
import shapely
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap import open_store
from gridmap.errors import Conflict, NotFound, Stale, ValueRefused
from gridmap.store import schema
from tests.store.towns import as_bytes, town

if TYPE_CHECKING:
    import geopandas as gpd

    from gridmap import Grid
    from gridmap.store import Plan, Store


def merged(grid: Grid, first: str, second: str) -> gpd.GeoDataFrame:
    row = grid.cells.loc[[first]].copy()
    both = grid.cells.loc[[first, second]].geometry.to_numpy()
    row["geometry"] = [shapely.union_all(both)]
    row["people"] = grid.cells.loc[[first, second], "people"].sum()
    return row


def save(store: Store, plan: Plan, first: str, second: str) -> Plan:
    row = merged(store.plans.grid(plan.head), first, second)
    return store.plans.save(plan.id, plan.head, [first, second], row, {"op": "merge"}, "me")


def test_a_grid_comes_back_as_it_went_in(store: Store) -> None:
    grid = town()
    plan = store.plans.add("town", grid, "people")
    back = store.plans.grid(plan.head)
    assert as_bytes(back) == as_bytes(grid)
    assert back.levels == ("row",)
    assert list(back.cells["people"]) == [10] * 9
    assert list(back.cells["row"]) == list(grid.cells["row"])
    assert back.crs == 4326


def test_missing_values_and_odd_types_survive(store: Store) -> None:
    grid = town(1, 3)
    cells = grid.cells.assign(row=["a", None, "b"], people=[1.5, float("nan"), 2.0])
    plan = store.plans.add("odd", grid.with_cells(cells))
    back = store.plans.grid(plan.head).cells
    assert back["row"].isna().tolist() == [False, True, False]
    assert back["people"].isna().tolist() == [False, True, False]


def test_an_edit_makes_a_version_and_undo_is_a_pointer(store: Store) -> None:
    plan = store.plans.add("town", town())
    start = as_bytes(store.plans.grid(plan.head))
    edited = save(store, plan, "0000", "0001")
    after = as_bytes(store.plans.grid(edited.head))
    assert set(after) == set(start) - {"0001"}
    back = store.plans.undo(plan.id, edited.head)
    assert as_bytes(store.plans.grid(back.head)) == start
    again = store.plans.redo(plan.id, back.head)
    assert as_bytes(store.plans.grid(again.head)) == after


def test_nothing_to_undo_or_redo_is_said(store: Store) -> None:
    plan = store.plans.add("town", town())
    with pytest.raises(Conflict, match="nothing to undo"):
        store.plans.undo(plan.id, plan.head)
    with pytest.raises(Conflict, match="nothing to redo"):
        store.plans.redo(plan.id, plan.head)


def test_undo_of_a_draft_stops_at_the_plan_it_was_made_from(store: Store) -> None:
    first = save(store, store.plans.add("town", town()), "0000", "0001")
    draft = store.plans.draft("draft", first.id)
    assert as_bytes(store.plans.grid(draft.head)) == as_bytes(store.plans.grid(first.head))
    with pytest.raises(Conflict):
        store.plans.undo(draft.id, draft.head)


def test_undo_survives_a_restart(store: Store) -> None:
    plan = store.plans.add("town", town())
    edited = save(store, plan, "0000", "0001")
    store.close()
    with open_store(store.path) as again:
        assert again.plans.get(plan.id).head == edited.head
        assert again.plans.undo(plan.id, edited.head).head == plan.head


@settings(max_examples=30)
@given(steps=st.lists(st.sampled_from(["edit", "undo", "redo"]), max_size=25))
def test_undo_and_redo_follow_an_editor(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    """The store against the plainest model there is: a list and a position."""
    with open_store(tmp_path_factory.mktemp("undo") / "town.db") as store:
        plan = store.plans.add("town", town(1, 2))
        states, at = [as_bytes(store.plans.grid(plan.head))], 0
        for n, step in enumerate(steps):
            if step == "edit":
                row = store.plans.grid(plan.head).cells.iloc[[0]]
                old = row.index[0]
                row = row.set_axis([f"n{n:03}"])
                plan = store.plans.save(plan.id, plan.head, [old], row, {"op": "recode"})
                states, at = [*states[: at + 1], as_bytes(store.plans.grid(plan.head))], at + 1
            elif step == "undo" and at > 0:
                plan, at = store.plans.undo(plan.id, plan.head), at - 1
            elif step == "redo" and at < len(states) - 1:
                plan, at = store.plans.redo(plan.id, plan.head), at + 1
            assert as_bytes(store.plans.grid(plan.head)) == states[at]


@pytest.mark.parametrize("size", [3, 40])
def test_an_edit_writes_as_many_rows_in_a_city_as_in_a_village(store: Store, size: int) -> None:
    plan = store.plans.add("town", town(size, size))
    before = counts(store)
    save(store, plan, "0000", "0001")
    assert [b - a for a, b in zip(before, counts(store), strict=True)] == [1, 1, 3]


def counts(store: Store) -> list[int]:
    tables = (schema.versions, schema.cells, schema.changes)
    rows = [
        store.database.rows(sa.select(sa.func.count().label("n")).select_from(table))
        for table in tables
    ]
    return [row[0]["n"] for row in rows]


def test_the_second_to_save_is_refused_and_nothing_is_lost(store: Store) -> None:
    plan = store.plans.add("town", town())
    first = save(store, plan, "0000", "0001")
    with pytest.raises(Stale) as refused:
        save(store, plan, "0100", "0101")
    assert refused.value.values["version"] == first.head
    assert store.plans.get(plan.id).head == first.head
    assert [each.id for each in store.plans.between(plan.head, first.head)] == [first.head]
    assert store.plans.touched(first.head) == ["0000", "0001"]


def test_of_many_at_once_one_saves(store: Store) -> None:
    plan = store.plans.add("town", town())
    answers: list[str] = []

    def edit() -> None:
        try:
            save(store, plan, "0000", "0001")
            answers.append("saved")
        except Stale:
            answers.append("refused")

    threads = [threading.Thread(target=edit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["refused"] * 7 + ["saved"]


def test_a_published_plan_never_changes(store: Store) -> None:
    plan = store.plans.add("town", town())
    store.plans.publish(plan.id, plan.head, date(2020, 1, 1), "first")
    with pytest.raises(Conflict, match="published"):
        save(store, plan, "0000", "0001")
    with pytest.raises(Conflict):
        store.plans.publish(plan.id, plan.head, date(2021, 1, 1), "again")


def test_publishing_ends_the_plan_before(store: Store) -> None:
    old = store.plans.add("old", town())
    new = store.plans.draft("new", old.id)
    store.plans.publish(old.id, old.head, date(2020, 1, 1), "first")
    store.plans.publish(new.id, new.head, date(2021, 1, 1), "second")
    assert store.plans.get(old.id).valid_to == date(2021, 1, 1)
    assert store.plans.get(old.id).state(date(2020, 12, 31)) == "published"
    assert store.plans.get(old.id).state(date(2021, 1, 1)) == "retired"
    third = store.plans.draft("third", new.id)
    with pytest.raises(ValueRefused, match="2021-01-01"):
        store.plans.publish(third.id, third.head, date(2021, 1, 1), "same day")
    with pytest.raises(ValueRefused, match="why"):
        store.plans.publish(third.id, third.head, date(2022, 1, 1), "  ")


def test_a_cell_that_is_not_there_cannot_be_replaced(store: Store) -> None:
    plan = store.plans.add("town", town())
    row = store.plans.grid(plan.head).cells.iloc[[0]]
    with pytest.raises(NotFound):
        store.plans.save(plan.id, plan.head, ["nowhere"], row, {"op": "recode"})
    assert store.plans.get(plan.id).head == plan.head
