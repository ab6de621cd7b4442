"""Point to cell: every incident in exactly one cell, or unplaced with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gridmap import crs as crs_
from gridmap.errors import ValueRefused
from gridmap.grid.cancel import Rings
from gridmap.grid.model import code_text
from gridmap.grid.valid import require_valid
from gridmap.incidents._locate_tree import TreeIndex
from gridmap.incidents._overlaps import cover, disjoint, overlaps
from gridmap.incidents._pixels import PixelIndex, fits, mates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

ADDRESS_REASONS = ("address-unknown", "address-ambiguous")
"""Reasons a geocoder gives to an incident it found no point for."""


class Locator:
    """Finds the cell of points.

    Where several cells hold a point (on a border, or where cells overlap) the one with the least
    code by Unicode code points wins; of equal codes the first in file order.

    Parameters
    ----------
    grid : Grid
        The cells. They may leave gaps, overlap and repeat codes.

    Attributes
    ----------
    overlapping : int
        Number of cells that overlap another one; these are looked up by a slower path.

    Raises
    ------
    GeometryError
        If the ring of a cell is broken.
    """

    def __init__(self, grid: Grid) -> None:
        require_valid(grid)
        codes, shapes = grid.codes, grid.shapes
        self._codes = np.append(codes, "")
        self._rank = rank_of(codes)
        self._repeated = len(codes) - len(set(codes))
        here = np.flatnonzero((shapely.get_type_id(shapes) >= 0) & ~shapely.is_empty(shapes))
        self.overlapping = 0
        self._pixels: PixelIndex | None = None
        apart = here
        if len(here) and fits(shapely.get_coordinates(shapes[here])):
            rings, mate, pairs = _parted(shapes)
            self.overlapping = len(np.unique(pairs))
            self._pixels = PixelIndex(rings, mate, self._rank)
            apart = cover(pairs)
        self._tree = TreeIndex(shapes[apart], apart, self._rank) if len(apart) else None

    @property
    def exact_path(self) -> bool:
        """Whether some points take the slower path: beside overlaps, or all of them."""
        return self._tree is not None

    @property
    def nbytes(self) -> int:
        """Memory of the pixel table in bytes."""
        return self._pixels.nbytes if self._pixels else 0

    @property
    def notices(self) -> list[tuple[str, dict[str, int]]]:
        """What the user should know of the cells: message keys with values."""
        counts = {"locate.overlapping": self.overlapping, "locate.repeated": self._repeated}
        return [(key, {"count": count}) for key, count in counts.items() if count]

    def locate(self, x: Any, y: Any, threads: int = 1) -> NDArray[np.int32]:
        """Return the position of the cell of each point.

        Parameters
        ----------
        x, y : array-like of float, shape (n,)
            Points in the grid's CRS; NaN and infinite ones are outside.
        threads : int
            Threads to share the points among.

        Returns
        -------
        ndarray of int32, shape (n,)
            Positions in ``grid.cells``, -1 outside.
        """
        x, y = (np.ascontiguousarray(values, dtype=np.float64) for values in (x, y))
        if self._pixels is None:
            return self._tree.locate(x, y) if self._tree else np.full(len(x), -1, np.int32)
        found = self._pixels.locate(x, y, threads)
        if self._tree is None:
            return found
        other = self._tree.locate(x, y)
        rank = np.append(self._rank, np.int32(len(self._rank)))
        return np.where(rank[other] < rank[found], other, found)

    def codes(self, x: Any, y: Any) -> NDArray[np.object_]:
        """Return the code of the cell of each point.

        Parameters
        ----------
        x, y : array-like of float, shape (n,)
            Points in the grid's CRS.

        Returns
        -------
        ndarray of str, shape (n,)
            Codes, ``""`` outside.
        """
        return self._codes[self.locate(x, y)]


def _parted(shapes: NDArray[Any]) -> tuple[Rings, NDArray[np.int32], NDArray[np.int64]]:
    """Return rings that overlap nowhere, with their mates, and the pairs of cells that overlap."""
    rings = Rings.of(shapes)
    mate = mates(rings)
    if disjoint(shapes, rings, mate):
        return rings, mate, np.zeros((0, 2), np.int64)
    pairs = overlaps(shapes)
    alone = shapes.copy()
    alone[cover(pairs)] = None
    rings = Rings.of(alone)
    return rings, mates(rings), pairs


def rank_of(codes: NDArray[np.object_]) -> NDArray[np.int32]:
    """Return the rank of each code by Unicode code points, equal codes in file order.

    Parameters
    ----------
    codes : ndarray of str, shape (n,)
        Codes in file order.

    Returns
    -------
    ndarray of int32, shape (n,)
        0 for the least code.
    """
    rank = np.empty(len(codes), np.int32)
    rank[np.argsort(codes, kind="stable")] = np.arange(len(codes), dtype=np.int32)
    return rank


def place(
    incidents: pd.DataFrame,
    grid: Grid,
    locator: Locator | None = None,
    at: NDArray[np.int32] | None = None,
) -> pd.DataFrame:
    """Place every incident in its cell, or say why it has none.

    Parameters
    ----------
    incidents : DataFrame
        Incidents with ``lon`` and ``lat`` (EPSG:4326, NaN for none). Rows a geocoder has seen
        also carry ``match``, ``score`` and, if it found no point, its ``reason``.
    grid : Grid
        The cells.
    locator : Locator, optional
        Locator of the grid; absent means that one is made.
    at : ndarray of int32, shape (n,), optional
        Position of the cell of each incident, -1 for none, if it is known; absent means that each
        is looked for.

    Returns
    -------
    DataFrame
        The incidents in their order with ``cell`` (code or ``""``), ``reason``, ``match``,
        ``score`` and ``cell_LEVEL`` for every level of the grid; if they have ``error_m``
        (:func:`gridmap.incidents.address.geocode`), also ``cell_near``: the codes of other cells
        within it, joined by ``;``.

    Raises
    ------
    ValueRefused
        If cells have no code, so that nothing could be placed in them.
    """
    missing = int((grid.codes == "").sum())
    if missing:
        raise ValueRefused("locate.no_code", count=missing, total=len(grid.codes))
    lon, lat = (incidents[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    reason = _reasons(incidents, lon, lat)
    good = reason == "ok"
    if at is None:
        at = np.full(len(incidents), -1, np.int32)
        xy = crs_.transform_points(np.column_stack([lon[good], lat[good]]), crs_.LONLAT, grid.crs)
        at[good] = (locator or Locator(grid)).locate(xy[:, 0], xy[:, 1])
    reason[good & (at < 0)] = "outside"
    placed = incidents.drop(columns=["reason", "match", "score"], errors="ignore").assign(
        cell=np.append(grid.codes, "")[at],
        reason=reason,
        match=np.where(good, _kept(incidents, "match", "", "point"), ""),
        score=np.where(good, _kept(incidents, "score", np.nan, 1.0), np.nan).astype(float),
    )
    for level in grid.levels:
        groups = np.array([*code_text(grid.cells[level]), ""], dtype=object)
        placed[f"cell_{level}"] = groups[at]
    if "error_m" in incidents:
        error = np.where(good, incidents["error_m"].to_numpy(dtype=np.float64), np.nan)
        placed["cell_near"] = _near(grid, lon, lat, error, at)
    return placed


def _near(
    grid: Grid,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    error: NDArray[np.float64],
    at: NDArray[np.int32],
) -> NDArray[np.object_]:
    """Return the codes of the other cells within the error of each place."""
    near = np.full(len(lon), "", dtype=object)
    doubtful = np.flatnonzero(~np.isnan(error))
    spots = np.column_stack([lon[doubtful], lat[doubtful]])
    xy = crs_.transform_points(spots, crs_.LONLAT, grid.metric_crs)
    tree = shapely.STRtree(grid.metric_shapes)
    points = shapely.points(xy)
    row, cell = tree.query(points, predicate="dwithin", distance=error[doubtful])
    other = cell != at[doubtful[row]]
    pairs = pd.DataFrame({"row": doubtful[row[other]], "code": grid.codes[cell[other]]})
    joined = (
        pairs.drop_duplicates().groupby("row")["code"].agg(lambda codes: ";".join(sorted(codes)))
    )
    near[joined.index] = joined.to_numpy()
    return near


def _reasons(
    incidents: pd.DataFrame, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.object_]:
    reason = np.full(len(incidents), "ok", dtype=object)
    with np.errstate(invalid="ignore"):
        possible = (np.abs(lon) <= crs_.MAX_LON) & (np.abs(lat) <= crs_.MAX_LAT)
    reason[~possible] = "bad-coordinates"
    none = np.isnan(lon) & np.isnan(lat)
    reason[none] = "no-coordinates"
    if "reason" in incidents:
        given = incidents["reason"].to_numpy()
        told = none & np.isin(given.astype(str), ADDRESS_REASONS)
        reason[told] = given[told]
    return reason


def _kept(incidents: pd.DataFrame, column: str, empty: Any, default: Any) -> NDArray[Any]:
    """Return what a geocoder said, and the default where it said nothing."""
    if column not in incidents:
        return np.full(len(incidents), default, dtype=object)
    given = incidents[column]
    silent = given.isna() | (given == empty)
    return given.astype(object).mask(silent, default).to_numpy()
