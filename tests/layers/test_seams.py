"""Whole zooms as a foreign decoder sees them: gaps, overlaps and seams between tiles, measured."""

from __future__ import annotations

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from gridmap.layers.mvt import EXTENT
from gridmap.layers.tiles import CellTiles
from tests.layers.synthetic import synthetic_city
from tests.layers.test_tiles import outline_lonlat, outline_of, rotated, tiles_over

INSET = 4
"""Units along the outline of the city where rounding may leave ground open."""
ROUNDING = 1e-9
"""Share of a tile that adding areas up as floats may be off."""
EDGE = np.arange(8, EXTENT, 61.5) + 0.25
"""Where the edge of a tile is looked at: between the points of the lattice."""
SIDES = {
    "east": np.column_stack([np.full(len(EDGE), EXTENT), EDGE]),
    "west": np.column_stack([np.zeros(len(EDGE)), EDGE]),
    "south": np.column_stack([EDGE, np.full(len(EDGE), EXTENT)]),
    "north": np.column_stack([EDGE, np.zeros(len(EDGE))]),
}
BOX = shapely.box(0, 0, EXTENT, EXTENT)


def owners(shapes, codes):
    """Return which cells hold each point of the four edges of a tile."""
    tree = shapely.STRtree(shapes)
    found = {}
    for side, xy in SIDES.items():
        point, cell = tree.query(shapely.points(xy), predicate="intersects")
        found[side] = [{codes[c] for c in cell[point == k]} for k in range(len(xy))]
    return found


def seen(tiles, outline, z, most):
    """Return what is wrong with the tiles of a zoom, and how many were looked at."""
    every = list(tiles_over(shapely.bounds(outline_lonlat(outline)), z))
    start = max(0, (len(every) - most) // 2)
    sums = {"tiles": 0, "of": len(every), "overlap": 0.0, "gap": 0.0, "invalid": 0}
    edges = {}
    for _, x, y in every[start : start + most]:
        local = shapely.transform(outline, lambda xy, x=x, y=y: (xy * (1 << z) - [x, y]) * EXTENT)
        rows = mapbox_vector_tile.decode(
            tiles.tile(z, x, y), default_options={"y_coord_down": True}
        )
        features = rows["cells"]["features"] if rows else []
        cells = np.array([shape(row["geometry"]) for row in features], dtype=object)
        inside = shapely.intersection(cells, BOX)
        union = shapely.union_all(inside)
        ground = shapely.intersection(shapely.buffer(local, -INSET), BOX)
        sums["tiles"] += 1
        sums["invalid"] += int((~shapely.is_valid(cells)).sum())
        sums["overlap"] += shapely.area(inside).sum() - union.area
        sums["gap"] += shapely.area(shapely.difference(ground, union))
        edges[x, y] = owners(cells, [row["properties"]["code"] for row in features])
    pairs = [
        (mine, theirs)
        for (x, y), found in edges.items()
        for side, other, beside in (("east", "west", (x + 1, y)), ("south", "north", (x, y + 1)))
        if beside in edges
        for mine, theirs in zip(found[side], edges[beside][other], strict=True)
    ]
    sums["seam points"] = len(pairs)
    sums["that differ"] = sum(mine != theirs for mine, theirs in pairs)
    return sums


def assert_sound(found):
    limit = ROUNDING * EXTENT**2 * found["tiles"]
    assert found["invalid"] == 0
    assert abs(found["overlap"]) <= limit
    assert found["gap"] <= limit
    assert found["that differ"] == 0


@pytest.mark.parametrize("z", [9, 12, 14])
def test_neighbouring_tiles_agree_at_their_seam(districts, z):
    found = seen(CellTiles(rotated(districts)), outline_of(districts), z, most=20)
    assert_sound(found)
    assert found["seam points"] > 100 or z == 9


def test_a_hole_and_a_shifted_tile_are_noticed(districts):
    """The measure sees tiles that lack cells, and tiles of two versions side by side."""
    whole, fewer = CellTiles(districts), CellTiles(districts.with_cells(districts.cells.iloc[::2]))
    outline = outline_of(districts)
    assert seen(fewer, outline, 12, most=20)["gap"] > 100

    class Mixed:
        def tile(self, z, x, y):
            return (whole if (x + y) % 2 else fewer).tile(z, x, y)

    assert seen(Mixed(), outline, 14, most=20)["that differ"] > 0


@pytest.mark.proof
@pytest.mark.parametrize("name", ["Cambridge", "Boston, repaired", "16,384 cells"])
def test_whole_zooms_are_coverages(name, districts, boston, record):
    grid = {"Cambridge": districts, "Boston, repaired": boston}.get(name) or synthetic_city(128)
    tiles, outline = CellTiles(rotated(grid)), outline_of(grid)
    for z in range(6, 17):
        found = seen(tiles, outline, z, most=24)
        row = {"city": name, "zoom": z, **found, "left out": tiles.left_out(z)}
        record("Tiles: a coverage after rounding", {k: _rounded(v) for k, v in row.items()})
        assert_sound(found)


def _rounded(value):
    """Square units of a lattice of 4096 × 4096, to what floats can add up."""
    return round(value, 2) + 0.0 if isinstance(value, float) else value
