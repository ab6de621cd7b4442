"""The incident frame: what every module expects of incidents.

One row an incident, as a pandas DataFrame with these columns; further columns of the file keep
their own names.

=========== ================= ==========================================================
id          str               as in the file; ``""`` none
lon, lat    float64           degrees, EPSG:4326; NaN none
when        datetime64, zone  when it happened, in the city's zone; NaT unknown
day_only    bool              only the day of ``when`` is known
category    str               what it is, coarse
kind        str               what it is, fine
source      str               how it was reported
status      str               where it stands
address     str               ``""`` none
due, closed datetime64, zone  NaT none
satisfied   float64           1 content, 0 not; NaN not asked
=========== ================= ==========================================================
"""

from __future__ import annotations

import numpy as np
import pandas as pd

TEXTS = ("id", "category", "kind", "source", "status", "address")
MOMENTS = ("when", "due", "closed")
NUMBERS = ("lon", "lat", "satisfied")
COLUMNS = ("id", "lon", "lat", "when", "day_only", *TEXTS[1:], "due", "closed", "satisfied")
PLACED = ("cell", "reason", "match", "score")
"""Columns added when incidents are placed."""
OWN_SUFFIX = "_input"
"""Added to the name of a file's own column that one of ours would hide."""


def conform(frame: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Return a frame with every column of the model, in its type.

    Parameters
    ----------
    frame : DataFrame
        Some columns of the model, and any others.
    zone : str
        The city's time zone.

    Returns
    -------
    DataFrame
        The columns of the model first; those that were absent are empty.
    """
    count = len(frame)
    made: dict[str, pd.Series | np.ndarray] = {}
    for name in COLUMNS:
        held = frame.get(name)
        if name in TEXTS:
            made[name] = _texts(held, frame.index)
        elif name in MOMENTS:
            made[name] = _moments(held, frame.index, zone)
        elif name in NUMBERS:
            made[name] = np.full(count, np.nan) if held is None else held.astype(np.float64)
        else:
            made[name] = np.zeros(count, bool) if held is None else held.astype(bool)
    others = frame[[name for name in frame.columns if name not in COLUMNS]]
    return pd.concat([pd.DataFrame(made, index=frame.index), others], axis=1)


def _texts(held: pd.Series | None, index: pd.Index) -> pd.Series:
    if held is None:
        return pd.Series("", index=index, dtype="str")
    return held.astype("str").fillna("")


def _moments(held: pd.Series | None, index: pd.Index, zone: str) -> pd.Series:
    if held is None:
        return pd.Series(pd.NaT, index=index).dt.tz_localize(zone).dt.as_unit("us")
    return held.dt.tz_convert(zone).dt.as_unit("us")


def own_name(name: str, taken: frozenset[str] | set[str]) -> str:
    """Return the name a file's own column goes by beside ours.

    Parameters
    ----------
    name : str
        Its name in the file.
    taken : set of str
        Names of ours.

    Returns
    -------
    str
        The same, with :data:`OWN_SUFFIX` where ours has that name.
    """
    while name in taken:
        name += OWN_SUFFIX
    return name
