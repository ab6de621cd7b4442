"""Tiles seen by a foreign decoder: a coverage at every zoom."""

from __future__ import annotations

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from gridmap.errors import ValueRefused
from gridmap.grid.model import Grid
from gridmap.layers import mercator
from gridmap.layers.lattice import REACH
from gridmap.layers.lines import LineTiles
from gridmap.layers.mvt import EXTENT
from gridmap.layers.places import PlaceTiles
from gridmap.layers.tiles import CellTiles
from tests.layers.synthetic import synthetic_city


def rotate_rings(shapes, rng):
    """Start every ring at another of its vertices: the same cells, other bytes."""

    def rotate(xy):
        return np.vstack([turned := np.roll(xy[:-1], rng.integers(len(xy)), axis=0), turned[:1]])

    def polygon(part):
        rings = [part.exterior, *part.interiors]
        shell, *holes = (rotate(np.asarray(ring.coords)) for ring in rings)
        return shapely.Polygon(shell, holes)

    return [
        shapely.multipolygons([polygon(part) for part in shapely.get_parts(cell)])
        for cell in shapes
    ]


def tiles_over(bounds, z):
    (west, north), (east, south) = mercator.to_square([bounds[[0, 3]], bounds[[2, 1]]]) * (1 << z)
    for x in range(int(west), int(east) + 1):
        for y in range(int(north), int(south) + 1):
            yield z, x, y


def decoded(tile, layer="cells"):
    rows = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    features = rows.get(layer, {"features": []})["features"]
    return [row["properties"] for row in features], np.array(
        [shape(row["geometry"]) for row in features], dtype=object
    )


def outline_of(grid):
    lonlat = np.asarray(grid.cells.to_crs(4326).geometry)
    return shapely.transform(shapely.union_all(lonlat), mercator.to_square)


def assert_covers(outline, tiles, zooms, most=10_000):
    """In every tile: valid, no overlap, no hole that the city does not have, the outline kept."""
    rng = np.random.default_rng(2)
    for z in zooms:
        found = list(tiles_over(shapely.bounds(outline_lonlat(outline)), z))
        for n in sorted(rng.permutation(len(found))[:most]):
            _, x, y = found[n]
            tile = tiles.tile(z, x, y)
            if not tile:
                continue
            _, cells = decoded(tile)
            assert shapely.is_valid(cells).all()
            box = shapely.box(0, 0, EXTENT, EXTENT)
            inside = shapely.intersection(cells, box)
            union = shapely.union_all(inside)
            overlap = shapely.area(inside).sum() - union.area
            assert abs(overlap) <= 1e-9 * EXTENT**2, f"{z}/{x}/{y}: overlap of {overlap} units"
            local = shapely.transform(
                outline, lambda xy, z=z, x=x, y=y: (xy * (1 << z) - [x, y]) * EXTENT
            )
            local = shapely.intersection(local, box)
            assert_no_new_holes(union, local)
            off = shapely.symmetric_difference(union, local).area
            assert off <= 4 * max(local.length, 16), f"{z}/{x}/{y}: outline off by {off} units"


def outline_lonlat(outline):
    return shapely.transform(outline, mercator.to_lonlat)


def assert_no_new_holes(union, outline):
    for part in shapely.get_parts(union):
        for hole in getattr(part, "interiors", ()):
            gap = shapely.intersection(shapely.Polygon(hole), outline)
            missing = shapely.area(gap) / shapely.area(shapely.Polygon(hole))
            assert missing < 0.5, f"a hole of {shapely.Polygon(hole).area} units"


def rotated(grid):
    rng = np.random.default_rng(1)
    cells = grid.cells.set_geometry(rotate_rings(grid.shapes, rng), crs=grid.crs)
    return grid.with_cells(cells)


def test_cambridge_is_covered_at_every_zoom(districts):
    assert_covers(outline_of(districts), CellTiles(rotated(districts)), range(4, 15))
    assert_covers(outline_of(districts), CellTiles(rotated(districts)), range(15, 19), most=60)


def test_boston_is_covered_at_every_zoom(boston):
    tiles = CellTiles(rotated(boston))
    assert_covers(outline_of(boston), tiles, range(4, 13))
    assert_covers(outline_of(boston), tiles, range(13, 18), most=25)


def test_a_synthetic_city_is_covered_at_every_zoom():
    city = synthetic_city(24)
    outline = outline_of(city)
    tiles = CellTiles(rotated(city))
    assert_covers(outline, tiles, range(3, 12))
    assert_covers(outline, tiles, range(12, 18), most=12)


@pytest.mark.proof
def test_a_large_city_is_covered_at_every_zoom():
    city = synthetic_city(128)
    assert_covers(outline_of(city), CellTiles(rotated(city)), range(6, 18), most=6)


def test_gdal_reads_the_same(districts, tmp_path):
    """GDAL puts the tile back on the map; its cells are those of the other decoder."""
    import pyogrio

    tiles = CellTiles(districts)
    for z, x, y in tiles_over(districts.cells.total_bounds, 12):
        tile = tiles.tile(z, x, y)
        rows, shapes = decoded(tile)
        path = tmp_path / str(z) / str(x) / f"{y}.mvt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tile)
        for layer in pyogrio.list_layers(path)[:, 0]:
            there = pyogrio.read_dataframe(path, layer=layer, CLIP="NO")
            assert shapely.is_valid(there.geometry.to_numpy()).all()
        there = pyogrio.read_dataframe(path, layer="cells", CLIP="NO")
        assert there["code"].tolist() == [row["code"] for row in rows]
        assert there["mvt_id"].tolist() == [
            districts.codes.tolist().index(row["code"]) for row in rows
        ]
        square = shapely.transform(np.asarray(there.to_crs(4326).geometry), mercator.to_square)
        local = shapely.transform(square, lambda xy: (xy * (1 << z) - [x, y]) * EXTENT)  # noqa: B023
        assert shapely.equals_exact(
            shapely.normalize(local), shapely.normalize(shapes), tolerance=1e-3
        ).all()


def test_every_cell_is_drawn_or_counted(districts):
    tiles = CellTiles(districts)
    for z in range(9):
        seen = {
            row["code"]
            for _, x, y in tiles_over(districts.cells.total_bounds, z)
            for row in decoded(tiles.tile(z, x, y))[0]
        }
        assert len(seen) + tiles.left_out(z) == len(districts.cells)
    assert tiles.left_out(8) == 0
    assert tiles.left_out(0) > 100


def test_groups_are_drawn_with_their_names(districts):
    tiles = CellTiles(districts)
    x, y = (mercator.to_square([[-71.11, 42.375]])[0] * (1 << 10)).astype(int).tolist()
    cells, shapes = decoded(tiles.tile(10, x, y))
    sectors, outlines = decoded(tiles.tile(10, x, y), "SECTOR")
    assert {row["code"] for row in sectors} == {"1", "2", "3", "4", "5"}
    for sector, outline in zip(sectors, outlines, strict=True):
        members = [row["SECTOR"] == sector["code"] for row in cells]
        assert shapely.area(shapes[members]).sum() == outline.area
        assert shapely.union_all(shapes[members]).equals(outline)


def test_a_cut_tile_stays_a_coverage(districts):
    tiles = CellTiles(districts)
    for z in (15, 16, 17):
        for _, x, y in list(tiles_over(np.array([-71.115, 42.37, -71.105, 42.38]), z))[:12]:
            _, cells = decoded(tiles.tile(z, x, y))
            assert shapely.is_valid(cells).all()
            assert shapely.coverage_is_valid(cells)
            inside = shapely.intersection(cells, shapely.box(0, 0, EXTENT, EXTENT))
            union = shapely.union_all(inside)
            assert union.area == pytest.approx(shapely.area(inside).sum(), abs=1e-6)
            assert union.geom_type == "Polygon"
            assert not union.interiors
            far = shapely.bounds(cells)
            assert far.min() >= -REACH
            assert far.max() <= EXTENT + REACH
    assert EXTENT + REACH < 8192  # what MapLibre can draw


def test_overlaps_are_shown_not_hidden():
    import geopandas as gpd

    cells = [shapely.box(0, 0, 0.6, 1), shapely.box(0.4, 0, 1, 1)]
    frame = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=cells, crs=4326)
    _, shapes = decoded(CellTiles(Grid.from_frame(frame)).tile(6, 32, 31))
    assert shapes[0].intersection(shapes[1]).area > 0.1 * shapes[0].area


def test_a_tile_that_is_not(districts):
    with pytest.raises(ValueRefused):
        CellTiles(districts).tile(3, 8, 0)


def test_streets_carry_names(streets):
    tiles = LineTiles(streets)
    x, y = (mercator.to_square([[-71.11, 42.375]])[0] * (1 << 14)).astype(int).tolist()
    rows, lines = decoded(tiles.tile(14, x, y), "streets")
    assert "Massachusetts Ave" in {row["name"] for row in rows}
    assert {row["class"] for row in rows} == {"primary", "residential"}
    assert shapely.length(lines).min() > 0
    shallow, _ = decoded(tiles.tile(11, x >> 3, y >> 3), "streets")
    assert {row["class"] for row in shallow} == {"primary"}


def test_places_of_every_kind():
    import geopandas as gpd

    shapes = [
        shapely.Point(-71.11, 42.37),
        shapely.MultiPoint([(-71.10, 42.37), (-71.12, 42.38)]),
        shapely.LineString([(-71.12, 42.37), (-71.10, 42.38)]),
        shapely.box(-71.115, 42.372, -71.105, 42.378),
        shapely.Point(),
    ]
    names = ["School", "Posts", "Path", "Park", None]
    frame = gpd.GeoDataFrame({"code": list("abcde"), "name": names}, geometry=shapes, crs=4326)
    tiles = PlaceTiles(frame)
    assert [layer["id"] for layer in tiles.layers()] == ["cells", "lines", "points"]
    x, y = (mercator.to_square([[-71.11, 42.375]])[0] * (1 << 11)).astype(int).tolist()
    tile = mapbox_vector_tile.decode(tiles.tile(11, x, y))
    points = tile["points"]["features"]
    assert sorted(row["properties"]["name"] for row in points) == ["Posts", "Posts", "School"]
    assert sorted(row["id"] for row in points) == [0, 1, 1]
    assert {row["geometry"]["type"] for row in points} == {"Point"}
    assert tile["lines"]["features"][0]["properties"]["name"] == "Path"
    assert tile["cells"]["features"][0]["properties"]["code"] == "d"
