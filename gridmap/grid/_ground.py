"""What an edit stands on: the grid, the cells near by, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import shapely

from gridmap import crs as crs_
from gridmap.errors import EditRefused, GeometryError
from gridmap.grid._edges import Edges, directed, keys, with_vertices
from gridmap.grid._nearby import Nearby

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from gridmap.grid._cut import Cut
    from gridmap.grid.model import Grid

METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, eq=False)
class Made:
    """A cell an edit makes.

    Parameters
    ----------
    code : str
        Its code.
    shape : Polygon or MultiPolygon
        Its ground.
    source : int
        Position of the cell whose attributes it takes.
    gained : bool
        Whether it is that cell with a vertex more.
    """

    code: str
    shape: Any
    source: int
    gained: bool = False


@dataclass(frozen=True, eq=False)
class Outcome:
    """What an edit does, not yet proved.

    Parameters
    ----------
    old : ndarray of int64
        Positions of the cells that go.
    made : tuple of Made
        The cells that come.
    outline : tuple
        Edges of the outer border that gain vertices, and those vertices.
    """

    old: NDArray[np.int64]
    made: tuple[Made, ...]
    outline: tuple[Edges, list[NDArray[np.float64]]] | None = None


@dataclass(frozen=True, eq=False)
class Ground:
    """A grid about to be edited.

    Parameters
    ----------
    grid : Grid
        The cells.
    near : Nearby
        Their index.
    locked : frozenset of str
        Codes of cells that must stay as they are.
    """

    grid: Grid
    near: Nearby
    locked: frozenset[str]

    @classmethod
    def of(cls, grid: Grid, locked: Collection[str] = ()) -> Ground:
        """Return the ground of a grid."""
        return cls(grid, Nearby.of(grid), frozenset(locked))

    def row(self, code: str) -> int:
        """Return the position of a cell that is to be changed."""
        if code in self.locked:
            self.refuse("edit.locked", [code], code=code)
        try:
            row = self.grid.cells.index.get_loc(code)
        except KeyError:
            self.refuse("edit.unknown_cells", codes=code)
        if not isinstance(row, int):
            self.refuse("edit.repeated_codes", codes=code)
        self.require_valid(np.array([row]))
        return row

    def require_valid(self, rows: NDArray[np.int64]) -> None:
        """Refuse cells whose ring is broken."""
        shapes = self.grid.shapes[rows]
        for row in rows[~shapely.is_valid(shapes) | shapely.is_empty(shapes)]:
            raise GeometryError(
                "edit.invalid_ring",
                cell=self.grid.cells.index[row],
                reason=str(shapely.is_valid_reason(self.grid.shapes[row])),
            )

    def require_free(self, codes: Sequence[str], leaving: Sequence[str] = ()) -> None:
        """Refuse new codes that are empty, given twice, or those of cells that stay."""
        for code in codes:
            if not code:
                self.refuse("edit.no_code")
            if codes.count(code) > 1 or (code not in leaving and code in self.grid.cells.index):
                self.refuse("edit.code_in_use", [code], code=code)

    def path(self, line: Any) -> NDArray[np.float64]:
        """Return the vertices of a drawn line in the CRS of the cells."""
        xy = crs_.transform_points(shapely.get_coordinates(line), crs_.LONLAT, self.grid.crs)
        if not np.isfinite(xy).all():
            raise GeometryError("edit.not_lonlat", part="line")
        return xy

    def unit(self, path: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the metres per unit of each axis where a line is."""
        crs = self.grid.crs
        if crs is None:
            return np.ones(2)
        if crs.is_geographic:
            lat = float(np.clip(np.abs(path[:, 1]).mean(), 0, 89))
            return METRES_PER_DEGREE * np.array([np.cos(np.radians(lat)), 1.0])
        return np.full(2, crs.axis_info[0].unit_conversion_factor)

    def lonlat(self, point: Any) -> list[float]:
        """Return a place as longitude and latitude."""
        xy = crs_.transform_points(np.reshape(point, (1, 2)), self.grid.crs, crs_.LONLAT)
        return [float(value) for value in xy[0]]

    def refuse(
        self, key: str, cells: Sequence[str] = (), point: Any = None, **values: Any
    ) -> NoReturn:
        """Raise the refusal of an edit.

        Parameters
        ----------
        key : str
            Key of its text.
        cells : sequence of str
            Codes it is about.
        point : array-like of float, optional
            Where, in the CRS of the cells.
        **values : Any
            More values of the text.

        Raises
        ------
        EditRefused
            Always.
        """
        place = None if point is None else self.lonlat(point)
        defect = {"kind": key.removeprefix("edit."), "cells": list(cells), "place": place}
        values["place"] = [round(each, 6) for each in place] if place else ["", ""]
        raise EditRefused(key, cells=", ".join(cells), defects=[defect], **values)

    def beside(
        self, cut: Cut, targets: NDArray[np.int64]
    ) -> tuple[list[Made], tuple[Edges, list[NDArray[np.float64]]] | None]:
        """Return the neighbours whose border gains vertices, and the outline that does."""
        gaining = np.array(sorted(cut.vertices), dtype=np.int64)
        if not len(gaining):
            return [], None
        edges, vertices = cut.on(gaining)
        corners = np.concatenate([edges.a, edges.b])
        rows = self.near.cells(np.concatenate([corners.min(axis=0), corners.max(axis=0)]))
        rows = np.setdiff1d(rows, targets)
        before = self.grid.shapes[rows]
        after = with_vertices(before, edges, vertices)
        gained = [i for i in range(len(rows)) if after[i] is not before[i]]
        made = [
            Made(self.grid.cells.index[rows[i]], after[i], int(rows[i]), gained=True)
            for i in gained
        ]
        holders = np.concatenate([self.grid.shapes[targets], before[gained]])
        walked = keys(*directed(holders))
        forth = np.isin(edges.keys(), walked)
        back = np.isin(keys(edges.b, edges.a), walked)
        outer = np.flatnonzero(forth != back)
        if not len(outer):
            return made, None
        return made, (edges.take(outer), [vertices[i] for i in outer])
