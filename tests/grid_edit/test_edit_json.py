"""Edits as JSON: the same edit after reading what was written; anything odd is refused."""

import pytest
import shapely

from gridmap.errors import GeometryError, ValueRefused
from gridmap.grid.edit import Assign, Merge, Move, Recode, Split
from gridmap.grid.edit_json import from_json, to_json
from tests.grid_edit.test_edit import line


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"op": "explode"},
        {"op": "merge", "cells": "a", "code": "a"},
        {"op": "merge", "cells": ["a"], "code": None},
        {"op": "merge", "cells": [True], "code": "a"},
        {
            "op": "split",
            "cell": "a",
            "codes": ["a"],
            "line": {"type": "LineString", "coordinates": []},
        },
        {"op": "split", "cell": "a", "codes": ["a", "b"], "line": {"type": "Point"}},
        {
            "op": "split",
            "cell": "a",
            "codes": ["a", "b"],
            "line": {"type": "LineString", "coordinates": [[0, float("nan")], [1, 1]]},
        },
        {
            "op": "split",
            "cell": "a",
            "codes": ["a", "b"],
            "line": {"type": "LineString", "coordinates": [[0, 500], [1, 1]]},
        },
        {
            "op": "assign",
            "to": "a",
            "area": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        },
        {
            "op": "move",
            "cells": ["a", "b"],
            "snap_m": -1,
            "line": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
        },
    ],
)
def test_bad_json_is_refused(value):
    with pytest.raises((ValueRefused, GeometryError)) as caught:
        from_json(value)
    assert str(caught.value)


def test_json_round_trip():
    for edit in (
        Merge(("a", "b"), "c"),
        Split("a", line((0, 0), (1, 2)), ("a", "b")),
        Move(("a", "b"), line((0, 0), (1, 2)), 3.0),
        Assign(shapely.box(0, 0, 1, 1), "a"),
        Recode("a", "b"),
    ):
        assert from_json(to_json(edit)) == edit
