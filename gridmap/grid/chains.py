"""Chains: edges joined at the vertices where exactly two meet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridmap.grid import _noding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Chains:
    """Lines between the places where more or fewer than two edges meet, and closed ones.

    A chain can be walked both ways: half 2c runs along chain c, half 2c + 1 back.

    Parameters
    ----------
    points : ndarray of float64, shape (p, 2)
        Vertices.
    vertices : ndarray of int64, shape (v,)
        Vertices of all chains, one after the other.
    starts : ndarray of int64, shape (c + 1,)
        Where each chain begins, and the end.
    of_edge : ndarray of int64, shape (n,)
        The chain each edge is in.
    ahead : ndarray of int64, shape (n,)
        1 where its chain walks an edge from its first vertex to its second, else -1.
    """

    points: Floats
    vertices: Ints
    starts: Ints
    of_edge: Ints
    ahead: Ints

    @classmethod
    def of(cls, points: Floats, edges: Ints) -> Chains:
        """Join edges.

        Parameters
        ----------
        points : ndarray of float64, shape (p, 2)
            Vertices.
        edges : ndarray of int64, shape (n, 2)
            Edges that meet only at vertices, each once.

        Returns
        -------
        Chains
            All of them, joined.
        """
        return cls(points, *_noding.chains(edges, len(points)))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.starts) - 1

    def path(self, chain: int) -> Ints:
        """Return the vertices of a chain.

        Parameters
        ----------
        chain : int
            Its number.

        Returns
        -------
        ndarray of int64
            Their numbers.
        """
        return self.vertices[self.starts[chain] : self.starts[chain + 1]]

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """Each as a line."""
        line = np.repeat(np.arange(len(self)), np.diff(self.starts))
        return shapely.linestrings(self.points[self.vertices], indices=line)
