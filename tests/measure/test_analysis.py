"""Hot spots against esda, change against scipy, alarms by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy import sparse, stats

from gridmap.errors import ValueRefused
from gridmap.incidents.alarms import alarms, dispersion, weights
from gridmap.incidents.change import change
from gridmap.incidents.foretold import back_test, foretold, halves
from gridmap.incidents.hotspots import (
    false_discovery,
    getis_ord,
    hotspots,
    neighbours,
)
from gridmap.incidents.measure import Filter, measure, select
from gridmap.incidents.service import over_time


def libpysal_weights(near):
    from libpysal.weights import WSP, WSP2W

    return WSP2W(WSP(sparse.csr_matrix(near.astype(float))), silence_warnings=True)


def test_neighbours_are_those_of_queens(districts):
    from libpysal.weights import Queen

    near = neighbours(districts)
    queen = Queen.from_dataframe(districts.cells.reset_index(), use_index=False)
    assert (near.toarray() == queen.full()[0]).all()
    sectors = neighbours(districts, "SECTOR").toarray()
    shapes = districts.cells.dissolve("SECTOR").geometry.to_numpy()
    touch = shapely.intersects(shapes[:, None], shapes[None]) & ~np.eye(5, dtype=bool)
    assert (sectors == touch).all()


def test_z_is_that_of_esda(districts, crashes):
    from esda import G_Local

    figures = measure(crashes, districts, per="area")
    near = neighbours(districts)
    weights = libpysal_weights(near)
    peer = G_Local(figures["value"].to_numpy(), weights, transform="B", star=True, permutations=0)
    np.testing.assert_allclose(getis_ord(figures["value"], near), peer.Zs, rtol=0, atol=1e-9)


@pytest.mark.proof
def test_permutation_p_is_that_of_esda(districts, crashes):
    from esda import G_Local

    figures = measure(crashes, districts)
    near = neighbours(districts)
    found = hotspots(figures, near, seed=5, permutations=9999)
    peer = G_Local(
        figures["n"].to_numpy(float), libpysal_weights(near), transform="B", star=True,
        permutations=9999, seed=1,
    )  # fmt: skip
    two_sided = np.minimum(2 * peer.p_sim, 1)
    assert np.abs(found["p_sim"] - two_sided).max() < 0.05
    assert np.corrcoef(found["p_sim"], two_sided)[0, 1] > 0.999


def test_false_discovery_is_that_of_scipy():
    p = np.random.default_rng(0).beta(0.5, 3, 200)
    np.testing.assert_allclose(false_discovery(p), stats.false_discovery_control(p))
    holes = np.where(np.arange(200) % 7 == 0, np.nan, p)
    q = false_discovery(holes)
    known = np.isfinite(holes)
    np.testing.assert_allclose(q[known], stats.false_discovery_control(p[known]))
    assert np.isnan(q[~known]).all()


def grid_of(side):
    index = np.arange(side * side).reshape(side, side)
    near = sparse.lil_array((side * side, side * side), dtype=np.int8)
    for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
        for r in range(side - dr):
            for c in range(max(0, -dc), side - max(0, dc)):
                near[index[r, c], index[r + dr, c + dc]] = 1
                near[index[r + dr, c + dc], index[r, c]] = 1
    return sparse.csr_array(near)


def test_noise_has_no_hot_spots_and_a_planted_one_is_found():
    side, near = 30, grid_of(30)
    rng = np.random.default_rng(1)
    false = 0
    for seed in range(20):
        n = rng.poisson(4, side * side)
        frame = pd.DataFrame({"n": n, "value": n.astype(float)})
        false += (hotspots(frame, near, seed=seed, permutations=199)["kind"] == "hot").any()
    assert false <= 4  # at a rate of 0.05 one map in twenty is expected to hold any
    n = rng.poisson(4, (side, side))
    n[10:14, 10:14] += 8
    frame = pd.DataFrame({"n": n.ravel(), "value": n.ravel().astype(float)})
    found = hotspots(frame, near, seed=3)
    hot = (found["kind"] == "hot").to_numpy().reshape(side, side)
    assert hot[10:14, 10:14].all()
    assert hot.sum() <= 36
    assert (found.loc[found["kind"] == "hot", "around"] > 0).all()


def test_the_same_seed_gives_the_same_map(districts, crashes):
    figures, near = measure(crashes, districts), neighbours(districts)
    pd.testing.assert_frame_equal(hotspots(figures, near, seed=7), hotspots(figures, near, seed=7))


def test_too_few_and_nothing_to_relate_to():
    near = grid_of(30)
    n = np.zeros(900, dtype=int)
    n[450] = 3
    value = n.astype(float)
    value[0] = np.nan
    found = hotspots(pd.DataFrame({"n": n, "value": value}), near, seed=0)
    assert not (found["kind"] == "hot").any()
    assert (found["kind"] == "few").any()
    assert np.isnan(found["z"].iloc[0])
    same = hotspots(pd.DataFrame({"n": np.ones(900, int), "value": np.ones(900)}), near, seed=0)
    assert (same["kind"] == "").all()


def test_back_test_against_hand_made_figures():
    happened = np.array([10, 5, 0, 5])
    area = np.array([1.0, 1.0, 1.0, 1.0])
    told = back_test({"good": [4, 3, 2, 1], "bad": [0, 0, 9, 0]}, happened, area, [0.25, 0.5])
    good = told[told["method"] == "good"].set_index("share")
    assert good.loc[0.25, ["cells", "hits", "pai", "pei"]].tolist() == [1, 10, 2.0, 1.0]
    assert good.loc[0.5, ["cells", "hits", "pai", "pei"]].tolist() == [2, 15, 1.5, 1.0]
    bad = told[told["method"] == "bad"].set_index("share")
    assert bad.loc[0.25, "pai"] == 0


def test_back_test_of_cambridge_beside_a_plain_count(districts, crashes):
    before = measure(select(crashes, Filter(end=pd.Timestamp("2014-01-01"))), districts, per="area")
    after = measure(select(crashes, Filter(start=pd.Timestamp("2014-01-01"))), districts)
    z = hotspots(before, neighbours(districts), seed=1)["z"]
    told = back_test({"count": before["value"], "Gi*": z}, after["n"], districts.areas)
    assert (told["pei"] <= 1 + 1e-9).all()
    means = told.groupby("method")["pai"].mean()
    assert means["count"] > 3
    assert means["Gi*"] > 1


def test_hindsight_is_never_beaten():
    """A large cell that does not fit makes the watched area smaller; that is no merit."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        area, happened = rng.gamma(1, 2, 30), rng.poisson(2, 30)
        told = back_test({"any": rng.random(30)}, happened, area, [0.05, 0.2, 0.5, 1.0])
        assert (told["pei"].dropna() <= 1 + 1e-12).all()
    nothing = back_test({"any": rng.random(30)}, np.zeros(30), area)
    assert nothing["pai"].isna().all()
    assert nothing["pei"].isna().all()


def test_halves_meet_and_cover_the_period(districts, crashes):
    first, second = halves(crashes, Filter())
    parts = [len(select(crashes, half)) for half in (first, second)]
    assert sum(parts) == crashes["when"].notna().sum()
    assert first.end == second.start
    year = Filter(pd.Timestamp("2014-01-01").date(), pd.Timestamp("2015-01-01").date(), hours=(8,))
    first, second = halves(crashes, year)
    assert first.hours == second.hours == (8,)
    assert str(second.start.date()) == "2014-07-02"
    told = foretold(crashes, districts, neighbours(districts), (first, second))
    assert set(told["method"]) == {"count", "density", "hotspots"}
    before = measure(select(crashes, first), districts)["n"].sort_values(ascending=False)
    row = told[told["method"] == "count"].iloc[-1]
    watched = before.sort_values(ascending=False, kind="stable").index[: row["cells"]]
    after = select(crashes, second)
    assert row["hits"] == after["cell"].isin(watched).sum()
    day = pd.Timestamp("2014-01-01").date()
    for chosen in (Filter(day, pd.Timestamp("2014-01-02").date()),):
        with pytest.raises(ValueRefused):
            halves(crashes, chosen)
    with pytest.raises(ValueRefused):
        halves(crashes.iloc[:0], Filter())


def test_change_is_an_exact_test():
    index = list("abcd")
    before = pd.DataFrame({"n": [10, 40, 1, 0]}, index=index)
    after = pd.DataFrame({"n": [30, 38, 1, 9]}, index=index)
    found = change(before, after)
    assert found.loc["a", "p"] == pytest.approx(stats.binomtest(30, 40, 0.5).pvalue)
    assert found["kind"].tolist() == ["more", "", "few", "more"]
    assert np.isnan(found.loc["d", "ratio"])
    twice = change(before, after, days=(10, 20))
    assert twice.loc["a", "expected"] == 20
    assert twice.loc["a", "p"] == pytest.approx(
        min(1, 2 * stats.binom.sf(29, 40, 2 / 3)), rel=1e-12
    )


def test_change_raises_no_more_false_alarms_than_stated():
    rng = np.random.default_rng(4)
    rates = rng.gamma(2, 6, 200)
    maps = 0
    for _ in range(200):
        before, after = (pd.DataFrame({"n": rng.poisson(rates)}) for _ in range(2))
        maps += change(before, after)["kind"].isin(["more", "less"]).any()
    assert maps <= 200 * 0.05 * 1.5


MONTHS = pd.period_range("2012-01", periods=49, freq="M")


def history(rng, units, shape, growth=0.0):
    """Counts of units whose rate never changes, but for the season and the city's growth."""
    rates = rng.gamma(1.5, 4, units)[:, None]
    wave = 1 + 0.4 * np.sin(2 * np.pi * (np.arange(49) % 12) / 12)
    mean = rates * wave * (1 + growth) ** np.arange(49)
    if shape is not None:
        mean = mean * rng.gamma(shape, 1 / shape, mean.shape)
    return pd.DataFrame(rng.poisson(mean), columns=MONTHS)


@pytest.mark.parametrize("shape", [None, 6.0], ids=["poisson", "overdispersed"])
@pytest.mark.parametrize("rate", [0.01, 0.05])
def test_false_alarms_are_at_most_the_rate_stated(shape, rate):
    rng = np.random.default_rng(11)
    raised = units = 0
    for _ in range(40):
        found = alarms(history(rng, 300, shape), rate=rate)
        raised += int(found["alarm"].sum())
        units += len(found)
        assert found.attrs["false"] == rate * 300
    limit = stats.binom.ppf(0.999, units, rate)
    if shape is not None:
        limit *= (
            1.5  # the dispersion is pooled: units that scatter most raise more, the others less
        )
    assert raised <= limit


@pytest.mark.parametrize("growth", [0.01, -0.01])
def test_a_city_that_grows_raises_no_more_false_alarms(growth):
    rng = np.random.default_rng(14)
    raised = sum(
        int(alarms(history(rng, 300, None, growth), 0.05)["alarm"].sum()) for _ in range(20)
    )
    assert raised <= stats.binom.ppf(0.999, 20 * 300, 0.05)


def test_a_real_rise_is_found():
    rng = np.random.default_rng(12)
    counts = history(rng, 300, None)
    counts.iloc[7, -1] = int(counts.iloc[7, :-1].mean() * 3 + 15)
    found = alarms(counts)
    assert found["alarm"].iloc[7]
    assert found["expected"].iloc[7] < counts.iloc[7, -1] / 2


def test_season_and_scatter_are_seen():
    rng = np.random.default_rng(13)
    counts = history(rng, 400, None)
    weight = weights(counts)
    assert weight[3] > 1.25
    assert weight[9] < 0.75
    assert dispersion(counts.to_numpy(float)[:, :-1], weight[:-1]) == pytest.approx(1, abs=0.06)
    wild = history(rng, 400, 3.0)
    assert dispersion(wild.to_numpy(float)[:, :-1], weights(wild)[:-1]) > 1.5
    with pytest.raises(ValueRefused):
        alarms(counts.iloc[:, :6])


def test_months_hold_every_placed_crash(districts, crashes):
    counts = over_time(crashes, districts, "SECTOR")
    assert counts.to_numpy().sum() == 9019
    assert list(counts.columns) == list(pd.period_range("2010-01", "2016-06", freq="M"))
    local = crashes["when"].dt.tz_localize(None).dt.to_period("M")
    sector = crashes["cell"].map(districts.cells["SECTOR"].astype(str))
    assert (
        counts.loc["3", pd.Period("2014-02")]
        == ((sector == "3") & (local == pd.Period("2014-02"))).sum()
    )
