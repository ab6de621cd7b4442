"""Gazetteers in: addresses and place names with their coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridmap.errors import ColumnError
from gridmap.files.incidents import read_table
from gridmap.incidents.interpret import Found

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd


def read_gazetteer(
    path: Path | str, name: str | None = None, tick: Callable[[float], None] | None = None
) -> pd.DataFrame:
    """Read a gazetteer.

    Parameters
    ----------
    path : path
        One of the formats of incidents, in any CRS it names itself.
    name : str, optional
        What the user calls the file, where it lies under another name.
    tick : callable, optional
        Told some times a second which share is read; what it raises stops the work.

    Returns
    -------
    DataFrame
        Its rows, with ``lon`` and ``lat`` in EPSG:4326, as
        :class:`gridmap.incidents.address.Geocoder` takes them.

    Raises
    ------
    FileError
        If the file is missing, unsafe or broken.
    ColumnError
        If it has no coordinates.
    """
    table = read_table(path, tick, name)
    mapping = table.guess()
    if not mapping.x:
        raise ColumnError("address.no_point", columns=", ".join(map(str, table.frame.columns)))
    lon, lat = Found(table, mapping).points(mapping.crs)
    held = np.isfinite(lon) & np.isfinite(lat)
    return table.frame.assign(lon=lon, lat=lat)[held].reset_index(drop=True)
