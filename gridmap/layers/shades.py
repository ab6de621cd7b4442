"""The colours of the heat: from transparent to one hue, by the square root of the density."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from gridmap.layers import _heat

if TYPE_CHECKING:
    from numpy.typing import NDArray

HUE = (189, 0, 38)
STEPS = 64


@dataclass(frozen=True)
class Shade:
    """One mark of the heat legend.

    Parameters
    ----------
    density : float
        Incidents per square kilometre.
    color : str
        ``#rrggbbaa``.
    """

    density: float
    color: str


def heat_legend(peak: float, marks: int = 5) -> list[Shade]:
    """Return what the colours of a heat layer mean.

    Parameters
    ----------
    peak : float
        Density drawn in the full hue, incidents per km².
    marks : int
        Number of marks, about evenly spaced in colour.

    Returns
    -------
    list of Shade
        From low to high, each a density of two digits: a smoothed one has no more.
    """
    densities = [float(f"{peak * (mark / marks) ** 2:.1e}") for mark in range(1, marks + 1)]
    parts = [min(1.0, density / peak) ** 0.5 if peak else 1.0 for density in densities]
    return [
        Shade(density, _color(round(part * (STEPS - 1))))
        for density, part in zip(densities, parts, strict=True)
    ]


def rgba(density: NDArray[np.float32], peak: float) -> NDArray[np.uint8]:
    """Colour densities as :meth:`gridmap.layers.heat.Heat.png` does.

    Parameters
    ----------
    density : ndarray of float32, shape (h, w)
        Incidents per km².
    peak : float
        Density drawn in the full hue.

    Returns
    -------
    ndarray of uint8, shape (h, w, 4)
        Red, green, blue, alpha.
    """
    return palette()[_heat.paint(density, peak, STEPS)[:, 1:]]


def _color(step: int) -> str:
    red, green, blue, alpha = palette()[step].tolist()
    return f"#{red:02x}{green:02x}{blue:02x}{alpha:02x}"


@cache
def palette() -> NDArray[np.uint8]:
    """Return the colour of every step.

    Returns
    -------
    ndarray of uint8, shape (64, 4)
        Red, green, blue, alpha.
    """
    alpha = np.round(np.linspace(0, 230, STEPS))
    rgb = np.tile(np.array(HUE), (STEPS, 1))
    return np.column_stack([rgb, alpha]).astype(np.uint8)
