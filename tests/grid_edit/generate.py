"""Random edits, meant well or badly, as people draw them."""

import numpy as np
import shapely

from gridmap import crs as crs_
from gridmap.grid.edit import Assign, Merge, Move, Recode, Split


def wobbly(cells_wide, cells_high, per_side, seed, crs=32650, size=200.0):
    """A synthetic grid whose borders wobble; every vertex stands in all cells beside it."""
    import geopandas as gpd

    from gridmap.grid.model import Grid

    rng = np.random.default_rng(seed)
    nx, ny = cells_wide * per_side + 1, cells_high * per_side + 1
    step = size / per_side
    xy = np.stack(np.meshgrid(np.arange(nx) * step, np.arange(ny) * step), axis=-1)
    xy += rng.uniform(-0.3, 0.3, xy.shape) * step
    xy = np.round(xy + np.array([500_000, 3_400_000]), 3)
    shapes = []
    for j in range(cells_high):
        for i in range(cells_wide):
            part = xy[j * per_side : (j + 1) * per_side + 1, i * per_side : (i + 1) * per_side + 1]
            sides = [part[0, :-1], part[:-1, -1], part[-1, :0:-1], part[:0:-1, 0]]
            shapes.append(shapely.Polygon(np.concatenate(sides)))
    n = len(shapes)
    frame = gpd.GeoDataFrame(
        {
            "code": [f"{k:05d}" for k in range(n)],
            "village": [f"v{k // 7}" for k in range(n)],
            "people": rng.integers(0, 900, n),
        },
        geometry=shapes,
        crs=crs,
    )
    return Grid.from_frame(frame, levels=["village"])


class Hand:
    """A hand that draws edits on a grid.

    Parameters
    ----------
    rng : numpy Generator
        Where its whims come from.
    """

    def __init__(self, rng):
        self.rng = rng
        self.fresh = 0

    def code(self):
        self.fresh += 1
        return f"n{self.fresh}"

    def draw(self, grid):
        kind = self.rng.choice(
            [self.merge, self.split, self.move, self.assign, self.recode],
            p=[0.15, 0.25, 0.3, 0.25, 0.05],
        )
        return kind(grid)

    def lonlat(self, grid, shape):
        return crs_.to_lonlat(shape, grid.crs)

    def one(self, grid):
        row = int(self.rng.integers(len(grid.cells)))
        return row, str(grid.codes[row]), grid.shapes[row]

    def neighbour(self, grid, row):
        shape = grid.shapes[row]
        touching = np.flatnonzero(shapely.intersects(grid.shapes, shape))
        touching = touching[touching != row]
        return None if not len(touching) else int(self.rng.choice(touching))

    def merge(self, grid):
        row, code, _ = self.one(grid)
        other = self.neighbour(grid, row)
        if other is None:
            return self.split(grid)
        return Merge((code, str(grid.codes[other])), str(self.rng.choice([code, self.code()])))

    def split(self, grid):
        _, code, shape = self.one(grid)
        low_x, low_y, high_x, high_y = shape.bounds
        wide, high = high_x - low_x, high_y - low_y
        middle = np.array(shape.representative_point().coords[0])
        turn = self.rng.uniform(0, 2 * np.pi)
        along = np.array([np.cos(turn) * wide, np.sin(turn) * high])
        t = np.linspace(-1.2, 1.2, int(self.rng.integers(2, 6)))[:, None]
        path = middle + t * along + self.rng.normal(0, 0.03, (len(t), 2)) * (wide, high)
        if self.rng.random() < 0.4:
            corners = shapely.get_coordinates(
                shapely.get_exterior_ring(shapely.get_parts(shape)[0])
            )
            path[[0, -1]] = corners[self.rng.choice(len(corners), 2)]
        line = self.lonlat(grid, shapely.LineString(path))
        return Split(code, line, (str(self.rng.choice([code, self.code()])), self.code()))

    def move(self, grid):
        row, code, shape = self.one(grid)
        other = self.neighbour(grid, row)
        if other is None:
            return self.split(grid)
        common = shapely.line_merge(shapely.intersection(shape, grid.shapes[other]))
        lines = [part for part in shapely.get_parts(common) if part.length]
        if not lines:
            return self.merge(grid)
        line = lines[0]
        low, high = np.sort(self.rng.uniform(0, 1, 2)) if self.rng.random() < 0.5 else (0, 1)
        t = np.linspace(low, high, int(self.rng.integers(3, 6)))
        path = np.array([line.interpolate(each, normalized=True).coords[0] for each in t])
        reach = np.sqrt(min(shape.area, grid.shapes[other].area)) * 0.15
        path[1:-1] += self.rng.normal(0, 1, 2) * reach
        return Move((code, str(grid.codes[other])), self.lonlat(grid, shapely.LineString(path)))

    def assign(self, grid):
        _, code, shape = self.one(grid)
        ring = shapely.get_coordinates(shape)
        middle = ring[self.rng.integers(len(ring))]
        reach = np.sqrt(shape.area) * self.rng.uniform(0.1, 0.6)
        turns = np.sort(self.rng.uniform(0, 2 * np.pi, int(self.rng.integers(3, 8))))
        away = reach * self.rng.uniform(0.6, 1, len(turns))
        path = middle + np.column_stack([np.cos(turns), np.sin(turns)]) * away[:, None]
        return Assign(self.lonlat(grid, shapely.Polygon(path)), code)

    def recode(self, grid):
        _, code, _ = self.one(grid)
        return Recode(code, self.code())
