"""What columns mean, by their names."""

import csv
import gzip

import pytest

from gridmap.errors import ColumnError, ValueRefused
from gridmap.incidents.mapping import Mapping, guess


def header(path):
    with gzip.open(path, "rt", newline="") as lines:
        return next(csv.reader(lines))


def said(columns):
    meant = guess(columns).to_dict()
    return {name: value for name, value in meant.items() if value and name != "crs"}


def test_boston(shared_data):
    assert said(header(shared_data / "boston/requests_311_2015.csv.gz")) == {
        "id": "case_id", "x": "lon", "y": "lat", "when": "open_dt", "category": "subject",
        "kind": "type", "source": "source", "status": "status", "due": "target_dt",
        "closed": "closed_dt", "address": ["location"],
    }  # fmt: skip


def test_cambridge(cambridge):
    meant = said(header(cambridge / "crashes_2010_2016.csv.gz"))
    assert meant["when"] == "datetime"
    assert (meant["x"], meant["y"]) == ("lon", "lat")


def test_chinese():
    columns = [
        "案件编号",
        "上报时间",
        "问题大类",
        "问题小类",
        "问题来源",
        "位置描述",
        "经度",
        "纬度",
        "处置时限",
        "结案时间",
        "是否满意",
        "案件状态",
        "所属社区",
    ]
    assert said(columns) == {
        "id": "案件编号", "when": "上报时间", "category": "问题大类", "kind": "问题小类",
        "source": "问题来源", "address": ["位置描述"], "x": "经度", "y": "纬度", "due": "处置时限",
        "closed": "结案时间", "satisfied": "是否满意", "status": "案件状态",
    }  # fmt: skip


def test_open311():
    columns = [
        "service_request_id",
        "status",
        "service_name",
        "requested_datetime",
        "expected_datetime",
        "address",
        "lat",
        "long",
    ]
    meant = said(columns)
    assert (meant["x"], meant["y"], meant["when"]) == ("long", "lat", "requested_datetime")
    assert meant["category"] == "service_name"


def test_half_a_point_is_none():
    assert guess(["lat", "id"]).y == ""


def test_no_column_means_two_things():
    columns = ["date", "time", "type", "name"]
    meant = guess(columns)
    assert (meant.when, meant.time) == ("date", "time")
    assert len(meant.columns) == len(set(meant.columns))


def test_there_and_back():
    meant = guess(["lon", "lat", "address", "status"])
    assert Mapping.from_dict(meant.to_dict()) == meant


@pytest.mark.parametrize("bad", [{"no": "a"}, {"x": 3}, {"address": [3]}])
def test_bad_mappings(bad):
    with pytest.raises(ValueRefused):
        Mapping.from_dict(bad)


def test_a_column_that_is_not_there():
    with pytest.raises(ColumnError, match="lat"):
        Mapping(x="lon", y="lat").require(["lon", "b"])


def test_half_a_point_is_refused():
    for mapping in (Mapping(x="a"), Mapping(y="a")):
        with pytest.raises(ColumnError, match="Only one column of coordinates"):
            mapping.require(["a", "b"])
