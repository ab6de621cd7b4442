"""House numbers along streets: from the first to the last number of each side of a segment.

The place of a number lies beside its street, on the side of its range, and not quite at the ends
(side offset and end inset: Ratcliffe, J. H. (2001), On the accuracy of TIGER-type geocoded address
data in relation to cadastral and census areal units, IJGIS 15).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SIDE_OFFSET_M = 10.0
END_INSET_M = 15.0
NEAREST = 20
"""A number this far beyond the ranges of its street is placed at the nearest end."""
MIXED = -1


@dataclass(frozen=True)
class Spot:
    """A place a number may have.

    Parameters
    ----------
    x, y : float
        Metres in the CRS of the lines.
    error_m : float
        Metres within which it is right nine times in ten.
    score : float
        1, less where the number was of the other side or beyond the range.
    zip_code : str
        Postal code of the side, ``""`` if the layer has none.
    """

    x: float
    y: float
    error_m: float
    score: float
    zip_code: str


class Ranges:
    """The numbers on both sides of segments.

    Parameters
    ----------
    frame : DataFrame
        Segments.
    column : mapping
        Their columns: ``left_from``, ``left_to``, ``right_from``, ``right_to`` and, if there are
        any, ``left_zip`` and ``right_zip``.
    lines : ndarray of LineString
        The segments in metres, from the first to the last number.
    street : ndarray of int
        Number of the street each segment belongs to.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        column: Mapping[str, str],
        lines: NDArray[Any],
        street: NDArray[np.int64],
    ) -> None:
        self._lines = lines
        sides = [_side(frame, column, side) for side in ("left", "right")]
        rows = pd.concat([side.assign(segment=np.arange(len(frame))) for side in sides])
        rows["street"] = street[rows["segment"].to_numpy()]
        rows = rows[rows["low"] > 0]
        self._rows = {int(key): part for key, part in rows.groupby("street")}

    def spots(self, street: int, low: int, high: int) -> list[Spot]:
        """Return where a number, or the middle of a block of numbers, may be.

        Parameters
        ----------
        street : int
            Number of the street.
        low, high : int
            The number twice, or the ends of a block.

        Returns
        -------
        list of Spot
            The likeliest first; empty if the street has no such number.
        """
        rows = self._rows.get(street)
        if rows is None:
            return []
        if low != high:
            return self._block(rows, low, high)
        gap = np.maximum(np.maximum(rows["low"] - low, low - rows["high"]), 0)
        parity = rows["parity"].isin((MIXED, low % 2))
        within = rows[(gap == 0) & parity]
        if len(within):
            return [self._spot(row, low, 1.0) for row in within.itertuples()]
        within = rows[gap == 0]
        if len(within):
            return [self._spot(row, low, 0.9) for row in within.itertuples()]
        gap = gap + np.where(parity, 0, NEAREST / 2)
        nearest = gap.to_numpy().argmin()
        if gap.iloc[nearest] > NEAREST:
            return []
        return [self._spot(next(rows.iloc[[nearest]].itertuples()), low, 0.85)]

    def _spot(self, row: Any, number: int, score: float) -> Spot:
        line = self._lines[row.segment]
        length = float(shapely.length(line))
        share = 0.5
        if row.high > row.low:
            share = (min(max(number, row.low), row.high) - row.low) / (row.high - row.low)
            share = share if row.forward else 1 - share
        inset = min(END_INSET_M, length / 4)
        at = inset + share * (length - 2 * inset)
        offset = SIDE_OFFSET_M if row.left else -SIDE_OFFSET_M
        x, y = _beside(line, at, offset)
        error = 25.0 + length / 4 if score == 1.0 else 40.0 + length / 2
        return Spot(x, y, error, score, row.zip_code)

    def _block(self, rows: pd.DataFrame, low: int, high: int) -> list[Spot]:
        within = rows[(rows["low"] <= high) & (rows["high"] >= low)]
        if within.empty:
            return []
        ends = []
        for row in within.itertuples():
            line = self._lines[row.segment]
            for number in (max(low, row.low), min(high, row.high)):
                share = (number - row.low) / (row.high - row.low) if row.high > row.low else 0.5
                share = share if row.forward else 1 - share
                ends.append(_beside(line, share * float(shapely.length(line)), 0.0))
        xy = np.array(ends)
        middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
        error = 15.0 + float(np.hypot(*np.ptp(xy, axis=0))) / 2
        return [Spot(float(middle[0]), float(middle[1]), error, 0.9, "")]


def _side(frame: pd.DataFrame, column: Mapping[str, str], side: str) -> pd.DataFrame:
    first, last = (
        pd.to_numeric(frame[column[f"{side}_{end}"]], errors="coerce").fillna(0).to_numpy()
        for end in ("from", "to")
    )
    held = (first > 0) & (last > 0)
    low = np.where(held, np.minimum(first, last), 0).astype(np.int64)
    high = np.where(held, np.maximum(first, last), 0).astype(np.int64)
    zips = frame[column[f"{side}_zip"]] if f"{side}_zip" in column else pd.Series("", frame.index)
    return pd.DataFrame(
        {
            "low": low,
            "high": high,
            "parity": np.where(low % 2 == high % 2, low % 2, MIXED),
            "forward": first <= last,
            "left": side == "left",
            "zip_code": zips.fillna("").astype(str).to_numpy(),
        }
    )


def _beside(line: Any, at: float, offset: float) -> tuple[float, float]:
    """Return the point at a distance along a line, moved to its left."""
    way = shapely.get_coordinates(shapely.line_interpolate_point(line, [at - 0.5, at, at + 0.5]))
    (ax, ay), (x, y), (bx, by) = way
    length = float(np.hypot(bx - ax, by - ay)) or 1.0
    return float(x - (by - ay) / length * offset), float(y + (bx - ax) / length * offset)
