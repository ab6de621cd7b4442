"""Public tables: what is hidden stays hidden from whoever can add and subtract."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from gridmap.incidents import suppress
from gridmap.incidents.sums import CITY, UNPLACED, atoms_of, sums_of
from gridmap.incidents.suppress import hidden, public_table

LEVELS = ("SECTOR", "CAR_RTE")


def ranges(counts, matrix, hide, which):
    """The least and the largest value a hidden sum can have, solved afresh."""
    dense = matrix.toarray()
    shown = ~hide
    answers = []
    for sign in (1, -1):
        found = linprog(
            sign * dense[which],
            A_ub=-dense[hide],
            b_ub=-np.ones(hide.sum()),
            A_eq=dense[shown],
            b_eq=counts[shown],
            method="highs",
        )
        answers.append(sign * found.fun if found.status == 0 else np.inf)
    return answers


def assert_safe(counts, matrix, hide, least):
    small = (counts > 0) & (counts < least)
    assert not (small & ~hide).any()
    for which in np.flatnonzero(small):
        low, high = ranges(counts, matrix, hide, which)
        assert low <= counts[which] + 1e-6
        assert high >= least - 1e-6, f"sum {which} is at most {high}"


def two_way(rows, columns):
    """Sums of a table with its margins."""
    across = np.vstack([np.eye(rows), np.ones(rows)])
    along = np.vstack([np.eye(columns), np.ones(columns)])
    return sparse.csr_array(np.kron(across, along))


def test_a_lone_small_count_takes_others_with_it():
    matrix = two_way(3, 3)
    table = np.array([[20, 3, 30], [15, 40, 10], [12, 50, 60]])
    counts = (matrix @ table.ravel()).astype(np.int64)
    hide = hidden(counts, matrix, 5)
    assert hide.sum() >= 4  # in a table with margins at least a rectangle
    assert_safe(counts, matrix, hide, 5)
    alone = (counts > 0) & (counts < 5)
    low, high = ranges(counts, matrix, alone, int(np.flatnonzero(alone)[0]))
    assert low == high == 3  # without the others it could be worked out


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_small_count_can_be_worked_out(data):
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    cells = st.integers(0, 6) | st.integers(0, 60)
    table = data.draw(st.lists(cells, min_size=rows * columns, max_size=rows * columns))
    matrix = two_way(rows, columns)
    counts = (matrix @ np.array(table)).astype(np.int64)
    least = data.draw(st.integers(2, 8))
    hide = hidden(counts, matrix, least)
    assert not hide[counts == 0].any()
    assert_safe(counts, matrix, hide, least)


@pytest.fixture(scope="module")
def table(districts, crashes):
    rows = crashes[crashes["when"] >= "2015-07-01"]
    return rows, public_table(rows, districts, LEVELS, categories=3)


def test_what_is_shown_is_true(districts, table):
    rows, shown = table
    assert len(shown) == 12 * 5 * (1 + 6 + 10)  # months, categories, units with unplaced
    month = rows["when"].dt.tz_localize(None).dt.strftime("%Y-%m")
    sector = rows["cell"].map(districts.cells["SECTOR"].astype(str)).fillna(UNPLACED)
    main = rows["category"].value_counts().index[:3]
    kind = rows["category"].where(rows["category"].isin(main), "other")
    counts = rows.groupby([sector.to_numpy(), month.to_numpy(), kind.to_numpy()]).size()
    sectors = shown[(shown["level"] == "SECTOR") & (shown["category"] != "all")]
    for row in sectors.itertuples():
        true = counts.get((row.unit, row.month, row.category), 0)
        assert row.n == true if row.n is not pd.NA else true > 0
    whole = shown[(shown["level"] == CITY) & (shown["category"] == "all")].set_index("month")["n"]
    assert whole.sum() == len(rows)
    assert not ((shown["n"] > 0) & (shown["n"] < 5)).any()


def test_no_crash_count_can_be_worked_out(districts, table):
    rows, shown = table
    atoms, _ = atoms_of(rows, districts, LEVELS)
    kinds = sorted(set(shown["category"]) - {"all"})
    sums = sums_of(atoms, kinds, LEVELS)
    months = sorted(set(shown["month"]))
    for month in months[:: len(months) // 3]:
        part = shown[shown["month"] == month]
        hide = part["n"].isna().to_numpy()
        assert hide.any()
        counts = _true_counts(rows, districts, month, kinds, sums)
        assert_safe(counts, sums.matrix, hide, 5)


def test_months_of_which_nothing_changed_are_taken_over(districts, table, monkeypatch):
    rows, shown = table
    made = []
    monkeypatch.setattr(suppress, "hidden", lambda *of: made.append(1) or hidden(*of))
    again = public_table(rows, districts, LEVELS, categories=3, earlier=shown)
    assert made == []
    pd.testing.assert_frame_equal(again, shown)
    late = rows[rows["when"].dt.tz_localize(None).dt.strftime("%Y-%m") == "2015-11"].iloc[:9]
    more = pd.concat([rows, late])
    changed = public_table(more, districts, LEVELS, categories=3, earlier=shown)
    assert made == [1]
    pd.testing.assert_frame_equal(changed, public_table(more, districts, LEVELS, categories=3))
    public_table(rows, districts, LEVELS, categories=3, least=6, earlier=shown)
    assert len(made) == 1 + 12 + 12


def test_equations_add_up(districts, table):
    rows, _ = table
    atoms, _ = atoms_of(rows, districts, LEVELS)
    sums = sums_of(atoms, ["a", "b"], LEVELS)
    matrix = sums.matrix.toarray()
    assert len(sums.equations) > 16
    for total, *members in sums.equations:
        assert (matrix[total] == matrix[members].sum(axis=0)).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 6), st.integers(2, 4))
def test_no_small_count_of_nested_levels_can_be_worked_out(seed, units, kinds):
    """Towns of villages, and wards that cross them; most counts small."""
    rng = np.random.default_rng(seed)
    atoms = pd.DataFrame({"town": [f"t{n // 2}" for n in range(units)],
                          "village": [f"v{n}" for n in range(units)],
                          "ward": [f"w{n % 2}" for n in range(units)]})  # fmt: skip
    sums = sums_of(atoms, [f"k{n}" for n in range(kinds)], ("town", "village", "ward"))
    basic = rng.poisson(rng.choice([0.5, 3, 12], units * kinds))
    counts = (sums.matrix @ basic).astype(np.int64)
    hide = hidden(counts, sums.matrix, 5, sums.equations)
    assert not hide[counts == 0].any()
    assert_safe(counts, sums.matrix, hide, 5)


def _true_counts(rows, districts, month, kinds, sums):
    _, atom = atoms_of(rows, districts, LEVELS)
    main = rows["category"].where(rows["category"].isin(kinds), "other")
    column = pd.Index(kinds).get_indexer(main) + atom * len(kinds)
    chosen = rows["when"].dt.tz_localize(None).dt.strftime("%Y-%m") == month
    basic = np.bincount(column[chosen.to_numpy()], minlength=sums.matrix.shape[1])
    return (sums.matrix @ basic).astype(np.int64)
