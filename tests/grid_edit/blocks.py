"""Blocks with households, as irregular as those of a city."""

import geopandas as gpd
import numpy as np
import shapely

from gridmap.grid.model import Grid
from tests.grid.generate import city


def blocks(side, seed=7):
    """About 0.85 · side² blocks: some merged with a neighbour, a tenth without households."""
    shapes = city(side, side)
    rng = np.random.default_rng(seed)
    index = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.c_[index[:, :-1].ravel(), index[:, 1:].ravel()],
            np.c_[index[:-1].ravel(), index[1:].ravel()],
        ]
    )
    owner, used = np.arange(len(shapes)), np.zeros(len(shapes), bool)
    for a, b in pairs[rng.permutation(len(pairs))][: int(0.15 * len(pairs))]:
        if not used[a] and not used[b]:
            owner[b] = a
            used[[a, b]] = True
    names, label = np.unique(owner, return_inverse=True)
    rows = np.split(np.argsort(label, kind="stable"), np.cumsum(np.bincount(label))[:-1])
    merged = [shapely.coverage_union_all(shapes[mine]) for mine in rows]
    households = np.minimum(100, rng.gamma(2, 11.5, len(names))).astype(int)
    households[rng.random(len(names)) < 0.1] = 0
    frame = gpd.GeoDataFrame(
        {"code": [f"b{k:06d}" for k in range(len(names))], "hh": households},
        geometry=merged,
        crs=4547,
    )
    return Grid.from_frame(frame)
