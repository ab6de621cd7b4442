"""From a file of incidents and a grid to the cell of every incident."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridmap.incidents.doubts import doubts
from gridmap.incidents.interpret import Found
from gridmap.incidents.locate import Locator, place
from gridmap.incidents.model import PLACED, own_name
from gridmap.incidents.table import POINT_X, POINT_Y
from gridmap.journeys.incidents.addresses import moved

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gridmap.grid.model import Grid
    from gridmap.incidents.doubts import Notice
    from gridmap.incidents.mapping import Mapping
    from gridmap.incidents.table import Fault, Table

    Geocode = Callable[[pd.DataFrame], pd.DataFrame]

OK = "ok"


@dataclass(frozen=True)
class Located:
    """Incidents with their cells.

    Parameters
    ----------
    frame : DataFrame
        The file's own columns and rows in its order, with ``cell``, ``reason``, ``match``,
        ``score`` and ``cell_LEVEL``; own columns of these names are called ``NAME_input``.
    given : tuple of ndarray of float64
        Longitudes and latitudes the file gives.
    points : tuple of ndarray of float64
        The same with those found by address.
    faults : tuple of Fault
        What could not be read.
    notices : tuple of (str, dict)
        What the user should know.
    seconds : float
        Wall time of the placing.
    """

    frame: pd.DataFrame
    given: tuple[NDArray[Any], NDArray[Any]]
    points: tuple[NDArray[Any], NDArray[Any]]
    faults: tuple[Fault, ...]
    notices: tuple[Notice, ...]
    seconds: float

    @property
    def unplaced(self) -> pd.DataFrame:
        """The rows without a cell."""
        return self.frame[self.frame["reason"] != OK]

    def summary(self) -> dict[str, Any]:
        """Return the figures of ``locate --json``, without its notices.

        Returns
        -------
        dict
            ``rows``, ``placed``, ``unplaced``, ``reasons``, ``seconds``; placed and unplaced add
            up to the rows.
        """
        counts = self.frame["reason"].value_counts()
        reasons = {str(name): int(count) for name, count in counts.items()}
        placed = reasons.get(OK, 0)
        rows = len(self.frame)
        figures = {"rows": rows, "placed": placed, "unplaced": rows - placed}
        return {**figures, "reasons": reasons, "seconds": round(self.seconds, 3)}


def locate(table: Table, mapping: Mapping, grid: Grid, geocode: Geocode | None = None) -> Located:
    """Place every row of a file, and tell what a person would doubt of its coordinates.

    Parameters
    ----------
    table : Table
        The file as read.
    mapping : Mapping
        Which columns hold coordinates and addresses.
    grid : Grid
        The cells.
    geocode : callable, optional
        As in :func:`place_rows`.

    Returns
    -------
    Located
        One row a row of the table.

    Raises
    ------
    GeometryError
        If the ring of a cell is broken.
    """
    locator = Locator(grid)
    located = place_rows(table, mapping, grid, locator, geocode)
    told = doubts(*located.given, locator, grid.crs)
    return replace(located, notices=(*located.notices, *told))


def place_rows(
    table: Table,
    mapping: Mapping,
    grid: Grid,
    locator: Locator,
    geocode: Geocode | None = None,
) -> Located:
    """Place every row of a file.

    Parameters
    ----------
    table : Table
        The file as read.
    mapping : Mapping
        Which columns hold coordinates and addresses.
    grid : Grid
        The cells.
    locator : Locator
        Locator of the grid.
    geocode : callable, optional
        Finds points for rows without coordinates by their ``address``: takes a frame with
        ``lon``, ``lat`` and ``address`` and returns it with ``match``, ``score``, ``reason``.

    Returns
    -------
    Located
        One row a row of the table.
    """
    began = time.perf_counter()
    found = Found(table, mapping)
    lon, lat = found.points(mapping.crs)
    incidents = pd.DataFrame({"lon": lon, "lat": lat, "address": found.address()})
    told: list[Notice] = []
    if geocode is not None:
        given, incidents = incidents, geocode(incidents)
        told = moved(given, incidents)
    placed = place(incidents, grid, locator)
    ours = [name for name in placed.columns if name in PLACED or name.startswith("cell_")]
    taken = frozenset(ours)
    own = table.frame.drop(columns=[POINT_X, POINT_Y], errors="ignore")
    own = own.rename(columns=lambda name: own_name(str(name), taken))
    frame = pd.concat([own, placed[ours].set_axis(own.index)], axis=1)
    points = (placed["lon"].to_numpy(), placed["lat"].to_numpy())
    faults = (*table.faults, *found.faults)
    notices = (*table.notices, *found.notices, *locator.notices, *told, *near_border(placed))
    return Located(frame, (lon, lat), points, faults, notices, time.perf_counter() - began)


def near_border(placed: pd.DataFrame) -> list[Notice]:
    """Say how many incidents placed by address may lie in another cell.

    Parameters
    ----------
    placed : DataFrame
        From :func:`gridmap.incidents.locate.place`.

    Returns
    -------
    list of (str, dict)
        A message key with values, or nothing.
    """
    near = int((placed["cell_near"] != "").sum()) if "cell_near" in placed else 0
    return [("address.near", {"count": near})] if near else []
