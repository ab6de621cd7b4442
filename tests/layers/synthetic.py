"""A city of any size whose borders wiggle, each border the same bytes in both neighbours."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from gridmap.grid.model import Grid

WEST, SOUTH = 116.34, 39.44
STEP = 0.6
"""Degrees the city is wide and high."""


def synthetic_city(side: int, points: int = 40, seed: int = 0) -> Grid:
    """Return side × side cells, with some points to every border between two corners."""
    rng = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1)), axis=-1) / side
    corners = corners + rng.uniform(-0.2, 0.2, corners.shape) / side
    across = _wiggle(corners[:, :-1], corners[:, 1:], points, rng)
    along = _wiggle(corners[:-1], corners[1:], points, rng)
    bottom, top = across[:-1], across[1:, :, ::-1]
    left, right = along[:, :-1, ::-1], along[:, 1:]
    rings = np.concatenate(
        [bottom[..., :-1, :], right[..., :-1, :], top[..., :-1, :], left], axis=2
    )
    rings = rings.reshape(side * side, -1, 2) * STEP + [WEST, SOUTH]
    rows, columns = np.divmod(np.arange(side * side), side)
    frame = gpd.GeoDataFrame(
        {
            "code": [f"{row:03d}{column:03d}" for row, column in zip(rows, columns, strict=True)],
            "village": [f"v{r // 4:02d}{c // 4:02d}" for r, c in zip(rows, columns, strict=True)],
            "township": [f"t{r // 16}{c // 16}" for r, c in zip(rows, columns, strict=True)],
        },
        geometry=shapely.polygons(rings),
        crs=4326,
    )
    return Grid.from_frame(frame, levels=("township", "village"))


def _wiggle(start, end, points, rng):
    """Return polylines from start to end, the ends exact, no two crossing."""
    t = np.linspace(0, 1, points + 1)
    phase = rng.uniform(0, 2 * np.pi, (*start.shape[:2], 3, 1))
    size = rng.uniform(0, 0.03, (*start.shape[:2], 3, 1)) / np.array([1, 3, 9]).reshape(3, 1)
    wave = (size * np.sin(np.array([2, 7, 19]).reshape(3, 1) * np.pi * t + phase)).sum(axis=2)
    wave *= np.minimum(1, 8 * np.minimum(t, 1 - t))
    along = end - start
    normal = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    line = start[..., None, :] + along[..., None, :] * t[:, None]
    line = line + normal[..., None, :] * wave[..., None]
    line[..., 0, :], line[..., -1, :] = start, end
    return line
