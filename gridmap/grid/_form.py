"""New shapes in the form their layer has: multipolygons where they were, heights where known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

POLYGON, MULTIPOLYGON = 3, 6
"""Type ids of shapely."""


def as_they_came(new: Shapes, old: Shapes) -> Shapes:
    """Return new shapes in the form of the old ones, so that a file keeps one type of them.

    Parameters
    ----------
    new, old : ndarray of geometry, shape (n,)
        Cells after and before.

    Returns
    -------
    ndarray of geometry, shape (n,)
        The new cells: multipolygons where the old ones were; with heights where the old ones had
        them, 0 at vertices that are new.
    """
    made = new.copy()
    lone = (shapely.get_type_id(old) == MULTIPOLYGON) & (shapely.get_type_id(new) == POLYGON)
    lone &= ~shapely.is_empty(new)
    made[lone] = shapely.multipolygons(made[lone][:, None])
    high = shapely.has_z(old) & ~shapely.is_empty(new)
    if high.any():
        made[high] = _with_heights(made[high], old[high])
    return made


def _with_heights(new: Shapes, old: Shapes) -> Shapes:
    known = shapely.get_coordinates(old, include_z=True)
    places, first = np.unique(known[:, :2] @ [1, 1j], return_index=True)
    heights = known[first, 2]

    def lifted(xyz: NDArray[np.float64]) -> NDArray[np.float64]:
        place = xyz[:, :2] @ [1, 1j]
        at = np.minimum(np.searchsorted(places, place), len(places) - 1)
        return np.column_stack([xyz[:, :2], np.where(places[at] == place, heights[at], 0.0)])

    return shapely.transform(shapely.force_3d(new), lifted, include_z=True)
