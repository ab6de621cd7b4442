"""Boston's requests of 2015: every figure recomputed with plain pandas."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gridmap.grid.model import Grid
from gridmap.incidents.change import change
from gridmap.incidents.hotspots import hotspots, neighbours
from gridmap.incidents.measure import Filter, measure, select, totals
from gridmap.incidents.service import ranking, service

ZONE = "America/New_York"
NOW = pd.Timestamp("2016-01-15", tz=ZONE)
CITY_HALL = (-71.0587, 42.3594)


@pytest.fixture(scope="module")
def districts(shared_data):
    """The twelve police districts, a clean layer."""
    path = (shared_data / "boston" / "police_districts.epsg2249.geojson.gz").resolve()
    frame = gpd.read_file(f"/vsigzip/{path}").set_crs(2249, allow_override=True).to_crs(26986)
    frame["side"] = np.where(frame["DISTRICT"].str[0] < "C", "A", "B")
    return Grid.from_frame(frame, "DISTRICT", levels=("side",))


@pytest.fixture(scope="module")
def raw(shared_data, districts):
    """The requests as pandas reads them, joined by geopandas."""
    moments = ["open_dt", "target_dt", "closed_dt"]
    path = shared_data / "boston" / "requests_311_2015.csv.gz"
    rows = pd.read_csv(path, parse_dates=moments, low_memory=False)
    points = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), crs=4326).to_crs(26986)
    cells = districts.cells[["geometry"]].reset_index()
    joined = gpd.sjoin(gpd.GeoDataFrame(geometry=points), cells, predicate="intersects")
    rows["cell"] = joined.groupby(level=0)["code"].min().reindex(rows.index).fillna("")
    return rows


@pytest.fixture(scope="module")
def requests(raw):
    """The same as an incident frame."""

    def local(column):
        return raw[column].dt.tz_localize(ZONE, ambiguous=False, nonexistent="shift_forward")

    return pd.DataFrame(
        {
            "id": raw["case_id"].astype(str),
            "lon": raw["lon"],
            "lat": raw["lat"],
            "when": local("open_dt"),
            "day_only": False,
            "category": raw["reason"].fillna(""),
            "source": raw["source"].fillna(""),
            "status": raw["status"].fillna(""),
            "due": local("target_dt"),
            "closed": local("closed_dt"),
            "satisfied": np.nan,
            "cell": raw["cell"],
            "reason": np.where(raw["cell"] == "", "outside", "ok"),
        }
    )


def test_every_request_is_accounted_for(raw, requests):
    told = totals(requests)
    assert told["total"] == len(raw) == 120_974
    assert told["placed"] == (raw["cell"] != "").sum() > 118_000


def test_the_four_rates(raw, requests, districts):
    found = service(requests, districts, NOW)
    now = NOW.tz_localize(None)
    for code, rows in raw[raw["cell"] != ""].groupby("cell"):
        closed = rows["closed_dt"] <= now
        row = found.loc[code]
        assert row["n"] == len(rows)
        assert row["closed"] == closed.sum()
        assert row["resolution"] == pytest.approx(100 * closed.mean())
        taken = closed | (rows["status"].str.lower() != "open")
        assert row["response"] == pytest.approx(100 * taken.mean())
        due = rows[rows["target_dt"].notna() & (closed | (rows["target_dt"] < now))]
        in_time = (due["closed_dt"] <= now) & (due["closed_dt"] <= due["target_dt"])
        assert row["judged"] == len(due)
        assert row["on_time"] == pytest.approx(100 * in_time.mean())
        assert np.isnan(row["satisfaction"])
        assert row["asked"] == 0
        hours = (rows["closed_dt"] - rows["open_dt"])[closed].dt.total_seconds() / 3600
        assert row["odd"] == (hours < 0).sum()
        assert row["median_hours"] == pytest.approx(hours[hours >= 0].median(), abs=1.01)
        assert row["open"] == (~closed).sum()
        assert row["overdue"] == (~closed & (rows["target_dt"] < now)).sum()
    assert found["odd"].sum() > 100
    assert found["overdue"].sum() > 1000


def test_the_published_verdict_on_time(raw, requests, districts):
    """The city's own OnTime column, where a request has a target and has been closed."""
    found = service(requests, districts, NOW)
    rows = raw[(raw["cell"] != "") & raw["target_dt"].notna() & (raw["closed_dt"] <= "2016-01-15")]
    ours = rows["closed_dt"] <= rows["target_dt"]
    agree = (ours == (rows["on_time"] == "ONTIME")).mean()
    assert agree > 0.99
    assert 50 < found["on_time"].mean() < 95


def test_the_monthly_ranking(raw, requests, districts):
    sheet = ranking(requests, districts, pd.Timestamp("2015-06-10").date(), NOW, by="on_time")
    month = raw["open_dt"].dt.strftime("%Y-%m")
    june = raw[(month == "2015-06") & (raw["cell"] != "")]
    may = raw[(month == "2015-05") & (raw["cell"] != "")]
    counts, before = june["cell"].value_counts(), may["cell"].value_counts()
    chance = {}
    for code, row in sheet.iterrows():
        assert row["n"] == counts.get(code, 0)
        assert row["n_before"] == before.get(code, 0)
        if min(row["n"], row["n_before"]) < 5:
            assert np.isnan(row["change"])
            assert row["sure"] == "few"
        else:
            change_ = 100 * (counts[code] - before[code]) / before[code]
            assert row["change"] == pytest.approx(change_, abs=0.05001)
            drawn = stats.binom(int(counts[code] + before[code]), 30 / 61)
            tail = min(drawn.cdf(counts[code]), drawn.sf(counts[code] - 1))
            chance[code] = min(1.0, 2 * tail)
    sure = stats.false_discovery_control(list(chance.values())) <= 0.05
    assert (sheet.loc[list(chance), "sure"] != "").tolist() == sure.tolist()
    ranked = sheet["on_time"].where(sheet["n"] >= 5).rank(method="min", ascending=False)
    assert sheet["rank"].dropna().tolist() == ranked.dropna().tolist()
    assert sheet["rank"].dropna().is_monotonic_increasing


def test_the_change_map(raw, requests, districts):
    spring = Filter(pd.Timestamp("2015-03-01"), pd.Timestamp("2015-06-01"))
    summer = Filter(pd.Timestamp("2015-06-01"), pd.Timestamp("2015-09-01"))
    figures = [measure(select(requests, period), districts) for period in (spring, summer)]
    found = change(*figures, days=(92, 92))
    day = raw["open_dt"].dt.strftime("%Y-%m-%d")
    placed = raw["cell"] != ""
    before = raw[placed & (day >= "2015-03-01") & (day < "2015-06-01")]["cell"].value_counts()
    after = raw[placed & (day >= "2015-06-01") & (day < "2015-09-01")]["cell"].value_counts()
    p = []
    for code, row in found.iterrows():
        new, old = int(after.get(code, 0)), int(before.get(code, 0))
        assert (row["n"], row["n_before"], row["value"]) == (new, old, new - old)
        p.append(stats.binomtest(new, new + old, 0.5).pvalue)
    np.testing.assert_allclose(found["p"], p, rtol=1e-9)
    q = stats.false_discovery_control(p)
    np.testing.assert_allclose(found["q"], q, rtol=1e-9)
    kind = np.where(q <= 0.05, np.where(found["value"] > 0, "more", "less"), "")
    assert found["kind"].tolist() == kind.tolist()


@pytest.fixture(scope="module")
def precincts(shared_data):
    """All 255 precincts as they were published, overlaps and all."""
    path = (shared_data / "boston" / "precincts.epsg2249.geojson.gz").resolve()
    frame = gpd.read_file(f"/vsigzip/{path}").set_crs(2249, allow_override=True).to_crs(26986)
    frame["geometry"] = frame.geometry.make_valid(method="structure")
    return Grid.from_frame(frame, "WARD_PRECINCT")


def test_the_hot_spots(raw, requests, precincts):
    """Gi* of esda over the precincts, with the default coordinate left out."""
    from esda import G_Local
    from libpysal.weights import Queen

    real = ~(
        (raw["lon"] - CITY_HALL[0]).abs().lt(1e-6) & (raw["lat"] - CITY_HALL[1]).abs().lt(1e-6)
    )
    points = gpd.GeoSeries(gpd.points_from_xy(raw["lon"], raw["lat"]), crs=4326).to_crs(26986)
    cells = precincts.cells[["geometry"]].reset_index()
    joined = gpd.sjoin(gpd.GeoDataFrame(geometry=points[real]), cells, predicate="intersects")
    cell = joined.groupby(level=0)["code"].min().reindex(raw.index).fillna("")
    placed = requests.assign(cell=cell, reason=np.where(cell == "", "outside", "ok"))
    figures = measure(placed, precincts, per="area")
    counts = cell[cell != ""].value_counts().reindex(precincts.codes).fillna(0).to_numpy()
    density = counts / (precincts.cells.area.to_numpy() / 1e6)
    np.testing.assert_allclose(figures["value"], density)
    found = hotspots(figures, neighbours(precincts), seed=1)
    queen = Queen.from_dataframe(precincts.cells.reset_index(), use_index=False)
    peer = G_Local(density, queen, transform="B", star=True, permutations=0)
    same = np.array([len(queen.neighbors[i]) for i in range(len(density))]) == np.diff(
        neighbours(precincts).indptr
    )
    assert same.mean() > 0.6  # queens by shared vertices miss neighbours that overlap or part
    np.testing.assert_allclose(found["z"].to_numpy()[same], peer.Zs[same], rtol=0, atol=1e-9)
    q = stats.false_discovery_control(2 * stats.norm.sf(np.abs(found["z"])))
    np.testing.assert_allclose(found["q"], q, rtol=1e-9)
    assert 5 < (found["kind"] == "hot").sum() < 80
