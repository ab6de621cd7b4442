"""Streets and other lines as vector tiles, with names for labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridmap import crs as crs_
from gridmap.layers import mercator, mvt
from gridmap.layers.quantise import round_half_up

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

MAX_ZOOM = 16
TOLERANCE = 4
"""Units of the lattice by which lines are simplified above the deepest zoom."""
BUFFER = 256
"""Units a line reaches beyond the tile, so that a label at its edge is not cut."""
ALL_FROM = 13
"""Shallowest zoom at which every line is drawn."""
MAIN = ("motorway", "motorway_link", "trunk", "trunk_link", "primary", "secondary")
"""Classes drawn at every zoom."""


class LineTiles:
    """Vector tiles of lines: features with ``name`` and ``class``.

    Pieces of one name and class that meet are drawn as one line, so that labels run along it.

    Parameters
    ----------
    frame : GeoDataFrame
        Lines in any CRS.
    name, kind : str
        Columns holding the name ("" or missing for none) and the class of road; a frame without
        the column has none.
    layer : str
        Name of the layer in the tile.
    """

    def __init__(
        self,
        frame: gpd.GeoDataFrame,
        name: str = "name",
        kind: str = "class",
        layer: str = "streets",
    ) -> None:
        self.layer = layer
        lonlat = crs_.to_lonlat(frame.geometry.to_numpy(), frame.crs)
        there = ~(shapely.is_missing(lonlat) | shapely.is_empty(lonlat))
        lonlat, rows = np.asarray(lonlat)[there], frame[there]
        texts = {
            key: rows[column].fillna("").astype(str).to_numpy(dtype=object)
            if column in rows
            else np.full(len(rows), "", dtype=object)
            for key, column in (("name", name), ("class", kind))
        }
        merged, first = _merge(lonlat, texts)
        self._texts = mvt.Texts({key: list(values[first]) for key, values in texts.items()})
        self._main = np.isin(texts["class"][first].astype(str), MAIN)
        self._square = shapely.transform(merged, mercator.to_square)
        self._zooms: dict[int, NDArray[np.object_]] = {}
        self._tree = shapely.STRtree(self._square)
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
        reach = BUFFER / mvt.EXTENT
        box = np.array([x - reach, y - reach, x + 1 + reach, y + 1 + reach])
        rows = np.sort(self._tree.query(shapely.box(*(box / (1 << z)))))
        if z < ALL_FROM:
            rows = rows[self._main[rows]] if self._main.any() else rows
        cut = shapely.clip_by_rect(self._at(z)[rows], *(box * mvt.EXTENT))
        there = np.isin(shapely.get_type_id(cut), (1, 5)) & ~shapely.is_empty(cut)
        rows, cut = rows[there], shapely.transform(cut[there], round_half_up)
        long = shapely.length(cut) > 0
        rows = rows[long]
        if not len(rows):
            return b""
        tags, values = self._texts.of(rows)
        origin = np.array([asked.x, asked.y], dtype=np.int64) * mvt.EXTENT
        pieces = mvt.Streams(_without_points(cut[long]))
        found = pieces.features(np.arange(len(rows)), origin, rows, tags)
        return mvt.layer(self.layer, self._texts, values, [found])

    def _at(self, z: int) -> NDArray[np.object_]:
        if z not in self._zooms:
            scaled = shapely.transform(self._square, lambda xy: xy * (mvt.EXTENT << z))
            self._zooms[z] = shapely.simplify(scaled, TOLERANCE if z < MAX_ZOOM else 0)
        return self._zooms[z]


def _merge(
    lines: NDArray[np.object_], texts: dict[str, NDArray[np.object_]]
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Join the lines of each name and class; answer with them and the first row of each."""
    named = np.array([f"{n}\0{k}" for n, k in zip(*texts.values(), strict=True)], dtype=object)
    alone = texts["name"] == ""
    named[alone] = [f"\0{row}" for row in np.flatnonzero(alone)]
    _, first, group = np.unique(named, return_index=True, return_inverse=True)
    order = np.argsort(group, kind="stable")
    members = np.split(lines[order], np.searchsorted(group[order], np.arange(1, len(first))))
    parts = [shapely.multilinestrings(shapely.get_parts(lines)) for lines in members]
    return np.asarray(shapely.line_merge(parts), dtype=object), first


def _without_points(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Drop repeated points, and the pieces that rounding made a point of."""
    parts, line_of = shapely.get_parts(lines, return_index=True)
    long = shapely.length(parts) > 0
    parts, line_of = shapely.remove_repeated_points(parts[long]), line_of[long]
    return np.asarray(shapely.multilinestrings(parts, indices=line_of), dtype=object)
