"""What people call a place: the street it lies on and the nearest one that crosses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridmap import crs

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def corners(streets: gpd.GeoDataFrame, lonlat: NDArray[np.float64]) -> list[str]:
    """Name places by their streets.

    Parameters
    ----------
    streets : GeoDataFrame
        A street layer (:mod:`gridmap.streets.model`).
    lonlat : ndarray of float64, shape (n, 2)
        Places, longitude and latitude.

    Returns
    -------
    list of str
        Such as ``Prospect St & Broadway``; one name where nothing named crosses the nearest
        stretch at its nearer end; ``""`` where no street has a name.
    """
    named = streets[streets["name"] != ""]
    if not len(named) or not len(lonlat):
        return [""] * len(lonlat)
    metres = crs.metric(crs.LONLAT, named.total_bounds)
    lines = crs.transform(named.geometry.to_numpy(), crs.LONLAT, metres)
    points = crs.transform(shapely.points(lonlat), crs.LONLAT, metres)
    tree, names = shapely.STRtree(lines), named["name"].to_numpy()
    return [
        _corner(tree, lines, names, point, nearest)
        for point, nearest in zip(points, tree.nearest(points), strict=True)
    ]


def _corner(
    tree: shapely.STRtree,
    lines: NDArray[np.object_],
    names: NDArray[np.object_],
    point: shapely.Point,
    nearest: int,
) -> str:
    own, line = str(names[nearest]), lines[nearest]
    ends = shapely.get_point(line, [0, -1])
    for end in ends[np.argsort(shapely.distance(ends, point), kind="stable")]:
        meeting = tree.query(end, predicate="dwithin", distance=1.0)
        others = sorted({str(name) for name in names[meeting]} - {own})
        if others:
            return f"{own} & {others[0]}"
    return own
