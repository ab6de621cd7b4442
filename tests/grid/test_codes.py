"""Codes by a scheme: order, stability, no reuse, no overflow."""

import geopandas as gpd
import pytest
import shapely

from gridmap.errors import ColumnError, ValueRefused
from gridmap.grid.codes import SCHEMES, Scheme, Segment, number, scheme
from gridmap.grid.model import Grid


def town(codes=None, columns=3, rows=2, **values):
    shapes = [shapely.box(c, r, c + 1, r + 1) for r in range(rows) for c in range(columns)]
    data = {"code": codes or [f"old{i}" for i in range(len(shapes))]}
    data |= {"county": 110101, "town": "1", "village": "110101001002"} | values
    table = gpd.GeoDataFrame(data, geometry=shapes, crs=4547)
    return Grid.from_frame(table, "code", levels=("county", "town", "village"))


def test_north_to_south_and_west_to_east():
    done = number(town(), scheme("unit-15"))
    tails = [code[-3:] for code in done.grid.codes]
    assert tails == ["004", "005", "006", "001", "002", "003"]
    assert set(done.grid.codes) == {f"110101001002{i:03d}" for i in range(1, 7)}
    assert all(scheme("unit-15").fits(code) for code in done.grid.codes)
    assert len(done.changes) == 6


def test_codes_of_the_scheme_stay_and_numbers_are_not_given_again():
    first = number(town(), scheme("unit-15"))
    again = number(town(list(first.grid.codes)), scheme("unit-15"))
    assert list(again.grid.codes) == list(first.grid.codes)
    assert again.changes.empty
    codes = list(first.grid.codes)
    retired = codes[2]
    codes[2] = "new"
    after = number(town(codes), scheme("unit-15"), [retired])
    assert after.grid.codes[2] == "110101001002007"
    assert [*after.changes["row"]] == [3]
    repeated = [codes[0], codes[0], *codes[2:]]
    split = number(town(repeated), scheme("unit-15"), [retired])
    assert len(set(split.grid.codes)) == 6
    assert split.grid.codes[0] == codes[0]


def test_overflow_is_refused():
    short = Scheme("short", (Segment("town", 1, source="town"), Segment("cell", 1)))
    assert number(town(columns=9, rows=1), short).grid.codes[8] == "19"
    with pytest.raises(ValueRefused, match="more cells"):
        number(town(columns=10, rows=1), short)


def test_values_that_do_not_fit():
    with pytest.raises(ValueRefused, match="Row 1, column county"):
        number(town(county="Haidian"), scheme("unit-15"))
    with pytest.raises(ColumnError, match="--levels"):
        number(town(), scheme("division-15"))
    with pytest.raises(ValueRefused, match="unit-15"):
        scheme("nope")


def test_shipped_schemes():
    widths = {name: sum(s.width for s in each.segments) for name, each in SCHEMES.items()}
    assert widths == {"unit-15": 15, "division-15": 15, "cjt349-20": 20, "free": 0}
    assert scheme("free").fits("任意")
    assert not scheme("unit-15").fits("11010100100200x")
    grid = town()
    assert list(number(grid, scheme("free")).grid.codes) == list(grid.codes)
