"""Which cells are near a place: an index that follows a grid from edit to edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid


@dataclass(frozen=True, eq=False)
class Nearby:
    """Cells by place.

    A tree of the cells as they once were, and the few that came since. An edit derives the index
    of the new grid from that of the old one instead of building a tree of the whole city.

    Parameters
    ----------
    tree : STRtree
        Tree of the earlier cells.
    now : ndarray of int64, shape (len(tree),)
        Position today of each cell in the tree, -1 if it is no more.
    later : ndarray of int64
        Positions today of the cells that are not in the tree.
    boxes : ndarray of float64, shape (len(later), 4)
        Their bounds.
    """

    tree: shapely.STRtree
    now: NDArray[np.int64]
    later: NDArray[np.int64]
    boxes: NDArray[np.float64]

    @classmethod
    def of(cls, grid: Grid) -> Nearby:
        """Return the index of a grid, made once.

        Parameters
        ----------
        grid : Grid
            The cells.

        Returns
        -------
        Nearby
            Their index.
        """
        index = _KNOWN.get(grid)
        if index is None:
            tree = shapely.STRtree(grid.shapes)
            none = np.zeros(0, np.int64)
            index = cls(tree, np.arange(len(grid.shapes)), none, np.zeros((0, 4)))
            _KNOWN[grid] = index
        return index

    def cells(self, box: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the cells whose bounds meet a box.

        Parameters
        ----------
        box : ndarray of float64, shape (4,)
            Bounds in the CRS of the grid.

        Returns
        -------
        ndarray of int64
            Positions in the grid, ascending.
        """
        earlier = self.now[self.tree.query(shapely.box(*box))]
        apart = (self.boxes[:, :2] > box[2:]).any(axis=1) | (self.boxes[:, 2:] < box[:2]).any(
            axis=1
        )
        return np.sort(np.concatenate([earlier[earlier >= 0], self.later[~apart]]))

    def follow(self, grid: Grid, order: NDArray[np.int64], old_len: int) -> None:
        """Derive the index of the grid an edit made.

        Parameters
        ----------
        grid : Grid
            The new grid.
        order : ndarray of int64, shape (len(grid.cells),)
            Position each new row had before, or ``old_len`` and more for a row the edit made.
        old_len : int
            Number of rows before.
        """
        made = order >= old_len
        later = np.concatenate([np.flatnonzero(np.isin(order, self.later)), np.flatnonzero(made)])
        if len(later) ** 2 > max(len(self.tree), 4096):
            return
        today = np.full(old_len + 1, -1, dtype=np.int64)
        today[order[~made]] = np.flatnonzero(~made)
        later.sort()
        boxes = shapely.bounds(grid.shapes[later])
        _KNOWN[grid] = Nearby(self.tree, today[self.now], later, boxes)


_KNOWN: WeakKeyDictionary[Grid, Nearby] = WeakKeyDictionary()
