"""Cambridge: what the check finds, beside an overlay that knows nothing of it."""

from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridmap.grid.check import check
from gridmap.grid.model import Grid
from gridmap.journeys.cells.check import check_json

STATE_PLANE = 26986
LEVELS = ("SECTOR", "CAR_RTE", "WALK_RTE")


@pytest.fixture(scope="module")
def layer(cambridge):
    return lambda name: gpd.read_file(f"/vsigzip/{cambridge}/{name}.geojson.gz")


def areas(found):
    kinds = found.counts
    return {kind: sum(d.area_m2 for d in found.defects if d.kind == kind) for kind in kinds}


def overlay_pairs(shapes):
    """Return the area of every overlapping pair, by plain intersection of all pairs."""
    pairs = {}
    for one, other in combinations(range(len(shapes)), 2):
        if area := shapely.area(shapely.intersection(shapes[one], shapes[other])):
            pairs[one, other] = area
    return pairs


def holes(shapes):
    union = shapely.get_parts(shapely.union_all(shapes))
    rings = np.concatenate([shapely.get_rings(part)[1:] for part in union])
    return shapely.area(shapely.polygons(rings))


@pytest.mark.parametrize("crs", [4326, STATE_PLANE])
def test_response_districts_are_a_coverage(layer, crs):
    frame = layer("response_districts").to_crs(crs)
    assert check(Grid.from_frame(frame, "CADRA")).defects == ()


@pytest.mark.parametrize("crs", [4326, STATE_PLANE])
def test_response_districts_against_the_city(layer, crs):
    frame, city = layer("response_districts").to_crs(crs), layer("city")
    found = check(Grid.from_frame(frame, "CADRA", boundary=city))
    assert not found.ok
    assert set(found.counts) == {"outside", "uncovered"}
    cover = frame.to_crs(STATE_PLANE).union_all()
    area = city.to_crs(STATE_PLANE).union_all()
    sums = areas(found)
    assert sums["outside"] == pytest.approx(cover.difference(area).area, rel=2e-4)
    assert sums["uncovered"] == pytest.approx(area.difference(cover).area, rel=2e-4)
    assert sums["outside"] == pytest.approx(25_522, abs=3)
    assert sums["uncovered"] == pytest.approx(20_602, abs=3)
    assert all(defect.cells for defect in found.defects)


def test_levels_that_do_not_nest_are_notices(layer):
    found = check(Grid.from_frame(layer("response_districts"), "CADRA", levels=LEVELS))
    assert found.ok
    assert set(found.counts) == {"nesting"}
    texts = [defect.text("en") for defect in found.defects]
    assert any("6R of level CAR_RTE lies in 2 groups of level SECTOR" in each for each in texts)
    assert any("18 cells have no group on level WALK_RTE" in each for each in texts)


@pytest.mark.parametrize("crs", [4326, STATE_PLANE])
@pytest.mark.parametrize(
    ("name", "pairs", "overlap", "gap"),
    [("fire_engine_districts", 4, 1_452, 0), ("blockgroups2020", 13, 1_614, 5_355)],
)
def test_layers_somebody_sent(layer, crs, name, pairs, overlap, gap):
    frame = layer(name).to_crs(crs)
    found = check(Grid.from_frame(frame))
    plane = frame.to_crs(STATE_PLANE).geometry.to_numpy()
    theirs = overlay_pairs(plane)
    assert found.counts["overlap"] == pairs == len(theirs)
    mine = {tuple(sorted(d.rows)): d.area_m2 for d in found.defects if d.kind == "overlap"}
    assert set(mine) == set(theirs)
    sums = areas(found)
    assert sums["overlap"] == pytest.approx(overlap, abs=1.5)
    assert sums["overlap"] == pytest.approx(sum(theirs.values()), rel=1e-3)
    assert sums.get("gap", 0) == pytest.approx(gap, abs=1.5)
    assert sums.get("gap", 0) == pytest.approx(holes(plane).sum(), rel=1e-3)


def test_the_answer_as_json(layer):
    grid = Grid.from_frame(layer("blockgroups2020"), "GEOID20")
    found = check(grid)
    for lang in ("en", "zh"):
        answer = check_json(found, lang, 0.5)
        assert answer["ok"] is False
        assert (answer["cells"], answer["crs"]) == (87, "EPSG:4326")
        assert answer["area_m2"] == pytest.approx(18.4e6, rel=0.02)
        assert answer["outline"]["type"] == "Polygon"
        assert answer["counts"] == {"overlap": 13, "gap": 23}
        first = answer["defects"][0]
        assert set(first["cells"]) <= set(grid.codes)
        assert {"Polygon", "MultiPolygon"} >= {first["where"]["type"]}
        lon, lat = first["place"]
        assert shapely.dwithin(shapely.Point(lon, lat), found.defects[0].where, 1e-9)
        assert first["cells"][0] in first["message"]
    assert 0 < max(d["width_m"] for d in answer["defects"]) < 100
