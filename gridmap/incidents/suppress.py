"""Tables for the public: small counts hidden, and enough others that none can be worked out.

A table counts incidents by unit of each level, month and main category, with the totals of every
unit, category and the city. Counts from 1 to below ``least`` are hidden; zeros are shown. Whoever
subtracts what is shown from a total must not be able to tell that a hidden count is below
``least``: the largest value each could have is found by linear programming over everything that is
shown, and where it is too small the shown count that pins it down (by the dual of that program)
and is the smallest is hidden too (Fischetti and Salazar-González 2001 for the model).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from gridmap.errors import ValueRefused
from gridmap.incidents import _suppress
from gridmap.incidents.sums import atoms_of, sums_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

LEAST = 5
MOST_CATEGORIES = 6
OTHER, UNDATED = "other", "undated"
COLUMNS = ["level", "unit", "month", "category", "n"]
SLACK = 1e-6


def public_table(
    incidents: pd.DataFrame,
    grid: Grid,
    levels: Sequence[str],
    *,
    least: int = LEAST,
    categories: int = MOST_CATEGORIES,
    earlier: pd.DataFrame | None = None,
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
    earlier : DataFrame, optional
        What this function answered before; months of which nothing has changed are taken from it.
    progress : callable, optional
        Is told months done and their number; may raise to stop.

    Returns
    -------
    DataFrame
        ``level``, ``unit``, ``month`` (ISO, or ``undated``), ``category`` and ``n`` (Int64, NA
        where hidden). Level ``city`` holds the whole, with the unplaced; in every level the unit
        ``unplaced`` holds those without a cell and ``""`` the cells without a group. What each
        month was made of stands in ``attrs["digests"]``.
    """
    if least < 1:
        raise ValueRefused("measure.least", least=least)
    atoms, atom = atoms_of(incidents, grid, levels)
    main = incidents["category"].value_counts().index[:categories]
    kind = incidents["category"].where(incidents["category"].isin(main), OTHER).astype(str)
    kinds = sorted(set(kind))
    sums = sums_of(atoms, kinds, levels)
    local = incidents["when"].dt.tz_localize(None)
    month = local.dt.strftime("%Y-%m").fillna(UNDATED)
    column = pd.Index(kinds).get_indexer(kind) + atom * len(kinds)
    names = sorted(set(month))
    known = {} if earlier is None else earlier.attrs["digests"]
    digests, tables = {}, [pd.DataFrame(columns=COLUMNS)]
    for done, name in enumerate(names):
        if progress is not None:
            progress(done, len(names))
        basic = np.bincount(column[(month == name).to_numpy()], minlength=sums.matrix.shape[1])
        digests[name] = sums.digest(basic, least)
        if earlier is not None and known.get(name) == digests[name]:
            tables.append(earlier[earlier["month"] == name])
            continue
        counts = (sums.matrix @ basic).astype(np.int64)
        shown = pd.array(counts, dtype="Int64")
        shown[hidden(counts, sums.matrix, least, sums.equations)] = pd.NA
        tables.append(sums.rows.assign(month=name, n=shown))
    result = pd.concat(tables[1:] or tables, ignore_index=True)[COLUMNS]
    result.attrs["digests"] = digests
    return result


def hidden(
    counts: NDArray[np.int64],
    matrix: sparse.csr_array,
    least: int = LEAST,
    equations: Sequence[NDArray[np.intp]] = (),
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
    equations : sequence of ndarray of intp
        Sums of which the first is what the others add up to; what each of them gives away by
        itself is hidden without solving.

    Returns
    -------
    ndarray of bool, shape (sums,)
        True where hidden: all small counts, and what would give them away.
    """
    some = np.flatnonzero(counts > 0)
    nothing = matrix[np.flatnonzero(counts == 0)].sum(axis=0) > 0
    part = matrix[some][:, np.flatnonzero(~nothing)]  # zeros are shown: nothing is unknown there
    small = counts < least
    hide = small & (counts > 0)
    _cover(counts, hide, matrix, least, equations)
    hide[some] = _proved(counts[some], part, small[some], hide[some], least)
    return hide


def _cover(
    counts: NDArray[np.int64],
    hide: NDArray[np.bool_],
    matrix: sparse.csr_array,
    least: int,
    equations: Sequence[NDArray[np.intp]],
) -> None:
    """Hide more, in place, until bounds pushed from sum to sum give no small count away."""
    n, k = matrix.shape
    basic = [
        np.r_[row, n + part]
        for row, part in enumerate(np.split(matrix.indices, matrix.indptr[1:-1]))
    ]
    every = [*equations, *basic]
    sums = np.concatenate(every).astype(np.int64)
    sizes = np.array([len(equation) for equation in every])
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    order = np.argsort(sums, kind="stable")
    first = np.searchsorted(sums[order], np.arange(n + k + 1)).astype(np.int64)
    number = np.repeat(np.arange(len(sizes)), sizes)[order].astype(np.int64)
    whole = np.r_[counts, np.zeros(k, np.int64)]
    wide = np.r_[hide, np.ones(k, dtype=bool)]
    _suppress.cover(whole, wide, n, least, (starts, sums), (first, number))
    hide[:] = wide[:n]


def _proved(
    counts: NDArray[np.int64],
    matrix: sparse.csr_array,
    small: NDArray[np.bool_],
    hide: NDArray[np.bool_],
    least: int,
) -> NDArray[np.bool_]:
    """Hide what is still missing until solving shows every small count safe."""
    for which in _unproved(counts, matrix, hide, np.flatnonzero(small), least):
        while True:
            most, blame = largest(counts, matrix, hide, int(which))
            if most >= least - SLACK:
                break
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
        # Maximise the sum of min(count, least): every count that gets there is proved at once. One
        # weighs a little more than the next, or all might get half way.
        n, k = matrix.shape[1], len(asked)
        cap = sparse.hstack([-matrix[asked], sparse.eye_array(k)])
        goal = np.r_[np.zeros(n), -np.linspace(2, 1, k)]
        found = _solve(counts, matrix, hide, goal, (cap, np.zeros(k)), float(least))
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
