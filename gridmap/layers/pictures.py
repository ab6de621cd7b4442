"""What a map shows of each cell: its colour, its lines of text, and the legend of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridmap.incidents import change as change_
from gridmap.incidents import hotspots as hotspots_
from gridmap.incidents.measure import PER_AREA, PER_TOTAL
from gridmap.incidents.service import RATES
from gridmap.layers.choropleth import FEW, NO_DATA, PALETTES, STATE_COLORS
from gridmap.layers.legend import Row, class_rows, heat_rows, number, totals_note
from gridmap.layers.shades import heat_legend
from gridmap.messages import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from gridmap.layers.choropleth import Choropleth
    from gridmap.layers.heat import Heat

SERVICE = (*RATES, "median_hours", "overdue")
"""Measures of how incidents are dealt with."""
COUNTED = ("people", "households")
"""Weights that have words of their own; others are called by their column."""
QUIET = "#f7f7f7"
LOW, HIGH = PALETTES["PuOr"][0], PALETTES["PuOr"][-1]
"""Fewer than expected, and more: the two arms of a diverging palette."""


@dataclass(frozen=True)
class Picture:
    """What a map shows.

    Parameters
    ----------
    title : str
        What is shown, with its unit.
    rows : tuple of Row
        The legend.
    notes : tuple of str
        Sentences below the legend.
    fills : sequence of str
        Colour of each cell or group.
    lines : mapping of str to sequence of str
        Title to one text a cell or group, shown where the pointer is.
    """

    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    fills: Sequence[str]
    lines: Mapping[str, Sequence[str]]


def unit_text(per: str | None, lang: str) -> str:
    """Return what figures are counted in.

    Parameters
    ----------
    per : str, optional
        As in :func:`gridmap.incidents.measure.measure`, or one of :data:`SERVICE`.
    lang : str
        Language of the reader.

    Returns
    -------
    str
        Such as "incidents per km²".
    """
    if per in SERVICE:
        return text(f"measure.{per}", lang=lang)
    if per in COUNTED:
        return text(f"layers.unit_{per}", lang=lang)
    names = {None: "count", PER_AREA: "per_area", PER_TOTAL: "share"}
    return text(f"layers.unit_{names.get(per, 'rate')}", {"column": per}, lang)


def choropleth_picture(
    figures: pd.DataFrame,
    shown: Choropleth,
    per: str | None,
    totals: Mapping[str, Any],
    lang: str = "en",
) -> Picture:
    """Show figures in classes.

    Parameters
    ----------
    figures : DataFrame
        From :func:`gridmap.incidents.measure.measure`.
    shown : Choropleth
        The same figures in classes.
    per : str, optional
        What they relate to.
    totals : mapping
        The account of all incidents.
    lang : str
        Language of the reader.

    Returns
    -------
    Picture
        One fill a row of the figures.
    """
    unit = unit_text(per, lang)
    lines = {text("layers.incidents", lang=lang): [number(n) for n in figures["n"]]}
    if per is not None:
        lines[unit] = [number(value) for value in figures["value"]]
    if "people" in figures:
        name = text(f"layers.{per}", lang=lang) if per in COUNTED else str(per)
        lines[name] = [number(people) for people in figures["people"]]
    rows = tuple(class_rows(shown.steps, lang, whole=per in {None, "overdue"}))
    return Picture(unit, rows, (totals_note(totals, lang),), shown.fills(), lines)


def heat_picture(
    grid_cells: int, heat: Heat, bandwidth: float, totals: Mapping[str, Any], lang: str = "en"
) -> Picture:
    """Show the density of incidents over quiet cells.

    Parameters
    ----------
    grid_cells : int
        Number of cells or groups.
    heat : Heat
        The incidents.
    bandwidth : float
        Standard deviation of the kernel in metres.
    totals : mapping
        The account of all incidents.
    lang : str
        Language of the reader.

    Returns
    -------
    Picture
        Without fills.
    """
    title = text("layers.unit_heat", {"bandwidth": number(bandwidth)}, lang)
    rows = tuple(heat_rows(heat_legend(heat.peak(bandwidth=bandwidth))))
    fills = [STATE_COLORS[NO_DATA]] * grid_cells
    shown = text("layers.heat_note", {"n": f"{heat.n:,}", "without": f"{heat.left_out:,}"}, lang)
    return Picture(title, rows, (shown, totals_note(totals, lang)), fills, {})


def hotspots_picture(
    found: pd.DataFrame, totals: Mapping[str, Any], rate: float, lang: str = "en"
) -> Picture:
    """Show hot and cold spots, each with its counts and its significance.

    Parameters
    ----------
    found : DataFrame
        From :func:`gridmap.incidents.hotspots.hotspots`.
    totals : mapping
        The account of all incidents.
    rate : float
        The false-discovery rate they were found at.
    lang : str
        Language of the reader.

    Returns
    -------
    Picture
        One fill a row.
    """
    colors = {hotspots_.HOT: HIGH, hotspots_.COLD: LOW}
    lines = {
        text("layers.incidents", lang=lang): [number(n) for n in found["n"]],
        text("layers.around", lang=lang): [number(n) for n in found["around"]],
        "Gi* z": [number(z) for z in found["z"]],
        text("layers.fdr", lang=lang): [_chance(q) for q in found["q"]],
        text("layers.permutation", lang=lang): [_chance(p) for p in found["p_sim"]],
    }
    notes = (text("layers.hot_note", {"rate": f"{rate:g}"}, lang), totals_note(totals, lang))
    title = text("layers.hotspots", lang=lang)
    return _kinds(title, found, colors, notes, lines, lang)


def change_picture(
    found: pd.DataFrame,
    periods: tuple[str, str],
    totals: Mapping[str, Any],
    unsaid: str = "",
    lang: str = "en",
) -> Picture:
    """Show where there is more, or less, than in an earlier period beyond chance.

    Parameters
    ----------
    found : DataFrame
        From :func:`gridmap.incidents.change.change`.
    periods : tuple of str
        The earlier period and the later one, in words.
    totals : mapping
        The account of the later period.
    unsaid : str
        Why no change is said to be more than chance; empty if it is.
    lang : str
        Language of the reader.

    Returns
    -------
    Picture
        One fill a row.
    """
    colors = {change_.MORE: HIGH, change_.LESS: LOW}
    lines = {
        periods[1]: [number(n) for n in found["n"]],
        periods[0]: [number(n) for n in found["n_before"]],
        text("layers.difference", lang=lang): [f"{value:+,.1f}" for value in found["value"]],
    }
    title = text("layers.change", lang=lang)
    words = {"before": periods[0], "after": periods[1], "rate": f"{change_.RATE:g}"}
    if unsaid:
        why = (text("layers.periods", words, lang), unsaid, totals_note(totals, lang))
        return Picture(title, (), why, [QUIET] * len(found), lines)
    lines[text("layers.fdr", lang=lang)] = [_chance(q) for q in found["q"]]
    notes = (text("layers.change_note", words, lang), totals_note(totals, lang))
    return _kinds(title, found, colors, notes, lines, lang)


def _kinds(
    title: str,
    found: pd.DataFrame,
    colors: Mapping[str, str],
    notes: tuple[str, ...],
    lines: Mapping[str, Sequence[str]],
    lang: str,
) -> Picture:
    shown = {**colors, "": QUIET, "few": STATE_COLORS[FEW]}
    counts = found["kind"].value_counts()
    rows = tuple(
        Row(color, text(f"layers.kind_{kind or 'same'}", lang=lang), int(counts.get(kind, 0)))
        for kind, color in shown.items()
    )
    return Picture(title, rows, notes, [shown[kind] for kind in found["kind"]], lines)


def _chance(p: float) -> str:
    return "–" if p != p else "< 0.001" if p < 0.001 else f"{p:.3f}"  # noqa: PLR0124, PLR2004
