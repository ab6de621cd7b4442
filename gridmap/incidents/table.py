"""A file of incidents as it was read, and as it was understood."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gridmap.incidents.mapping import Mapping, guess

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from gridmap.incidents.doubts import Notice

POINT_X, POINT_Y = "geometry.x", "geometry.y"
"""Columns that hold the points of a file with geometry."""


@dataclass(frozen=True)
class Fault:
    """A row that cannot be taken as it is.

    Parameters
    ----------
    row : int
        Number of the row in the file, first row 1.
    column : str
        Column of the file; empty where the whole row is meant.
    value : str
        What stands there.
    key : str
        Message key of the reason.
    """

    row: int
    column: str
    value: str
    key: str


@dataclass(frozen=True)
class Table:
    """A file of incidents as it was read, no meaning given to its columns yet.

    Parameters
    ----------
    name : str
        What the user calls the file.
    frame : DataFrame
        The file's own columns, text as it stands there (layers and Parquet: their types); a file
        with geometry has its points as ``geometry.x`` and ``geometry.y``.
    rows : ndarray of int, shape (n,)
        Number of each row in the file.
    crs : str
        What the coordinates are in, as far as the file says; empty where it does not.
    faults : tuple of Fault
        Rows that could not be taken apart; they are not in the frame.
    notices : tuple of (str, dict)
        What the user should know.
    """

    name: str
    frame: pd.DataFrame
    rows: NDArray[np.int64]
    crs: str = ""
    faults: tuple[Fault, ...] = ()
    notices: tuple[Notice, ...] = ()

    def guess(self) -> Mapping:
        """Guess the meaning of the columns from their names.

        Returns
        -------
        Mapping
            With the CRS of the file, or EPSG:4326.
        """
        found = guess([str(name) for name in self.frame.columns])
        return replace(found, crs=self.crs or "EPSG:4326")


@dataclass(frozen=True)
class Incoming:
    """Incidents of a file.

    Parameters
    ----------
    frame : DataFrame
        The incident frame, one row a row of the table, in its order; own columns of the file
        that ours would hide are called ``NAME_input``.
    rows : ndarray of int, shape (n,)
        Number of each row in the file.
    faults : tuple of Fault
        What cannot be read; a row may have several.
    notices : tuple of (str, dict)
        What the user should know.
    """

    frame: pd.DataFrame
    rows: NDArray[np.int64]
    faults: tuple[Fault, ...] = ()
    notices: tuple[Notice, ...] = ()
