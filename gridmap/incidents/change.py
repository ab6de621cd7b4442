"""Change between two periods, and whether it is more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from gridmap.incidents.hotspots import false_discovery

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MORE, LESS, SAME, FEW = "more", "less", "", "few"
LEAST = 5
"""Fewest incidents in both periods together for which anything is said."""
RATE = 0.05


def change(
    before: pd.DataFrame,
    after: pd.DataFrame,
    days: tuple[float, float] = (1.0, 1.0),
    *,
    rate: float = RATE,
    least: int = LEAST,
    recorded: bool = True,
) -> pd.DataFrame:
    """Compare the counts of two periods cell by cell.

    Given their sum, two Poisson counts of the same rate are binomial (Przyborowski and Wilenski
    1940); the two-sided p is exact, and the false-discovery rate is kept over all cells.

    Parameters
    ----------
    before, after : DataFrame
        Figures of the two periods with ``n``, indexed alike.
    days : tuple of float
        Lengths of the two periods; counts are compared per day.
    rate : float
        False-discovery rate.
    least : int
        Fewest incidents in both periods together.
    recorded : bool
        Whether all of the earlier period was recorded; if not, nothing is said of any cell.

    Returns
    -------
    DataFrame
        ``n`` (after), ``n_before``, ``expected`` (before, brought to the length of after),
        ``value`` (difference), ``ratio`` (NaN from nothing), ``p``, ``q`` and ``kind``: ``more``,
        ``less``, ``few`` or ``""``.
    """
    new, old = after["n"].to_numpy(), before["n"].reindex(after.index).to_numpy()
    share = days[1] / (days[0] + days[1])
    result = after[["n"]].copy()
    result["n_before"] = old
    result["expected"] = old * (days[1] / days[0])
    result["value"] = new - result["expected"]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = new / result["expected"].to_numpy()
    result["ratio"] = np.where(result["expected"] > 0, ratio, np.nan)
    enough = (new + old >= least) & recorded
    result["p"] = np.where(enough, _two_sided(new, new + old, share), np.nan)
    result["q"] = false_discovery(result["p"])
    sure = (result["q"] <= rate).to_numpy()
    kind = np.where(sure, np.where(result["value"] > 0, MORE, LESS), SAME).astype(object)
    kind[~enough] = FEW
    result["kind"] = kind
    return result


def _two_sided(
    hits: NDArray[np.int64], total: NDArray[np.int64], share: float
) -> NDArray[np.float64]:
    """Return twice the smaller tail of a binomial count, at most 1."""
    low = stats.binom.cdf(hits, total, share)
    high = stats.binom.sf(hits - 1, total, share)
    return np.asarray(np.minimum(2 * np.minimum(low, high), 1.0))
