"""Layers of places as vector tiles: points, lines and areas, whatever a file holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap import crs as crs_
from gridmap.grid.model import AREAL, Grid
from gridmap.layers import mercator, mvt
from gridmap.layers.lines import LineTiles
from gridmap.layers.quantise import round_half_up
from gridmap.layers.tiles import CellTiles

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gridmap.layers.mercator import Tile

BUFFER = 512
"""Units a point may lie beyond the tile, so that its symbol is not cut at the edge."""
NAMES = ("name", "名称", "title", "label")
"""Columns that hold the name of a place, the first that is there."""
APART = 0.8
"""Share of the rows whose texts differ in a column that can stand for a name."""


class PointTiles:
    """Vector tiles of points: features with ``name``, ids are rows of the frame.

    Parameters
    ----------
    frame : GeoDataFrame
        Points in any CRS; those without a place are left out.
    rows : ndarray of int64, shape (n,), optional
        Ids of the points; absent means their positions.
    layer : str
        Name of the layer in the tile.
    """

    def __init__(self, frame: gpd.GeoDataFrame, rows: Any = None, layer: str = "points") -> None:
        self.layer = layer
        ids = np.arange(len(frame)) if rows is None else np.asarray(rows)
        lonlat = crs_.to_lonlat(frame.geometry.to_numpy(), frame.crs)
        single, of = shapely.get_parts(lonlat, return_index=True)
        there = ~shapely.is_empty(single)
        self._rows = ids[of[there]].astype(np.int64)
        self._square = mercator.to_square(shapely.get_coordinates(single[there]))
        names = _names(frame)
        self._texts = mvt.Texts({"name": [names[n] for n in of[there]]})

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
        asked: Tile = mercator.tile(z, x, y)
        units = round_half_up(self._square * (mvt.EXTENT << z))
        origin = np.array([asked.x, asked.y], dtype=np.int64) * mvt.EXTENT
        inside = (units >= origin - BUFFER) & (units <= origin + mvt.EXTENT + BUFFER)
        near = np.flatnonzero(inside.all(axis=1))
        if not len(near):
            return b""
        tags, values = self._texts.of(near)
        streams = mvt.Streams(shapely.points(units[near]))
        found = streams.features(np.arange(len(near)), origin, self._rows[near], tags)
        return mvt.layer(self.layer, self._texts, values, [found])


class PlaceTiles:
    """Vector tiles of any layer: its areas as ``cells``, its lines and its points.

    Parameters
    ----------
    frame : GeoDataFrame
        Rows of any geometry.
    code : str, optional
        Column that names the areas; absent means as :meth:`Grid.from_frame` finds it.
    """

    def __init__(self, frame: gpd.GeoDataFrame, code: str | None = None) -> None:
        kinds = shapely.get_type_id(frame.geometry.to_numpy())
        area, line, point = (np.isin(kinds, of) for of in (AREAL, (1, 2, 5), (0, 4)))
        self._parts: list[CellTiles | LineTiles | PointTiles] = []
        if area.any():
            self._parts.append(CellTiles(Grid.from_frame(frame[area], code)))
        named = frame.assign(name=_names(frame))
        if line.any():
            self._parts.append(LineTiles(named[line], layer="lines"))
        if point.any():
            self._parts.append(PointTiles(frame[point], np.flatnonzero(point)))
        lonlat = crs_.to_lonlat(frame.geometry.to_numpy(), frame.crs)
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
        return b"".join(part.tile(z, x, y) for part in self._parts)

    def layers(self) -> list[dict[str, object]]:
        """Describe the layers of the tiles, in the words of TileJSON.

        Returns
        -------
        list of dict
            ``id`` and ``fields`` of each layer.
        """
        found: list[dict[str, object]] = []
        for part in self._parts:
            if isinstance(part, CellTiles):
                found += part.layers()
            else:
                fields = {"name": "String"}
                found.append({"id": part.layer, "fields": fields})
        return found


def name_column(frame: gpd.GeoDataFrame) -> str | None:
    """Return the column that holds the names of places.

    Parameters
    ----------
    frame : GeoDataFrame
        A layer of places.

    Returns
    -------
    str or None
        The first of :data:`NAMES`, in whatever case, else the first column of texts that are
        nearly all different; None if there is none.
    """
    columns = {str(name).casefold(): str(name) for name in reversed(list(frame.columns))}
    named = next((columns[name] for name in NAMES if name in columns), None)
    texts = frame.select_dtypes(include=["object", "string"])
    return named or next((str(name) for name in texts if _tells_apart(texts[name])), None)


def _tells_apart(column: pd.Series) -> bool:
    values = column.dropna()
    return values.map(type).eq(str).all() and values.nunique() > APART * len(column)


def _names(frame: gpd.GeoDataFrame) -> list[str]:
    column = name_column(frame)
    return [""] * len(frame) if column is None else frame[column].fillna("").astype(str).tolist()
