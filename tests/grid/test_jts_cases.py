"""The cases of JTS's own coverage tests, beside GEOS and beside what JTS expects."""

import json

import geopandas as gpd
import pytest
import shapely

from gridmap.grid.check import check
from gridmap.grid.model import Grid
from gridmap.grid.repair import repair

OPEN = ("CoverageValidator.testGapDisjoint", "CoverageValidator.testGore")
"""Expected to be invalid for a passage between cells that is open at its end: no face is enclosed
there, so it is outside of the cover, not a gap in it; with a boundary it is found as uncovered."""
WIDER = ("gap", "empty", "multipart")
"""What GEOS does not look at: gaps, and rows without ground."""


def polygons(value):
    """Return all polygons among the arguments of a case."""
    if isinstance(value, list):
        return [shape for each in value for shape in polygons(each)]
    try:
        shape = shapely.from_wkt(value)
    except (TypeError, shapely.errors.GEOSException):
        return []
    return [shape] if shape.geom_type in ("Polygon", "MultiPolygon") else []


@pytest.fixture(scope="module")
def cases(shared_data):
    read = json.loads((shared_data / "coverage_cases" / "jts_coverage_cases.json").read_text())
    listed = [(each, polygons(each["args"][:1])) for each in read]
    return [(each, shapes) for each, shapes in listed if shapes]


def grid_of(shapes):
    return Grid.from_frame(gpd.GeoDataFrame(geometry=shapes, crs=4547))


def test_agree_with_geos(cases):
    """Valid by GEOS, gaps aside, is no error here; a cell broken by itself is said to be broken."""
    differ = []
    for case, shapes in cases:
        grid = grid_of(shapes)
        errors = [
            d
            for d in check(grid).defects
            if d.is_error
            and (d.kind not in WIDER or (d.kind == "empty" and not shapes[d.rows[0]].is_empty))
        ]
        valid = bool(shapely.coverage_is_valid(shapes)) and shapely.is_valid(shapes).all()
        if valid != (not errors):
            differ.append((case["test_class"], case["test"], [d.kind for d in errors]))
    assert differ == []
    assert len(cases) > 40


def test_agree_with_what_jts_expects(cases):
    checked = 0
    for case, shapes in cases:
        if case.get("expected_valid") is None:
            continue
        result = check(grid_of(shapes))
        width = case["gap_width"]
        errors = [
            d
            for d in result.defects
            if d.is_error and (d.kind not in WIDER or (d.kind == "gap" and d.width_m <= width))
        ]
        assert (case["expected_valid"] == (not errors)) == (case["id"] not in OPEN), case["id"]
        checked += 1
    assert checked == 12


def test_repaired(cases):
    """After a repair nothing is left but gaps, and rows that hold nothing."""
    for case, shapes in cases:
        done = repair(grid_of(shapes), gap_width=0.0)
        left = {each.defect.kind for each in done.left}
        assert left <= {"gap", "empty"}, case["test"]
