"""Size of what a check finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridmap.grid import _width

if TYPE_CHECKING:
    from numpy.typing import NDArray


def widths(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the diameter of the largest circle inside each polygon.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
        Polygons or multipolygons in a metric CRS; anything else has width 0.

    Returns
    -------
    ndarray of float64, shape (n,)
        Diameters in metres, of the widest part; found by shrinking balls, at most the true value
        and within 1 % of it on ordinary shapes.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    areal = shapely.get_type_id(parts) == 3  # noqa: PLR2004 - Polygon
    parts, owner = shapely.orient_polygons(parts[areal]), owner[areal]
    rings, of_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    edge = (ring[1:] == ring[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    part = of_part[ring[1:][edge]]
    starts = np.searchsorted(part, np.arange(len(parts) + 1))
    origin = xy[:-1][edge][starts[:-1]] if len(parts) else xy[:0]
    shift = np.repeat(origin, np.diff(starts), axis=0)
    radii = _width.radii(xy[:-1][edge] - shift, xy[1:][edge] - shift, starts)
    out = np.zeros(len(shapes))
    disc = np.sqrt(np.abs(shapely.area(parts)) / np.pi)  # no circle inside has more area
    np.maximum.at(out, owner, 2 * np.minimum(radii, disc))
    return out
