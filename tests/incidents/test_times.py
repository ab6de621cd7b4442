"""Times as files write them."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.errors import ValueRefused
from gridmap.incidents.times import read_moments

SPAN = dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1)  # noqa: DTZ001  # local times
BOSTON, CHINA = "America/New_York", "Asia/Shanghai"


def moments(*texts, zone=BOSTON, order="", home=""):
    return read_moments(pd.Series(texts, dtype="str"), zone, order, home)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2015-01-01 00:20:09", "2015-01-01T00:20:09"),
        ("2015-01-01T00:20:09.25", "2015-01-01T00:20:09.250000"),
        ("2015/3/4 5:06", "2015-03-04T05:06:00"),
        ("2015年3月4日 17时06分", "2015-03-04T17:06:00"),
        ("2015年3月4日 下午5时6分", "2015-03-04T17:06:00"),
        ("2015.03.04 05:06", "2015-03-04T05:06:00"),
        ("20150304 170600", "2015-03-04T17:06:00"),
        ("3/13/2015 2:05 PM", "2015-03-13T14:05:00"),
        ("3/13/2015 12:05 AM", "2015-03-13T00:05:00"),
        ("42005.5", "2015-01-01T12:00:00"),
        ("42005.6041666667", "2015-01-01T14:30:00"),
    ],
)
def test_local_times(text, local):
    read = moments(text)
    assert read.when.iloc[0].tz_localize(None).isoformat() == local
    assert not read.day_only[0]
    assert not read.bad[0]


@pytest.mark.parametrize("text", ["2015-03-04", "2015/3/4", "2015年3月4日", "20150304", "42067"])
def test_days(text):
    read = moments(text)
    assert read.day_only[0]
    assert str(read.when.iloc[0].date()) == "2015-03-04"


@pytest.mark.parametrize(
    "text", ["2015-01-01T05:00:00Z", "2015-01-01T13:00:00+08:00", "1420088400", "1420088400000"]
)
def test_times_that_say_their_zone(text):
    assert moments(text).when.iloc[0] == pd.Timestamp("2015-01-01 00:00", tz=BOSTON)


def test_the_zone_of_the_file_is_not_that_of_the_city():
    read = moments("2015-01-01 13:00", zone=CHINA, home=BOSTON)
    assert read.when.iloc[0].isoformat() == "2015-01-01T00:00:00-05:00"


@pytest.mark.parametrize("text", ["soon", "2015-02-30", "13/13/2015", "25:00", "2015-01-01 25:00",
                                  "9999-12-31 23:59:59", "0001-01-01", "31.12.9999"])  # fmt: skip
def test_what_is_no_time(text):
    read = moments(text)
    assert read.bad[0]
    assert read.when.isna()[0]
    assert not read.day_only[0]


def test_none_is_not_bad():
    read = moments("", " ")
    assert not read.bad.any()
    assert read.when.isna().all()


def test_daylight_saving():
    read = moments("2015-03-08 02:30:00", "2015-11-01 01:30:00", "2015-06-01 12:00")
    assert [when.isoformat() for when in read.when] == [
        "2015-03-08T03:00:00-04:00",
        "2015-11-01T01:30:00-04:00",
        "2015-06-01T12:00:00-04:00",
    ]
    assert (read.skipped, read.doubled) == (1, 1)


def test_day_or_month_first_is_told_by_the_values():
    day = moments("3/4/2015", "31/4/2015", "13/4/2015")
    assert day.when.dt.day.tolist()[0::2] == [3, 13]
    assert day.bad.tolist() == [False, True, False]
    month = moments("3/4/2015", "4/13/2015")
    assert month.when.dt.day.tolist() == [4, 13]
    assert not month.undecided
    assert moments("3/4/2015").undecided
    assert moments("3/4/2015", order="dmy").when.dt.month.iloc[0] == 4


def test_typed_columns():
    column = pd.Series(pd.to_datetime(["2015-01-01", "2015-01-02", None]))
    read = read_moments(column, BOSTON)
    assert read.day_only[:2].all()
    assert str(read.when.dt.tz) == BOSTON


def test_unknown_zone():
    with pytest.raises(ValueRefused):
        moments("2015-01-01", zone="Mars/Olympus")


@given(
    st.datetimes(*SPAN),
    st.sampled_from(
        ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H时%M分%S秒", "%Y%m%d%H%M%S"]
    ),
)
def test_every_form_reads_as_it_was_written(moment, form):
    moment = moment.replace(microsecond=0)
    read = moments(moment.strftime(form), zone=CHINA)
    assert read.when.iloc[0].tz_localize(None) == moment or read.skipped
