"""A synthetic city of wiggly cells, and faults of ten classes put into it at known places."""

from __future__ import annotations

import functools

import geopandas as gpd
import numpy as np
import shapely

SIDE = 100.0
STEPS = 40
"""Edges of one border: a cell has 160 vertices."""


@functools.lru_cache(maxsize=4)
def city(columns, rows, seed=0):
    """Return columns × rows cells of about 100 m, row by row, on a raster of 1 mm."""
    rng = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1)), axis=-1) * SIDE
    corners = corners + rng.uniform(-8, 8, corners.shape)
    east = borders(corners[:, :-1], corners[:, 1:], rng)
    north = borders(corners[:-1], corners[1:], rng)
    rings = np.concatenate(
        [
            east[:-1, :, :-1],
            north[:, 1:, :-1],
            east[1:, :, :0:-1],
            north[:, :-1, :0:-1],
            east[:-1, :, :1],
        ],
        axis=2,
    )
    return shapely.polygons(rings.reshape(columns * rows, -1, 2))


def borders(start, end, rng):
    """Return wiggly lines between corners that do not touch each other but at the corners."""
    t = np.linspace(0, 1, STEPS + 1)[:, None]
    along = (end - start)[..., None, :]
    across = np.stack([-along[..., 1], along[..., 0]], axis=-1) / SIDE
    waves = rng.uniform(-1, 1, (*start.shape[:-1], 1, 4)) * np.array([4, 2, 1, 0.5])
    shape = np.sin(np.pi * t * np.array([1, 2, 5, 9]))
    offset = (waves * shape).sum(axis=-1, keepdims=True)
    return np.round(start[..., None, :] + along * t + across * offset, 3) + 500_000.0


def frame(shapes):
    """Return cells with codes in EPSG:4547 (metres)."""
    codes = [f"{i:06d}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs=4547)
