"""Tables for the public: small counts hidden, and enough others that none can be worked out.

A table counts incidents by unit of each level, month and main category, with the totals of every
unit, category and the city. Counts from 1 to below ``least`` are hidden; zeros are shown. Whoever
subtracts what is shown from a total must not be able to tell that a hidden count is below
``least``: the largest value each could have is found by linear programming over everything that is
shown, and where it is too small the shown count that pins it down (by the dual of that program)
and is the smallest is hidden too (Fischetti and Salazar-González 2001 for the model).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from gridmap.errors import ValueRefused
from gridmap.incidents.units import units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

LEAST = 5
MOST_CATEGORIES = 6
CITY, ALL, OTHER, UNPLACED, UNDATED = "city", "all", "other", "unplaced", "undated"
SLACK = 1e-6


@dataclass(frozen=True)
class Sums:
    """Which sums of which basic counts a table shows.

    A basic count is one category in one atom: the ground that lies in the same unit of every level.

    Parameters
    ----------
    rows : DataFrame
        ``level``, ``unit`` and ``category`` of each sum.
    matrix : csr_array, shape (sums, atoms * categories)
        1 where a basic count is part of a sum.
    """

    rows: pd.DataFrame
    matrix: sparse.csr_array


def public_table(
    incidents: pd.DataFrame,
    grid: Grid,
    levels: Sequence[str],
    *,
    least: int = LEAST,
    categories: int = MOST_CATEGORIES,
    progress: Callable[[float, float], None] | None = None,
) -> pd.DataFrame:
    """Make the tables the public may see.

    Parameters
    ----------
    incidents : DataFrame
        Placed incidents with ``when``, ``category`` and ``cell``.
    grid : Grid
        The cells they were placed in.
    levels : sequence of str
        Levels whose units are published.
    least : int
        Smallest count shown, apart from 0.
    categories : int
        Number of main categories; the rest are one.
    progress : callable, optional
        Is told months done and their number; may raise to stop.

    Returns
    -------
    DataFrame
        ``level``, ``unit``, ``month`` (ISO, or ``undated``), ``category`` and ``n`` (Int64, NA
        where hidden). Level ``city`` holds the whole, with the unplaced; in every level the unit
        ``unplaced`` holds those without a cell and ``""`` the cells without a group.
    """
    if least < 1:
        raise ValueRefused("measure.least", least=least)
    atoms, atom = _atoms(incidents, grid, levels)
    main = incidents["category"].value_counts().index[:categories]
    kind = incidents["category"].where(incidents["category"].isin(main), OTHER).astype(str)
    kinds = sorted(set(kind))
    sums = _sums(atoms, kinds, levels)
    local = incidents["when"].dt.tz_localize(None)
    month = local.dt.strftime("%Y-%m").fillna(UNDATED)
    column = pd.Index(kinds).get_indexer(kind) + atom * len(kinds)
    tables = []
    names = sorted(set(month))
    for done, name in enumerate(names):
        if progress is not None:
            progress(done, len(names))
        chosen = column[(month == name).to_numpy()]
        basic = np.bincount(chosen, minlength=sums.matrix.shape[1])
        counts = (sums.matrix @ basic).astype(np.int64)
        shown = pd.array(counts, dtype="Int64")
        shown[hidden(counts, sums.matrix, least)] = pd.NA
        tables.append(sums.rows.assign(month=name, n=shown))
    columns = ["level", "unit", "month", "category", "n"]
    return (
        pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)
    )


def _atoms(
    incidents: pd.DataFrame, grid: Grid, levels: Sequence[str]
) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Return the units of every atom, and the atom of every incident."""
    names = pd.DataFrame({level: units(grid, level).to_numpy() for level in levels})
    names.loc[len(names)] = [UNPLACED] * len(levels)
    keys = pd.MultiIndex.from_frame(names) if levels else pd.Index([0] * len(names))
    of_cell, atoms = pd.factorize(keys)
    first = pd.Series(of_cell[:-1], index=grid.cells.index)
    first = first[~first.index.duplicated()]
    atom = first.reindex(incidents["cell"]).fillna(of_cell[-1]).to_numpy(dtype=np.intp)
    frame = pd.DataFrame(index=range(len(atoms)))
    for position, level in enumerate(levels):
        frame[level] = [key[position] for key in atoms]
    return frame, atom


def _sums(atoms: pd.DataFrame, kinds: Sequence[str], levels: Sequence[str]) -> Sums:
    groups = [(CITY, CITY, np.ones(len(atoms), dtype=bool))]
    for level in levels:
        names = atoms[level].to_numpy()
        groups += [(level, str(unit), names == unit) for unit in sorted(set(names))]
    rows, blocks = [], []
    every = sparse.csr_array(np.vstack([np.eye(len(kinds)), np.ones(len(kinds))]))
    for level, unit, members in groups:
        rows += [(level, unit, kind) for kind in (*kinds, ALL)]
        blocks.append(sparse.kron(sparse.csr_array(members[None].astype(float)), every))
    frame = pd.DataFrame(rows, columns=["level", "unit", "category"])
    return Sums(frame, sparse.csr_array(sparse.vstack(blocks)))


def hidden(
    counts: NDArray[np.int64], matrix: sparse.csr_array, least: int = LEAST
) -> NDArray[np.bool_]:
    """Choose which sums to hide.

    Parameters
    ----------
    counts : ndarray of int64, shape (sums,)
        True values.
    matrix : csr_array, shape (sums, basic counts)
        Which basic counts each sum is made of.
    least : int
        Smallest count shown, apart from 0.

    Returns
    -------
    ndarray of bool, shape (sums,)
        True where hidden: all small counts, and what would give them away.
    """
    small = (counts > 0) & (counts < least)
    hide = small.copy()
    open_ = np.flatnonzero(small)
    while len(open_):
        open_ = _unproved(counts, matrix, hide, open_, least)
        if len(open_):
            first = int(open_[0])
            most, blame = largest(counts, matrix, hide, first)
            if most >= least - SLACK:
                open_ = open_[1:]
                continue
            candidates = blame[counts[blame] > 0]
            hide[candidates[np.argmin(counts[candidates])]] = True
    return hide


def _unproved(
    counts: NDArray[np.int64],
    matrix: sparse.csr_array,
    hide: NDArray[np.bool_],
    asked: NDArray[np.intp],
    least: int,
) -> NDArray[np.intp]:
    """Return those hidden sums that no one table, as large as it may be in all, has shown safe."""
    while len(asked):
        # Maximise the sum of min(count, least): every count that gets there is proved at once.
        n, k = matrix.shape[1], len(asked)
        cap = sparse.hstack([-matrix[asked], sparse.eye_array(k)])
        found = _solve(
            counts, matrix, hide, np.r_[np.zeros(n), -np.ones(k)], (cap, np.zeros(k)), float(least)
        )
        left = asked[found.x[n:] < least - SLACK]
        if len(left) == len(asked):
            return left
        asked = left
    return asked


def largest(
    counts: NDArray[np.int64], matrix: sparse.csr_array, hide: NDArray[np.bool_], which: int
) -> tuple[float, NDArray[np.intp]]:
    """Return the largest value a hidden sum could have, by all that is shown.

    Parameters
    ----------
    counts : ndarray of int64, shape (sums,)
        True values; those of hidden sums are not used.
    matrix : csr_array, shape (sums, basic counts)
        Which basic counts each sum is made of.
    hide : ndarray of bool, shape (sums,)
        Which sums are hidden; each is known to be at least 1, for zeros are shown.
    which : int
        The sum asked for.

    Returns
    -------
    float
        Its largest value; infinite if nothing bounds it.
    ndarray of intp
        The shown sums that bound it.
    """
    goal = -np.asarray(matrix[[which]].todense()).ravel()
    found = _solve(counts, matrix, hide, goal)
    if found.status == UNBOUNDED:
        return np.inf, np.empty(0, dtype=np.intp)
    shown = np.flatnonzero(~hide)
    return float(-found.fun), shown[np.abs(found.eqlin.marginals) > SLACK]


UNBOUNDED = 3


def _solve(
    counts: NDArray[np.int64],
    matrix: sparse.csr_array,
    hide: NDArray[np.bool_],
    goal: NDArray[np.float64],
    caps: tuple[sparse.sparray, NDArray[np.float64]] | None = None,
    most: float = np.inf,
) -> Any:
    n = matrix.shape[1]
    extra = len(goal) - n
    at_least = -matrix[np.flatnonzero(hide)]
    limits = -np.ones(at_least.shape[0])
    if extra:
        at_least = sparse.hstack([at_least, sparse.csr_array((len(limits), extra))])
    if caps is not None:
        at_least, limits = sparse.vstack([at_least, caps[0]]), np.r_[limits, caps[1]]
    shown = np.flatnonzero(~hide)
    equal = matrix[shown]
    if extra:
        equal = sparse.hstack([equal, sparse.csr_array((len(shown), extra))])
    bounds = np.column_stack([np.zeros(len(goal)), np.r_[np.full(n, np.inf), np.full(extra, most)]])
    return linprog(goal, at_least, limits, equal, counts[shown], bounds, method="highs")
