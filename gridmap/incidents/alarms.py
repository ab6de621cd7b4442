"""Alarms: a cell whose count this month leaves its own history.

The history of a cell is brought to the season and the growth of the city; given the sum of
old and new, a new count of the same rate is binomial (Przyborowski and Wilenski 1940), so that the
rate of false alarms is at most the one stated. Counts that scatter more than Poisson's are brought
down by the dispersion pooled over all cells (as in Farrington et al. 1996).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from gridmap.errors import ValueRefused

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 0.01
"""False alarms per cell and month."""
LEAST = 5
"""Fewest new incidents for an alarm."""
SHORTEST = 6
"""Fewest months of history."""
YEAR = 12
NONE = 0.5
"""In place of a month without incidents, which has no logarithm."""


def weights(counts: pd.DataFrame) -> NDArray[np.float64]:
    """Return the weight of every month by the city's season and growth.

    A log-linear trend with a level for each month of the year is fitted to the city's past months,
    each weighing as much as it counts; the newest month is foretold by it, so that a city that
    grows as it always did raises no alarm.

    Parameters
    ----------
    counts : DataFrame
        Units × months, as from :func:`gridmap.incidents.service.over_time`, with the newest last.

    Returns
    -------
    ndarray of float64, shape (months,)
        Mean 1 over the history; all 1 with less than two years of it.
    """
    city = counts.to_numpy(dtype=float).sum(axis=0)
    past = city[:-1]
    if len(past) < 2 * YEAR or not past.any():
        return np.ones(len(city))
    month = np.array([period.month for period in counts.columns])
    terms = np.column_stack([month[:, None] == np.arange(1, YEAR + 1), np.arange(len(city))])
    root = np.sqrt(np.maximum(past, NONE))
    logs = np.log(np.maximum(past, NONE))
    fitted = np.linalg.lstsq(terms[:-1] * root[:, None], logs * root, rcond=None)[0]
    weight = np.exp(terms @ fitted)
    return np.asarray(weight / weight[:-1].mean())


def dispersion(history: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Return how much more the counts scatter than Poisson's, pooled over all units.

    Parameters
    ----------
    history : ndarray of float64, shape (units, months)
        Counts.
    weight : ndarray of float64, shape (months,)
        Season and growth of each month.

    Returns
    -------
    float
        Pearson's statistic over its degrees of freedom, at least 1.
    """
    expected = history.sum(axis=1, keepdims=True) * weight / weight.sum()
    busy = expected.min(axis=1) > 0
    if not busy.any() or history.shape[1] < 2:  # noqa: PLR2004 - one month has no scatter
        return 1.0
    parts = (history[busy] - expected[busy]) ** 2 / expected[busy]
    return float(max(parts.sum() / (busy.sum() * (history.shape[1] - 1)), 1.0))


def alarms(counts: pd.DataFrame, rate: float = RATE, least: int = LEAST) -> pd.DataFrame:
    """Judge the newest month of every unit by the months before it.

    Parameters
    ----------
    counts : DataFrame
        Units × months (Period), the newest last.
    rate : float
        False alarms per unit and month that are accepted: of 1,000 units without any change,
        at most ``1000 * rate`` raise one.
    least : int
        Fewest new incidents for an alarm.

    Returns
    -------
    DataFrame
        ``n`` of the newest month, ``expected`` by the unit's own history, the season and the
        growth of the city, ``p`` of so many or more, ``alarm``; the false alarms to be expected
        stand in ``attrs["false"]``, the dispersion in ``attrs["dispersion"]``.

    Raises
    ------
    ValueRefused
        With less than half a year of history.
    """
    table = counts.to_numpy(dtype=float)
    if table.shape[1] <= SHORTEST:
        raise ValueRefused("measure.short_history", months=table.shape[1] - 1, least=SHORTEST)
    weight = weights(counts)
    history, new = table[:, :-1], table[:, -1]
    scale = dispersion(history, weight[:-1])
    share = weight[-1] / weight.sum()
    before = history.sum(axis=1)
    p = np.ones(len(new))
    some = new > 0
    p[some] = special.betainc(new[some] / scale, before[some] / scale + 1, share)
    result = pd.DataFrame(
        {
            "n": new.astype(np.int64),
            "expected": before * weight[-1] / weight[:-1].sum(),
            "p": p,
            "alarm": (p <= rate) & (new >= least),
        },
        index=counts.index,
    )
    result.attrs["false"] = rate * len(new)
    result.attrs["dispersion"] = scale
    return result
