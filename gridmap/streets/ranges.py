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


@dataclass(frozen=True)
class Side:
    """The numbers on one side of a segment.

    Parameters
    ----------
    segment : int
        Number of the segment.
    first, last : int
        Numbers at its start and at its end; 0 or less for none.
    left : bool
        Whether it is the left side.
    zip_code : str
        Postal code, ``""`` for none.
    """

    segment: int
    first: int
    last: int
    left: bool
    zip_code: str

    @property
    def low(self) -> int:
        """The lesser number; 0 or less for none."""
        return min(self.first, self.last)

    @property
    def high(self) -> int:
        """The greater number."""
        return max(self.first, self.last)

    @property
    def parity(self) -> int:
        """0 for even numbers, 1 for odd ones, :data:`MIXED` for both."""
        return self.low % 2 if self.low % 2 == self.high % 2 else MIXED

    def share(self, number: int) -> float:
        """Return how far along the segment a number stands, numbers beyond it at its ends.

        Parameters
        ----------
        number : int
            A number.

        Returns
        -------
        float
            0 at the start, 1 at the end.
        """
        if self.first == self.last:
            return 0.5
        held = min(max(number, self.low), self.high)
        return (held - self.first) / (self.last - self.first)

    def gap(self, number: int) -> float:
        """Return how far a number is beyond the range, more so on the wrong side of the street.

        Parameters
        ----------
        number : int
            A number.

        Returns
        -------
        float
            Numbers between.
        """
        beyond = max(self.low - number, number - self.high, 0)
        return beyond + (0 if self.parity in (MIXED, number % 2) else NEAREST / 2)


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
        self._lengths = shapely.length(lines)
        self._sides: dict[int, list[Side]] = {}
        for side in ("left", "right"):
            for segment, held in enumerate(_sides(frame, column, side)):
                if held.low > 0:
                    self._sides.setdefault(int(street[segment]), []).append(held)

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
        sides = self._sides.get(street, [])
        if not sides:
            return []
        if low != high:
            return self._block(sides, low, high)
        within = [side for side in sides if side.low <= low <= side.high]
        same = [side for side in within if side.parity in (MIXED, low % 2)]
        if within:
            score = 1.0 if same else 0.9
            return [self._spot(side, low, score) for side in same or within]
        nearest = min(sides, key=lambda side: side.gap(low))
        return [self._spot(nearest, low, 0.85)] if nearest.gap(low) <= NEAREST else []

    def _spot(self, side: Side, number: int, score: float) -> Spot:
        length = float(self._lengths[side.segment])
        inset = min(END_INSET_M, length / 4)
        at = inset + side.share(number) * (length - 2 * inset)
        offset = SIDE_OFFSET_M if side.left else -SIDE_OFFSET_M
        x, y = _beside(self._lines[side.segment], at, offset)
        error = 25.0 + length / 4 if score == 1.0 else 40.0 + length / 2
        return Spot(x, y, error, score, side.zip_code)

    def _block(self, sides: list[Side], low: int, high: int) -> list[Spot]:
        ends = [
            _beside(
                self._lines[side.segment],
                side.share(number) * float(self._lengths[side.segment]),
                0.0,
            )
            for side in sides
            if side.low <= high and side.high >= low
            for number in (max(low, side.low), min(high, side.high))
        ]
        if not ends:
            return []
        xy = np.array(ends)
        middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
        error = 15.0 + float(np.hypot(*np.ptp(xy, axis=0))) / 2
        return [Spot(float(middle[0]), float(middle[1]), error, 0.9, "")]


def _sides(frame: pd.DataFrame, column: Mapping[str, str], side: str) -> list[Side]:
    ends = []
    for end in ("from", "to"):
        numbers = pd.to_numeric(frame[column[f"{side}_{end}"]], errors="coerce").fillna(0)
        ends.append(numbers.astype(np.int64).tolist())
    zips = [""] * len(frame)
    if f"{side}_zip" in column:
        zips = frame[column[f"{side}_zip"]].fillna("").astype(str).tolist()
    rows = zip(*ends, zips, strict=True)
    return [
        Side(n, first, last, side == "left", code) for n, (first, last, code) in enumerate(rows)
    ]


def _beside(line: Any, at: float, offset: float) -> tuple[float, float]:
    """Return the point at a distance along a line, moved to its left."""
    way = shapely.get_coordinates(shapely.line_interpolate_point(line, [at - 0.5, at, at + 0.5]))
    (ax, ay), (x, y), (bx, by) = way
    length = float(np.hypot(bx - ax, by - ay)) or 1.0
    return float(x - (by - ay) / length * offset), float(y + (bx - ax) / length * offset)
