"""Legends in words: classes, states, units and what stands behind the figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridmap.layers.escape import escape_value
from gridmap.messages import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridmap.layers.choropleth import Step
    from gridmap.layers.shades import Shade

DIGITS = 3


@dataclass(frozen=True)
class Row:
    """One row of a legend.

    Parameters
    ----------
    color : str
        ``#rrggbb`` or ``#rrggbbaa``.
    label : str
        What it means.
    cells : int or None
        How many are shown so; None where that means nothing.
    hatched : bool
        Whether it is hatched, for "too few".
    """

    color: str
    label: str
    cells: int | None = None
    hatched: bool = False


def number(value: float) -> str:
    """Write a figure with three digits that count and separators of thousands.

    Parameters
    ----------
    value : float
        A figure; NaN is an en dash.

    Returns
    -------
    str
        The text.
    """
    if not math.isfinite(value):
        return "–"
    if value == round(value):
        return f"{value:,.0f}"
    decimals = max(DIGITS - 1 - math.floor(math.log10(abs(value))), 0)
    return f"{value:,.{decimals}f}"


def class_rows(steps: Sequence[Step], lang: str, *, whole: bool = False) -> list[Row]:
    """Return the rows of a choropleth.

    Parameters
    ----------
    steps : sequence of Step
        Its legend.
    lang : str
        Language of the reader.
    whole : bool
        Whether the figures are counts: a class names the numbers in it, 1 – 33 and 34 – 61.

    Returns
    -------
    list of Row
        Classes from low to high, then the states.
    """
    rows = []
    for step in steps:
        label = (
            (_counts(step) if whole else f"{number(step.low)} – {number(step.high)}")
            if step.state == "class"
            else text(f"layers.state_{step.state}", lang=lang)
        )
        rows.append(Row(step.color, label, step.cells, step.state == "few"))
    return rows


def _counts(step: Step) -> str:
    low, high = math.floor(step.low) + 1, math.floor(step.high)
    return number(high) if low >= high else f"{number(low)} – {number(high)}"


def heat_rows(shades: Sequence[Shade]) -> list[Row]:
    """Return the rows of a heat layer.

    Parameters
    ----------
    shades : sequence of Shade
        Its legend.

    Returns
    -------
    list of Row
        From low to high; the last is of its density and of all above.
    """
    texts = [number(float(f"{shade.density:.3g}")) for shade in shades]
    last = len(shades) - 1
    labels = [f"≥ {text}" if index == last else text for index, text in enumerate(texts)]
    return [Row(shade.color, label) for shade, label in zip(shades, labels, strict=True)]


def legend_html(title: str, rows: Sequence[Row], notes: Sequence[str]) -> str:
    """Write a legend as HTML.

    Parameters
    ----------
    title : str
        What is shown, with its unit.
    rows : sequence of Row
        Its rows.
    notes : sequence of str
        Sentences below.

    Returns
    -------
    str
        HTML in which every value is escaped.
    """
    lines = "".join(_row_html(row) for row in rows)
    below = "".join(f"<p>{escape_value(note)}</p>" for note in notes)
    return (
        f'<section class="gm gm-legend"><h1>{escape_value(title)}</h1>'
        f"<table>{lines}</table>{below}</section>"
    )


def _row_html(row: Row) -> str:
    kind = "gm-swatch gm-few" if row.hatched else "gm-swatch"
    cells = "" if row.cells is None else f"{row.cells:,}"
    return (
        f'<tr><td><span class="{kind}" style="background-color:{row.color}"></span></td>'
        f'<td>{escape_value(row.label)}</td><td class="n">{cells}</td></tr>'
    )


def totals_note(totals: Mapping[str, Any], lang: str) -> str:
    """Say how many incidents are placed, unplaced and in all.

    Parameters
    ----------
    totals : mapping
        From :func:`gridmap.incidents.measure.totals`.
    lang : str
        Language of the reader.

    Returns
    -------
    str
        One line.
    """
    values = {name: f"{totals[name]:,}" for name in ("placed", "unplaced", "total")}
    return text("layers.totals", values, lang)
