"""Files of incidents into the store: nothing twice, nothing half, nothing about persons."""

import csv
import sqlite3

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridmap import datum, open_store
from gridmap.errors import Cancelled
from gridmap.files.tables import write_table
from gridmap.incidents.mapping import Mapping
from gridmap.journeys.cells.imports import import_cells
from gridmap.journeys.city import City
from gridmap.journeys.incidents import held_back, intake
from gridmap.journeys.incidents import look as looks
from gridmap.journeys.source import Source

WEST, SOUTH, STEP = 115.0, 35.7, 0.005
HEADER = ["案件编号", "上报时间", "问题大类", "经度", "纬度", "举报人姓名", "备注"]


@pytest.fixture
def city(tmp_path):
    """A town of a hundred cells near Puyang."""
    corners = [(WEST + STEP * i, SOUTH + STEP * j) for j in range(10) for i in range(10)]
    shapes = [shapely.box(x, y, x + STEP, y + STEP) for x, y in corners]
    codes = [f"{n:04d}" for n in range(100)]
    path = tmp_path / "cells.gpkg"
    gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4326).to_file(path)
    with open_store(tmp_path / "town.db") as store:
        store.set_fact("zone", "Asia/Shanghai")
        import_cells(store, Source(path, path.name, "town"))
        yield City(store)


def rows(count, seed=7):
    """Rows of a hotline's file, all inside the town."""
    rng = np.random.default_rng(seed)
    lon = WEST + 10 * STEP * rng.random(count)
    lat = SOUTH + 10 * STEP * rng.random(count)
    days = rng.integers(1, 28, count)
    return [
        [f"{n:06d}", f"2023-05-{days[n]:02d} 08:30", "市容环境", f"{lon[n]:.6f}", f"{lat[n]:.6f}",
         "张三", f"第{n}号"]
        for n in range(count)
    ]  # fmt: skip


def write(path, body, header=HEADER, encoding="gbk"):
    with path.open("w", newline="", encoding=encoding) as sink:
        csv.writer(sink).writerows([header, *body])
    return Source(path, path.name, path.stem)


def taken(city, source, **how):
    done = intake.import_incidents(city, source, **how)
    figures = intake.counts(done.look, done)
    assert figures["rows"] == sum(value for name, value in figures.items() if name != "rows")
    return figures


def test_the_same_file_adds_nothing(city, tmp_path):
    source = write(tmp_path / "may.csv", rows(200))
    assert taken(city, source) == {
        "rows": 200, "rejected": 0, "added": 200, "updated": 0, "unchanged": 0,
    }  # fmt: skip
    before = city.store.incidents.frame("Asia/Shanghai")
    again = taken(city, source)
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 200)
    pd.testing.assert_frame_equal(before, city.store.incidents.frame("Asia/Shanghai"))
    assert len(city.store.files.all()) == 2  # the cells and the first of the two


def test_a_corrected_row_updates_and_new_rows_add(city, tmp_path):
    body = rows(50)
    taken(city, write(tmp_path / "may.csv", body))
    body[3][2] = "突发事件"
    more = [*body, *rows(55)[50:]]
    figures = taken(city, write(tmp_path / "june.csv", more))
    assert (figures["added"], figures["updated"], figures["unchanged"]) == (5, 1, 49)
    incident = city.store.incidents.get(4)
    assert incident["category"] == "突发事件"
    assert incident["history"][0]["before"]["category"] == "市容环境"
    assert incident["history"][0]["by"] == "may: june.csv"
    assert incident["row"] == 5
    assert incident["ref"] == "000003"


def test_a_pin_somebody_moved_stays_where_it_is(city, tmp_path):
    body = rows(5)
    taken(city, write(tmp_path / "may.csv", body))
    moved = {"lon": WEST + 0.001, "lat": SOUTH + 0.001}
    city.store.incidents.correct(1, 1, moved, "staff")
    body[0][3:5] = ["115.04", "35.74"]
    body[0][2] = "突发事件"
    taken(city, write(tmp_path / "june.csv", body))
    held = city.store.incidents.get(1)
    assert (held["lon"], held["lat"]) == (moved["lon"], moved["lat"])
    assert held["category"] == "突发事件"


def test_a_feed_with_many_columns_about_persons_is_known_again(city, tmp_path):
    persons = ["上报人", "姓名", "电话", "身份证号"]
    body = [[*row, "张三", "李四", "13900000000", "410901199001011234"] for row in rows(20)]
    source = write(tmp_path / "may.csv", body, HEADER + persons)
    assert taken(city, source, crs="gcj02")["added"] == 20
    again = looks.look(city, source)
    assert again.known
    assert again.mapping.crs == "gcj02"
    assert taken(city, source)["unchanged"] == 20


def test_rows_without_numbers_are_known_by_their_values(city, tmp_path):
    body = [row[1:] for row in rows(20)]
    body.append(body[0])
    source = write(tmp_path / "may.csv", body, HEADER[1:])
    assert taken(city, source)["added"] == 21
    assert taken(city, source)["unchanged"] == 21


def test_rows_with_errors_are_held_back_and_can_be_sent_again(city, tmp_path):
    body = rows(10)
    body[2][1], body[5][3], body[5][4] = "soon", "east", "north"
    body.insert(8, [*body[8], "over"])
    source = write(tmp_path / "may.csv", body)
    seen = looks.look(city, source)
    assert seen.held_back == {4, 7, 10}
    told = {(f.row, f.column, f.value) for f in seen.incoming.faults if f.column}
    assert told == {(4, "上报时间", "soon"), (7, "经度", "east"), (7, "纬度", "north")}
    figures = intake.counts(seen, intake.bring_in(city, seen, source))
    assert figures == {"rows": 11, "rejected": 3, "added": 8, "updated": 0, "unchanged": 0}

    back = held_back.rejected(seen)
    assert back[held_back.ROW].tolist() == [4, 7]
    assert "soon" in back[held_back.WHY].iloc[0] or "上报时间" in back[held_back.WHY].iloc[0]
    back["上报时间"] = "2023-05-01"
    back["经度"], back["纬度"] = "115.01", "35.71"
    write_table(back, tmp_path / "mended.csv")
    mended = Source(tmp_path / "mended.csv", "mended.csv", "mended")
    figures = taken(city, mended, feed="may")
    assert (figures["added"], figures["rejected"]) == (2, 0)
    assert len(city.store.incidents.frame("UTC")) == 10


def test_nothing_about_persons_is_kept(city, tmp_path):
    source = write(tmp_path / "may.csv", rows(5))
    done = intake.import_incidents(city, source)
    assert done.look.personal == {"举报人姓名": "name"}
    assert ("import.personal", {"columns": "举报人姓名"}) in looks.notices(done.look)
    path = city.store.path
    city.store.close()
    with sqlite3.connect(path) as base:
        dump = "\n".join(base.iterdump())
    base.close()
    dump += dump.encode().decode("unicode_escape", "ignore")  # JSON may escape its texts
    assert "第3号" in dump
    assert "张三" not in dump
    assert "张三".encode("gbk").hex().upper() not in dump


def test_stopping_leaves_nothing_half_done(city, tmp_path):
    steps = []

    def progress(done, total, unit=""):
        steps.append((unit, done, total))
        if unit == "rows" and done:
            raise Cancelled("server.cancelled")

    write(tmp_path / "may.csv", rows(12_000))
    source = Source(tmp_path / "may.csv", "may.csv", "may", progress)
    before = city.store.path.stat().st_size
    with pytest.raises(Cancelled):
        intake.import_incidents(city, source)
    assert steps[-1] == ("rows", 5_000, 12_000)
    size = source.path.stat().st_size
    assert any(unit == "bytes" and 0 < done < size == total for unit, done, total in steps)
    assert steps == sorted(steps)  # bytes read, then rows stored
    assert len(city.store.incidents.frame("UTC")) == 0
    assert city.store.feeds.all() == []
    assert len(city.store.files.all()) == 1
    assert taken(city, Source(tmp_path / "may.csv", "may.csv", "may"))["added"] == 12_000
    assert city.store.path.stat().st_size >= before


def test_what_the_columns_mean_is_remembered(city, tmp_path):
    header = ["nr", "tag", "art", "ost", "nord", "x1", "x2"]
    meant = Mapping(id="nr", when="tag", category="art", x="ost", y="nord")
    first = write(tmp_path / "may.csv", rows(10), header)
    assert looks.look(city, first).mapping.x == ""
    taken(city, first, mapping=meant, feed="hotline")
    seen = looks.look(city, write(tmp_path / "june.csv", rows(12), header))
    assert (seen.feed, seen.known, seen.mapping) == ("hotline", True, meant)
    assert taken(city, write(tmp_path / "june.csv", rows(12), header))["added"] == 2
    other = looks.look(city, write(tmp_path / "july.csv", rows(3)))
    assert (other.feed, other.known) == ("july", False)
    assert other.mapping.x == "经度"


def test_of_several_sources_with_the_same_columns(city, tmp_path):
    north, south = rows(10, seed=1), rows(10, seed=2)
    first = write(tmp_path / "x.csv", north)
    taken(city, first, feed="north")
    taken(city, write(tmp_path / "y.csv", south), feed="south")
    same = looks.look(city, first)
    assert same.feed == "north"  # this very file
    assert "import.feed_of_many" not in dict(same.notices)
    named = looks.look(city, write(tmp_path / "north.csv", rows(11, seed=1)))
    assert named.feed == "north"
    other = looks.look(city, write(tmp_path / "june.csv", rows(12, seed=3)))
    assert dict(other.notices)["import.feed_of_many"] == {
        "feed": other.feed,
        "others": ({"north", "south"} - {other.feed}).pop(),
    }


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_a_chinese_map_service_is_suspected(city, tmp_path, system):
    body = rows(400)
    for row in body:
        lon, lat = getattr(datum, f"to_{system}")(
            np.array([float(row[3])]), np.array([float(row[4])])
        )
        row[3:5] = [f"{lon[0]:.6f}", f"{lat[0]:.6f}"]
    source = write(tmp_path / "may.csv", body)
    seen = looks.look(city, source)
    told = dict(seen.notices)
    assert f"import.{system}" in told
    assert told[f"import.{system}"]["better"] > 99
    assert seen.totals["placed"] < 400
    right = looks.look(city, source, crs=system)
    assert right.totals["placed"] == 400
    assert not {"import.gcj02", "import.bd09"} & dict(right.notices).keys()


def test_a_few_points_beyond_a_wide_city_tell_the_datum(city, tmp_path):
    body = rows(4000)
    rng = np.random.default_rng(3)
    lon = WEST + STEP * (3 + 4 * rng.random(4000))
    lon[:50] = WEST + STEP * 9.9  # these alone cross the border when shifted
    lat = SOUTH + STEP * (3 + 4 * rng.random(4000))
    for datum_of, suspected in ((datum.to_gcj02, True), (lambda *given: given, False)):
        for row, x, y in zip(body, *datum_of(lon, lat), strict=True):
            row[3:5] = [f"{x:.6f}", f"{y:.6f}"]
        told = dict(looks.look(city, write(tmp_path / "may.csv", body)).notices)
        assert ("import.gcj02" in told) == suspected
        assert "import.bd09" not in told


def test_what_a_person_would_ask(city, tmp_path):
    body = rows(300)
    for row in body[:60]:
        row[3:5] = ["115.0333", "35.7333"]
    for row in body[60:70]:
        row[3:5] = ["0", "0"]
    body[80][1] = "2093-01-01"
    told = dict(looks.look(city, write(tmp_path / "may.csv", body)).notices)
    assert told["import.pile"] == {"count": 60, "share": 20.0, "lon": 115.0333, "lat": 35.7333}
    assert told["import.zero"] == {"count": 10}
    assert told["import.future"]["count"] == 1

    swapped = [[*row[:3], row[4], row[3], *row[5:]] for row in rows(100)]
    told = dict(looks.look(city, write(tmp_path / "swapped.csv", swapped)).notices)
    assert told["import.swapped"] == {"count": 100}
    metres = [[*row[:3], "452000.5", "3952000.5", *row[5:]] for row in rows(100)]
    told = dict(looks.look(city, write(tmp_path / "metres.csv", metres)).notices)
    assert told["import.not_degrees"]["count"] == 100


def test_a_good_file_raises_no_doubts(city, tmp_path):
    keys = [key for key, _ in looks.look(city, write(tmp_path / "may.csv", rows(400))).notices]
    assert keys == ["import.chinese", "import.crs_assumed", "import.personal"]
