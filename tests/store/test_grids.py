"""A version is read by what sets it apart from another, as a reading of the whole gives it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from gridmap import open_store
from gridmap.journeys.city import City
from gridmap.store import grids
from tests.store.towns import town

if TYPE_CHECKING:
    import pytest

    from gridmap.store import Plan, Store

OUTLINE = shapely.coverage_union_all(town(2, 2).shapes)
ACTS = st.tuples(
    st.sampled_from(["edit", "drop", "undo", "draft"]),
    st.sampled_from([None, 7, 1.5, "seven"]),
    st.booleans(),
)


def stepped(store: Store, plan: Plan, number: int, act: tuple[str, object, bool]) -> Plan:
    """Do something to a plan: cells come, go, gain columns and lose values; the boundary grows."""
    step, value, wider = act
    row = store.plans.grid(plan.head).cells.iloc[[0]]
    if step == "draft":
        return store.plans.draft(f"draft {number}", plan.id)
    if step == "undo":
        undone = store.plans.version(plan.head).edit is not None
        return store.plans.undo(plan.id, plan.head) if undone else plan
    if step == "drop" and len(store.plans.grid(plan.head).codes) == 1:
        return plan
    new = row.set_axis([f"{number % 2}{number:03}"]).assign(people=[value])
    new = new.assign(note=["new"]) if wider else new
    new = new if step == "edit" else new.iloc[:0]
    edge = shapely.segmentize(OUTLINE, 0.003 + number / 1000) if wider else None
    return store.plans.save(plan.id, plan.head, list(row.index), new, {"op": step}, "", edge)


@settings(max_examples=8, deadline=None)
@given(acts=st.lists(ACTS, max_size=6))
def test_as_a_reading_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, object, bool]]
) -> None:
    with open_store(tmp_path_factory.mktemp("apart") / "town.db") as store:
        plan = store.plans.add("town", replace(town(2, 2), boundary=OUTLINE))
        heads = {plan.head, store.plans.add("other", town(1, 2)).head}
        for number, act in enumerate(acts):
            plan = stepped(store, plan, number, act)
            heads.add(plan.head)
        whole = {head: store.plans.grid(head) for head in heads}
        for head, wanted in whole.items():
            for other, known in whole.items():
                found = store.plans.grid(head, (other, known))
                assert_frame_equal(found.cells, wanted.cells, check_dtype=False, check_like=True)
                assert (found.boundary, found.levels) == (wanted.boundary, wanted.levels)


def test_what_did_not_change_is_taken_over(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.plans.add("town", town())
    row = store.plans.grid(first.head).cells.iloc[[4]].set_axis(["new"])
    edited = store.plans.save(first.id, first.head, ["0101"], row, {"op": "recode"})
    city = City(store)
    shapes = city.grid(edited.head).cells.geometry
    back = city.grid(first.head).cells.geometry
    assert all(back[code] is shapes[code] for code in shapes.index.drop("new"))
    assert list(back.index) == list(town().codes)
    monkeypatch.setattr(grids, "FEW", 1)
    again = City(store)
    again.grid(edited.head)
    assert list(again.grid(first.head).codes) == list(town().codes)
