"""The overlay of two layers: pieces, their parents and what is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from gridmap import crs as crs_
from gridmap.errors import GeometryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

NOISE = 1e-9
"""Share of a shape below which a piece is rounding of the overlay, not ground."""


class Pieces(NamedTuple):
    """Pieces of an overlay: positions of both parents and the area of each piece."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    area_m2: NDArray[np.float64]
    shapes: NDArray[np.object_]


def overlay(a: NDArray[np.object_], b: NDArray[np.object_], frame: Grid) -> Pieces:
    """Intersect two layers in the CRS of the frame, measuring pieces in its metric CRS."""
    left, right = shapely.STRtree(b).query(a, predicate="intersects")
    inside = np.zeros(len(left), dtype=bool)
    if len(left):
        shapely.prepare(b)
        inside = shapely.covers(b[right], a[left])
    shapes = a[left].copy()
    shapes[~inside] = shapely.intersection(a[left[~inside]], b[right[~inside]])
    areas = metric_area(shapes, frame)
    ground = areas > NOISE * metric_area(a, frame)[left]
    return Pieces(left[ground], right[ground], areas[ground], shapes[ground])


def with_rest(
    pieces: Pieces, a: NDArray[np.object_], b: NDArray[np.object_], frame: Grid
) -> Pieces:
    """Add what of each shape of `a` lies in no shape of `b`, as a piece with parent -1."""
    planar = shapely.area(a)
    covered = np.bincount(pieces.a, shapely.area(pieces.shapes), minlength=len(a))
    open_ = np.flatnonzero(planar - covered > NOISE * planar)
    if not len(open_):
        return pieces
    tree = shapely.STRtree(b)
    rest = np.array(
        [shapely.difference(a[i], shapely.union_all(b[tree.query(a[i])])) for i in open_],
        dtype=object,
    )
    return Pieces(
        np.concatenate([pieces.a, open_]),
        np.concatenate([pieces.b, np.full(len(open_), -1)]),
        np.concatenate([pieces.area_m2, metric_area(rest, frame)]),
        np.concatenate([pieces.shapes, rest]),
    )


def metric_area(shapes: NDArray[np.object_], frame: Grid) -> NDArray[np.float64]:
    return np.asarray(shapely.area(crs_.transform(shapes, frame.crs, frame.metric_crs)))


def require_valid_rings(shapes: NDArray[np.object_], codes: NDArray[Any]) -> None:
    broken = np.flatnonzero(~shapely.is_valid(shapes))
    if len(broken):
        raise GeometryError(
            "edit.invalid_ring",
            cell=str(codes[broken[0]]),
            reason=str(shapely.is_valid_reason(shapes[broken[0]])),
        )
