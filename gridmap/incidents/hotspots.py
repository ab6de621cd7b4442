"""Hot spots: cells that lie among more incidents than chance would put there.

Gi* of Getis and Ord (1992; Ord and Getis 1995) with the false-discovery rate of Benjamini and
Hochberg (1995) and a conditional permutation test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy import sparse, stats

from gridmap.incidents import _hotspots
from gridmap.incidents.units import units

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gridmap.grid.model import Grid

HOT, COLD, NEITHER, FEW = "hot", "cold", "", "few"
PERMUTATIONS = 999
RATE = 0.05
"""False-discovery rate a map of hot spots is drawn at."""
LEAST = 5
"""Fewest incidents around a cell for which anything is said."""


def neighbours(grid: Grid, level: str | None = None) -> sparse.csr_array:
    """Return which cells or groups touch, in an edge or a corner.

    Parameters
    ----------
    grid : Grid
        The cells.
    level : str, optional
        Level whose groups are meant; absent means cells.

    Returns
    -------
    csr_array of int8, shape (n, n)
        1 where two touch, 0 on the diagonal; in the order of
        :func:`gridmap.incidents.measure.measure`.
    """
    tree = shapely.STRtree(grid.shapes)
    left, right = tree.query(grid.shapes, predicate="intersects")
    names = units(grid, level)
    codes, order = pd.factorize(names, sort=level is not None)
    left, right = codes[left], codes[right]
    apart = left != right
    pairs = (np.ones(int(apart.sum()), np.int8), (left[apart], right[apart]))
    touching = sparse.csr_array(pairs, shape=(len(order), len(order)), dtype=np.int8)
    touching.data[:] = 1
    return touching


def getis_ord(values: ArrayLike, near: sparse.csr_array) -> NDArray[np.float64]:
    """Return Gi* as a standard score.

    Parameters
    ----------
    values : array-like of float, shape (n,)
        Counts or rates.
    near : csr_array, shape (n, n)
        Which touch; each is added to its own neighbourhood.

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN where all values are the same, or a neighbourhood holds all of them.
    """
    x = np.asarray(values, dtype=float)
    n = len(x)
    size = np.diff(near.indptr) + 1.0
    around = near @ x + x
    mean = x.mean() if n else 0.0
    spread = np.sqrt(max((x * x).mean() - mean * mean, 0.0)) if n else 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = spread * np.sqrt((n * size - size * size) / (n - 1))
        z = (around - mean * size) / scale
    return np.where(np.isfinite(z), z, np.nan)


def false_discovery(p: ArrayLike) -> NDArray[np.float64]:
    """Return the smallest false-discovery rate at which each test would count as a discovery.

    Parameters
    ----------
    p : array-like of float, shape (n,)
        P values; NaN for a test that was not made.

    Returns
    -------
    ndarray of float64, shape (n,)
        By Benjamini and Hochberg (1995); NaN stays.
    """
    values = np.asarray(p, dtype=float)
    made = np.flatnonzero(np.isfinite(values))
    order = made[np.argsort(values[made])]
    steps = values[order] * len(order) / np.arange(1, len(order) + 1)
    q = np.full(len(values), np.nan)
    q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return q


def hotspots(
    figures: pd.DataFrame,
    near: sparse.csr_array,
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
    rate: float = RATE,
    least: int = LEAST,
) -> pd.DataFrame:
    """Find hot and cold spots.

    A unit is hot when its Gi* is a discovery at the rate asked for and the permutation test agrees
    at the same level. The permutation test alone cannot carry the false-discovery rate: its
    smallest p is 2 / (permutations + 1).

    Parameters
    ----------
    figures : DataFrame
        With ``n`` and ``value``, as from :func:`gridmap.incidents.measure.measure`; units without
        a value (no people to relate to) take no part.
    near : csr_array, shape (n, n)
        Which units touch, from :func:`neighbours`.
    seed : int
        Seed of the permutations.
    permutations : int
        Number of permutations.
    rate : float
        False-discovery rate.
    least : int
        Fewest incidents in a neighbourhood for it to be called hot.

    Returns
    -------
    DataFrame
        Indexed like the figures: ``n``, ``value``, ``around`` (incidents in the neighbourhood),
        ``z``, ``p`` (two-sided, normal), ``q`` (its false-discovery rate), ``p_sim`` (two-sided, by
        permutation) and ``kind``: ``hot``, ``cold``, ``few`` or ``""``.
    """
    part, inner, values = _part(figures, near)
    z = getis_ord(values, inner)
    high, low = _hotspots.tails(
        values, inner.indptr.astype(np.int64), inner.indices.astype(np.int32), permutations, seed
    )
    p_sim = np.minimum(2 * (np.minimum(high, low) + 1) / (permutations + 1), 1.0)
    result = figures[["n", "value"]].copy()
    counts = figures["n"].to_numpy()
    result["around"] = near @ counts + counts
    for name, column in (("z", z), ("p", 2 * stats.norm.sf(np.abs(z))), ("p_sim", p_sim)):
        whole = np.full(len(figures), np.nan)
        whole[part] = column
        result[name] = whole
    result.insert(5, "q", false_discovery(result["p"]))
    sure = ((result["q"] <= rate) & (result["p_sim"] <= rate)).to_numpy()
    kind = np.where(sure, np.where(result["z"] > 0, HOT, COLD), NEITHER).astype(object)
    kind[(kind == HOT) & (result["around"] < least).to_numpy()] = FEW
    result["kind"] = kind
    return result


def scores(figures: pd.DataFrame, near: sparse.csr_array) -> NDArray[np.float64]:
    """Return Gi* of figures, without what chance would do.

    Parameters
    ----------
    figures : DataFrame
        As for :func:`hotspots`.
    near : csr_array, shape (n, n)
        Which units touch, from :func:`neighbours`.

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN for units without a value.
    """
    part, inner, values = _part(figures, near)
    z = np.full(len(figures), np.nan)
    z[part] = getis_ord(values, inner)
    return z


def _part(
    figures: pd.DataFrame, near: sparse.csr_array
) -> tuple[NDArray[np.intp], sparse.csr_array, NDArray[np.float64]]:
    """Return the units that have a value, which of them touch, and their values."""
    part = np.flatnonzero(figures["value"].notna().to_numpy())
    values = figures["value"].to_numpy(dtype=float)[part]
    return part, sparse.csr_array(near[part][:, part]), values
