"""Ranking, alarms and service measures over HTTP, on Boston's requests."""

from __future__ import annotations

import io
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from gridmap.grid.model import Grid
from gridmap.journeys.cells.plans import import_grid
from gridmap.messages import text
from gridmap.server.app import create_app
from gridmap.settings import Settings
from gridmap.store import open_store

ZONE = "America/New_York"


@pytest.fixture(scope="module")
def client(shared_data, tmp_path_factory):
    folder = shared_data / "boston"
    path = (folder / "police_districts.epsg2249.geojson.gz").resolve()
    frame = gpd.read_file(f"/vsigzip/{path}").set_crs(2249, allow_override=True)
    moments = ["open_dt", "target_dt", "closed_dt"]
    rows = pd.read_csv(folder / "requests_311_2015.csv.gz", parse_dates=moments, low_memory=False)
    when = [
        rows[name].dt.tz_localize(ZONE, ambiguous=False, nonexistent="shift_forward")
        for name in moments
    ]
    incidents = pd.DataFrame(
        {
            "id": rows["case_id"].astype(str),
            "lon": rows["lon"],
            "lat": rows["lat"],
            "when": when[0],
            "day_only": False,
            "category": rows["reason"].fillna(""),
            "kind": "",
            "source": rows["source"],
            "status": rows["status"],
            "address": "",
            "due": when[1],
            "closed": when[2],
            "satisfied": np.nan,
        }
    ).sample(20_000, random_state=1)
    with open_store(tmp_path_factory.mktemp("boston") / "city.db") as store:
        store.set_fact("zone", ZONE)
        made = import_grid(store, "Districts", Grid.from_frame(frame, "DISTRICT"))
        store.plans.publish(made.plan.id, made.plan.head, pd.Timestamp("2015-01-01").date(), "x")
        store.incidents.add(incidents)
        app = create_app(Settings(), store)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            yield client


def test_the_session_offers_what_can_be_answered(client):
    measures = {row["per"]: row["unit"] for row in client.get("/api/v1/session").json()["measures"]}
    assert measures["on_time"] == "rate"
    assert measures["median_hours"] == "hours"
    assert "satisfaction" not in measures  # nobody was asked


def test_rates_as_a_layer(client):
    told = client.get("/api/v1/incidents/figures", params={"per": "on_time"}).json()
    assert told["unit"] == "rate"
    values = [row["value"] for row in told["rows"]]
    assert all(0 <= value <= 100 for value in values)
    assert len(told["breaks"]) == 5


def test_the_sheet_on_page_paper_and_in_a_spreadsheet(client):
    asked = {"month": "2015-06-01", "by": "on_time"}
    told = client.get("/api/v1/incidents/ranking", params=asked).json()
    rows = told["rows"]
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)
    book = client.get("/api/v1/incidents/ranking.xlsx", params=asked)
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    (title,), (note,), (left_out,), heads, *table = (
        [v for v in row if v is not None] for row in sheet.iter_rows(values_only=True)
    )
    assert "2015-06" in title
    today = datetime.now(ZoneInfo(ZONE)).date().isoformat()
    assert today in note
    assert [note, left_out] == told["notes"]
    assert "Satisfaction rate (no incident says whether people were satisfied)" in left_out
    assert "satisfaction" not in told["columns"]
    words = [text(f"measure.{name}") for name in told["columns"]]
    assert heads == [words[0], "Cell", *words[1:]]
    assert sheet.freeze_panes == "C5"
    assert all(sheet.column_dimensions[letter].width > 2 for letter in "ABCDEFGHIJKL"[: len(heads)])
    assert [row[1] for row in table] == [row["code"] for row in rows]
    assert [row[2] for row in table] == [row["n"] for row in rows]
    page = client.get("/api/v1/incidents/ranking.html", params={**asked, "lang": "zh"})
    assert today in page.text
    assert "按期办结率" in page.text
    assert text("page.per_on_time", lang="zh") == "按期办结率"  # one word on the page and on paper
    assert "满意率（没有任何事件填写满意度）" in page.text
    assert text("measure.satisfaction", lang="zh") not in page.text
    printed = [re.findall(r"<td[^>]*>(.*?)</td>", line) for line in page.text.split("<tr>")[2:]]
    assert [line[1] for line in printed] == [row["code"] for row in rows]
    for line, row, held in zip(printed, rows, table, strict=True):
        assert line[5] == text(f"page.sure_{row['sure'] or 'no'}", lang="zh")
        for at, name in ((4, "change"), (8, "on_time")):
            assert row[name] == round(row[name], 1)  # rounded once: no copy can differ
            assert float(line[at].replace("−", "-")) == row[name]
            assert row[name] in held
        assert (row["change"] > 0) == line[4].startswith("+")
    assert client.get("/api/v1/incidents/ranking", params={"month": "soon"}).status_code == 422


def test_a_change_nobody_can_tell_is_left_out(client):
    """The month before the first report, a month of hardly any, a rate nobody recorded."""
    first = client.get("/api/v1/incidents/ranking", params={"month": "2015-01-01"}).json()
    assert {"change", "sure"}.isdisjoint(first["columns"])
    assert any(note.startswith("Left out: change") for note in first["notes"])
    page = client.get("/api/v1/incidents/ranking.html", params={"month": "2015-01-01"}).text
    assert text("measure.change") not in page
    few = client.get("/api/v1/incidents/ranking", params={"month": "2016-01-01"}).json()["rows"]
    assert all(row["change"] is None for row in few if min(row["n"], row["n_before"]) < 5)
    asked = {"month": "2015-06-01", "by": "satisfaction"}
    refused = client.get("/api/v1/incidents/ranking", params=asked)
    assert refused.status_code == 422
    assert "on_time" in refused.json()["detail"]


def test_alarms_state_how_many_are_false(client):
    told = client.get("/api/v1/incidents/alarms", params={"month": "2015-10-05"}).json()
    assert told["rate"] == 0.01
    assert told["false_expected"] == pytest.approx(0.01 * told["units"])
    assert told["dispersion"] >= 1
    assert all(row["n"] > row["expected"] for row in told["rows"])
    early = client.get("/api/v1/incidents/alarms", params={"month": "2015-03-05"})
    assert early.status_code == 422
    assert client.get("/api/v1/incidents/alarms", params={"month": "2014-03-05"}).status_code == 422
