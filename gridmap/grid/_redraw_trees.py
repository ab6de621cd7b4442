"""Splitting a few neighbouring cells anew along random spanning trees; compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def _next(state: Any) -> Any:
    """Return a number of [0, 1) and step the generator (xorshift64*; Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def _find(parent: Any, node: Any) -> Any:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True, nogil=True)
def _tree(u: Any, v: Any, long: Any, n: Any, state: Any) -> Any:
    """Return a random spanning tree that likes long borders, as compressed rows; None if apart."""
    key = np.empty(len(u))
    for i in range(len(u)):
        key[i] = _next(state) / (0.15 + long[i]) ** 2
    parent = np.arange(n)
    picked = np.empty(n - 1, np.int64)
    count = 0
    for i in np.argsort(key):
        a, b = _find(parent, u[i]), _find(parent, v[i])
        if a != b:
            parent[a] = b
            picked[count] = i
            count += 1
    if count < n - 1:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    start = np.zeros(n + 1, np.int64)
    for i in picked:
        start[u[i] + 1] += 1
        start[v[i] + 1] += 1
    start = np.cumsum(start)
    at = start[:-1].copy()
    beside = np.empty(2 * (n - 1), np.int64)
    for i in picked:
        beside[at[u[i]]] = v[i]
        beside[at[v[i]]] = u[i]
        at[u[i]] += 1
        at[v[i]] += 1
    return start, beside


@njit(cache=True, nogil=True)
def _walk(start: Any, beside: Any, root: Any) -> Any:
    """Return the nodes from the root outwards, and the parent of each."""
    n = len(start) - 1
    above = np.full(n, -1)
    order = np.empty(n, np.int64)
    order[0] = root
    count = 1
    for i in range(n):
        node = order[i]
        for k in range(start[node], start[node + 1]):
            other = beside[k]
            if other != above[node]:
                above[other] = node
                order[count] = other
                count += 1
    return order, above


@njit(cache=True, nogil=True)
def _carve(order: Any, above: Any, weight: Any, parts: Any, band: Any, state: Any) -> Any:
    """Cut a tree into parts whose weight is in the band, from the leaves; None if it fails."""
    n = len(order)
    low, high = band
    held = weight.copy()
    cut = np.zeros(n, np.bool_)
    left, rest = parts - 1, weight.sum()
    for i in range(n - 1, 0, -1):
        node = order[i]
        mine = held[node]
        if mine > high:
            return np.empty(0, np.int64)
        fits = left >= 1 and mine >= low
        fits = fits and low * left <= rest - mine <= high * left
        if fits and (held[above[node]] + mine > high or _next(state) < 0.4):  # noqa: PLR2004
            cut[node] = True
            left -= 1
            rest -= mine
        else:
            held[above[node]] += mine
    if left or rest < low or rest > high:
        return np.empty(0, np.int64)
    label = np.zeros(n, np.int64)
    count = 1
    for i in range(1, n):
        node = order[i]
        if cut[node]:
            label[node] = count
            count += 1
        else:
            label[node] = label[above[node]]
    return label


@njit(cache=True, nogil=True)
def split(
    u: Any, v: Any, long: Any, weight: Any, parts: Any, band: Any, tries: Any, seed: Any
) -> Any:
    """Split connected blocks into parts within a band, with the shortest borders found.

    Parameters
    ----------
    u, v : ndarray of int64, shape (m,)
        Blocks beside each other.
    long : ndarray of float64, shape (m,)
        Length of their borders, 1 being usual.
    weight : ndarray of float64, shape (n,)
        Weight of each block.
    parts : int
        Number of parts.
    band : tuple of float
        Least and most weight of a part.
    tries : tuple of int
        Number of trees, and number of divisions found after which no more are tried.
    seed : int
        Where the random numbers begin.

    Returns
    -------
    label : ndarray of int64, shape (n,)
        Part of each block; empty if no tree could be cut.
    cost : float
        Length of the borders between parts.
    tried : int
        Number of trees tried.
    """
    state = np.array([np.uint64(seed) * np.uint64(2654435769) + np.uint64(88172645463325252)])
    best, least = np.empty(0, np.int64), np.inf
    n = len(weight)
    most, enough = tries
    tried = 0
    for _ in range(most):
        tried += 1
        start, beside = _tree(u, v, long, n, state)
        if len(start) == 0:
            break
        order, above = _walk(start, beside, int(_next(state) * n))
        label = _carve(order, above, weight, parts, band, state)
        if len(label) == 0:
            continue
        enough -= 1
        cost = 0.0
        for i in range(len(u)):
            if label[u[i]] != label[v[i]]:
                cost += long[i]
        if cost < least:
            best, least = label, cost
        if enough == 0:
            break
    return best, least, tried
