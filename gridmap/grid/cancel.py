"""Exact cancelling of directed edges: the proof that cells are a coverage.

Every cell is walked with its ground on the left. A border between two cells is then walked once in
each direction, and the two walks cancel. Where nothing is left over, the cells, and the reversed
area taken away from them, cover each point equally often. Coordinates are compared, never
computed with: there is no tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.errors import GeometryError
from gridmap.grid import _cancel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Rings:
    """The rings of polygons, laid out flat.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Vertices, ring after ring, each closed.
    starts : ndarray of int64, shape (m + 1,)
        First vertex of each ring, and the end.
    owners : ndarray of int64, shape (m,)
        Position of the polygon each ring belongs to.
    holes : ndarray of bool, shape (m,)
        Whether a ring is a hole.
    """

    xy: NDArray[np.float64]
    starts: NDArray[np.int64]
    owners: NDArray[np.int64]
    holes: NDArray[np.bool_]

    @classmethod
    def of(cls, shapes: Any) -> Rings:
        """Lay out polygons.

        Parameters
        ----------
        shapes : array-like of Polygon or MultiPolygon
            Polygons; None and empty ones have no rings.

        Returns
        -------
        Rings
            Their rings; those of polygons with holes come last.
        """
        array = np.asarray(shapes, dtype=object)
        kinds = shapely.get_type_id(array)
        single = np.flatnonzero((kinds == 3) & ~shapely.is_empty(array))  # noqa: PLR2004
        many = np.flatnonzero(kinds > 3)  # noqa: PLR2004 - only multipolygons are taken apart
        pieces, of_many = shapely.get_parts(array[many], return_index=True)
        full = ~shapely.is_empty(pieces)
        parts = np.concatenate([array[single], pieces[full]])
        owners = np.concatenate([single, many[of_many[full]]])
        holed = shapely.get_num_interior_rings(parts) > 0
        rings, part = shapely.get_rings(parts[holed], return_index=True)
        lines = np.concatenate([parts[~holed], rings])  # a polygon without holes is its ring
        inner = np.append(False, part[1:] == part[:-1])[: len(part)]
        return cls(
            shapely.get_coordinates(lines),
            np.append(0, np.cumsum(shapely.get_num_coordinates(lines), dtype=np.int64)),
            np.concatenate([owners[~holed], owners[holed][part]]),
            np.append(np.zeros((~holed).sum(), bool), inner),
        )

    def orientation(self) -> NDArray[np.int8]:
        """Return 1 for rings walked with the ground on the left, -1 for the others.

        Returns
        -------
        ndarray of int8, shape (m,)
            Exact: where the area is too small for its sign to be sure, it is summed in fractions.
        """
        doubled, bound = _cancel.doubled_areas(self.xy, self.starts)
        positive = doubled > 0
        for ring in np.flatnonzero(np.abs(doubled) <= bound):
            positive[ring] = _exact_area(self.xy[self.starts[ring] : self.starts[ring + 1]]) > 0
        return np.where(positive != self.holes, 1, -1).astype(np.int8)

    def edges(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return all edges, the ground on their left.

        Returns
        -------
        tuple of ndarray of int64
            The vertices each runs from and to, shape (e, 2), and the polygon it belongs to.
        """
        begins = np.ones(len(self.xy), bool)
        begins[self.starts[1:] - 1] = False  # the last vertex of a ring begins no edge
        first = np.flatnonzero(begins)
        ring = np.searchsorted(self.starts, first, side="right") - 1
        back = (self.orientation() < 0)[ring]
        return np.column_stack([first + back, first + ~back]), self.owners[ring]


@dataclass(frozen=True, eq=False)
class Leftover:
    """Directed edges that nothing cancels.

    Parameters
    ----------
    edges : ndarray of float64, shape (n, 2, 2)
        From and to, x and y; the ground of its cell lies on the left (on the right for what was
        taken away).
    owners : ndarray of int64, shape (n,)
        Position of the cell in ``added``, or -1 - position in ``removed``.
    """

    edges: NDArray[np.float64]
    owners: NDArray[np.int64]

    @property
    def ok(self) -> bool:
        """Whether nothing is left over."""
        return not len(self.owners)


def leftover(added: Any, removed: Any = ()) -> Leftover:
    """Cancel the directed edges of polygons against each other.

    Parameters
    ----------
    added : array-like of Polygon or MultiPolygon
        Cells; None and empty ones have no edges. Rings may run either way round and may repeat
        points.
    removed : array-like of Polygon or MultiPolygon
        What is taken away: the boundary, or the cells as they were.

    Returns
    -------
    Leftover
        The edges that found no opposite.

    Raises
    ------
    GeometryError
        If a coordinate is not a finite number.
    """
    plus = np.asarray(added, dtype=object).ravel()
    minus = np.asarray(removed, dtype=object).ravel()
    rings = Rings.of(np.concatenate([plus, minus]) if minus.size else plus)
    return leftover_rings(rings, len(plus))


def leftover_rings(rings: Rings, n_added: int, without: Any = ()) -> Leftover:
    """Cancel rings that are laid out already.

    Parameters
    ----------
    rings : Rings
        Rings of the polygons added and, after them, of those removed.
    n_added : int
        Number of polygons added.
    without : sequence of int
        Positions of polygons that are left out.

    Returns
    -------
    Leftover
        The edges that found no opposite.

    Raises
    ------
    GeometryError
        If a coordinate is not a finite number.
    """
    out = np.isin(rings.owners, without)
    require_finite(rings, out)
    signs = rings.orientation()
    signs[rings.owners >= n_added] *= -1
    order = _nearby_order(rings)
    first = _cancel.left(rings.xy, rings.starts, signs, order[~out[order]])
    ring = np.searchsorted(rings.starts, first, side="right") - 1
    first, ring = first[~out[ring]], ring[~out[ring]]
    edges = np.stack([rings.xy[first], rings.xy[first + 1]], axis=1)
    turned = signs[ring] < 0
    edges[turned] = edges[turned, ::-1]
    owners = rings.owners[ring]
    return Leftover(edges, np.where(owners < n_added, owners, n_added - 1 - owners))


def continued(left: Leftover, added: Any, removed: Any, rows: Any = ()) -> Leftover:
    """Go on cancelling: add and take away polygons from what was left over.

    Parameters
    ----------
    left : Leftover
        Edges left over so far.
    added, removed : array-like of Polygon or MultiPolygon
        What comes and what goes.
    rows : sequence of int
        Cells that are replaced: owners of what comes.

    Returns
    -------
    Leftover
        The edges that found no opposite. The owner is -1 where it is not known: for edges of what
        goes, and for edges of ``left`` that a replaced cell owned.
    """
    plus, minus = (np.asarray(each, dtype=object).ravel() for each in (added, removed))
    rings = Rings.of(np.concatenate([plus, minus]))
    require_finite(rings)
    signs = rings.orientation()
    signs[rings.owners >= len(plus)] *= -1
    n = len(left.owners)
    xy = np.concatenate([left.edges.reshape(-1, 2), rings.xy])
    starts = np.concatenate([np.arange(n) * 2, rings.starts + 2 * n])
    every = np.concatenate([np.ones(n, np.int8), signs])
    names = np.concatenate([np.asarray(rows, np.int64), np.full(len(minus), -1)])
    known = np.where(np.isin(left.owners, rows), -1, left.owners)
    owners = np.concatenate([known, names[rings.owners]])
    first = _cancel.left(xy, starts, every, np.arange(len(every), dtype=np.int64))
    ring = np.searchsorted(starts, first, side="right") - 1
    edges = np.stack([xy[first], xy[first + 1]], axis=1)
    turned = every[ring] < 0
    edges[turned] = edges[turned, ::-1]
    return Leftover(edges, owners[ring])


def proves(new: Any, old: Any) -> bool:
    """Tell whether new cells hold exactly the ground of old ones, each point as often.

    Parameters
    ----------
    new, old : array-like of Polygon or MultiPolygon
        The cells after and before an edit, with every neighbour whose border gains a vertex.

    Returns
    -------
    bool
        True if the edges of the new cells cancel those of the old ones and every new cell is
        valid and not empty. If the old cells were part of a coverage, so are the new ones.
    """
    shapes = np.asarray(new, dtype=object).ravel()
    if not shapely.is_valid(shapes).all() or shapely.is_empty(shapes).any():
        return False
    return leftover(shapes, old).ok


def require_finite(rings: Rings, out: NDArray[np.bool_] | None = None) -> None:
    """Refuse coordinates that are not numbers.

    Parameters
    ----------
    rings : Rings
        Rings.
    out : ndarray of bool, shape (m,), optional
        Rings that do not matter.

    Raises
    ------
    GeometryError
        Naming the first polygon with such a coordinate, counted from 1.
    """
    if np.isfinite(rings.xy.sum()):
        return
    vertices = np.flatnonzero(~np.isfinite(rings.xy).all(axis=1))
    bad = np.searchsorted(rings.starts, vertices, side="right") - 1
    bad = bad if out is None else bad[~out[bad]]
    if bad.size:
        raise GeometryError("check.not_finite", row=int(rings.owners[bad[0]]) + 1)


def _nearby_order(rings: Rings) -> NDArray[np.int64]:
    """Neighbours close together keep the table of open edges small."""
    if len(rings.owners) < 2:  # noqa: PLR2004
        return np.arange(len(rings.owners), dtype=np.int64)
    first = rings.xy[np.minimum(rings.starts[:-1], len(rings.xy) - 1)]
    low = first.min(axis=0)
    span = float((first - low).max()) or 1.0
    return np.lexsort((first[:, 0], ((first[:, 1] - low[1]) * (1023 / span)).astype(np.int64)))


def _exact_area(ring: NDArray[np.float64]) -> Fraction:
    points = [(Fraction(x), Fraction(y)) for x, y in ring.tolist()]
    return sum((a[0] * b[1] - b[0] * a[1] for a, b in pairwise(points)), Fraction(0))
