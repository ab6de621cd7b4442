"""GCJ-02 and BD-09 against vectors of providers and other libraries."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from gridmap.crs import from_bd09, from_gcj02, to_bd09, to_gcj02
from gridmap.datum import CHINA

TO_WGS84 = {"WGS84": lambda x, y: (x, y), "GCJ02": from_gcj02, "BD09": from_bd09}
FROM_WGS84 = {"WGS84": lambda x, y: (x, y), "GCJ02": to_gcj02, "BD09": to_bd09}
inside = st.tuples(st.floats(CHINA[0], CHINA[2]), st.floats(CHINA[1], CHINA[3]))


@pytest.fixture(scope="module")
def vectors(shared_data):
    frame = pd.read_csv(shared_data / "datum" / "gcj_bd_vectors.csv")
    frame = frame[frame["from_crs"].isin(TO_WGS84) & frame["to_crs"].isin(TO_WGS84)]
    miss = np.empty(len(frame))
    for (source, target), rows in frame.groupby(["from_crs", "to_crs"]).indices.items():
        part = frame.iloc[rows]
        lon, lat = FROM_WGS84[target](*TO_WGS84[source](part["src_lng"], part["src_lat"]))
        _, _, miss[rows] = Geod(ellps="WGS84").inv(lon, lat, part["dst_lng"], part["dst_lat"])
    return frame.assign(miss=miss, bad=frame["note"].fillna("").str.contains("KNOWN-BAD"))


def test_vectors_agree_to_a_metre(vectors):
    good = vectors[~vectors["bad"]]
    assert len(good) > 3300
    assert good["miss"].max() < 1.0


def test_wrong_vectors_are_told_apart(vectors):
    bad = vectors[vectors["bad"]]
    assert len(bad) == 4
    assert bad["miss"].min() > 5.0


@given(inside)
def test_inverse_of_gcj02(point):
    assert np.allclose(from_gcj02(*to_gcj02(*point)), point, rtol=0, atol=1e-9)


@given(inside)
def test_inverse_of_bd09(point):
    assert np.allclose(from_bd09(*to_bd09(*point)), point, rtol=0, atol=1e-9)


def test_inverse_of_many():
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(CHINA[0], CHINA[2], 200_000), rng.uniform(CHINA[1], CHINA[3], 200_000)
    for there, back in ((to_gcj02, from_gcj02), (to_bd09, from_bd09)):
        again = back(*there(lon, lat))
        assert np.abs(again[0] - lon).max() < 1e-9
        assert np.abs(again[1] - lat).max() < 1e-9


@pytest.mark.parametrize("move", [to_gcj02, from_gcj02, to_bd09, from_bd09])
def test_outside_china_nothing_moves(move):
    lon = np.array([-71.1, 139.7, 0.0, np.nan, 180.0, 180.0, np.inf])
    lat = np.array([42.4, 35.7, 0.0, 35.0, 90.0, -90.0, 30.0])
    moved = move(lon, lat)
    assert np.array_equal(moved[0], lon, equal_nan=True)
    assert np.array_equal(moved[1], lat, equal_nan=True)
