"""Chinese addresses: taken apart, found, and not guessed."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from gridmap.errors import ColumnError
from gridmap.incidents.address import Geocoder, geocode
from gridmap.incidents.address_text import Parts, plain, take_apart, village_name
from gridmap.incidents.bigrams import Bigrams
from tests.conftest import ROOT
from tests.incidents.addresses import asked, gazetteer

KNOWN = (
    frozenset({"华龙区", "沧县"}),
    frozenset({"中原路街道", "风化店乡"}),
    frozenset({"京东社区", "南顾屯村"}),
)


@pytest.fixture(scope="module")
def puyang():
    return pd.read_csv(ROOT / "shapes" / "gazetteer" / "puyang_villages.csv")


def quality(places, geocoder, questions, seed=9):
    """Return top-1, share answered and share of the answers in the right cell of 200 m."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    rows = [rng.randrange(len(places)) for _ in range(questions)]
    found = [geocoder.find(asked(places.iloc[row], rng)) for row in rows]
    lon, lat = places["lon"].to_numpy()[rows], places["lat"].to_numpy()[rows]
    its_lon, its_lat = (np.array([getattr(m, name) for m in found]) for name in ("lon", "lat"))
    same = [np.floor(a * 500) == np.floor(b * 500) for a, b in ((lon, its_lon), (lat, its_lat))]
    sure = np.array([match.reason == "ok" for match in found])
    texts = geocoder.texts
    top = np.array([match.name == texts[row] for match, row in zip(found, rows, strict=True)])
    return top.mean(), sure.mean(), (same[0] & same[1])[sure].mean()


def test_noisy_addresses(puyang):
    places = gazetteer(puyang, 40_000)
    top, answered, right = quality(places, Geocoder(places), 1500)
    assert top >= 0.98
    assert answered >= 0.95
    assert right >= 0.995


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("河北省沧州市沧县风化店乡南顾屯村村委会旁边",
         Parts(("沧县", "风化店乡", "南顾屯村"), "")),
        ("华龙区长安路12号幸福小区5号楼2单元301室",
         Parts(("华龙区", "", ""), "长安路", "12", "幸福小区", "5", "2")),
        ("长安路12号楼台花园五栋", Parts(("", "", ""), "长安路", "12", "楼台花园", "5")),
        ("幸福小区12栋", Parts(("", "", ""), "", "", "幸福小区", "12")),
        ("幸福小区5-2-301", Parts(("", "", ""), "幸福小区", "5")),
        ("中原路街道 京东社区", Parts(("", "中原路街道", "京东社区"), "")),
        ("长安路012号", Parts(("", "", ""), "长安路", "12")),
    ],
)  # fmt: skip
def test_taking_apart(text, parts):
    assert take_apart(plain(text), KNOWN) == parts


def test_village_names_lose_their_office():
    assert village_name("南顾屯村村民委员会") == "南顾屯村"
    assert village_name("京东社区居民委员会") == "京东社区"


def places(*rows):
    columns = ["区县", "乡镇", "村", "道路", "门牌号", "小区", "楼栋", "经度", "纬度"]
    return Geocoder(pd.DataFrame(rows, columns=columns))


def test_township_decides_between_villages_of_one_name():
    geocoder = places(
        ("范县", "张庄镇", "高庄村", "", "", "", "", 115.1, 35.8),
        ("范县", "辛庄镇", "高庄村", "", "", "", "", 115.6, 35.9),
    )
    assert geocoder.find("范县高庄村").reason == "address-ambiguous"
    assert geocoder.find("高庄村").reason == "address-ambiguous"
    found = geocoder.find("范县辛庄镇高庄村")
    assert (found.reason, found.level, found.lon) == ("ok", "place", 115.6)
    assert found.margin > 0.1


def test_a_gazetteer_of_village_names(puyang):
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(114.8, 116, len(puyang)), rng.uniform(35.4, 36.2, len(puyang))
    geocoder = Geocoder(puyang.assign(lon=lon, lat=lat))
    for row in (0, 700, 1900, 3000):
        village = puyang.iloc[row]
        found = geocoder.find("河南省濮阳市" + village.county + village.township + village["name"])
        assert (found.reason, found.level, found.lon) == ("ok", "place", lon[row])
    twice = puyang[puyang.duplicated(["county", "name"], keep=False)]
    assert len(twice) >= 242
    for row in twice.index[:40]:
        village = puyang.loc[row]
        assert geocoder.find(village.county + village["name"]).reason == "address-ambiguous"
        whole = geocoder.find(village.county + village.township + village["name"])
        assert whole.lon == lon[row]


@pytest.mark.parametrize("also", [[], ["名称"]])
def test_a_house_nobody_listed_is_in_its_village(puyang, also):
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(114.8, 116, len(puyang)), rng.uniform(35.4, 36.2, len(puyang))
    listed = puyang.assign(lon=lon, lat=lat, 名称=puyang["name"].map(village_name))
    listed = listed.rename(columns={"name": "村社区"})
    geocoder = Geocoder(listed[["county", "township", "村社区", "lon", "lat", *also]])
    right = 0
    for row in range(0, len(puyang), 3):
        village = listed.iloc[row]
        township = village.township.removeprefix(village.county)  # as people write it
        found = geocoder.find(f"濮阳市{village.county}{township}{village['村社区']}{row + 1}号")
        assert found.reason != "ok" or (found.level, found.lon) == ("place", lon[row])
        assert found.reason != "ok" or found.error_m == 1000
        right += found.reason == "ok"
    assert right > 0.98 * len(range(0, len(puyang), 3))
    village = listed[listed["村社区"].duplicated(keep=False)].iloc[0]
    assert geocoder.find(f"濮阳市{village['村社区']}12号").reason == "address-ambiguous"


@pytest.mark.parametrize("columns", [["name"], ["name", "township", "county"]])
def test_a_gazetteer_whose_names_are_villages_needs_no_column_of_villages(puyang, columns):
    rng = np.random.default_rng(1)
    rows = puyang.assign(lon=115 + rng.random(len(puyang)), lat=35.5 + rng.random(len(puyang)))
    geocoder = Geocoder(rows[[*columns, "lon", "lat"]])
    some = rows.sample(300, random_state=2)
    found = [
        geocoder.find(f"河南省濮阳市{row.county}{row.township}{village_name(row.name)}")
        for row in some.itertuples()
    ]
    right = [abs(one.lon - lon) < 1e-9 for one, lon in zip(found, some["lon"], strict=True)]
    sure = [one.reason == "ok" for one in found]
    assert sum(sure) > (0.9 if len(columns) > 1 else 0.7) * len(some)
    assert right == sure  # what is not sure is not guessed


def test_levels_and_parents():
    geocoder = places(
        ("华龙区", "", "", "长安路", "12", "幸福小区", "5", 115.01, 35.7),
        ("华龙区", "", "", "长安路", "12", "幸福小区", "6", 115.0101, 35.7001),
        ("华龙区", "", "", "长安路", "14", "", "", 115.02, 35.7),
    )
    assert geocoder.find("长安路12号幸福小区5号楼").level == "building"
    assert geocoder.find("幸福小区5栋").lon == 115.01
    assert geocoder.find("长安路12号").level == "number"
    assert geocoder.find("长安路14号").lon == 115.02
    assert geocoder.find("长按路14号").lon == 115.02
    assert geocoder.find("建设路14号").reason != "ok"
    assert geocoder.find("").reason == geocoder.find("?!").reason == "address-unknown"


def test_a_number_that_is_not_there_is_not_another():
    geocoder = places(
        ("华龙区", "", "", "长安路", "12", "", "", 115.01, 35.7),
        ("华龙区", "", "", "建设路", "3", "幸福小区", "5", 115.02, 35.7),
    )
    assert geocoder.find("长安路15号").reason == "address-unknown"
    assert geocoder.find("华龙区长安路15号").reason == "address-unknown"
    assert geocoder.find("幸福小区7号楼").reason == "address-unknown"
    whole = geocoder.find("长安路")
    assert (whole.level, whole.error_m) == ("street", 300.0)


def test_same_road_in_two_districts_is_not_guessed():
    geocoder = places(
        ("华龙区", "", "", "长安路", "12", "", "", 115.0, 35.7),
        ("范县", "", "", "长安路", "12", "", "", 115.5, 35.8),
    )
    assert geocoder.find("长安路12号").reason == "address-ambiguous"
    assert geocoder.find("范县长安路12号").lon == 115.5


def test_whole_addresses_in_one_column():
    frame = pd.DataFrame({"地址": ["濮阳市长安路12号", "濮阳市建设路3号院2号楼"],
                          "经度": [115.0, 115.1], "纬度": [35.7, 35.8]})  # fmt: skip
    geocoder = Geocoder(frame)
    assert geocoder.find("建设路3号院2栋").lon == 115.1
    assert geocoder.find("河南省濮阳市长安路12号对面").lon == 115.0


def test_reasons_reach_the_frame():
    geocoder = places(("华龙区", "", "", "长安路", "12", "", "", 115.0, 35.7))
    frame = pd.DataFrame({"lon": np.nan, "lat": np.nan, "address": ["长安路12号", "某地", ""]})
    found = geocode(frame, geocoder.find)
    assert found["reason"].tolist() == ["", "address-unknown", ""]
    assert found["match"].tolist() == ["number", "", ""]
    assert found["lon"].notna().tolist() == [True, False, False]


def test_gazetteers_without_what_is_needed_are_refused():
    with pytest.raises(ColumnError, match="coordinates"):
        Geocoder(pd.DataFrame({"address": ["a"]}))
    with pytest.raises(ColumnError, match="to find a place by"):
        Geocoder(pd.DataFrame({"lon": [1.0], "lat": [2.0], "remark": ["x"]}))


def test_bigrams_find_texts_that_share_pairs():
    found = Bigrams(["甲乙丙", "乙丙丁", "戊己"])
    assert set(found.alike("乙丙").tolist()) == {0, 1}
    assert found.alike("庚辛").tolist() == found.alike("甲").tolist() == []
    assert Bigrams([]).alike("甲乙").tolist() == []
    assert Bigrams(["甲"]).alike("甲乙").tolist() == []
