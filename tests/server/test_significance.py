"""Hot spots and change over HTTP are those of the core, on figures of the same filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from gridmap.incidents.change import change
from gridmap.journeys.demo import demo_store
from gridmap.messages import text
from gridmap.server.app import create_app
from gridmap.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

YEARS = {"start": "2015-01-01", "end": "2016-01-01", "start2": "2014-01-01", "end2": "2015-01-01"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with demo_store(tmp_path_factory.mktemp("significance") / "cambridge.db") as store:
        yield TestClient(create_app(Settings(), store), base_url="http://127.0.0.1")


def rows(client: TestClient, path: str, **asked: Any) -> pd.DataFrame:
    answer = client.get(f"/api/v1/incidents/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return pd.DataFrame(answer.json()["rows"]).set_index("code")


def test_change_is_of_the_figures_of_both_periods(client: TestClient) -> None:
    got = rows(client, "changes", **YEARS)
    after = rows(client, "figures", start="2015-01-01", end="2016-01-01")
    before = rows(client, "figures", start="2014-01-01", end="2015-01-01")
    assert got["n"].equals(after["n"])
    assert got["n_before"].equals(before["n"].rename("n_before"))
    wanted = change(before, after, (365.0, 365.0))
    assert got["kind"].tolist() == wanted["kind"].tolist()
    assert got["q"].astype(float).to_numpy() == pytest.approx(wanted["q"].to_numpy(), nan_ok=True)


def test_periods_of_different_length_are_compared_per_day(client: TestClient) -> None:
    month = YEARS | {"start": "2015-06-01", "end": "2015-07-01"}
    got = rows(client, "changes", **month)
    assert got["expected"].to_numpy() == pytest.approx(got["n_before"].to_numpy() * 30 / 365)


def test_change_without_a_second_period_is_refused(client: TestClient) -> None:
    answer = client.get("/api/v1/incidents/changes", params={"lang": "zh"})
    assert answer.status_code == 422
    assert answer.json()["key"] == "layers.no_period"


@pytest.mark.parametrize("asked", [{}, {"per": "area"}, {"level": "CAR_RTE"}, {"category": "none"}])
def test_hot_spots_carry_n_and_are_the_same_each_time(
    client: TestClient, asked: dict[str, str]
) -> None:
    first, second = rows(client, "hotspots", **asked), rows(client, "hotspots", **asked)
    assert first.equals(second)
    hot = first[first["kind"] == "hot"]
    assert (hot["q"] <= 0.05).all()
    assert (hot["around"] >= 5).all()
    assert first["n"].equals(rows(client, "figures", **asked)["n"])
    assert len(hot) > 0 or asked != {"per": "area"}


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("hotspots", "热点（Gi*）"),
        ("change", "2014-01-01"),
        ("heat", "每平方公里"),
        ("choropleth", ""),
    ],
)
def test_the_handed_over_map_shows_the_kind_that_is_shown(
    client: TestClient, kind: str, title: str
) -> None:
    asked = YEARS | {"kind": kind, "format": "html", "lang": "zh"}
    page = client.get("/api/v1/export", params=asked)
    assert page.status_code == 200
    assert title in page.text
    others = {"热点（Gi*）", "每平方公里"} - {title}
    assert not any(other in page.text for other in others)


def test_the_handed_over_map_speaks_as_the_page_does(client: TestClient) -> None:
    report = {"when": "2015-06-06T12:00:00", "category": "Lamp", "lon": -71.1055, "lat": 42.3735}
    for _ in range(3):  # due long ago: the city answers the service's measures from now on
        due = report | {"due": "2015-06-07T12:00:00"}
        assert client.post("/api/v1/incidents", json=due).status_code == 201

    def page(**asked: str | list[str]) -> str:
        answer = client.get("/api/v1/export", params={"format": "html", "lang": "zh", **asked})
        assert answer.status_code == 200, answer.text
        return answer.text

    rate = page(per="people", source="page", weekday=["4", "5"], category=["", "Lamp"])
    for said in ("每千人事件数", "未填类别 · Lamp · 网页上报", "周五, 周六"):
        assert said in rate
    assert "按期办结率（%）" in page(per="on_time")
    assert "超期未办结" in page(per="overdue")
    assert "热点（Gi*）" in page(per="on_time", kind="hotspots")


def test_the_back_test_sets_hot_spots_beside_simply_counting(client: TestClient) -> None:
    got = client.get("/api/v1/incidents/hotspots/backtest", params=YEARS).json()
    before = rows(client, "figures", start="2014-01-01", end="2015-01-01")["n"].sum()
    assert got["before"] == {"start": "2014-01-01", "end": "2015-01-01", "n": before}
    assert {row["method"] for row in got["rows"]} == {"count", "density", "hotspots"}
    assert all(row["pei"] is None or 0 <= row["pei"] <= 1 for row in got["rows"])
    halves = client.get("/api/v1/incidents/hotspots/backtest", params={"category": "Auto"}).json()
    assert halves["before"]["end"] == halves["after"]["start"]
    figures = {**YEARS, "per": "on_time", "level": "SECTOR"}
    assert client.get("/api/v1/incidents/hotspots/backtest", params=figures).status_code == 200
    day = {"start": "2015-01-01", "end": "2015-01-02"}
    refused = client.get("/api/v1/incidents/hotspots/backtest", params=day)
    assert refused.json()["key"] == "measure.no_halves"


def test_no_change_is_told_where_the_earlier_period_was_not_recorded(client: TestClient) -> None:
    ask = {"start": "2015-01-01", "end": "2016-01-01"}
    first = client.get("/api/v1/session").json()["period"][0]
    for start2, end2, told in [
        ("1990-01-01", "2015-01-01", first),
        ("1990-01-01", "1991-01-01", first),
        ("2014-01-01", "2015-01-01", None),
    ]:
        asked = ask | {"start2": start2, "end2": end2}
        answer = client.get("/api/v1/incidents/changes", params=asked).json()
        assert answer["recorded_from"] == told
        kinds = {row["kind"] for row in answer["rows"]}
        assert (kinds == {"few"}) is (told is not None)
        page = client.get("/api/v1/export", params=asked | {"kind": "change", "format": "html"})
        assert (text("page.unrecorded", {"first": first}) in page.text) is (told is not None)
    later = {"start": first, "end": "2016-01-01", "start2": "2100-01-01", "end2": "2101-01-01"}
    answer = client.get("/api/v1/incidents/changes", params=later).json()
    assert answer["totals2"]["total"] == 0
    assert {row["kind"] for row in answer["rows"]} == {"few"}
    page = client.get("/api/v1/export", params=later | {"kind": "change", "format": "html"})
    assert text("page.none_before") in page.text


def test_a_month_without_such_incidents_is_judged_not_refused(client: TestClient) -> None:
    last = client.get("/api/v1/session").json()["period"][1]
    for asked in [{"category": "Auto"}, {"category": "Auto", "hour": "3", "weekday": "2"}]:
        answer = client.get("/api/v1/incidents/alarms", params={"month": last, **asked})
        assert answer.status_code == 200, answer.text
    beyond = client.get("/api/v1/incidents/alarms", params={"month": "2099-01-01"})
    assert beyond.json()["key"] == "measure.no_month"
