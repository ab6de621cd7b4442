"""Shortest paths between crossings: one small interface, two engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.streets.network import Network

NEVER = 2**31 - 1
"""Milliseconds that stand for no way at all; pyroutingkit's own mark of it."""


class Engine(Protocol):
    """Shortest paths on one network."""

    def matrix(self, sources: NDArray[np.int64], targets: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return milliseconds from each source crossing to each target, or NEVER.

        Parameters
        ----------
        sources : ndarray of int64, shape (n,)
            Crossings to start from.
        targets : ndarray of int64, shape (m,)
            Crossings to reach.
        """

    def path(self, source: int, target: int) -> NDArray[np.int64]:
        """Return the arcs of a shortest path between two crossings.

        Parameters
        ----------
        source : int
            Crossing to start from.
        target : int
            Crossing to reach.
        """


class Contracted:
    """Customizable contraction hierarchies (Dibbelt, Strasser, Wagner 2016), by RoutingKit.

    Parameters
    ----------
    network : Network
        Crossings and arcs.
    """

    def __init__(self, network: Network) -> None:
        from pyroutingkit import CCHMetric, CCHTopology

        tail, head, millis = network.arcs
        lon, lat = network.nodes.astype(np.float32).T
        self._topology = CCHTopology()
        self._topology.build(
            tail.astype(np.uint32),
            head.astype(np.uint32),
            np.ascontiguousarray(lat),
            np.ascontiguousarray(lon),
            len(network.nodes),
        )
        self._metric = CCHMetric(self._topology)
        self._metric.customize(millis.astype(np.uint32))

    def matrix(self, sources: NDArray[np.int64], targets: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return milliseconds from each source crossing to each target, or NEVER.

        Parameters
        ----------
        sources : ndarray of int64, shape (n,)
            Crossings to start from.
        targets : ndarray of int64, shape (m,)
            Crossings to reach.
        """
        starts, ends = sources.astype(np.uint32), targets.astype(np.uint32)
        found = np.asarray(self._metric.distances_many_to_many(starts, ends), dtype=np.int64)
        return np.minimum(found.reshape(len(sources), len(targets)), NEVER)

    def path(self, source: int, target: int) -> NDArray[np.int64]:
        """Return the arcs of a shortest path between two crossings.

        Parameters
        ----------
        source : int
            Crossing to start from.
        target : int
            Crossing to reach.
        """
        return np.asarray(self._metric.query(source, target)[2], dtype=np.int64)


class Dijkstra:
    """Plain Dijkstra by scipy: the fallback, and the oracle of the tests.

    Parameters
    ----------
    network : Network
        Crossings and arcs.
    """

    def __init__(self, network: Network) -> None:
        tail, head, millis = network.arcs
        count = len(network.nodes)
        order = np.lexsort((millis, head, tail))
        first = np.ones(order.size, bool)
        same = (np.diff(tail[order]) == 0) & (np.diff(head[order]) == 0)
        first[1:] = ~same
        self._arcs = order[first]
        pairs = (tail[self._arcs], head[self._arcs])
        weights = millis[self._arcs].astype(float)
        self._graph = csr_array((weights, pairs), shape=(count, count))
        self._arc_of = {
            (int(a), int(b)): int(arc) for a, b, arc in zip(*pairs, self._arcs, strict=True)
        }

    def matrix(self, sources: NDArray[np.int64], targets: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return milliseconds from each source crossing to each target, or NEVER.

        Parameters
        ----------
        sources : ndarray of int64, shape (n,)
            Crossings to start from.
        targets : ndarray of int64, shape (m,)
            Crossings to reach.
        """
        once, which = np.unique(sources, return_inverse=True)
        times = dijkstra(self._graph, indices=once)[which][:, targets]
        return np.where(np.isfinite(times), np.rint(times), NEVER).astype(np.int64)

    def path(self, source: int, target: int) -> NDArray[np.int64]:
        """Return the arcs of a shortest path between two crossings.

        Parameters
        ----------
        source : int
            Crossing to start from.
        target : int
            Crossing to reach.
        """
        _, before = dijkstra(self._graph, indices=source, return_predecessors=True)
        arcs: list[int] = []
        node = target
        while node != source:
            previous = int(before[node])
            arcs.append(self._arc_of[previous, node])
            node = previous
        return np.asarray(arcs[::-1], dtype=np.int64)
