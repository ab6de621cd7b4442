"""Back test: whether a map of hot spots would have foretold more than simply counting.

Predictive accuracy index of Chainey et al. (2008) and predictive efficiency index of Hunt (2016).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridmap.errors import ValueRefused
from gridmap.incidents.hotspots import scores
from gridmap.incidents.measure import Filter, measure, moment, select

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike
    from scipy import sparse

    from gridmap.grid.model import Grid

COUNT, DENSITY, HOTSPOTS = "count", "density", "hotspots"
"""Ways to choose cells: most incidents, most per square kilometre, highest Gi*."""
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2)
"""Parts of the area that are watched."""
SHORTEST = pd.Timedelta(days=2)


def halves(incidents: pd.DataFrame, chosen: Filter) -> tuple[Filter, Filter]:
    """Cut a period in two, the first to foretell the second.

    Parameters
    ----------
    incidents : DataFrame
        With ``when``; an open end of the period is where they begin or end.
    chosen : Filter
        Which incidents.

    Returns
    -------
    tuple of Filter
        The first and the second half, cut at a midnight.

    Raises
    ------
    ValueRefused
        If the period is shorter than two days.
    """
    when = incidents["when"].dropna()
    if when.empty:
        raise ValueRefused("measure.no_halves")
    zone = when.dt.tz
    start = when.min().normalize() if chosen.start is None else moment(chosen.start, zone)
    last = when.max().normalize() + pd.Timedelta(days=1)
    end = last if chosen.end is None else moment(chosen.end, zone)
    if end - start < SHORTEST:
        raise ValueRefused("measure.no_halves")
    middle = moment((start + (end - start) / 2).date(), zone)
    return replace(chosen, start=start, end=middle), replace(chosen, start=middle, end=end)


def foretold(
    incidents: pd.DataFrame,
    grid: Grid,
    near: sparse.csr_array,
    periods: tuple[Filter, Filter],
    level: str | None = None,
    per: str | None = None,
) -> pd.DataFrame:
    """Tell how well a map of hot spots, and plain counting, foretold a later period.

    Parameters
    ----------
    incidents : DataFrame
        Placed incidents.
    grid : Grid
        The cells they were placed in.
    near : csr_array, shape (n, n)
        Which units touch, from :func:`gridmap.incidents.hotspots.neighbours`.
    periods : tuple of Filter
        The earlier period, the later one.
    level : str, optional
        Level column; absent means cells.
    per : str, optional
        What the map of hot spots relates counts to, as in
        :func:`gridmap.incidents.measure.measure`.

    Returns
    -------
    DataFrame
        As from :func:`back_test`, for each of :data:`COUNT`, :data:`DENSITY` and
        :data:`HOTSPOTS`.
    """
    before = measure(select(incidents, periods[0]), grid, level, per)
    after = measure(select(incidents, periods[1]), grid, level)
    area = before["area_km2"]
    forecasts = {
        COUNT: before["n"],
        DENSITY: before["n"] / area.where(area > 0),
        HOTSPOTS: scores(before, near),
    }
    return back_test(forecasts, after["n"], area)


def back_test(
    forecasts: Mapping[str, ArrayLike],
    happened: ArrayLike,
    area: ArrayLike,
    shares: Sequence[float] = SHARES,
) -> pd.DataFrame:
    """Tell how well maps of an earlier period foretold where the later incidents happened.

    Parameters
    ----------
    forecasts : mapping of str to array-like of float, shape (n,)
        Score of each cell by each method, such as its plain density and its Gi*.
    happened : array-like of int, shape (n,)
        Incidents of the later period.
    area : array-like of float, shape (n,)
        Area of each cell.
    shares : sequence of float
        Parts of the area that are watched.

    Returns
    -------
    DataFrame
        One row a method and share: ``method``, ``share`` (of the area, as near as whole cells
        come to it from below), ``cells``, ``hits``, ``pai`` (share of incidents over share of
        area; 1 is chance), ``pei`` (part of the incidents that hindsight would have reached in
        the same area). Both NaN where no cell fits.
    """
    counts, ground = np.asarray(happened, dtype=float), np.asarray(area, dtype=float)
    total, whole = counts.sum(), ground.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        best = np.argsort(-np.nan_to_num(counts / ground), kind="stable")
    room, most = np.cumsum(np.r_[0, ground[best]]), np.cumsum(np.r_[0, counts[best]])
    rows = []
    for name, score in forecasts.items():
        ranked = np.argsort(-np.nan_to_num(np.asarray(score, float), nan=-np.inf), kind="stable")
        covered = np.cumsum(ground[ranked])
        for share in shares:
            cells = int(np.searchsorted(covered, share * whole * (1 + 1e-12), side="right"))
            hits, part = counts[ranked[:cells]].sum(), ground[ranked[:cells]].sum()
            pai = (hits / total) / (part / whole) if total and part else np.nan
            reachable = float(np.interp(part, room, most))
            pei = hits / reachable if reachable else np.nan
            rows.append((name, part / whole if whole else np.nan, cells, int(hits), pai, pei))
    columns = ["method", "share", "cells", "hits", "pai", "pei"]
    return pd.DataFrame(rows, columns=columns)
