"""Noding: edges cut where they meet, until none meets another but at its ends.

Vertices are places, numbered; an edge is a pair of them. What lies closer than the coordinates can
tell is taken as one. Cutting bends an edge by that much, so that it may then meet others: rounds
are repeated until nothing meets (iterated snap rounding, Halperin and Packer 2002). Only then do
faces, and the cells rebuilt from them, fit together whatever the rounding did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridmap.grid import _noding, _numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROUNDING = 256
"""Units in the last place of the coordinates that count as the same place: less than a micrometre
in a city. What a coordinate went through (a projection and back, a computed crossing) costs some
tens; nothing narrower can be repaired without new crossings."""
ROUNDS = 32
"""Each round bends edges by no more than the rounding; a few are enough."""


def rounding(xy: Floats) -> float:
    """Return the distance below which coordinates cannot tell two places apart.

    Parameters
    ----------
    xy : ndarray of float64
        Coordinates of a layer.

    Returns
    -------
    float
        A few units in the last place of the largest, in units of the layer.
    """
    return float(ROUNDING * np.spacing(np.abs(xy).max())) if xy.size else 0.0


def numbered(xy: Floats) -> tuple[Floats, Ints]:
    """Number places.

    Parameters
    ----------
    xy : ndarray of float64, shape (..., 2)
        Coordinates.

    Returns
    -------
    tuple of ndarray
        The places, each once, shape (p, 2), and the number of each coordinate, shape (...).
    """
    flat = np.ascontiguousarray(xy.reshape(-1, 2) + 0.0)  # -0.0 is 0.0
    first, number = _numbers.numbered(flat.view(np.uint64))
    return flat[first], number.reshape(xy.shape[:-1])


def undirected(edges: Ints) -> tuple[Ints, Ints, Ints]:
    """Find which edges run between the same vertices.

    Parameters
    ----------
    edges : ndarray of int64, shape (n, 2)
        Vertices.

    Returns
    -------
    tuple of ndarray of int64
        The pairs of vertices, low before high, shape (m, 2); for each edge the number of its pair;
        and 1 where it runs from low to high, else -1.
    """
    low, high = np.minimum(edges[:, 0], edges[:, 1]), np.maximum(edges[:, 0], edges[:, 1])
    ends = np.column_stack([low, high])
    first, number = _numbers.numbered(ends.view(np.uint64))
    return ends[first], number, np.where(edges[:, 0] == low, 1, -1)


def _all(xy: Floats) -> Bools:
    return np.ones(len(xy), bool)


@dataclass(frozen=True, eq=False)
class Quiet:
    """What is as it should be among edges that are to be cut.

    Parameters
    ----------
    open : ndarray of bool, shape (n,)
        Edges that nothing cancels. Where others lie closer together than the rounding, that is
        as it should be, unless the ground there is held twice.
    fixed : ndarray of bool, shape (p,)
        Vertices that stay where they are.
    held_twice : callable
        Tells for places, shape (k, 2), whether ground there is held twice.
    """

    open: Bools
    fixed: Bools
    held_twice: Callable[[Floats], Bools] = _all


@dataclass(frozen=True, eq=False)
class Noded:
    """Edges cut where they meet.

    Parameters
    ----------
    points : ndarray of float64, shape (p, 2)
        Vertices: those given, and crossings.
    pieces : ndarray of int64, shape (k, 2)
        Vertices of the pieces, each edge's in its order from its first end to its last.
    parents : ndarray of int64, shape (k,)
        Number of the edge each piece was cut from, ascending.
    same : ndarray of int64, shape (p,)
        The vertex each was taken for.
    """

    points: Floats
    pieces: Ints
    parents: Ints
    same: Ints

    @classmethod
    def of(cls, points: Floats, ends: Ints, eps: float, quiet: Quiet | None = None) -> Noded:
        """Cut edges.

        Parameters
        ----------
        points : ndarray of float64, shape (p, 2)
            Vertices.
        ends : ndarray of int64, shape (n, 2)
            Edges.
        eps : float
            Distance within which two places are one.
        quiet : Quiet, optional
            Edges and vertices that are as they should be; absent means none.

        Returns
        -------
        Noded
            Pieces that do not meet but at vertices.
        """
        quiet = quiet or Quiet(np.ones(len(ends), bool), np.zeros(len(points), bool))
        fixed = quiet.fixed
        same = np.arange(len(points))
        parents, active = np.arange(len(ends)), np.ones(len(ends), bool)
        for _ in range(ROUNDS):
            met = _met(points, ends, active, quiet.open[parents], fixed, eps)
            nodes = np.vstack([met.touches, met.hidden[quiet.held_twice(points[met.hidden[:, 1]])]])
            if not (len(met.near) or len(nodes) or len(met.crossed)):
                break
            fresh, number = np.unique(met.places, axis=0, return_inverse=True)
            number = number.ravel() + len(points)
            crossed = [np.column_stack([met.crossed[:, side], number]) for side in (0, 1)]
            points = np.vstack([points, fresh])
            fixed = np.append(fixed, np.zeros(len(fresh), bool))
            same = np.append(same, np.arange(len(same), len(points)))
            cut, ends = _cut(points, ends, np.vstack([nodes, *crossed]))
            active = np.bincount(cut)[cut] > 1
            if len(met.near):
                to = _noding.merged(met.near, fixed)
                same, moved = to[same], to[ends]
                active |= (moved != ends).any(axis=1)
                real = moved[:, 0] != moved[:, 1]
                ends, cut, active = moved[real], cut[real], active[real]
            parents = parents[cut]
        return cls(points, ends, parents, same)


class _Met(NamedTuple):
    """Where edges meet: vertices that are one place, (edge, vertex), edges that cross and where."""

    near: Ints
    touches: Ints
    hidden: Ints
    crossed: Ints
    places: Floats


def _met(points: Floats, ends: Ints, active: Bools, open_: Bools, fixed: Bools, eps: float) -> _Met:
    some = np.arange(len(ends))
    if not active.all():
        some = _noding.beside(points, ends, active, eps) if active.any() else some[:0]
    near, touches, hidden, crossings = _noding.meetings(
        points, ends[some], active[some], open_[some], fixed, eps
    )
    one, on, under = (np.array(x, np.int64).reshape(-1, 2) for x in (near, touches, hidden))
    on[:, 0], under[:, 0] = some[on[:, 0]], some[under[:, 0]]
    crossed = np.array(crossings, float).reshape(-1, 4)
    return _Met(one, on, under, some[crossed[:, :2].astype(np.int64)], crossed[:, 2:])


def _cut(points: Floats, ends: Ints, nodes: Ints) -> tuple[Ints, Ints]:
    """Cut edges at nodes; return the edge each piece comes from, and its vertices."""
    many = np.bincount(nodes[:, 0], minlength=len(ends)) > 0
    whole, split = np.flatnonzero(~many), np.flatnonzero(many)
    edge = np.concatenate([split, split, nodes[:, 0]])
    vertex = np.concatenate([ends[split, 0], ends[split, 1], nodes[:, 1]])
    start = points[ends[edge, 0]]
    along = ((points[vertex] - start) * (points[ends[edge, 1]] - start)).sum(axis=1)
    along[: len(split)] = -np.inf
    along[len(split) : 2 * len(split)] = np.inf
    order = np.lexsort((along, edge))
    edge, vertex = edge[order], vertex[order]
    real = (edge[1:] == edge[:-1]) & (vertex[1:] != vertex[:-1])
    pieces = np.column_stack([vertex[:-1], vertex[1:]])[real]
    parent = np.concatenate([whole, edge[1:][real]])
    order = np.argsort(parent, kind="stable")
    return parent[order], np.concatenate([ends[whole], pieces])[order]
