"""Codes by a scheme: order, stability, no reuse, no overflow."""

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from gridmap.cli import app
from gridmap.errors import ColumnError, FileError, ValueRefused
from gridmap.files.rules import read_rules, read_scheme
from gridmap.grid.check import check
from gridmap.grid.codes import number
from gridmap.grid.model import Grid
from gridmap.grid.rules import Rules
from gridmap.grid.schemes import SCHEMES, Scheme, Segment, scheme


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
    with pytest.raises(ValueRefused, match="column county is empty"):
        number(town(county=""), scheme("unit-15"))
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


HARBOUR = {
    "name": "harbour",
    "segment": [
        {"name": "harbour", "width": 2, "charset": "A-Z0-9", "source": "port"},
        {"name": "cell", "width": 2, "charset": "0-9A-HJ-NP-Z"},
    ],
}


@st.composite
def schemes(draw):
    """A scheme with a parent column and a running number, in any order of characters."""
    charset = draw(st.sampled_from(["0-9", "A-Z", "0-9A-F", "01", "ZYX", "a-c0"]))
    width = draw(st.integers(1, 3))
    cell = {"name": "cell", "width": width, "charset": charset}
    port = {"name": "port", "width": 2, "charset": "A-Z", "source": "port"}
    return Scheme.from_dict({"name": "drawn", "segment": [port, cell]})


def ports(codes, names):
    shapes = [shapely.box(i % 5, -(i // 5), i % 5 + 1, 1 - i // 5) for i in range(len(codes))]
    table = gpd.GeoDataFrame({"code": codes, "port": names}, geometry=shapes, crs=4547)
    return Grid.from_frame(table, "code")


@settings(max_examples=60)
@given(schemes(), st.lists(st.sampled_from(["AA", "BB"]), min_size=1, max_size=20), st.data())
def test_laws_of_numbering(rule, names, data):
    """Unique, of the scheme, in order; stable under edits; none given twice; no overflow."""
    last = rule.segments[-1]
    room = len(last.charset) ** last.width - last.first
    grid = ports([f"x{i}" for i in range(len(names))], names)
    if max(names.count("AA"), names.count("BB")) > room:
        with pytest.raises(ValueRefused, match="more cells"):
            number(grid, rule)
        return
    done = list(number(grid, rule).grid.codes)
    assert len(set(done)) == len(done)
    assert all(rule.fits(code) for code in done)
    for port in ("AA", "BB"):
        values = [last.value(c[2:]) for c, name in zip(done, names, strict=True) if name == port]
        assert values == list(range(last.first, last.first + len(values)))
    assert number(ports(done, names), rule).changes.empty
    gone = data.draw(st.integers(0, len(done) - 1))
    edited = [*done]
    edited[gone] = "drawn anew"
    if names.count(names[gone]) < room:
        after = list(number(ports(edited, names), rule, [done[gone]]).grid.codes)
        assert after[:gone] + after[gone + 1 :] == done[:gone] + done[gone + 1 :]
        assert after[gone] != done[gone]
    else:
        with pytest.raises(ValueRefused, match="more cells"):
            number(ports(edited, names), rule, [done[gone]])


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"name": "x"},
        {"name": "x", "segment": []},
        {"name": "x", "segment": [3]},
        {"name": 3, "segment": [{"name": "a", "width": 2}]},
        {"name": "x", "segment": [{"name": "a", "width": 0}]},
        {"name": "x", "segment": [{"name": "a", "width": True}]},
        {"name": "x", "segment": [{"width": 2}]},
        {"name": "x", "segment": [{"name": "a", "width": 2, "charset": ""}]},
        {"name": "x", "segment": [{"name": "a", "width": 2, "charset": "Z-A"}]},
        {"name": "x", "segment": [{"name": "a", "width": 2, "charset": "AAB"}]},
        {"name": "x", "segment": [{"name": "a", "width": 2, "charset": "A"}]},
        {"name": "x", "segment": [{"name": "a", "width": 2, "source": "port"}]},
        {"name": "x", "segment": [{"name": "a", "width": 2, "colour": "red"}]},
        {"name": "x", "segment": [{"name": "a", "width": 2}], "author": "me"},
    ],
)
def test_schemes_that_cannot_be(broken):
    with pytest.raises(ValueRefused):
        Scheme.from_dict(broken)


def test_check_names_codes_that_are_not_of_a_scheme_written_out():
    grid = ports(["QD01", "QD0J", "QD0I", "qd02"], ["QD"] * 4)
    rules = Rules.from_dict({"scheme": HARBOUR})
    wrong = [each.cells for each in check(grid, rules).defects if each.kind == "code"]
    assert wrong == [("QD0I",), ("qd02",)]


def test_a_scheme_of_a_file(tmp_path):
    text = 'name = "harbour"\n[[segment]]\nname = "harbour"\nwidth = 2\ncharset = "A-Z"\n'
    text += 'source = "port"\n[[segment]]\nname = "cell"\nwidth = 3\n'
    (tmp_path / "harbour.toml").write_text(text, encoding="utf-8")
    (tmp_path / "RULES.toml").write_text('scheme = "harbour.toml"\n', encoding="utf-8")
    rule = read_scheme(str(tmp_path / "harbour.toml"))
    assert read_rules(tmp_path / "RULES.toml").scheme == rule
    cells = tmp_path / "cells.geojson"
    grid = ports(["a", "b", "c"], ["QD", "QD", "YT"])
    grid.cells.drop(columns="code", errors="ignore").reset_index().to_crs(4326).to_file(cells)
    out, told = tmp_path / "out.geojson", tmp_path / "told.json"
    call = [str(cells), str(out), "--scheme", str(tmp_path / "harbour.toml")]
    main = CliRunner().invoke(app, ["codes", *call, "--json", str(told)])
    assert main.exit_code == 0, main.output
    assert sorted(gpd.read_file(out)["code"]) == ["QD001", "QD002", "YT001"]
    checked = CliRunner().invoke(app, ["check", str(out), "--rules", str(tmp_path / "RULES.toml")])
    assert checked.exit_code == 0, checked.output
    checked = CliRunner().invoke(
        app, ["check", str(cells), "--rules", str(tmp_path / "RULES.toml")]
    )
    assert checked.exit_code == 1
    with pytest.raises(FileError):
        read_scheme(str(tmp_path / "none.toml"))
