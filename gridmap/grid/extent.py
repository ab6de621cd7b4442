"""What cells hold beyond the boundary, and what they leave open within it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.errors import GeometryError
from gridmap.grid.cancel import leftover
from gridmap.grid.defects import Finding
from gridmap.grid.noding import rounding
from gridmap.grid.valid import faults

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.survey import Survey

NEAR = 16
"""Roundings within which two findings touch."""
BESIDE = 10_000
"""Roundings within which a cell stands beside a face that an overlay has cut: where lines cross at
a small angle, the crossing is off by far more than one rounding."""


def require_boundary(boundary: Any) -> None:
    """Refuse a boundary that is not an area.

    Parameters
    ----------
    boundary : geometry
        The area to be covered.

    Raises
    ------
    GeometryError
        If it is empty, not areal, or its ring is broken.
    """
    require_sound(np.array([boundary], dtype=object))
    if shapely.get_dimensions(boundary) != 2 or shapely.is_empty(boundary):  # noqa: PLR2004
        raise GeometryError("check.no_boundary", kind=boundary.geom_type)


def require_sound(rows: NDArray[np.object_]) -> None:
    """Refuse rows of a boundary of which one has a broken ring: no area can be made of them.

    Parameters
    ----------
    rows : ndarray of geometry, shape (n,)
        Areas that make up the boundary.

    Raises
    ------
    GeometryError
        Naming the place, in the CRS of the rows.
    """
    for first in faults(rows)[:1]:
        place = "–" if first.point.is_empty else f"{first.point.x:.10g}, {first.point.y:.10g}"
        raise GeometryError("check.bad_boundary", row=first.cell + 1, place=place)


def beyond(survey: Survey, boundary: Any) -> list[Finding]:
    """Compare the outline of the cells with the boundary.

    Parameters
    ----------
    survey : Survey
        The cells.
    boundary : Polygon or MultiPolygon
        The area to be covered, in the CRS of the cells.

    Returns
    -------
    list of Finding
        Faces ``outside`` the boundary and faces ``uncovered`` within it that are no gaps between
        cells; none where the directed edges of outline and boundary cancel.
    """
    outline = survey.outline
    if outline is None:
        return [_uncovered((), part) for part in _polygons(boundary)]
    if leftover([outline], [boundary]).ok:
        return []
    out = _faces(shapely.difference(outline, boundary), survey)
    open_ = _faces(shapely.difference(boundary, filled(outline)), survey)
    face, cell = survey.tree.query(out, predicate="intersects")
    pieces = shapely.intersection(survey.ground[cell], out[face])
    real = shapely.area(pieces) > survey.eps * shapely.length(pieces)
    held = [
        rows or close
        for rows, close in zip(
            _grouped(face[real], cell[real], len(out)), neighbours(survey, out), strict=True
        )
    ]
    beside = neighbours(survey, open_)
    return [
        *(Finding("outside", rows, each) for each, rows in zip(out, held, strict=True)),
        *(_uncovered(rows, each) for each, rows in zip(open_, beside, strict=True)),
    ]


def _uncovered(rows: tuple[int, ...], where: Any) -> Finding:
    return Finding("uncovered", rows, where, "" if rows else "uncovered_alone")


def filled(outline: Any) -> Any:
    """Return an outline without its holes.

    Parameters
    ----------
    outline : Polygon or MultiPolygon
        Ground held by cells.

    Returns
    -------
    Polygon or MultiPolygon
        The ground its outer rings enclose.
    """
    return shapely.union_all(shapely.polygons(shapely.get_exterior_ring(_polygons(outline))))


def neighbours(survey: Survey, faces: NDArray[np.object_]) -> list[tuple[int, ...]]:
    """Find the cells that share a border with faces cut by an overlay.

    Parameters
    ----------
    survey : Survey
        The cells.
    faces : ndarray of Polygon, shape (n,)
        Faces no cell holds.

    Returns
    -------
    list of tuple of int
        Positions of cells beside each face.
    """
    rings, owner = shapely.get_rings(faces, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inner = ring[1:] == ring[:-1]
    middle = shapely.points((xy[1:] + xy[:-1])[inner] / 2)
    near = BESIDE * max(survey.eps, rounding(xy))
    point, cell = survey.tree.query(middle, predicate="dwithin", distance=near)
    return _grouped(owner[ring[1:][inner]][point], cell, len(faces))


def _faces(shape: Any, survey: Survey) -> NDArray[np.object_]:
    parts = _polygons(shape)
    return parts[shapely.area(parts) > survey.eps * shapely.length(parts)]


def _polygons(shape: Any) -> NDArray[np.object_]:
    parts = shapely.get_parts(shapely.get_parts(shape))
    return parts[shapely.get_type_id(parts) == 3]  # noqa: PLR2004


def _grouped(keys: Any, values: Any, size: int) -> list[tuple[int, ...]]:
    groups: list[set[int]] = [set() for _ in range(size)]
    for key, value in zip(keys.tolist(), values.tolist(), strict=True):
        groups[key].add(value)
    return [tuple(sorted(group)) for group in groups]
