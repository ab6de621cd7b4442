"""Rounding a coverage to a lattice so that it stays one.

Rounding every vertex keeps the edges of neighbours cancelling, so where every cell stays valid by
itself the rounded cells are still a coverage. The few cells that break (a ring that crosses itself
or turns over) are snap-rounded together with their neighbours (Hobby 1999; Guibas and Marimont
1998, by the noder of GEOS) and the faces dealt out again: a partition whatever face goes to whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

POLYGON, MULTIPOLYGON = 3, 6
NOTHING = shapely.Polygon()


def round_half_up(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round as the noder of GEOS does.

    Parameters
    ----------
    xy : ndarray of float64
        Coordinates.

    Returns
    -------
    ndarray of float64
        Whole numbers.
    """
    return np.floor(xy + 0.5)


def quantise(shapes: NDArray[np.object_], rim: NDArray[np.bool_] | None) -> NDArray[np.object_]:
    """Round polygons to whole coordinates, each valid, neighbours without gap or overlap.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        Valid cells; shells counter-clockwise (:func:`shapely.orient_polygons`).
    rim : ndarray of bool, shape (n,), optional
        Which cells of a coverage have an edge on its outside, as :func:`rim_of` tells. Absent
        means that the cells are no coverage: each is then rounded by itself.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        Whole coordinates; empty where a cell has collapsed.
    """
    return mended(shapes, shapely.transform(shapes, round_half_up), rim)[0]


def mended(
    shapes: NDArray[np.object_], rounded: NDArray[np.object_], rim: NDArray[np.bool_] | None
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Put right the cells that rounding broke.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        The cells before rounding.
    rounded : ndarray of Polygon or MultiPolygon, shape (n,)
        The cells with whole coordinates.
    rim : ndarray of bool, shape (n,), optional
        As in :func:`quantise`.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        Whole coordinates, each valid; empty where a cell has collapsed.
    ndarray of bool, shape (n,)
        Cells that are no longer those that were given.
    """
    rounded = rounded.copy()
    broken = ~sound(rounded)
    rounded[~broken] = shapely.remove_repeated_points(rounded[~broken])
    if rim is None:
        rounded[broken] = areal(shapely.set_precision(shapes[broken], 1))
        return rounded, broken
    while True:
        broken = _mend(shapes, rounded, broken)
        clashing = _clashing(rounded, rim & ~shapely.is_empty(rounded))
        if not (clashing & ~broken).any():
            return rounded, broken
        broken |= clashing


def _mend(
    shapes: NDArray[np.object_], rounded: NDArray[np.object_], broken: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Snap-round the broken cells in place; answer with all that had to change."""
    if not broken.any():
        return broken
    tree = shapely.STRtree(shapes)
    while True:
        bounds = shapely.bounds(shapes[broken]) + np.array([-2, -2, 2, 2])
        near = np.unique(tree.query(shapely.box(*bounds.T))[1])
        snapped = _snap(shapes[near])
        was = shapely.normalize(rounded[near])
        moved = ~shapely.equals_exact(shapely.normalize(snapped), was)
        if not (moved & ~broken[near]).any():
            rounded[broken] = snapped[broken[near]]
            return broken
        broken = broken.copy()
        broken[near[moved]] = True


def _snap(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    lines = shapely.union_all(shapely.boundary(shapes), grid_size=1)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    owner = _owners(faces, shapes)
    result = np.full(len(shapes), NOTHING, dtype=object)
    order = np.argsort(owner, kind="stable")
    groups, starts, counts = np.unique(owner[order], return_index=True, return_counts=True)
    for group, start, count in zip(groups, starts, counts, strict=True):
        if group >= 0:
            members = faces[order[start : start + count]]
            result[group] = shapely.coverage_union_all(members) if len(members) > 1 else members[0]
    return shapely.orient_polygons(areal(result))


def _owners(faces: NDArray[np.object_], shapes: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the shape that a point of each face lies in, -1 for a hole.

    What snapping made of a crack is no hole: a face that lies in shapes for the most part is the
    one's that holds most of it.
    """
    owner = np.full(len(faces), -1)
    tree = shapely.STRtree(shapes)
    inside, holder = tree.query(shapely.point_on_surface(faces), "intersects")
    owner[inside[::-1]] = holder[::-1]
    for face in np.flatnonzero(owner < 0):
        near = np.sort(tree.query(faces[face]))
        held = shapely.area(shapely.intersection(shapes[near], faces[face]))
        if held.sum() > faces[face].area / 2:
            owner[face] = near[np.argmax(held)]
    return owner


def sound(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which polygons are valid with every shell counter-clockwise, every hole clockwise.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        Rounded cells.

    Returns
    -------
    ndarray of bool, shape (n,)
        False for a ring that crosses itself, has collapsed or has turned over.
    """
    upright = shapely.is_valid(shapes)
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    shell = np.r_[True, np.diff(ring_of) > 0][: len(rings)]
    upright[part_of[ring_of[shapely.is_ccw(rings) != shell]]] = False
    return upright


def _clashing(shapes: NDArray[np.object_], rim: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which cells of the rim reach into another: an inlet narrower than the lattice."""
    clashing = np.zeros(len(shapes), dtype=bool)
    cells = np.flatnonzero(rim)
    left, right = shapely.STRtree(shapes[cells]).query(shapes[cells])
    left, right = cells[left[left < right]], cells[right[left < right]]
    hit = shapely.relate_pattern(shapes[left], shapes[right], "T********")
    clashing[left[hit]] = clashing[right[hit]] = True
    return clashing


def rim_of(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which cells of a coverage have an edge that no other cell shares.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        The cells.

    Returns
    -------
    ndarray of bool, shape (n,)
        True on the outside and around holes.
    """
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    _, point = np.unique(xy.view(np.complex128).ravel(), return_inverse=True)
    edge = ring[1:] == ring[:-1]
    start, end = point[:-1][edge], point[1:][edge]
    key = np.minimum(start, end) * (len(xy) + 1) + np.maximum(start, end)
    _, where, uses = np.unique(key, return_inverse=True, return_counts=True)
    rim = np.zeros(len(shapes), dtype=bool)
    rim[part_of[ring_of[ring[:-1][edge][uses[where] == 1]]]] = True
    return rim


def areal(shapes: Any) -> NDArray[np.object_]:
    """Keep the polygons of each geometry.

    Parameters
    ----------
    shapes : ndarray of geometry
        Anything, as clipping and snapping return it.

    Returns
    -------
    ndarray of Polygon or MultiPolygon
        The areas alone; empty where there is none.
    """
    result = np.asarray(shapes, dtype=object)
    kinds = shapely.get_type_id(result)
    mixed = (kinds != POLYGON) & (kinds != MULTIPOLYGON)
    if mixed.any():
        result = result.copy()
        result[mixed] = [_areas_of(shape) for shape in result[mixed]]
    return result


def _areas_of(shape: Any) -> Any:
    parts = shapely.get_parts(shape)
    parts = parts[shapely.get_type_id(parts) == POLYGON]
    return shapely.multipolygons(parts) if len(parts) else NOTHING
