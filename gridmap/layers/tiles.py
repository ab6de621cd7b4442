"""Cells as vector tiles.

A coverage is simplified as a whole for each zoom, rounded to the zoom's lattice as a whole, and
only then cut into tiles, so that neighbours have the same border in every tile: no gap and no
overlap. A version of a plan takes over what an earlier one has made, so that an edit costs what it
touches.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridmap import crs as crs_
from gridmap.layers import mercator, mvt
from gridmap.layers.outlines import outlines
from gridmap.layers.zoom import Zoom

if TYPE_CHECKING:
    from gridmap.grid.model import Grid
    from gridmap.layers.outlines import Outlines


class CellTiles:
    """Vector tiles of a Grid: layer ``cells``, and one layer for each level.

    Features of ``cells`` carry ``code`` and the level columns, those of a level ``code`` (the
    group's name); ids are positions. Tiles carry geometry and codes, never figures.

    Parameters
    ----------
    grid : Grid
        The cells; where they overlap or leave gaps, the tiles show it.
    before : CellTiles, optional
        Tiles of an earlier version, whose work is taken over where cells are the same.
    """

    def __init__(self, grid: Grid, before: CellTiles | None = None) -> None:
        self.outlines: Outlines = outlines(grid, None if before is None else before.outlines)
        self._grid = grid
        groups = self.outlines.groups
        columns = {"code": grid.codes, **groups}
        self._texts = {"cells": mvt.Texts({name: list(texts) for name, texts in columns.items()})}
        for level, names in groups.items():
            self._texts[level] = mvt.Texts({"code": list(pd.factorize(names, sort=True)[1])})
        self._zooms: dict[int, Zoom] = {}
        self._earlier: dict[int, Zoom] = {} if before is None else before.made()
        self._lock = threading.Lock()
        self.bounds = bounds_of(grid)

    def made(self) -> dict[int, Zoom]:
        """Return the zooms that are made, in this version or else in an earlier one.

        Returns
        -------
        dict of int to Zoom
            What the next version takes over.
        """
        return {**self._earlier, **self._zooms}

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
        lattices = self._zoom(z).lattices
        return b"".join(
            lattice.tile(name, self._texts[name], asked) for name, lattice in lattices.items()
        )

    def layers(self) -> list[dict[str, object]]:
        """Describe the layers of the tiles, in the words of TileJSON.

        Returns
        -------
        list of dict
            ``id`` and ``fields`` of each layer.
        """
        return layers_of(self._grid)

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
        return int(shapely.is_empty(self._zoom(z).lattices["cells"].shapes).sum())

    def _zoom(self, z: int) -> Zoom:
        if z not in self._zooms:
            with self._lock:
                if z not in self._zooms:
                    self._zooms[z] = Zoom(z, self.outlines, self._earlier.pop(z, None))
        return self._zooms[z]


def layers_of(grid: Grid) -> list[dict[str, object]]:
    """Describe the layers of the tiles of a Grid, in the words of TileJSON.

    Parameters
    ----------
    grid : Grid
        The cells.

    Returns
    -------
    list of dict
        ``id`` and ``fields`` of each layer.
    """
    fields = {"cells": ("code", *grid.levels), **dict.fromkeys(grid.levels, ("code",))}
    return [{"id": name, "fields": dict.fromkeys(keys, "String")} for name, keys in fields.items()]


def bounds_of(grid: Grid) -> tuple[float, float, float, float]:
    """Return the bounds of a Grid.

    Parameters
    ----------
    grid : Grid
        The cells.

    Returns
    -------
    tuple of float
        West, south, east, north in degrees, to six decimals.
    """
    lonlat = crs_.to_lonlat(grid.shapes, grid.crs)
    west, south, east, north = np.round(shapely.total_bounds(lonlat), 6).tolist()
    return west, south, east, north
