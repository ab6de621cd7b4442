"""Codes of cells by a scheme given as data.

A code is a row of segments. All but the last come from the columns of the levels; the last counts
the cells within their parent: rows from north to south, in each row from west to east. A cell that
has a code of the scheme keeps it, and a number once given away is not given again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridmap.errors import ColumnError, ValueRefused
from gridmap.grid.model import code_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gridmap.grid.model import Grid

DIGITS = "0123456789"


@dataclass(frozen=True)
class Segment:
    """A part of a code.

    Parameters
    ----------
    name : str
        What it stands for.
    width : int
        Number of characters; 0 means any number of any characters.
    charset : str
        Characters it may hold; the last segment counts with decimal digits.
    source : str or None
        Column it is taken from; None means the level at the same place, or, in the last segment,
        the running number.
    """

    name: str
    width: int
    charset: str = DIGITS
    source: str | None = None

    @property
    def pattern(self) -> str:
        """Regular expression of its values."""
        return f"[{re.escape(self.charset)}]{{{self.width}}}" if self.width else r".+"


@dataclass(frozen=True)
class Scheme:
    """How codes are made.

    Parameters
    ----------
    name : str
        Name of the scheme.
    segments : tuple of Segment
        Its parts from left to right; the last is the running number.
    """

    name: str
    segments: tuple[Segment, ...]

    def fits(self, code: str) -> bool:
        """Tell whether a code is of the scheme.

        Parameters
        ----------
        code : str
            A code.

        Returns
        -------
        bool
            True if every segment has its width and characters.
        """
        return re.fullmatch("".join(each.pattern for each in self.segments), code) is not None


SCHEMES = {
    each.name: each
    for each in (
        Scheme(
            "unit-15",
            (
                Segment("county", 6),
                Segment("township", 3),
                Segment("community", 3),
                Segment("cell", 3),
            ),
        ),
        Scheme("division-15", (Segment("division", 12), Segment("cell", 3))),
        Scheme(
            "cjt349-20",
            (
                Segment("county", 6),
                Segment("area", 6),
                Segment("community", 3),
                Segment("unit", 3),
                Segment("cell", 2),
            ),
        ),
        Scheme("free", (Segment("cell", 0),)),
    )
}
"""Shipped: the municipal unit grid 6+3+3+3, the 12-digit division code + 3, 6+6+3+3+2 of CJ/T
349-2010, and free form."""


@dataclass(frozen=True, eq=False)
class Numbered:
    """Cells with codes of a scheme.

    Parameters
    ----------
    grid : Grid
        The cells in their order, with their new codes.
    changes : DataFrame
        Columns ``row`` (from 1), ``old`` and ``new``, one row for each code that changed.
    """

    grid: Grid
    changes: pd.DataFrame


def scheme(name: str) -> Scheme:
    """Return a shipped scheme.

    Parameters
    ----------
    name : str
        Its name.

    Returns
    -------
    Scheme
        The scheme.

    Raises
    ------
    ValueRefused
        If no scheme has that name.
    """
    if name not in SCHEMES:
        raise ValueRefused("codes.unknown", name=name, known=", ".join(SCHEMES))
    return SCHEMES[name]


def number(grid: Grid, rule: Scheme, retired: Iterable[str] = ()) -> Numbered:
    """Give every cell a code of a scheme.

    Parameters
    ----------
    grid : Grid
        The cells; their levels, coarse to fine, fill the segments before the running number.
    rule : Scheme
        How codes are made.
    retired : iterable of str
        Codes of cells that are gone, never to be given again.

    Returns
    -------
    Numbered
        The cells with their codes, and what changed.

    Raises
    ------
    ColumnError
        If the levels do not fill the segments.
    ValueRefused
        If a level's value does not fit its segment, or a parent has more cells than the running
        number can count.
    """
    prefixes = _prefixes(grid, rule)
    old = grid.codes
    seen: set[str] = set(retired)
    new: list[str | None] = [None] * len(old)
    for row, code in enumerate(old):
        if code not in seen and code.startswith(prefixes[row]) and rule.fits(code):
            new[row] = code
            seen.add(code)
    last = rule.segments[-1]
    highest = _highest(seen, last.width)
    for row in _reading_order(grid):
        if new[row] is None:
            prefix = prefixes[row]
            highest[prefix] += 1
            while (code := f"{prefix}{highest[prefix]:0{last.width}d}") in seen:
                highest[prefix] += 1
            if last.width and highest[prefix] >= 10**last.width:
                raise ValueRefused("codes.overflow", parent=prefix or "–", width=last.width)
            new[row] = code
            seen.add(code)
    frame = pd.DataFrame({"row": np.arange(1, len(old) + 1), "old": old, "new": new})
    cells = grid.cells.set_axis(pd.Index(new, name="code", dtype=object))
    return Numbered(grid.with_cells(cells), frame[frame["old"] != frame["new"]])


def _highest(seen: Iterable[str], width: int) -> defaultdict[str, int]:
    """Return the highest running number given under each parent, by prefix."""
    highest: defaultdict[str, int] = defaultdict(int)
    for code in seen:
        prefix, tail = (code[:-width], code[-width:]) if width else ("", code)
        if tail.isdecimal() and tail.isascii():
            highest[prefix] = max(highest[prefix], int(tail))
    return highest


def _prefixes(grid: Grid, rule: Scheme) -> list[str]:
    parents = rule.segments[:-1]
    unnamed = [each for each in parents if each.source is None]
    if len(unnamed) != len(grid.levels) and unnamed:
        names = ", ".join(each.name for each in unnamed)
        raise ColumnError("codes.levels", scheme=rule.name, segments=names, count=len(unnamed))
    levels = iter(grid.levels)
    prefixes = [""] * len(grid.cells)
    for each in parents:
        column = each.source or next(levels)
        prefixes = _extended(prefixes, code_text(grid.cells[column]), each, column)
    return prefixes


def _extended(
    prefixes: Sequence[str], values: Sequence[str], segment: Segment, column: str
) -> list[str]:
    """Append a segment; a value may repeat what stands before it, and may have lost its zeros."""
    out = []
    for row, (prefix, value) in enumerate(zip(prefixes, values, strict=True)):
        whole = len(value) == len(prefix) + segment.width and value.startswith(prefix)
        part = value[len(prefix) :] if whole else value
        part = part.zfill(segment.width) if part.isdecimal() else part
        if not re.fullmatch(segment.pattern, part):
            values_ = {"row": row + 1, "column": column, "value": value, "width": segment.width}
            raise ValueRefused("codes.misfit", **values_)
        out.append(prefix + part)
    return out


def _reading_order(grid: Grid) -> list[int]:
    """Return the rows from north to south in bands, and in each from west to east."""
    boxes = shapely.bounds(grid.shapes)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    heights = boxes[:, 3] - boxes[:, 1]
    band = float(np.nanmedian(heights)) / 2 if np.isfinite(heights).any() else 0.0
    bands = np.zeros(len(y), int)
    top, current = np.inf, 0
    for row in np.argsort(-y, kind="stable"):
        if y[row] < top - band or not np.isfinite(top):
            top, current = y[row], current + 1
        bands[row] = current
    return np.lexsort((np.arange(len(x)), x, bands)).tolist()
