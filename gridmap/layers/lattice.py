"""Shapes on the lattice of one zoom, cut into tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridmap.layers import mvt
from gridmap.layers.quantise import areal, quantise, round_half_up, sound

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.layers import mercator

BUFFER = 64
"""Units a cut tile reaches beyond its edge."""
REACH = 3072
"""Units a cell may stick out of a tile before it is cut; pages take up to 4,096."""
TIE = 1e-6


class Lattice:
    """Shapes on the lattice of one zoom, ready to be cut into tiles.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        With whole coordinates; empty where nothing is left.
    coverage : bool
        Whether they are a coverage.
    """

    def __init__(self, shapes: NDArray[np.object_], *, coverage: bool) -> None:
        self.shapes = shapes
        self.coverage = coverage
        self._streams = mvt.Streams(shapes)
        self._bounds = _bounds(shapes)

    def merged(self, newer: NDArray[np.object_], rows: NDArray[np.int64]) -> Lattice:
        """Return some of these shapes and some new ones.

        Parameters
        ----------
        newer : ndarray of Polygon or MultiPolygon, shape (k,)
            The new ones.
        rows : ndarray of int64, shape (n,)
            Positions here, or -1 - positions among the new ones.

        Returns
        -------
        Lattice
            One shape a row.
        """
        found = object.__new__(Lattice)
        here = np.where(rows >= 0, rows, len(self.shapes) - 1 - rows)
        found.shapes = np.concatenate([self.shapes, newer])[here]
        found.coverage = self.coverage
        found._streams = self._streams.merged(mvt.Streams(newer), rows)
        found._bounds = np.concatenate([self._bounds, _bounds(newer)], axis=1)[:, here]
        return found

    def tile(self, name: str, texts: mvt.Texts, asked: mercator.Tile) -> bytes:
        """Return the shapes of a tile as a layer.

        Parameters
        ----------
        name : str
            Name of the layer.
        texts : Texts
            Properties of the shapes.
        asked : Tile
            The tile, of this zoom.

        Returns
        -------
        bytes
            The layer message; empty where there is nothing.
        """
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
            found.append(self._streams.features(whole, origin, whole, tags[: len(whole)]))
        if cut is not None:
            there = np.flatnonzero(~shapely.is_empty(cut))
            streams = mvt.Streams(shapely.remove_repeated_points(cut))
            found.append(streams.features(there, origin, split[there], tags[len(whole) :][there]))
        return mvt.layer(name, texts, values, found)

    def _near(self, origin: NDArray[np.int64], reach: int) -> NDArray[np.int64]:
        """Return the shapes that touch the tile's box."""
        low_x, low_y, high_x, high_y = self._bounds
        west, north = (origin - reach).tolist()
        east, south = (origin + mvt.EXTENT + reach).tolist()
        hit = (low_x <= east) & (high_x >= west) & (low_y <= south) & (high_y >= north)
        return np.flatnonzero(hit)

    def _within(
        self, rows: NDArray[np.int64], origin: NDArray[np.int64], reach: int
    ) -> NDArray[np.bool_]:
        """Tell which of some shapes do not stick out of the tile's box."""
        low_x, low_y, high_x, high_y = self._bounds[:, rows]
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


def _bounds(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return west, south, east, north in rows; those of nothing are nowhere."""
    return np.nan_to_num(shapely.bounds(shapes), nan=-1e12).T.copy()
