"""Broken rings made whole, within limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW_VERTICES = 400
"""A broken cell with no more vertices is always mended."""
MOST_VERTICES = 200_000
"""A broken cell with more vertices is not mended."""
MOST_MEETINGS = 20_000
"""Nor is one with more pairs of edges whose boxes meet: time grows with the square of them."""
PROBES = 200


def mended(shape: Any) -> Any:
    """Return a valid polygon in place of a broken one.

    Parameters
    ----------
    shape : Polygon or MultiPolygon
        A shape whose rings cross.

    Returns
    -------
    Polygon, MultiPolygon or None
        The ground its rings enclose; None if it has no area, holds a coordinate that is not a
        number, or is past the limits of this module.
    """
    if not np.isfinite(shapely.get_coordinates(shape)).all() or too_tangled(shape):
        return None
    whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.get_parts(whole))
    parts = parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0)]  # noqa: PLR2004
    if not len(parts):
        return None
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def too_tangled(shape: Any) -> bool:
    """Tell whether mending a shape would take more than about a second.

    Parameters
    ----------
    shape : Polygon or MultiPolygon
        Any polygon.

    Returns
    -------
    bool
        True past :data:`MOST_VERTICES` or :data:`MOST_MEETINGS`.
    """
    vertices = shapely.get_num_coordinates(shape)
    if vertices <= FEW_VERTICES or vertices > MOST_VERTICES:
        return bool(vertices > MOST_VERTICES)
    xy, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(shape)), return_index=True
    )
    same = ring[1:] == ring[:-1]
    low = np.minimum(xy[1:], xy[:-1])[same]
    high = np.maximum(xy[1:], xy[:-1])[same]
    probes = np.unique(np.linspace(0, len(low) - 1, PROBES).astype(int))
    met = sum(_meetings(low, high, probe) for probe in probes)
    return met * len(low) / len(probes) / 2 > MOST_MEETINGS + 2 * len(low)


def _meetings(low: NDArray[np.float64], high: NDArray[np.float64], probe: int) -> int:
    """Count the edges whose box meets that of one edge, without itself."""
    boxes_meet = (low <= high[probe]).all(axis=1) & (high >= low[probe]).all(axis=1)
    return int(boxes_meet.sum()) - 1
