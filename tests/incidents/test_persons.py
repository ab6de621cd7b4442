"""Columns about persons are told, columns about places are not."""

import pandas as pd
import pytest

from gridmap.incidents.persons import named_personal, personal_columns

PERSONS = [
    "姓名",
    "联系电话",
    "举报人姓名",
    "身份证号",
    "身份证号码",
    "出生日期",
    "报案人",
    "当事人手机号",
    "来电号码",
    "first_name",
    "CallerName",
    "phone",
    "Phone_Number",
    "DOB",
    "date_of_birth",
    "officer_id",
    "email",
    "driverName",
    "victim_age",
    "surname",
    "SSN",
    "cell_phone",
]
PLACES = [
    "街道名称",
    "小区名称",
    "社区",
    "地点名称",
    "来电渠道",
    "电话来源",
    "联系人地址",
    "道路名",
    "名称",
    "street_name",
    "location_name",
    "name",
    "neighborhood",
    "case_id",
    "cell",
    "object_1",
    "Intersection_Name",
    "school_name",
    "phone_booth_street",
    "birth_rate",
    "fire_district",
    "source",
    "status",
    "mobile_unit_zone",
]


@pytest.mark.parametrize("name", PERSONS)
def test_persons(name):
    assert named_personal(name)


@pytest.mark.parametrize("name", PLACES)
def test_places(name):
    assert not named_personal(name)


def test_numbers_of_persons_are_told_by_their_values():
    identity = ["11010519491231002X", "440524188001010014", ""]
    mobile = ["13812345678", "15900000000", "无"]
    frame = pd.DataFrame(
        {"备注": identity, "备注2": mobile, "编号": mobile, "路名": ["中山路"] * 3}
    )
    assert personal_columns(frame, key="编号") == {"备注": "identity", "备注2": "mobile"}


def test_eighteen_digits_that_are_no_identity():
    frame = pd.DataFrame({"no": [f"{n:018d}" for n in range(101, 401)]})
    assert personal_columns(frame) == {}


def test_cities_keep_their_columns(cambridge, shared_data):
    for path in (
        cambridge / "crashes_2010_2016.csv.gz",
        shared_data / "boston/requests_311_2015.csv.gz",
    ):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, nrows=5_000)
        assert personal_columns(frame) == {}
