"""What a city asks of its cells beside the ground: codes, levels, sizes, slivers, holes."""

import geopandas as gpd
import pytest
import shapely

from gridmap.errors import ColumnError, ValueRefused
from gridmap.grid.check import check
from gridmap.grid.model import Grid
from gridmap.grid.rules import Rules
from tests.grid.test_check import grid_of, square


def test_codes_levels_and_required_columns():
    cells = [square(i, 0) for i in range(4)]
    table = gpd.GeoDataFrame(
        {
            "code": ["1", "1", None, "4"],
            "town": ["x", "x", "y", "y"],
            "village": ["v", "w", "v", ""],
            "duty": ["a", None, "b", ""],
        },
        geometry=cells,
        crs=4547,
    )
    grid = Grid.from_frame(table, "code", levels=("town", "village"))
    rules = Rules.from_dict({"required": ["duty"], "scheme": "unit-15"})
    keys = [(d.key, d.severity, d.rows) for d in check(grid, rules).defects]
    assert ("check.code_repeated", "error", (0, 1)) in keys
    assert ("check.code_missing", "error", (2,)) in keys
    assert ("check.code_scheme", "error", (3,)) in keys
    assert ("check.required", "error", (1, 3)) in keys
    assert ("check.nesting", "notice", (0, 2)) in keys
    assert ("check.nesting_none", "notice", (3,)) in keys
    strict = check(grid, Rules.from_dict({"nesting": {"strict": True}}))
    assert {d.severity for d in strict.defects if d.kind == "nesting"} == {"error"}


def test_sizes_and_slivers():
    thin = shapely.box(1, 0, 1.004, 1)
    rest = shapely.box(1.004, 0, 2, 1)
    rules = {
        "size": {"column": "homes", "target": 200, "tolerance": 0.1},
        "sliver": {"width_m": 0.01},
    }
    grid = grid_of(square(0, 0), thin, rest, homes=[200, 221, 180])
    assert [(d.kind, d.cells) for d in check(grid, Rules.from_dict(rules)).defects] == [
        ("sliver", ("B",)),
        ("size", ("B",)),
    ]
    gap = check(
        grid_of(
            square(0, 0, 2),
            shapely.box(2.004, 0, 4, 2),
            shapely.box(0, 2, 4, 3),
            shapely.box(0, -1, 4, 0),
            homes=[200] * 4,
        ),
        Rules.from_dict(rules),
    )
    assert {"gap", "sliver"} <= set(gap.counts)
    with pytest.raises(ColumnError):
        check(grid_of(square(0, 0)), Rules.from_dict(rules))


def test_a_gap_wider_than_the_gap_width_is_a_hole():
    ring = square(0, 0, 9).difference(square(3, 3, 3))
    grid = grid_of(ring)
    assert check(grid, gap_width=2.9).ok
    assert check(grid, gap_width=2.9).holes == 1
    assert not check(grid, gap_width=3.1).ok


@pytest.mark.parametrize(
    "table",
    [
        {"schema": "x"},
        {"scheme": 3},
        {"size": {"column": "n"}},
        {"size": {"column": "n", "target": float("nan")}},
        {"allowed": [{"point": [999, 0], "who": "a", "why": "b"}]},
        {"allowed": [{"point": [1, 2]}]},
        {"nesting": {"strict": "yes"}},
        {"locked": "A"},
        {"sliver": 3},
    ],
)
def test_rules_that_cannot_be(table):
    with pytest.raises(ValueRefused):
        Rules.from_dict(table)


def test_unknown_scheme():
    with pytest.raises(ValueRefused, match="unit-15"):
        Rules.from_dict({"scheme": "nope"})
