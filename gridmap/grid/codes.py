"""Codes of cells by a scheme given as data.

A code is a row of segments. All but the last come from columns, by default those of the levels; the
last counts the cells within their parent: rows from north to south, in each row from west to east.
A cell that has a code of the scheme keeps it, and a number once given away is not given again.
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
from gridmap.grid.schemes import SCHEMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gridmap.grid.model import Grid
    from gridmap.grid.schemes import Scheme, Segment


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
    highest = _highest(seen, last)
    for row in _reading_order(grid):
        if new[row] is None:
            prefix = prefixes[row]
            highest[prefix] += 1
            while (code := prefix + last.written(highest[prefix])) in seen:
                highest[prefix] += 1
            if last.width and highest[prefix] >= len(last.charset) ** last.width:
                raise ValueRefused("codes.overflow", parent=prefix or "–", width=last.width)
            new[row] = code
            seen.add(code)
    frame = pd.DataFrame({"row": np.arange(1, len(old) + 1), "old": old, "new": new})
    cells = grid.cells.set_axis(pd.Index(new, name="code", dtype=object))
    return Numbered(grid.with_cells(cells), frame[frame["old"] != frame["new"]])


def following(code: str, rule: Scheme, given: Iterable[str]) -> str | None:
    """Return the next code of a parent, for one more cell beside one it has.

    Parameters
    ----------
    code : str
        Code of a cell of the parent.
    rule : Scheme
        How codes are made.
    given : iterable of str
        Codes given already, those of cells that are gone too.

    Returns
    -------
    str or None
        As :func:`number` would give it; None if the code is not of the scheme, the scheme counts
        nothing, or the parent has no number left.
    """
    last = rule.segments[-1]
    if not last.width or not rule.fits(code):
        return None
    parent = code[: -last.width]
    mine = (each for each in {code, *given} if each.startswith(parent) and rule.fits(each))
    tail = last.written(_highest(mine, last)[parent] + 1)
    return parent + tail if len(tail) == last.width else None


def scheme_of(codes: Sequence[str], asked: Scheme | None = None) -> Scheme | None:
    """Return the scheme codes are made by.

    Parameters
    ----------
    codes : sequence of str
        All codes of a city.
    asked : Scheme, optional
        The one the city asks for.

    Returns
    -------
    Scheme or None
        The city's own if there is one, else the first shipped one that every code fits.
    """
    if asked is not None:
        return asked
    shipped = (each for each in SCHEMES.values() if each.segments[-1].width)
    return next((each for each in shipped if all(map(each.fits, codes))), None)


def _highest(seen: Iterable[str], last: Segment) -> defaultdict[str, int]:
    """Return the highest running number given under each parent, by prefix."""
    highest: defaultdict[str, int] = defaultdict(lambda: last.first - 1)
    for code in seen:
        prefix, tail = (code[: -last.width], code[-last.width :]) if last.width else ("", code)
        value = last.value(tail)
        if value is not None:
            highest[prefix] = max(highest[prefix], value)
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
        part = part.zfill(segment.width) if part.isdecimal() and "0" in segment.charset else part
        if not re.fullmatch(segment.pattern, part):
            key = "codes.misfit" if value else "codes.no_group"
            values_ = {"row": row + 1, "column": column, "value": value, "width": segment.width}
            raise ValueRefused(key, **values_)
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
