"""Counts and rates against plain pandas; every incident accounted for."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import ColumnError, ValueRefused
from gridmap.incidents.measure import Filter, measure, select, totals
from gridmap.incidents.service import service
from gridmap.layers.choropleth import FEW, NO_DATA, PALETTES, ZERO, choropleth, classes


def test_every_crash_is_accounted_for(crashes):
    assert totals(crashes) == {
        "placed": 9019,
        "unplaced": 1316,
        "total": 10335,
        "reasons": {"no-coordinates": 1225, "outside": 91},
        "untimed": 0,
    }


@pytest.mark.parametrize("level", [None, "SECTOR", "CAR_RTE", "WALK_RTE"])
def test_counts_are_those_of_pandas(districts, crashes, level):
    figures = measure(crashes, districts, level)
    group = districts.cells[level or "NBHD"].astype(object)
    names = pd.Series(districts.codes, districts.codes) if level is None else group
    names = names.map(lambda name: "" if pd.isna(name) else str(name))
    expected = crashes.loc[crashes["cell"] != "", "cell"].map(names).value_counts()
    assert figures["n"].sum() == 9019
    assert figures["cells"].sum() == 117
    for name, row in figures.iterrows():
        assert row["n"] == expected.get(name, 0)


def test_rates(districts, crashes):
    counts = measure(crashes, districts)
    by_area = measure(crashes, districts, per="area")
    np.testing.assert_allclose(by_area["value"] * districts.areas / 1e6, counts["n"])
    by_people = measure(crashes, districts, per="people")
    assert np.isnan(by_people["value"].iloc[0])
    np.testing.assert_allclose(
        by_people["value"].iloc[1:], 1000 * counts["n"].iloc[1:] / np.arange(1, 117)
    )
    assert measure(crashes, districts, per="share")["value"].sum() == pytest.approx(100)


def test_filter_is_that_of_pandas(crashes):
    chosen = Filter(date(2012, 1, 1), date(2013, 1, 1), ("Auto",), weekdays=(4, 5), hours=(22, 23))
    local = crashes["when"].dt.tz_localize(None)
    mask = (local.dt.year == 2012) & (crashes["category"] == "Auto")
    mask &= local.dt.day_of_week.isin([4, 5]) & local.dt.hour.isin([22, 23])
    assert select(crashes, chosen).index.equals(crashes.index[mask])
    assert mask.sum() == 22


def test_halves_of_a_period_make_the_whole(crashes):
    def count(start, end):
        return totals(crashes, Filter(start, end))["total"]

    middle = date(2013, 3, 10)  # the clocks change on this day
    whole = count(date(2010, 1, 1), date(2017, 1, 1))
    assert count(date(2010, 1, 1), middle) + count(middle, date(2017, 1, 1)) == whole == 10335


def test_what_a_filter_cannot_judge_is_counted(crashes):
    rows = crashes.head(100).copy()
    rows.loc[rows.index[:10], "when"] = pd.NaT
    rows.loc[rows.index[10:30], "day_only"] = True
    every_hour = totals(rows, Filter(hours=tuple(range(24))))
    assert (every_hour["total"], every_hour["untimed"]) == (70, 30)
    every_day = totals(rows, Filter(weekdays=tuple(range(7))))
    assert (every_day["total"], every_day["untimed"]) == (90, 10)
    assert totals(rows)["total"] == 100


def test_refusals(districts, crashes):
    with pytest.raises(ColumnError, match="SHIRE"):
        measure(crashes, districts, "SHIRE")
    with pytest.raises(ColumnError, match="CAR_RTE"):
        measure(crashes, districts, per="CAR_RTE")
    with pytest.raises(ValueRefused, match="another plan"):
        measure(crashes.assign(cell="x"), districts)
    with pytest.raises(ValueRefused):
        Filter(hours=(24,))
    with pytest.raises(ValueRefused):
        Filter(date(2013, 1, 1), date(2012, 1, 1))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 5000) | st.floats(0.001, 1e6), min_size=1, max_size=60),
    st.integers(2, 7),
    st.sampled_from(["quantiles", "natural", "equal", "pretty"]),
)
def test_every_value_has_a_class(values, k, scheme):
    breaks = classes(values, k, scheme)
    assert len(breaks) <= k
    assert list(breaks) == sorted(set(breaks))
    figures = pd.DataFrame({"n": 9, "value": values})
    shown = choropleth(figures, breaks)
    positive = np.asarray(values, dtype=float) > 0
    assert (shown.shade[positive] >= 0).all()
    assert (shown.shade[~positive] == ZERO).all()
    if positive.any():
        assert breaks[-1] == max(values)
    assert sum(step.cells for step in shown.steps) == len(values)
    for value, shade in zip(values, shown.shade, strict=True):
        if shade >= 0:
            step = shown.steps[shade]
            assert step.low < value <= step.high


def test_states_are_apart():
    figures = pd.DataFrame({"n": [0, 3, 9, 0, 40], "value": [0, 1.5, 2.5, np.nan, 9]})
    shown = choropleth(figures.assign(people=[90, 49, 50, 0, 700]), (3.0, 5.0), least=50)
    assert shown.shade.tolist() == [ZERO, FEW, 0, NO_DATA, 1]
    assert len(set(shown.fills())) == 5
    assert shown.n == 52
    assert shown.steps[1].high == 9  # a later period's larger value stays in the last class
    assert [step.state for step in shown.steps] == ["class", "class", "zero", "few", "none"]


def _luminance_as_seen(color: str, blindness: str) -> float:
    """Relative luminance after Viénot, Brettel and Mollon's (1999) projection."""
    srgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = {
        "normal": np.eye(3),
        "protan": np.array([[0.112, 0.888, 0], [0.112, 0.888, 0], [0.004, -0.004, 1]]),
        "deutan": np.array([[0.293, 0.707, 0], [0.293, 0.707, 0], [-0.021, 0.021, 1]]),
    }[blindness]
    return float(np.array([0.2126, 0.7152, 0.0722]) @ (seen @ linear))


@pytest.mark.parametrize("blindness", ["normal", "protan", "deutan"])
@pytest.mark.parametrize("name", ["YlOrRd", "YlGnBu", "Purples", "viridis"])
def test_sequential_palettes_darken_for_every_eye(name, blindness):
    seen = [_luminance_as_seen(color, blindness) for color in PALETTES[name]]
    assert all(high < low * 0.93 for low, high in pairwise(seen))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.01, 1e6), min_size=9, max_size=60, unique=True), st.integers(2, 7))
def test_quantiles_are_those_of_mapclassify(values, k):
    import mapclassify

    wanted = mapclassify.Quantiles(np.array(values), k=k).bins
    np.testing.assert_allclose(classes(values, k), wanted, rtol=1e-12)


def test_a_state_nobody_recorded_is_no_delay(districts, crashes):
    """Crashes came without states: one report by hand makes no rate of nought of all of them."""
    never = pd.Series(pd.NaT, crashes.index, dtype="datetime64[ns, America/New_York]")
    some = crashes.assign(status="", due=never, closed=never, satisfied=np.nan)
    cell = some.loc[some["cell"] != "", "cell"].iloc[0]
    mine = some.index[some["cell"] == cell]
    some.loc[mine[:2], "status"] = ["open", "closed"]
    found = service(some, districts, pd.Timestamp("2026-01-01", tz="America/New_York"))
    assert (found.loc[cell, "told"], found.loc[cell, "response"]) == (2, 50)
    assert found.drop(cell)["response"].isna().all()
