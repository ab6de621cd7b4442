"""Incidents over HTTP: figures against plain pandas, lists, reports, corrections, files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from gridmap.incidents.measure import Filter
from gridmap.journeys.incidents import figures as journeys
from gridmap.server.schemas import FiguresAnswer
from tests.server.conftest import finished

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient

    from gridmap.store import Store

API = "/api/v1/incidents"
TOTALS = {"placed": 9019, "unplaced": 1316, "total": 10_335}


@pytest.fixture(scope="session")
def crashes(cambridge: Path) -> pd.DataFrame:
    """The crashes by plain means: pandas and geopandas.sjoin."""
    frame = pd.read_csv(cambridge / "crashes_2010_2016.csv.gz")
    frame["when"] = pd.to_datetime(frame["datetime"])
    cells = gpd.read_file(f"/vsigzip/{cambridge / 'response_districts.geojson.gz'}")
    points = gpd.GeoDataFrame(
        frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326
    )
    joined = points.dropna(subset=["lon"]).sjoin(cells[["CADRA", "SECTOR", "geometry"]])
    joined = joined[~joined.index.duplicated()]
    frame["cell"] = joined["CADRA"].astype(int).astype(str)
    frame["sector"] = joined["SECTOR"].astype(int).astype(str)
    return frame


def figures(reader: TestClient, **asked: Any) -> dict[str, Any]:
    answer = reader.get(f"{API}/figures", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_code(found: dict[str, Any], name: str = "n") -> dict[str, Any]:
    return {row["code"]: row[name] for row in found["rows"]}


def test_totals_account_for_every_incident(reader: TestClient) -> None:
    found = reader.get(f"{API}/totals").json()
    assert {name: found[name] for name in TOTALS} == TOTALS
    assert found["reasons"] == {"no-coordinates": 1225, "outside": 91}


def test_every_cell_is_that_of_geopandas(reader: TestClient, crashes: pd.DataFrame) -> None:
    answer = reader.get("/api/v1/export", params={"what": "incidents"})
    ours = pd.read_csv(io.BytesIO(answer.content), dtype=str).set_index("ref")["cell"]
    theirs = crashes.set_index(crashes["row_id"].astype(str))["cell"]
    assert ours.notna().sum() == theirs.notna().sum() == 9019
    apart = (ours.reindex(theirs.index).fillna("") != theirs.fillna("")).sum()
    assert apart <= 30, "points within a hair of a border"


def test_filters_equal_those_of_pandas(reader: TestClient, crashes: pd.DataFrame) -> None:
    asked = {
        "level": "SECTOR",
        "start": "2012-01-01",
        "end": "2015-01-01",
        "category": ["Auto", "Taxi"],
        "weekday": [4, 5],
        "hour": [22, 23, 0, 1],
    }
    when = crashes["when"]
    keep = (when >= "2012-01-01") & (when < "2015-01-01")
    keep &= crashes["object_1"].isin(["Auto", "Taxi"])
    keep &= when.dt.day_of_week.isin([4, 5]) & when.dt.hour.isin([22, 23, 0, 1])
    theirs = crashes[keep]
    found = figures(reader, **asked)
    assert by_code(found) == theirs["sector"].value_counts().to_dict()
    assert found["totals"]["total"] == len(theirs)


def test_rates_are_counts_over_people_and_ground(reader: TestClient) -> None:
    people, area = (figures(reader, per=per, level="SECTOR") for per in ("people", "area"))
    for row in people["rows"]:
        assert row["value"] == pytest.approx(1000 * row["n"] / row["people"])
    for row in area["rows"]:
        assert row["value"] == pytest.approx(row["n"] / row["area_km2"])
    assert sum(row["people"] for row in people["rows"]) == 101_330
    assert (people["unit"], area["unit"]) == ("per_1000", "per_km2")


def test_a_second_period_is_compared(reader: TestClient) -> None:
    asked = {"start": "2015-01-01", "end": "2016-01-01"}
    second = {"start2": "2014-01-01", "end2": "2015-01-01"}
    found = figures(reader, **asked, **second, level="SECTOR")
    other = figures(reader, start="2014-01-01", end="2015-01-01", level="SECTOR")
    assert by_code(found, "n2") == by_code(other)
    assert found["totals2"]["total"] == other["totals"]["total"]
    assert all(row["change"] == row["n"] - row["n2"] for row in found["rows"])


def test_a_group_without_a_name_has_its_row(reader: TestClient) -> None:
    found = figures(reader, level="WALK_RTE")
    assert "" in by_code(found)
    assert sum(by_code(found).values()) == 9019


def test_histogram_clock_and_facets_add_up(reader: TestClient, crashes: pd.DataFrame) -> None:
    for step in ("day", "week", "month"):
        bars = reader.get(f"{API}/histogram", params={"step": step}).json()["bars"]
        assert sum(bar["n"] for bar in bars) == 10_335
    months = crashes["when"].dt.strftime("%Y-%m-01").value_counts()
    assert {bar["start"]: bar["n"] for bar in bars if bar["n"]} == months.to_dict()
    clock = reader.get(f"{API}/clock").json()["counts"]
    assert sum(map(sum, clock)) == 10_335
    friday = crashes[(crashes["when"].dt.day_of_week == 4) & (crashes["when"].dt.hour == 17)]
    assert clock[4][17] == len(friday)
    facets = reader.get(f"{API}/facets", params={"category": "Auto"}).json()
    assert facets["category"]["Auto"] == (crashes["object_1"] == "Auto").sum()
    assert sum(facets["category"].values()) == 10_335
    assert sum(facets["source"].values()) == facets["category"]["Auto"]


def test_lists_page_through_everything_once(reader: TestClient) -> None:
    seen: list[int] = []
    for offset in range(0, 2000, 500):
        page = reader.get(f"{API}/unplaced", params={"offset": offset, "limit": 500}).json()
        seen += [row["id"] for row in page["incidents"]]
        assert {row["reason"] for row in page["incidents"]} <= {"no-coordinates", "outside"}
    assert len(seen) == len(set(seen)) == page["total"] == 1316


def test_a_report_is_placed_and_its_pin_can_be_moved(client: TestClient) -> None:
    where = {"lon": -71.1, "lat": 42.37}
    body = {"when": "2016-01-01T22:30:00", "category": "Auto", "note": "=cmd()", **where}
    answer = client.post(API, json=body)
    assert answer.status_code == 201
    made = answer.json()
    assert made["cell"] == "406"
    assert made["when"] == "2016-01-01T22:30:00-05:00"
    assert client.get(f"{API}/totals").json()["placed"] == 9020
    url, tag = answer.headers["location"], answer.headers["etag"]
    moved = {"lon": -71.11, "lat": 42.38, "why": "wrong corner"}
    answer = client.patch(url, json=moved, headers={"If-Match": tag})
    assert answer.json()["cell"] == "801"
    assert answer.json()["history"][0]["before"]["lon"] == -71.1
    again = client.patch(url, json=moved, headers={"If-Match": tag})
    assert again.status_code == 412
    for bad in ({"lon": 1.0}, {}, {"category": None}, {"lon": 1.0, "lat": None}):
        tag = client.get(url).headers["etag"]
        assert client.patch(url, json=bad, headers={"If-Match": tag}).status_code == 422


def test_csv_guards_formulas_and_accounts_for_all(client: TestClient) -> None:
    body = {"when": "2016-01-01T22:30:00", "category": "=HYPERLINK(1)", "address": "+1 @x"}
    client.post(API, json=body)
    answer = client.get("/api/v1/export", params={"what": "incidents"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(io.BytesIO(answer.content), dtype=str, keep_default_na=False)
    assert len(table) == 10_336
    assert "'=HYPERLINK(1)" in set(table["category"])
    assert "'+1 @x" in set(table["address"])
    assert not table.map(lambda text: text.startswith(("=", "@"))).to_numpy().any()
    figures_ = client.get("/api/v1/export", params={"level": "SECTOR"})
    table = pd.read_csv(io.BytesIO(figures_.content))
    assert table["n"].sum() == 10_336
    assert set(table["what"]) == {"SECTOR", "unplaced"}


def test_a_file_of_figures_says_what_was_counted(reader: TestClient) -> None:
    asked = {"level": "SECTOR", "start": "2016-01-01", "end": "2016-02-01", "hour": [20, 21]}
    answer = reader.get("/api/v1/export", params={**asked, "lang": "zh"})
    assert 'figures-2016-01-01_2016-02-01.csv"' in answer.headers["content-disposition"]
    table = pd.read_csv(io.BytesIO(answer.content), dtype=str, keep_default_na=False)
    (words,) = table.loc[table["what"] == "filter", "code"]
    assert words.startswith("2016-01-01 – 2016-02-01 · ")
    assert "20, 21" in words
    assert not table["cells"].str.contains(".", regex=False).any()
    geojson = reader.get("/api/v1/export", params={"format": "geojson", "lang": "zh", **asked})
    assert geojson.json()["filter"] == words


def test_geojson_and_html_show_the_same_figures(reader: TestClient) -> None:
    asked = {"level": "SECTOR", "per": "people"}
    shown = by_code(figures(reader, **asked), "value")
    answer = reader.get("/api/v1/export", params={"format": "geojson", **asked})
    assert answer.headers["content-disposition"].endswith('.geojson"')
    frame = gpd.read_file(io.BytesIO(answer.content))
    assert dict(zip(frame["code"], frame["value"], strict=True)) == shown
    whole = reader.get("/api/v1/export", params={"format": "geojson"}).json()
    assert len(whole["features"]) == 117
    page = reader.get("/api/v1/export", params={"format": "html", **asked})
    assert page.headers["content-type"].startswith("text/html")
    assert "attachment" in page.headers["content-disposition"]


CSV = """id,when,lon,lat,category,姓名
1,2016-01-01 10:00,-71.1,42.37,A,张三
2,bad,x,42.3,B,李四
"""


def test_a_file_becomes_incidents_without_persons(client: TestClient, store: Store) -> None:
    def send() -> dict[str, Any]:
        files = {"file": ("a.csv", CSV.encode())}
        answer = client.post("/api/v1/imports", data={"kind": "incidents"}, files=files)
        assert answer.status_code == 202, answer.text
        return finished(client, answer.json()["id"])

    job = send()
    assert job["state"] == "done", job
    result = job["result"]
    assert (result["rows"], result["added"], result["rejected"]) == (2, 1, 1)
    assert any("姓名" in notice["text"] for notice in job["result"]["notices"])
    assert client.get(f"{API}/totals").json()["total"] == 10_336
    everything = store.path.read_bytes() + store.path.with_name("cambridge.db-wal").read_bytes()
    assert "张三".encode() not in everything
    again = send()
    assert again["result"]["added"] == 0
    assert client.get(f"{API}/totals").json()["total"] == 10_336


def test_a_bad_file_leaves_nothing(client: TestClient, store: Store) -> None:
    before = store.database.revision("plans", "incidents", "layers")
    for kind, name, content in [
        ("incidents", "a.csv", b"\x00\x01\x02"),
        ("grid", "a.gpkg", b"just text"),
        ("grid", "../../etc/passwd", b"x"),
        ("streets", "a.geojson", b'{"type":"FeatureCollection","features":[]}'),
    ]:
        answer = client.post(
            "/api/v1/imports", data={"kind": kind}, files={"file": (name, content)}
        )
        job = finished(client, answer.json()["id"])
        assert job["state"] == "failed", (name, job)
        assert job["error"]["status"] == 422
        assert job["error"]["detail"].count("\n") == 0
    assert store.database.revision("plans", "incidents", "layers") == before


def test_a_reference_is_checked_and_removed(client: TestClient, cambridge: Path) -> None:
    path = cambridge / "tracts2020.geojson.gz"
    files = {"file": (path.name, path.read_bytes())}
    sent = client.post("/api/v1/references", files=files, data={"name": "Tracts"}).json()
    job = finished(client, sent["id"])
    url = f"/api/v1/references/{job['result']['reference']}"
    assert client.get(url).json()["name"] == "Tracts"
    assert client.get(f"{url}/check").json()["cells"] == 33
    assert len(client.get(f"{url}/features").json()["features"]) == 33
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_the_check_of_a_reference_names_overlaps_and_gaps(reader: TestClient) -> None:
    found = {row["name"]: row["id"] for row in reader.get("/api/v1/references").json()}
    fire = reader.get(f"/api/v1/references/{found['Fire engine districts']}/check").json()
    assert fire["counts"]["overlap"] == 4
    assert sum(
        each["area_m2"] for each in fire["defects"] if each["kind"] == "overlap"
    ) == pytest.approx(1452, abs=1)
    assert reader.get("/api/v1/references/1/check").status_code == 404, "streets are no reference"


def test_figures_on_the_wire_are_those_of_the_journey(reader: TestClient) -> None:
    day = pd.Timestamp("2014-01-01").date()
    asked = journeys.Question(per="area", other=Filter(end=day))
    found = journeys.figures(reader.app.state.city, asked)
    got = reader.get("/api/v1/incidents/figures", params={"per": "area", "end2": str(day)})
    answer = FiguresAnswer(**got.json())
    assert [row.code for row in answer.rows] == list(found.frame.index)
    areas = [row.area_km2 for row in answer.rows]
    np.testing.assert_allclose(areas, found.frame["area_km2"], rtol=0, atol=5.1e-7)
    for name in ("n", "value", "change", "n2"):
        sent = np.array([getattr(row, name) for row in answer.rows], dtype=float)
        np.testing.assert_allclose(sent, found.frame[name].to_numpy(float), rtol=1e-12, atol=1e-14)
    nobody = reader.get("/api/v1/incidents/figures", params={"category": "none", "per": "share"})
    assert {row["value"] for row in nobody.json()["rows"]} == {None}
