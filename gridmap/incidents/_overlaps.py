"""Whether cells overlap, and which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.cancel import Rings

PIECE = 16
"""Edges that share a bounding box."""
INTERIORS_MEET = "T********"


def disjoint(shapes: NDArray[Any], rings: Rings, mate: NDArray[np.int32]) -> bool:
    """Tell whether no two cells share ground.

    Where the number of cells over a point steps from one to two there runs an edge that no other
    cell cancels, and its cell overlaps one of the cells there. So only cells near such edges are
    compared.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
        Valid polygons.
    rings : Rings
        Their rings.
    mate : ndarray of int32
        For each vertex the edge that cancels the one beginning there, -1 where none does.

    Returns
    -------
    bool
        False as soon as one point lies inside two cells.
    """
    edges = np.flatnonzero(mate == -1)
    if not edges.size:
        return True
    owner = rings.owners[np.searchsorted(rings.starts, edges, side="right") - 1]
    breaks = np.flatnonzero((np.diff(edges) != 1) | (np.diff(owner) != 0)) + 1
    firsts = np.union1d(breaks, np.arange(0, len(edges), PIECE))
    ends = rings.xy[edges], rings.xy[edges + 1]
    low = np.minimum.reduceat(np.minimum(*ends), firsts)
    high = np.maximum.reduceat(np.maximum(*ends), firsts)
    piece, other = shapely.STRtree(shapes).query(shapely.box(*low.T, *high.T))
    return not len(_meeting(shapes, owner[firsts][piece], other))


def overlaps(shapes: NDArray[Any]) -> NDArray[np.int64]:
    """Return every pair of cells that share ground.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
        Valid polygons.

    Returns
    -------
    ndarray of int64, shape (m, 2)
        Pairs of positions, the lesser first.
    """
    return _meeting(shapes, *shapely.STRtree(shapes).query(shapes))


def cover(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return few cells without which no pair is left.

    Parameters
    ----------
    pairs : ndarray of int64, shape (m, 2)
        Pairs of positions.

    Returns
    -------
    ndarray of int64
        At least one position of each pair, ascending; of a pair the one in more pairs.
    """
    count = np.bincount(pairs.ravel())
    chosen: set[int] = set()
    for a, b in pairs.tolist():
        if a not in chosen and b not in chosen:
            chosen.add(a if count[a] >= count[b] else b)
    return np.array(sorted(chosen), dtype=np.int64)


def _meeting(shapes: NDArray[Any], one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.int64]:
    pairs = np.sort(np.stack([one, other], axis=1), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    meet = shapely.relate_pattern(shapes[pairs[:, 0]], shapes[pairs[:, 1]], INTERIORS_MEET)
    return pairs[meet]
