"""Defect: one finding of a check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap import crs
from gridmap.grid.measures import widths
from gridmap.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridmap.grid.model import Grid

KINDS = (
    "invalid",
    "empty",
    "duplicate",
    "contained",
    "overlap",
    "gap",
    "outside",
    "uncovered",
    "edge",
    "code",
    "nesting",
    "multipart",
    "sliver",
    "size",
)
"""Kinds of defects in the order they are reported."""
NOTICES = frozenset({"nesting", "multipart", "sliver", "size"})
LEAST = 0.001
"""Metres or square metres below which a sentence says no more than that: a millimetre."""
SHOWN = 6
"""Codes named in a sentence before it says how many more there are."""


@dataclass(frozen=True)
class Finding:
    """What was found, before it is measured.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    rows : tuple of int
        Positions of the cells.
    where : geometry
        In the CRS of the cells.
    key : str
        Last word of the message key; empty stands for the kind.
    values : dict
        What the message is filled with, beside cells and sizes.
    error : bool or None
        Whether it is an error; None leaves it to the kind.
    """

    kind: str
    rows: tuple[int, ...]
    where: Any
    key: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    error: bool | None = None


@dataclass(frozen=True)
class Defect:
    """One finding of a check.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    severity : str
        ``error`` or ``notice``.
    cells : tuple of str
        Codes of the cells it is about.
    area_m2, width_m, length_m : float
        Ground in question, diameter of the largest circle inside it, length of the shared border
        or half the perimeter; 0 where it has none.
    place : Point
        A point on it, in the CRS of the cells; empty if it has no place.
    where : geometry
        What it is, in the CRS of the cells.
    key : str
        Key of its message.
    values : dict
        What the message is filled with.
    rows : tuple of int
        Positions of the cells, for codes that repeat.
    """

    kind: str
    severity: str
    cells: tuple[str, ...]
    area_m2: float
    width_m: float
    length_m: float
    place: Any
    where: Any
    key: str
    values: dict[str, Any]
    rows: tuple[int, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether it keeps the Grid from being a coverage."""
        return self.severity == "error"

    def text(self, lang: str = "en") -> str:
        """Return one sentence that says what is wrong and what to do.

        Parameters
        ----------
        lang : str
            Language of the reader.

        Returns
        -------
        str
            The sentence.
        """
        rows = self.rows or (0,) * len(self.cells)
        codes = (
            code or text("check.row", {"row": row + 1}, lang)
            for code, row in zip(self.cells, rows, strict=True)
        )
        sizes = {
            "cells": named(codes, lang),
            "area": amount(self.area_m2),
            "width": amount(self.width_m),
            "length": amount(self.length_m),
        }
        return text(self.key, sizes | self.values, lang)


def named(codes: Iterable[str], lang: str) -> str:
    """Return codes as part of a sentence.

    Parameters
    ----------
    codes : iterable of str
        Codes.
    lang : str
        Language of the reader.

    Returns
    -------
    str
        The first few, and how many more there are.
    """
    every = [code or "–" for code in codes]
    joined = ("、" if lang == "zh" else ", ").join(every[:SHOWN])
    more = len(every) - SHOWN
    return joined if more <= 0 else f"{joined} (+{more})"


def amount(value: float) -> str:
    """Return a number with three figures, or whole from a hundred on; never with an exponent.

    Parameters
    ----------
    value : float
        A size.

    Returns
    -------
    str
        The number.
    """
    if 0 < abs(value) < LEAST:
        return f"<{LEAST}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004


def measured(grid: Grid, findings: list[Finding]) -> list[Defect]:
    """Measure findings in the metric CRS of a Grid.

    Parameters
    ----------
    grid : Grid
        The cells they are about.
    findings : list of Finding
        What was found.

    Returns
    -------
    list of Defect
        In the same order.
    """
    where = np.array([each.where for each in findings], dtype=object)
    metric = _in_metres(grid, where)
    areal = shapely.get_dimensions(where) == 2  # noqa: PLR2004
    lengths = shapely.length(metric) / np.where(areal, 2, 1)
    sized = areal & np.isin([each.kind for each in findings], SIZED)
    width = np.zeros(len(where))
    width[sized] = widths(metric[sized])
    area = np.where(areal, shapely.area(metric), 0.0)
    codes = grid.codes
    return [
        _defect(each, codes, (float(area[i]), float(width[i]), float(lengths[i])))
        for i, each in enumerate(findings)
    ]


DEGREES = 0.001
"""Edges in degrees are cut to this length first: straight there is not straight in metres."""


def _in_metres(grid: Grid, where: Any) -> Any:
    if not len(where):
        return where
    if grid.crs is not None and grid.crs.is_geographic:
        where = shapely.segmentize(where, DEGREES)
    return crs.transform(where, grid.crs, grid.metric_crs)


SIZED = ("duplicate", "contained", "overlap", "gap", "outside", "uncovered", "sliver")
"""Kinds whose width is worth its time; a cell in several pieces is not measured."""


def _defect(each: Finding, codes: Any, sizes: tuple[float, float, float]) -> Defect:
    error = each.kind not in NOTICES if each.error is None else each.error
    return Defect(
        kind=each.kind,
        severity="error" if error else "notice",
        cells=tuple(str(codes[row]) for row in each.rows),
        area_m2=sizes[0],
        width_m=sizes[1],
        length_m=sizes[2],
        place=shapely.point_on_surface(each.where),
        where=each.where,
        key=f"check.{each.key or each.kind}",
        values=each.values,
        rows=each.rows,
    )
