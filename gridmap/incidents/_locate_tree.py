"""Point to cell by a tree of bounding boxes: slower, and right for any valid polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 1_000_000
"""Points looked at together, so that the pairs stay small in memory."""
SIDE = 512
"""Pixels along each side of the raster of bounding boxes."""


class TreeIndex:
    """Cells in a tree of their bounding boxes.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
        Valid polygons, which may overlap.
    positions : ndarray of int64, shape (n,)
        Position each shape stands for.
    rank : ndarray of int32
        Rank of each position; of several cells at a point the one of least rank wins.
    """

    def __init__(
        self, shapes: NDArray[Any], positions: NDArray[np.int64], rank: NDArray[np.int32]
    ) -> None:
        by_rank = np.argsort(rank[positions], kind="stable")
        self._positions = positions[by_rank]
        self._shapes = shapes[by_rank]
        self._bounds = shapely.total_bounds(self._shapes)
        self._boxed = self._raster(shapely.bounds(self._shapes))

    def locate(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return the position of the cell of least rank that covers each point.

        Parameters
        ----------
        x, y : ndarray of float64, shape (n,)
            Points in the CRS of the shapes.

        Returns
        -------
        ndarray of int32, shape (n,)
            Positions, -1 outside every cell.
        """
        found = np.full(len(x), -1, np.int32)
        low_x, low_y, high_x, high_y = self._bounds
        with np.errstate(invalid="ignore"):
            near = (x >= low_x) & (x <= high_x) & (y >= low_y) & (y <= high_y)
        rows = np.flatnonzero(near)
        rows = rows[self._boxed[self._pixels(y[rows], 1), self._pixels(x[rows], 0)]]
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            found[part] = self._among(x[part], y[part])
        return found

    def _pixels(self, values: NDArray[np.float64], axis: int) -> NDArray[np.int64]:
        low, high = self._bounds[axis], self._bounds[axis + 2]
        return ((values - low) / ((high - low) or 1.0) * (SIDE - 1)).astype(np.int64)

    def _raster(self, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return a raster of the pixels that a bounding box reaches into."""
        west, south, east, north = (self._pixels(boxes[:, k], k % 2) for k in range(4))
        steps = np.zeros((SIDE + 1, SIDE + 1), np.int64)
        for row, column, step in ((south, west, 1), (south, east + 1, -1),
                                  (north + 1, west, -1), (north + 1, east + 1, 1)):  # fmt: skip
            np.add.at(steps, (row, column), step)
        return steps.cumsum(axis=0).cumsum(axis=1)[:SIDE, :SIDE] > 0

    def _among(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        # Shapes stand in the order of rank, so the least shape that meets a point is its cell.
        points = shapely.STRtree(shapely.points(x, y))
        shape, point = points.query(self._shapes, predicate="intersects")
        least = np.full(len(x), len(self._shapes), np.int64)
        np.minimum.at(least, point, shape)
        return np.append(self._positions, np.int32(-1)).astype(np.int32)[least]
