"""Cells and lines as vector tiles.

A coverage is simplified as a whole for each zoom (Visvalingam and Whyatt 1993, coverage-aware in
GEOS), rounded to the zoom's lattice as a whole, and only then cut into tiles, so that neighbours
have the same border in every tile: no gap and no overlap.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridmap import crs as crs_
from gridmap.grid.model import code_text
from gridmap.layers import mercator, mvt
from gridmap.layers.quantise import areal, quantise, rim_of, round_half_up, sound

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

MAX_ZOOM = 16
"""Deepest zoom with tiles of its own (15 cm a unit at the equator); the page enlarges it."""
TOLERANCE = 4
"""Units of the lattice (half a pixel) by which borders are simplified above the deepest zoom."""
BUFFER = 64
"""Units a cut tile reaches beyond its edge."""
REACH = 3072
"""Units a cell may stick out of a tile before it is cut; pages take up to 4,096."""
TIE = 1e-6


class CellTiles:
    """Vector tiles of a Grid: layer ``cells``, and one layer for each level.

    Features of ``cells`` carry ``code`` and the level columns, those of a level ``code`` (the
    group's name); ids are positions. Tiles carry geometry and codes, never figures.

    Parameters
    ----------
    grid : Grid
        The cells; where they overlap or leave gaps, the tiles show it.
    """

    def __init__(self, grid: Grid) -> None:
        lonlat = crs_.to_lonlat(grid.shapes, grid.crs)
        square = shapely.transform(np.asarray(lonlat, dtype=object), mercator.to_square)
        sound = shapely.is_valid(square) & ~shapely.is_empty(square)
        self._square = np.where(sound, shapely.orient_polygons(square), shapely.Polygon())
        self._rim = rim_of(self._square) if shapely.coverage_is_valid(self._square) else None
        columns = {level: code_text(grid.cells[level]) for level in grid.levels}
        self._texts = {"cells": mvt.Texts({"code": list(grid.codes), **columns})}
        self._members: dict[str, NDArray[np.int64]] = {}
        for level, names in columns.items():
            groups, members = np.unique(np.array(names, dtype=object), return_inverse=True)
            self._texts[level] = mvt.Texts({"code": list(groups)})
            self._members[level] = members
        self._zooms: dict[int, dict[str, _Sheet]] = {}
        self._simpler: dict[int, NDArray[np.object_]] = {MAX_ZOOM: self._square}
        self._lock = threading.Lock()
        self.bounds = tuple(np.round(shapely.total_bounds(lonlat), 6).tolist())

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Return a tile.

        Parameters
        ----------
        z, x, y : int
            Zoom, column and row.

        Returns
        -------
        bytes
            Mapbox Vector Tile 2.1; empty where there is nothing.
        """
        asked = mercator.tile(z, x, y)
        sheets = self._sheets(z)
        return b"".join(
            sheet.tile(name, self._texts[name], asked) for name, sheet in sheets.items()
        )

    def layers(self) -> list[dict[str, object]]:
        """Describe the layers of the tiles, in the words of TileJSON.

        Returns
        -------
        list of dict
            ``id`` and ``fields`` of each layer.
        """
        return [
            {"id": name, "fields": dict.fromkeys(texts.keys, "String")}
            for name, texts in self._texts.items()
        ]

    def left_out(self, z: int) -> int:
        """Count the cells too small to be drawn at a zoom.

        Parameters
        ----------
        z : int
            Zoom.

        Returns
        -------
        int
            Cells whose area is nothing on the lattice of the zoom.
        """
        return int(shapely.is_empty(self._sheets(z)["cells"].shapes).sum())

    def _sheets(self, z: int) -> dict[str, _Sheet]:
        if z not in self._zooms:
            with self._lock:
                if z not in self._zooms:
                    self._zooms[z] = self._made(z)
        return self._zooms[z]

    def _made(self, z: int) -> dict[str, _Sheet]:
        scaled = self._scaled(z)
        rim = self._rim if shapely.is_valid(scaled).all() else None
        cells = quantise(scaled, rim)
        sheets = {"cells": _Sheet(cells, rim is not None)}
        for level, members in self._members.items():
            sheets[level] = _Sheet(_dissolve(cells, members), rim is not None)
        return sheets

    def _scaled(self, z: int) -> NDArray[np.object_]:
        """Return the cells in units of a zoom, simplified zoom by zoom from the deepest."""
        deepest = min(z, MAX_ZOOM)
        for zoom in range(MAX_ZOOM - 1, deepest - 1, -1):
            if zoom not in self._simpler:
                finer = self._simpler[zoom + 1]
                tolerance = TOLERANCE / (mvt.EXTENT << zoom)
                self._simpler[zoom] = shapely.coverage_simplify(finer, tolerance)
        scaled = shapely.transform(self._simpler[deepest], lambda xy: xy * (mvt.EXTENT << z))
        return shapely.orient_polygons(scaled)


class _Sheet:
    """Shapes on the lattice of one zoom, ready to be cut into tiles."""

    def __init__(self, shapes: NDArray[np.object_], coverage: bool) -> None:
        self.shapes = shapes
        self.coverage = coverage
        self.streams = mvt.Streams(shapes)
        self.bounds = np.nan_to_num(shapely.bounds(shapes), nan=-1e12).T.copy()

    def tile(self, name: str, texts: mvt.Texts, asked: mercator.Tile) -> bytes:
        origin = np.array([asked.x, asked.y], dtype=np.int64) * mvt.EXTENT
        near = self._near(origin, BUFFER)
        inside = self._within(near, origin, REACH)
        if not inside.all():  # neighbours of a cut cell are cut at the same places
            inside = self._within(near, origin, BUFFER)
        whole, split = near[inside], near[~inside]
        cut = self._cut(split, origin) if len(split) else None
        if cut is not None and not sound(cut).all():
            split, whole = near, whole[:0]
            pieces = _clip(self.shapes[near], origin)
            cut = quantise(pieces, np.ones(len(near), dtype=bool) if self.coverage else None)
        found = []
        rows = np.r_[whole, split]
        tags, values = texts.of(rows)
        if len(whole):
            found.append(self.streams.features(whole, origin, whole, tags[: len(whole)]))
        if cut is not None:
            there = np.flatnonzero(~shapely.is_empty(cut))
            streams = mvt.Streams(shapely.remove_repeated_points(cut))
            found.append(streams.features(there, origin, split[there], tags[len(whole) :][there]))
        return mvt.layer(name, texts, values, found)

    def _near(self, origin: NDArray[np.int64], reach: int) -> NDArray[np.int64]:
        """Return the shapes that touch the tile's box."""
        low_x, low_y, high_x, high_y = self.bounds
        west, north = (origin - reach).tolist()
        east, south = (origin + mvt.EXTENT + reach).tolist()
        hit = (low_x <= east) & (high_x >= west) & (low_y <= south) & (high_y >= north)
        return np.flatnonzero(hit)

    def _within(
        self, rows: NDArray[np.int64], origin: NDArray[np.int64], reach: int
    ) -> NDArray[np.bool_]:
        """Tell which of some shapes do not stick out of the tile's box."""
        low_x, low_y, high_x, high_y = self.bounds[:, rows]
        west, north = (origin - reach).tolist()
        east, south = (origin + mvt.EXTENT + reach).tolist()
        return (low_x >= west) & (high_x <= east) & (low_y >= north) & (high_y <= south)

    def _cut(self, rows: NDArray[np.int64], origin: NDArray[np.int64]) -> NDArray[np.object_]:
        pieces = _clip(self.shapes[rows], origin)
        return shapely.transform(pieces, round_half_up)


def _clip(shapes: NDArray[np.object_], origin: NDArray[np.int64]) -> NDArray[np.object_]:
    """Cut shapes at the tile's box.

    Where an edge meets the box halfway between two units, neighbours could round it apart, for
    they compute it from opposite ends: such a place is moved off the tie, the same way for both.
    """
    low, high = origin - BUFFER, origin + mvt.EXTENT + BUFFER
    pieces = areal(shapely.clip_by_rect(shapes, *low.tolist(), *high.tolist()))
    return shapely.orient_polygons(shapely.transform(pieces, _off_ties))


def _off_ties(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = np.floor(xy)
    return np.where(np.abs(xy - whole - 0.5) < TIE, whole + 0.4, xy)


def _dissolve(shapes: NDArray[np.object_], members: NDArray[np.int64]) -> NDArray[np.object_]:
    """Join the cells of each group along the borders they share."""
    groups = np.full(int(members.max(initial=-1)) + 1, shapely.Polygon(), dtype=object)
    order = np.argsort(members, kind="stable")
    starts = np.searchsorted(members[order], np.arange(1, len(groups)))
    for group, rows in enumerate(np.split(order, starts)):
        drawn = shapes[rows][~shapely.is_empty(shapes[rows])]
        if len(drawn):
            groups[group] = shapely.coverage_union_all(drawn)
    for broken in np.flatnonzero(~shapely.is_valid(groups)):
        groups[broken] = shapely.union_all(shapes[members == broken], grid_size=1)
    return shapely.orient_polygons(areal(groups))
