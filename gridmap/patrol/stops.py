"""Stops proposed from incidents: the hottest cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridmap.patrol.model import Stop
from gridmap.streets.corners import corners

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gridmap.patrol.model import Shift

LONLAT = ["lon", "lat"]
METRES_PER_DEGREE = 111_320.0
DWELL = 15 * 60
"""Koper (1995): 10 to 15 minutes at a hot spot keep it quiet longest."""
SPACING = 2 * 3600
"""And one comes again within about two hours."""


def hot_stops(
    placed: pd.DataFrame,
    shift: Shift,
    count: int = 10,
    streets: gpd.GeoDataFrame | None = None,
    **options: Any,
) -> tuple[Stop, ...]:
    """Return stops at the hottest cells.

    Each lies at the incident of its cell that is nearest to all the others (their medoid), so on
    a street and not in the middle of a block.

    Parameters
    ----------
    placed : DataFrame
        Placed incidents: columns ``lon``, ``lat``, ``when`` and ``cell``.
    shift : Shift
        Only incidents at these hours of the day count; those without a time of day do not.
    count : int
        How many cells.
    streets : GeoDataFrame, optional
        A street layer; with it a stop is called by its corner too, so that a crew finds it.
    **options : Any
        Fields of :class:`gridmap.patrol.model.Stop` that all of them get.

    Returns
    -------
    tuple of Stop
        The hottest first; the prize is the number of incidents.
    """
    inside = placed[(placed["cell"] != "") & placed["when"].notna() & at_hours(placed, shift)]
    counts = inside["cell"].value_counts(sort=False).sort_index()
    hottest = counts.sort_values(ascending=False, kind="stable").head(count)
    given = {"dwell": DWELL, "spacing": SPACING, **options}
    spots = [
        _medoid(inside.loc[inside["cell"] == cell, LONLAT].to_numpy(float))
        for cell in hottest.index
    ]
    called = [""] * len(spots) if streets is None else corners(streets, np.array(spots))
    return tuple(
        Stop(
            name=" ".join(filter(None, [f"#{rank} {cell}", corner])),
            at=spot,
            prize=float(number),
            why=str(number),
            **given,
        )
        for rank, ((cell, number), spot, corner) in enumerate(
            zip(hottest.items(), spots, called, strict=True), 1
        )
    )


def at_hours(incidents: pd.DataFrame, shift: Shift) -> pd.Series:
    """Tell which incidents happened at the hours of the day of a shift.

    Parameters
    ----------
    incidents : DataFrame
        With a column ``when`` and perhaps ``day_only``.
    shift : Shift
        The shift.

    Returns
    -------
    Series of bool
        One value a row.
    """
    if shift.seconds >= 24 * 3600:
        return incidents["when"].notna()
    when = incidents["when"].dt.tz_convert(shift.start.tzinfo)
    second = when.dt.hour * 3600 + when.dt.minute * 60 + when.dt.second
    start = shift.start.hour * 3600 + shift.start.minute * 60
    inside = (second - start) % (24 * 3600) < shift.seconds
    return inside & ~incidents["day_only"] if "day_only" in incidents else inside


def _medoid(lonlat: np.ndarray) -> tuple[float, float]:
    """Return the point with the least sum of distances; of many, every n-th is tried."""
    tried = lonlat[:: max(1, len(lonlat) // 500)]
    scale = np.array([np.cos(np.radians(lonlat[:, 1].mean())), 1.0]) * METRES_PER_DEGREE
    between = np.hypot(*((tried[:, None] - lonlat[None]) * scale).transpose(2, 0, 1))
    lon, lat = tried[between.sum(axis=1).argmin()]
    return float(lon), float(lat)
