"""Coverages with known corners, the points that hurt, and the slow answer."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from gridmap.grid.model import Grid

AROUND = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]


def grid_of(shapes, codes=None, seed=0):
    """Return a grid with codes in random order, so that order of file and of code differ."""
    codes = codes or [str(i) for i in np.random.default_rng(seed).permutation(len(shapes))]
    return Grid.from_frame(gpd.GeoDataFrame({"code": codes}, geometry=list(shapes)))


def squares(count, origin=(0.0, 0.0), step=1.0):
    """Return count × count squares."""
    x, y = (origin[axis] + step * np.arange(count + 1) for axis in (0, 1))
    return [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for j in range(count) for i in range(count)]


def triangles(count, origin=(0.0, 0.0), step=1.0):
    """Return the squares, each cut along a diagonal."""
    cut = []
    for square in squares(count, origin, step):
        a, b, c, d = square.exterior.coords[:-1]
        cut += [shapely.Polygon([a, b, c]), shapely.Polygon([a, c, d])]
    return cut


def one_ulp_around(points):
    """Return the points and their eight neighbours in floating point."""
    x, y = np.asarray(points, dtype=float).T
    moved = []
    for i, j in AROUND:
        u = np.nextafter(x, i * np.inf) if i else x
        v = np.nextafter(y, j * np.inf) if j else y
        moved.append(np.column_stack([u, v]))
    return np.concatenate(moved)


def touchy_points(shapes):
    """Return every vertex, edge middle and third, and their neighbours."""
    rings = shapely.get_parts(shapely.get_rings(np.asarray(shapes)))
    edges = np.concatenate(
        [np.stack([xy[:-1], xy[1:]], axis=1) for xy in map(shapely.get_coordinates, rings)]
    )
    edges = np.unique(edges, axis=0)
    a, b = edges[:, 0], edges[:, 1]
    return one_ulp_around(np.concatenate([a, (a + b) / 2, a + (b - a) / 3, a + (b - a) * 0.9]))


def slow(grid, x, y):
    """Return the cell of least code that meets each point, as shapely answers."""
    order = sorted(range(len(grid.codes)), key=lambda i: grid.codes[i])
    shapes = grid.shapes[order]
    cell, point = shapely.STRtree(shapely.points(x, y)).query(shapes, predicate="intersects")
    best = np.full(len(x), len(shapes))
    np.minimum.at(best, point, cell)
    return np.array([*order, -1])[best]
