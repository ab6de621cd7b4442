"""New vertices on a lattice: rounded once, and alike in every border they stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Lattice:
    """Places a new vertex may have.

    Parameters
    ----------
    known : ndarray of void
        Vertices that were there before: they stay where they are.
    digits : int or None
        Decimals of the coordinates of new ones; None means all there are.
    """

    known: NDArray[np.void]
    digits: int | None

    @classmethod
    def of(cls, shapes: NDArray[np.object_], digits: int | None) -> Lattice:
        """Return the lattice for an edit of some cells."""
        if digits is None:
            return cls(np.empty(0, dtype=np.dtype((np.void, 16))), None)
        return cls(np.unique(_keys(shapely.get_coordinates(shapes))), digits)

    def put(self, shapes: Any) -> Any:
        """Return geometries with their new vertices on the lattice, none twice in a row."""
        if self.digits is None:
            return shapes
        return shapely.remove_repeated_points(shapely.transform(shapes, self._rounded), 0.0)

    def _rounded(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        old = np.isin(_keys(xy), self.known)
        return np.where(old[:, None], xy, np.round(xy, self.digits or 0))


def _keys(xy: NDArray[np.float64]) -> NDArray[np.void]:
    return np.ascontiguousarray(xy + 0.0).view([("", np.void, 16)]).ravel()
