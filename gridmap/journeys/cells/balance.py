"""How evenly people are spread over the cells of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridmap.errors import ValueRefused

if TYPE_CHECKING:
    from gridmap.journeys.city import City
    from gridmap.store import Plan

TICKS = 300
"""Places of the strip that can be told apart."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Balance:
    """How evenly people are spread over cells.

    Parameters
    ----------
    mean : float
        People of a cell.
    quarters : tuple of float
        People of the least cell, of those at each quarter, and of the most; empty if no cell's
        are known.
    ticks : tuple of (str, float)
        A cell and its people for each of 300 places from nobody to the most, where there is one.
    """

    mean: float
    quarters: tuple[float, ...]
    ticks: tuple[tuple[str, float], ...]


def balance(city: City, plan: Plan) -> Balance:
    """Tell how evenly people are spread over the cells of a plan as it stands.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan
        The plan.

    Returns
    -------
    Balance
        No incident is looked at: after an edit it costs a reading of one column.

    Raises
    ------
    ValueRefused
        If the plan has no weight.
    """
    if plan.weight is None:
        raise ValueRefused("server.no_weight")
    grid = city.grid(plan.head)
    people = grid.cells[plan.weight].to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(people)
    codes, people = grid.codes[known], people[known]
    if not len(people):
        return Balance(0.0, (), ())
    most = people.max() or 1.0
    _, rows = np.unique(np.round(people / most * TICKS), return_index=True)
    quarters = np.quantile(people, SHARES, method="nearest")
    ticks = zip(codes[rows].tolist(), people[rows].tolist(), strict=True)
    return Balance(float(people.mean()), tuple(quarters.tolist()), tuple(ticks))
