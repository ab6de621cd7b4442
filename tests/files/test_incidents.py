"""Files of incidents: every format, encoding and kind of row."""

import csv
import datetime as dt
import gzip
import io
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from openpyxl import Workbook

from gridmap.errors import ColumnError, CrsError, FileError
from gridmap.files.incidents import read_incidents, read_table
from gridmap.files.tables import write_table
from gridmap.incidents.interpret import interpret
from gridmap.incidents.mapping import Mapping

CHINA = "Asia/Shanghai"
HEADER = ["案件编号", "上报时间", "问题大类", "经度", "纬度", "举报人姓名"]
ROWS = [
    ["00012", "2023-05-01 08:30:00", "市容环境", "115.02", "35.76", "张三"],
    ["00013", "2023-05-02", "突发事件", "115.03", "35.77", "李四"],
]


def text_of(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "in.csv"
    path.write_bytes(text_of([HEADER, *ROWS]).encode(encoding))
    table = read_table(path)
    assert table.frame.columns.tolist() == HEADER
    assert table.frame.to_numpy().tolist() == ROWS
    assert table.rows.tolist() == [2, 3]
    frame = interpret(table, table.guess(), CHINA).frame
    assert frame["id"].tolist() == ["00012", "00013"]
    assert frame["day_only"].tolist() == [False, True]
    assert str(frame["when"].dt.tz) == CHINA
    assert frame["lon"].tolist() == [115.02, 115.03]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path, delimiter):
    lines = [delimiter.join(row) for row in [HEADER, *ROWS]]
    (tmp_path / "in.csv").write_text("\n".join(lines))
    assert read_table(tmp_path / "in.csv").frame.to_numpy().tolist() == ROWS


def test_neither_encoding(tmp_path):
    (tmp_path / "in.csv").write_bytes(b"a,b\n\xff\xff\x80,1\n")
    with pytest.raises(FileError, match="UTF-8"):
        read_table(tmp_path / "in.csv")


def test_title_above_the_header(tmp_path):
    rows = [["某市网格事件表", "", "", "", "", ""], [""] * 6, HEADER, *ROWS]
    (tmp_path / "in.csv").write_text(text_of(rows))
    table = read_table(tmp_path / "in.csv")
    assert table.frame.columns.tolist() == HEADER
    assert table.rows.tolist() == [4, 5]


def test_rows_of_the_wrong_length(tmp_path):
    long = [*ROWS[0], "over"]
    (tmp_path / "in.csv").write_text(text_of([HEADER, ROWS[0], long, ROWS[1][:3]]))
    table = read_table(tmp_path / "in.csv")
    assert len(table.frame) == 2
    assert table.frame.iloc[1].tolist() == [*ROWS[1][:3], "", "", ""]
    assert [(fault.row, fault.key) for fault in table.faults] == [(3, "files.row_long")]


def test_spreadsheet(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append([*HEADER, "处置时限"])
    sheet.append([12, dt.datetime(2023, 5, 1, 8, 30), "市容环境", 115.02, 35.76, None, 45047.5])  # noqa: DTZ001
    sheet.append([13, dt.datetime(2023, 5, 2), "=1+1", 115.03, 35.77, True, None])  # noqa: DTZ001
    for row in (2, 3):
        sheet.cell(row, 1).number_format = "00000"
    book.create_sheet("other").append(["x"])
    book.save(tmp_path / "in.xlsx")
    table = read_table(tmp_path / "in.xlsx")
    incoming = interpret(table, table.guess(), CHINA)
    assert incoming.frame["id"].tolist() == ["00012", "00013"]
    assert incoming.frame["when"].iloc[0] == pd.Timestamp("2023-05-01 08:30", tz=CHINA)
    assert incoming.frame["day_only"].tolist() == [False, True]
    assert incoming.frame["due"].iloc[0] == pd.Timestamp("2023-05-01 12:00", tz=CHINA)
    assert "import.one_sheet" in [key for key, _ in table.notices]


OPEN311 = {
    "service_request_id": "638344", "status": "closed", "service_name": "Street light",
    "requested_datetime": "2010-04-14T06:37:38-08:00", "address": "8TH ST & ALICE ST",
    "lat": 42.359, "long": -71.058,
}  # fmt: skip


def test_open311(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([OPEN311, OPEN311 | {"lat": None, "long": None}]))
    fields = "".join(
        f"<{name}>{value}</{name}>".replace("&", "&amp;") for name, value in OPEN311.items()
    )
    xml = f'<?xml version="1.0"?><service_requests><request>{fields}</request></service_requests>'
    (tmp_path / "a.xml").write_text(xml)
    frames = [
        read_incidents(tmp_path / name, zone="America/New_York")[0] for name in ("a.json", "a.xml")
    ]
    for frame in frames:
        first = frame.iloc[0]
        assert (first["id"], first["category"], first["status"]) == (
            "638344",
            "Street light",
            "closed",
        )
        assert first["when"].isoformat() == "2010-04-14T10:37:38-04:00"
        assert (first["lon"], first["lat"]) == (-71.058, 42.359)
        assert first["address"] == "8TH ST & ALICE ST"
    assert np.isnan(frames[0]["lon"].iloc[1])


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".parquet", ".geojson.gz"])
def test_layers_of_points(tmp_path, suffix):
    points = gpd.points_from_xy([-71.1, -71.2], [42.3, 42.4], crs=4326).to_crs(2249)
    frame = gpd.GeoDataFrame({"id": ["01", "02"], "type": ["a", "b"]}, geometry=points)
    path = tmp_path / f"in{suffix}"
    if suffix == ".parquet":
        frame.to_parquet(path)
    elif suffix == ".gpkg":
        frame.to_file(path)
    else:
        body = frame.to_crs(4326).to_json().encode()
        path.write_bytes(gzip.compress(body) if suffix.endswith("gz") else body)
    found, notices = read_incidents(path)
    assert found["id"].tolist() == ["01", "02"]
    assert np.allclose(found[["lon", "lat"]], [[-71.1, 42.3], [-71.2, 42.4]], atol=1e-9)
    assert "import.crs_assumed" not in [key for key, _ in notices]


def test_empty_points_and_other_shapes(tmp_path):
    shapes = [shapely.Point(1, 2), shapely.Point(), None, shapely.LineString([(0, 0), (1, 1)])]
    frame = gpd.GeoDataFrame({"id": ["a", "b", "c", "d"]}, geometry=shapes, crs=4326)
    frame.to_file(tmp_path / "in.gpkg")
    table = read_table(tmp_path / "in.gpkg")
    lon = interpret(table, table.guess(), "UTC").frame["lon"]
    assert lon.isna().tolist() == [False, True, True, True]
    assert [(fault.row, fault.value) for fault in table.faults] == [(4, "LineString")]


def test_layer_of_points_in_feet_called_degrees(tmp_path):
    points = gpd.points_from_xy([770_000], [2_950_000], crs=4326)
    gpd.GeoDataFrame({"id": ["1"]}, geometry=points).to_file(tmp_path / "in.geojson")
    with pytest.raises(CrsError, match="cannot be degrees"):
        read_incidents(tmp_path / "in.geojson")


def test_values_that_cannot_be_read_are_told_with_row_and_column(tmp_path):
    rows = [["a", "soon", "x", "115,02", "35.7", ""], *ROWS]
    (tmp_path / "in.csv").write_text(text_of([HEADER, *rows]))
    table = read_table(tmp_path / "in.csv")
    incoming = interpret(table, table.guess(), CHINA)
    told = {(fault.row, fault.column, fault.value, fault.key) for fault in incoming.faults}
    assert told == {
        (2, "上报时间", "soon", "import.not_time"),
        (2, "经度", "115,02", "import.not_number"),
    }
    assert len(incoming.frame) == 3


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_shifted_coordinates_are_brought_back(tmp_path, system):
    from gridmap import datum

    lon, lat = getattr(datum, f"to_{system}")(np.array([115.02]), np.array([35.76]))
    row = [*ROWS[0][:3], repr(float(lon[0])), repr(float(lat[0])), ""]
    (tmp_path / "in.csv").write_text(text_of([HEADER, row]))
    frame, _ = read_incidents(tmp_path / "in.csv", crs=system)
    assert np.allclose(frame[["lon", "lat"]], [[115.02, 35.76]], atol=1e-9)


def test_projected_coordinates(tmp_path):
    points = gpd.points_from_xy([115.02], [35.76], crs=4326).to_crs(4547)
    row = [*ROWS[0][:3], str(points.x[0]), str(points.y[0]), ""]
    (tmp_path / "in.csv").write_text(text_of([HEADER, row]))
    frame, _ = read_incidents(tmp_path / "in.csv", crs="EPSG:4547")
    assert np.allclose(frame[["lon", "lat"]], [[115.02, 35.76]], atol=1e-8)


def test_own_columns_of_our_names_are_kept_beside(tmp_path):
    (tmp_path / "in.csv").write_text("lon,lat,reason,cell\n1,2,dog,x\n")
    frame, _ = read_incidents(tmp_path / "in.csv")
    assert frame["reason_input"].tolist() == ["dog"]
    assert frame["cell_input"].tolist() == ["x"]


def test_a_mapping_of_a_column_that_is_not_there(tmp_path):
    (tmp_path / "in.csv").write_text("lon,lat\n1,2\n")
    with pytest.raises(ColumnError, match=r"in\.csv.*breite.*lon, lat"):
        read_incidents(tmp_path / "in.csv", Mapping(x="lon", y="breite"))


RISKY = ["=1+1", "+cmd", "-2+3", "@x", "-71.5", "+5", "'=quoted", "plain", "", "-"]


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".xlsx"])
def test_formulas_are_guarded_and_come_back(tmp_path, suffix):
    frame = pd.DataFrame({"id": [str(n) for n in range(len(RISKY))], "text": RISKY}, dtype="str")
    path = tmp_path / f"out{suffix}"
    write_table(frame, path)
    assert read_table(path).frame["text"].tolist() == RISKY
    if suffix == ".csv":
        written = [row["text"] for row in csv.DictReader(path.open(newline=""))]
        assert written[:6] == ["'=1+1", "'+cmd", "'-2+3", "'@x", "-71.5", "+5"]


def test_boston_whole(shared_data):
    frame, notices = read_incidents(
        shared_data / "boston/requests_311_2015.csv.gz", zone="America/New_York"
    )
    assert len(frame) == 120_974
    assert frame["lon"].notna().all()
    assert frame["when"].notna().all()
    assert frame["id"].is_unique
    assert dict(notices)["import.doubled"]["count"] == 1
    assert frame["precinct"].iloc[0] == "503.0"
