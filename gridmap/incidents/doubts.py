"""What a person would ask about a file of incidents before believing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridmap import crs as crs_
from gridmap import datum

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    from numpy.typing import NDArray

    from gridmap.incidents.locate import Locator

Notice = tuple[str, dict[str, Any]]
CRS_WRONG = frozenset({"import.not_degrees", "import.gcj02", "import.bd09"})
GRAVE = CRS_WRONG | {"import.swapped", "import.swapped_outside", "import.mostly_outside"}
"""What puts every incident in a wrong place if it is not attended to."""
ABOUT = {
    **dict.fromkeys(CRS_WRONG | {"import.crs_assumed"}, "crs"),
    **dict.fromkeys(("import.swapped", "import.swapped_outside"), "x"),
}
"""Field of the mapping that a doubt is about."""
PILE_LEAST = 50
PILE_SHARE = 0.01
PILE_TIMES = 3
"""A pile is a hundredth of all points on one coordinate, thrice the next most frequent."""
SAMPLE = 20_000
BETTER = 0.02
"""Share of points by which a shift must place more to be believed."""
FEWER, FEWEST = 4, 30
"""In a wide city few points of a wrong datum leave it: so many times fewer of so many outside."""
MOSTLY = 0.5


def doubts(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    locator: Locator | None = None,
    cells_crs: Any = crs_.LONLAT,
) -> list[Notice]:
    """Look for what is likely wrong with the coordinates of incidents.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (n,)
        Degrees as mapped; NaN for none.
    locator : Locator, optional
        The cells in force; absent means that places are not compared with them.
    cells_crs : CRS
        CRS of the cells.

    Returns
    -------
    list of (str, dict)
        Message keys with values, the gravest first.
    """
    given = ~np.isnan(lon) & ~np.isnan(lat)
    x, y = lon[given], lat[given]
    found: list[Notice] = []
    if len(x):
        found += _impossible(x, y)
        if locator is not None:
            found += _elsewhere(x, y, locator, cells_crs)
        found += _piles(x, y)
    return found


def untimely(when: pd.Series, now: datetime) -> list[Notice]:
    """Look for incidents that have not happened yet.

    Parameters
    ----------
    when : Series of datetime64 with zone
        When they happened.
    now : datetime
        The present, with a zone.

    Returns
    -------
    list of (str, dict)
        A message key with values, or nothing.
    """
    late = int((when > now).sum())
    return [("import.future", {"count": late, "last": when.max().isoformat()})] if late else []


def _impossible(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[Notice]:
    found: list[Notice] = []
    zero = int(((x == 0) & (y == 0)).sum())
    if zero:
        found.append(("import.zero", {"count": zero}))
    degrees = (np.abs(x) <= crs_.MAX_LON) & (np.abs(y) <= crs_.MAX_LAT)
    turned = (np.abs(y) <= crs_.MAX_LON) & (np.abs(x) <= crs_.MAX_LAT) & ~degrees
    if turned.mean() > MOSTLY:
        found.append(("import.swapped", {"count": int(turned.sum())}))
    elif (~degrees).mean() > MOSTLY:
        values = {"count": int((~degrees).sum()), "x": float(x[~degrees][0])}
        found.append(("import.not_degrees", values | {"y": float(y[~degrees][0])}))
    return found


def _elsewhere(
    x: NDArray[np.float64], y: NDArray[np.float64], locator: Locator, cells_crs: Any
) -> list[Notice]:
    """Try what usually explains points outside all cells: swapped axes, GCJ-02, BD-09."""
    unique = np.unique(np.column_stack([x, y]), axis=0)
    unique = unique[(np.abs(unique) <= [crs_.MAX_LON, crs_.MAX_LAT]).all(axis=1)]
    few = unique[:: max(1, len(unique) // SAMPLE)]
    if not len(few):
        return []

    def inside(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> float:
        xy = crs_.transform_points(np.column_stack([lon, lat]), crs_.LONLAT, cells_crs)
        return float((locator.locate(xy[:, 0], xy[:, 1]) >= 0).mean())

    few_x, few_y = few[:, 0].copy(), few[:, 1].copy()
    as_given = inside(few_x, few_y)
    tries = {
        "import.swapped_outside": inside(few_y, few_x),
        "import.gcj02": inside(*datum.from_gcj02(few_x, few_y)),
        "import.bd09": inside(*datum.from_bd09(few_x, few_y)),
    }
    best = max(tries, key=lambda key: tries[key])
    shares = {"given": round(100 * as_given, 1), "better": round(100 * tries[best], 1)}
    outside, still = ((1 - share) * len(few) for share in (as_given, tries[best]))
    telling = outside >= max(FEWEST, FEWER * still)
    if telling or tries[best] > as_given + BETTER:
        return [(best, shares)]
    if as_given < MOSTLY:
        return [("import.mostly_outside", shares)]
    return []


def _piles(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[Notice]:
    """Find a default coordinate: far more incidents on one exact point than on any other."""
    if not len(x):
        return []
    places, counts = np.unique(np.column_stack([x, y]), axis=0, return_counts=True)
    order = np.argsort(counts)[::-1]
    found: list[Notice] = []
    for rank, at in enumerate(order[:3]):
        count = int(counts[at])
        following = int(counts[order[rank + 1]]) if rank + 1 < len(order) else 0
        if count < max(PILE_LEAST, PILE_SHARE * len(x)) or count < PILE_TIMES * following:
            break
        lon, lat = places[at]
        values = {"count": count, "share": round(100 * count / len(x), 1)}
        found.append(("import.pile", values | {"lon": float(lon), "lat": float(lat)}))
    return found


def on_default(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which incidents stand on a default coordinate: 0, 0, or a pile.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (n,)
        Degrees as mapped; NaN for none.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where the coordinate is likely none.
    """
    known = np.isfinite(lon) & np.isfinite(lat)
    default = (lon == 0) & (lat == 0)
    for _, values in _piles(lon[known], lat[known]):
        default |= (lon == values["lon"]) & (lat == values["lat"])
    return default
