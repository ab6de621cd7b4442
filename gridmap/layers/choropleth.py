"""Choropleths: class breaks, colours and a legend that says what it shows.

Four states never share a colour: a figure in its class, zero, "too few" incidents for a rate to
mean anything, and "no data" (nothing to relate to).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gridmap.errors import ValueRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

ZERO, FEW, NO_DATA = -1, -2, -3
"""Classes of the states that are not a figure."""
STATE_NAMES = {ZERO: "zero", FEW: "few", NO_DATA: "none"}
STATE_COLORS = {ZERO: "#ffffff", FEW: "#d9d9d9", NO_DATA: "#00000000"}
SCHEMES = {
    "quantiles": "Quantiles",
    "natural": "FisherJenks",
    "equal": "EqualInterval",
    "pretty": "PrettyBreaks",
}
"""Ways to make classes, by the classifier of mapclassify that does it."""
FEWEST = 50
"""People below which a rate means nothing: two residents of a square make 68,000 per 1,000."""
MIN_CLASSES, MAX_CLASSES = 2, 7
NATURAL_SAMPLE = 2000
"""Fisher and Jenks' optimum takes quadratic time: beyond this many values they are sampled."""

PALETTES: dict[str, tuple[str, ...]] = {
    "YlOrRd": ("#ffffb2", "#fed976", "#feb24c", "#fd8d3c", "#fc4e2a", "#e31a1c", "#b10026"),
    "YlGnBu": ("#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#0c2c84"),
    "Purples": ("#f2f0f7", "#dadaeb", "#bcbddc", "#9e9ac8", "#807dba", "#6a51a3", "#4a1486"),
    "viridis": ("#fde725", "#90d743", "#35b779", "#21918c", "#31688e", "#443983", "#440154"),
    "PuOr": ("#542788", "#998ec3", "#d8daeb", "#f7f7f7", "#fee0b6", "#f1a340", "#b35806"),
}
"""ColorBrewer and viridis from low to high in seven steps, safe for the colour-blind; PuOr is the
diverging one, for change."""


def palette(name: str, k: int) -> tuple[str, ...]:
    """Return a palette in k steps.

    Parameters
    ----------
    name : str
        One of :data:`PALETTES`.
    k : int
        Number of steps, 1 to 7.

    Returns
    -------
    tuple of str
        Colours ``#rrggbb`` from low to high, evenly taken from the seven.
    """
    if name not in PALETTES:
        raise ValueRefused("measure.no_palette", palette=name, palettes=", ".join(PALETTES))
    full = PALETTES[name]
    if k == 1:
        return (full[len(full) // 2],)
    return tuple(full[round(step * (len(full) - 1) / (k - 1))] for step in range(k))


def classes(values: Any, k: int = 5, scheme: str = "quantiles") -> tuple[float, ...]:
    """Return the upper bounds of the classes of some figures.

    Parameters
    ----------
    values : array-like of float
        Figures; zeros, negative values and NaN do not take part.
    k : int
        Number of classes wanted, 2 to 7; fewer come back when there are fewer different values.
    scheme : str
        One of :data:`SCHEMES`; made by mapclassify (Rey, pysal).

    Returns
    -------
    tuple of float
        Strictly ascending; the last is the largest value. Empty when there is no positive value.

    Raises
    ------
    ValueRefused
        If k or the scheme is not to be had.
    """
    if not MIN_CLASSES <= k <= MAX_CLASSES:
        raise ValueRefused("measure.too_few_classes", count=k)
    if scheme not in SCHEMES:
        raise ValueRefused("measure.no_scheme", scheme=scheme, schemes=", ".join(SCHEMES))
    positive = np.asarray(values, dtype=float)
    positive = positive[np.isfinite(positive) & (positive > 0)]
    different = np.unique(positive)
    if len(different) <= k:
        return tuple(different.tolist())
    if scheme == "natural" and len(positive) > NATURAL_SAMPLE:
        positive = np.quantile(positive, np.linspace(0, 1, NATURAL_SAMPLE))
    bins = _bins(positive, k, scheme)
    bins = np.unique(bins[(bins >= different[0]) & (bins < different[-1])])
    return (*bins[: k - 1].tolist(), float(different[-1]))


def _bins(values: NDArray[np.float64], k: int, scheme: str) -> NDArray[np.float64]:
    if scheme == "quantiles":  # mapclassify takes 2 s to load; its quantiles are these
        return np.percentile(values, 100 / k * np.arange(1, k + 1))
    import mapclassify

    return np.asarray(getattr(mapclassify, SCHEMES[scheme])(values, k=k).bins, dtype=float)


@dataclass(frozen=True)
class Step:
    """One row of a legend.

    Parameters
    ----------
    state : str
        ``class``, ``zero``, ``few`` or ``none``.
    low, high : float
        Bounds of a class, low left out and high taken in; NaN for a state.
    color : str
        ``#rrggbb`` or ``#rrggbbaa``.
    cells : int
        Cells or groups shown in it.
    """

    state: str
    low: float
    high: float
    color: str
    cells: int


@dataclass(frozen=True)
class Choropleth:
    """Figures brought into classes.

    Parameters
    ----------
    shade : ndarray of int64
        Class of each figure from 0, or :data:`ZERO`, :data:`FEW`, :data:`NO_DATA`.
    colors : tuple of str
        Colour of each class.
    steps : tuple of Step
        The legend: every class, then those states that occur.
    n : int
        Incidents in all figures together.
    """

    shade: NDArray[np.int64]
    colors: tuple[str, ...]
    steps: tuple[Step, ...]
    n: int

    def fills(self) -> list[str]:
        """Return the colour of each figure.

        Returns
        -------
        list of str
            ``#rrggbb`` or ``#rrggbbaa``, in the order of the figures.
        """
        return [self.colors[c] if c >= 0 else STATE_COLORS[c] for c in self.shade.tolist()]


def choropleth(
    figures: pd.DataFrame,
    breaks: Sequence[float] | None = None,
    *,
    colors: str = "YlOrRd",
    least: int = 0,
) -> Choropleth:
    """Bring figures into classes.

    Parameters
    ----------
    figures : DataFrame
        With ``n`` and ``value``, as from :func:`gridmap.incidents.measure.measure`.
    breaks : sequence of float, optional
        Upper bounds of the classes, so that the legend stays while time plays; a value above the
        last one is shown in the last class. Absent: five quantiles of what is not "too few".
    colors : str
        One of :data:`PALETTES`.
    least : int
        Fewest people a rate is shown for (``people`` of the figures); below it a figure is "too
        few". 0 shows all, as a plain count should.

    Returns
    -------
    Choropleth
        One class a figure, and the legend.
    """
    values = figures["value"].to_numpy(dtype=float)
    few = np.zeros(len(values), dtype=bool)
    if least:
        few = (figures["people"] < least).to_numpy()
    bounds = np.asarray(classes(values[~few]) if breaks is None else breaks, dtype=float)
    shade = np.minimum(np.searchsorted(bounds, values, side="left"), max(len(bounds) - 1, 0))
    shade = shade.astype(np.int64)
    shade[values == 0] = ZERO
    shade[few] = FEW
    shade[~np.isfinite(values)] = NO_DATA
    chosen = palette(colors, max(len(bounds), 1))
    steps = _steps(shade, bounds, chosen, values[~few])
    return Choropleth(shade, chosen, steps, int(figures["n"].sum()))


def _steps(
    shade: NDArray[np.int64],
    bounds: NDArray[np.float64],
    colors: tuple[str, ...],
    values: NDArray[np.float64],
) -> tuple[Step, ...]:
    highest = np.nanmax(values, initial=bounds[-1] if len(bounds) else 0)
    rows = [
        Step(
            "class",
            float(bounds[c - 1]) if c else 0.0,
            float(bounds[c] if c < len(bounds) - 1 else highest),
            colors[c],
            int((shade == c).sum()),
        )
        for c in range(len(bounds))
    ]
    for state, name in STATE_NAMES.items():
        cells = int((shade == state).sum())
        if cells:
            rows.append(Step(name, float("nan"), float("nan"), STATE_COLORS[state], cells))
    return tuple(rows)
