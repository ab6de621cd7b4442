"""A synthetic city of wiggly cells, and faults of ten classes put into it at known places."""

from __future__ import annotations

import functools
from dataclasses import dataclass

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


CLASSES = (
    "overlap_wide",
    "overlap_sliver",
    "gap_wide",
    "gap_sliver",
    "missing",
    "pinhole",
    "duplicate",
    "contained",
    "bowtie",
    "t_junction",
)
SHIFTS = {"overlap_wide": 5.0, "overlap_sliver": 0.02, "gap_wide": -5.0, "gap_sliver": -0.02}
EAST = slice(50, 71)
"""Vertices of a cell's eastern border that faults move."""


@dataclass(frozen=True)
class Fault:
    """What was broken: its class, the codes that must be named, and where."""

    cls: str
    cells: tuple[str, ...]
    point: shapely.Point


def faulty(columns, rows, each, seed=0):
    """Return the city with ``each`` faults of every class, and the list of them."""
    rng = np.random.default_rng(seed)
    cells = frame(city(columns, rows))
    sites = [r * columns + c for r in range(2, rows - 2, 4) for c in range(2, columns - 3, 4)]
    chosen = rng.permutation(sites)[: each * len(CLASSES)].reshape(len(CLASSES), each)
    shapes = list(cells.geometry)
    extra, gone, faults = [], set(), []
    for cls, places in zip(CLASSES, chosen, strict=True):
        for i in places.tolist():
            added, fault = break_cell(cls, shapes, i, cells.code)
            if cls == "missing":
                beside = (i - 1, i + 1, i - columns, i + columns)
                fault = Fault(cls, tuple(cells.code[k] for k in beside), fault.point)
            faults.append(fault)
            if cls == "missing":
                gone.add(i)
            extra += added
    keep = [i for i in range(len(shapes)) if i not in gone]
    codes = [*cells.code.iloc[keep], *(f"x{i:05d}" for i in range(len(extra)))]
    whole = [*(shapes[i] for i in keep), *extra]
    order = rng.permutation(len(whole))
    dirty = gpd.GeoDataFrame({"code": codes}, geometry=whole, crs=cells.crs).iloc[order]
    named, number = [], iter(f"x{i:05d}" for i in range(len(extra)))
    for fault in faults:
        double = fault.cls in ("duplicate", "contained")
        codes_ = (*fault.cells, next(number)) if double else fault.cells
        named.append(Fault(fault.cls, codes_, fault.point))
    return dirty.reset_index(drop=True), named


def break_cell(cls, shapes, i, codes):
    """Put one fault into cell i; return the cells it adds, and the fault."""
    ring = shapely.get_coordinates(shapes[i])
    heart = np.array(shapes[i].centroid.coords[0])
    at, added, named = ring[60].copy(), [], (codes[i], codes[i + 1])
    if cls in SHIFTS:
        bump = SHIFTS[cls] * np.sin(np.pi * np.linspace(0, 1, EAST.stop - EAST.start))
        ring[EAST, 0] = np.round(ring[EAST, 0] + bump, 3)
        at = (at + ring[60]) / 2
    elif cls == "bowtie":
        ring[60], ring[61] = ring[61] + [8, 2], ring[60] + [8, -2]
        named = (codes[i],)
    elif cls == "t_junction":
        ring = np.insert(ring, 61, (ring[60] + ring[61]) / 2, axis=0)
    else:
        at, named = heart, (codes[i],)
    if cls == "duplicate":
        added = [shapes[i]]
    if cls == "contained":
        added = [shapely.box(*(heart - 10), *(heart + 10))]
    hole = heart + np.array([[0, 0.5], [0.5, 0], [-0.5, -0.5]])
    shapes[i] = shapely.Polygon(ring, [hole] if cls == "pinhole" else None)
    return added, Fault(cls, named, shapely.Point(at))


KINDS = {
    "overlap_wide": "overlap",
    "overlap_sliver": "overlap",
    "gap_wide": "gap",
    "gap_sliver": "gap",
    "missing": "gap",
    "pinhole": "gap",
    "bowtie": "invalid",
    "t_junction": "edge",
}


def unmatched(faults, defects):
    """Return the faults that no defect names, and the defects that no fault explains."""
    left = list(defects)
    lost = []
    for fault in faults:
        kind = KINDS.get(fault.cls, fault.cls)
        mine = [
            d
            for d in left
            if d.kind == kind
            and set(fault.cells) <= set(d.cells)
            and (kind in ("gap", "contained", "duplicate") or len(d.cells) == len(fault.cells))
            and shapely.dwithin(d.where, fault.point, 12)
        ]
        lost += [] if len(mine) == 1 else [(fault, len(mine))]
        left = [d for d in left if d not in mine]
    return lost, left
