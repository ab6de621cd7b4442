"""A map of routes as SVG, for print: streets, ways, numbered stops."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridmap.patrol.model import Patrol
    from gridmap.patrol.solution import Route
    from gridmap.patrol.track import Track
    from gridmap.streets.network import Network

COLOURS = (
    *("#0072B2", "#B84E00", "#007A5A", "#AA3377", "#6A51A3", "#8C6D1F", "#1B7F8C", "#444444"),
)
"""One a unit; distinguishable by the colour-blind (Okabe and Ito 2008, darkened for text)."""
DASHES = ("", "9 3", "2 3", "9 3 2 3")
"""The same for print without colour."""
WIDTH, MARGIN = 680.0, 14.0
TALLEST = 560.0
NARROWEST = 0.006
"""Least height and width in degrees of latitude, so that a short route shows where it is."""
METRES, KM = 111_195.0, 1000.0
"""Metres in a degree of latitude, and in a kilometre."""
LETTER, HIGH = 3.7, 8.0
"""Width of a letter of a street's name, and its height."""


@dataclass(frozen=True)
class Frame:
    """Where longitude and latitude come to lie on paper.

    Parameters
    ----------
    west, north : float
        Upper left corner in degrees.
    scale : tuple of float
        Units of the drawing per degree, to the right and down.
    size : tuple of float
        Width and height of the drawing.
    """

    west: float
    north: float
    scale: tuple[float, float]
    size: tuple[float, float]

    def points(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return places on the drawing.

        Parameters
        ----------
        lonlat : ndarray of float64, shape (n, 2)
            Longitude and latitude.

        Returns
        -------
        ndarray of float64, shape (n, 2)
            Right and down.
        """
        right = (lonlat[:, 0] - self.west) * self.scale[0] + MARGIN
        down = (self.north - lonlat[:, 1]) * self.scale[1] + MARGIN
        return np.column_stack([right, down])


def frame(lonlat: NDArray[np.float64], tallest: float = TALLEST) -> Frame:
    """Return the frame that shows all points.

    Parameters
    ----------
    lonlat : ndarray of float64, shape (n, 2)
        Longitude and latitude.
    tallest : float
        Most height.

    Returns
    -------
    Frame
        Equal scale in both directions.
    """
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    shrink = float(np.cos(np.radians((low[1] + high[1]) / 2)))
    least = np.array([NARROWEST / shrink, NARROWEST])
    more = np.maximum(least - (high - low), 0) / 2
    (west, south), (east, north) = low - more, high + more
    wide, tall = (east - west) * shrink, north - south
    per_degree = min((WIDTH - 2 * MARGIN) / wide, (tallest - 2 * MARGIN) / tall)
    middle = (WIDTH - 2 * MARGIN - wide * per_degree) / 2
    size = (WIDTH, tall * per_degree + 2 * MARGIN)
    west -= middle / (shrink * per_degree)
    return Frame(float(west), float(north), (shrink * per_degree, per_degree), size)


def drawing(
    patrol: Patrol,
    routes: Sequence[tuple[int, Route, Track]],
    streets: Network,
    label: str,
) -> str:
    """Return a map of some routes.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    routes : sequence of (int, Route, Track)
        Number of the unit, its route and drawn way.
    streets : Network
        Streets, drawn thin underneath and called by their names.
    label : str
        What it shows, for those who cannot see it.

    Returns
    -------
    str
        An SVG element.
    """
    fit = frame(np.concatenate([drawn.lonlat for _, _, drawn in routes]))
    width, height = fit.size
    inside = _clipped(fit, streets.lines)
    parts = [
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(label)}">',
        f'<path class="streets" d="{_streets(fit, inside)}"/>',
    ]
    parts += [_way(fit, number, drawn) for number, _, drawn in routes]
    parts.append(_names(fit, inside, streets.names))
    parts += [_stops(fit, patrol, number, route) for number, route, _ in routes]
    return "".join([*parts, _scale(fit), "</svg>"])


def _scale(fit: Frame) -> str:
    """Return a bar of a round length, a fifth of the width at most."""
    per_metre = fit.scale[1] / METRES
    most = WIDTH / 5 / per_metre
    ten = 10.0 ** np.floor(np.log10(most))
    length = ten * max(digit for digit in (1, 2, 5) if digit * ten <= most)
    name = f"{length:g} m" if length < KM else f"{length / KM:g} km"
    left, low = MARGIN / 2, fit.size[1] - MARGIN / 2
    bar = f"M{left:g},{low - 5:.1f}v5h{length * per_metre:.1f}v-5"
    written = f'<text x="{left + 4:g}" y="{low - 4:.1f}">{name}</text>'
    return f'<g class="scale"><path d="{bar}"/>{written}</g>'


def _clipped(fit: Frame, lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return what of each line is on the map."""
    right, down = fit.size
    east = fit.west + (right - MARGIN) / fit.scale[0]
    south = fit.north - (down - MARGIN) / fit.scale[1]
    box = shapely.box(fit.west - MARGIN / fit.scale[0], south, east, fit.north)
    return shapely.intersection(lines, box)


def _streets(fit: Frame, inside: NDArray[np.object_]) -> str:
    xy, line = shapely.get_coordinates(inside, return_index=True)
    if not len(xy):
        return ""
    points = fit.points(xy)
    starts = np.concatenate([[True], np.diff(line) != 0])
    pairs = zip(starts.tolist(), points.tolist(), strict=True)
    return "".join(f"{'M' if new else 'L'}{x:.1f} {y:.1f}" for new, (x, y) in pairs)


def _names(fit: Frame, inside: NDArray[np.object_], names: NDArray[np.object_]) -> str:
    """Each street's name once, in the middle of its longest way; none over another."""
    longest = []
    for name in np.unique(names[(names != "") & ~shapely.is_empty(inside)].astype(str)):
        drawn = shapely.transform(inside[names == name], fit.points)
        ways = shapely.get_parts(shapely.line_merge(shapely.union_all(drawn)))
        longest.append((max(ways, key=lambda way: float(way.length)), str(name)))
    taken: list[shapely.Geometry] = []
    texts = []
    for way, name in sorted(longest, key=lambda pair: -pair[0].length):
        wide = LETTER * sum(2 if ord(letter) > 0x2E80 else 1 for letter in name)  # noqa: PLR2004
        ends = shapely.line_interpolate_point(way, way.length / 2 + np.array([-0.5, 0.5]) * wide)
        line = shapely.LineString(ends)
        room = shapely.buffer(line, HIGH / 2, cap_style="flat")
        if line.length < 0.9 * wide or shapely.intersects(room, taken).any():
            continue
        taken.append(room)
        (x, y), (dx, dy) = (
            shapely.get_coordinates(line.centroid)[0],
            np.diff(line.coords, axis=0)[0],
        )
        turn = (np.degrees(np.arctan2(dy, dx)) + 90) % 180 - 90
        place = f"translate({x:.1f} {y:.1f}) rotate({turn:.0f})"
        texts.append(f'<text class="name" y="2.4" transform="{place}">{escape(name)}</text>')
    return "".join(texts)


def _way(fit: Frame, number: int, drawn: Track) -> str:
    points = fit.points(drawn.lonlat)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points.tolist())
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    line = f'<polyline class="halo" points="{path}"/>'
    line += f'<polyline class="way" points="{path}" stroke="{colour}" stroke-dasharray="{dash}"/>'
    return line + _arrows(points, colour)


def _arrows(points: NDArray[np.float64], colour: str, every: float = 70.0) -> str:
    """Small heads that show the direction, evenly along the way."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    heads = []
    for along in np.arange(every / 2, at[-1], every):
        k = int(np.searchsorted(at, along, side="right") - 1)
        share = (along - at[k]) / steps[k]
        x, y = points[k] + share * (points[k + 1] - points[k])
        dx, dy = points[k + 1] - points[k]
        turn = float(np.degrees(np.arctan2(dy, dx)))
        heads.append(
            f'<path d="M-4 -3L4 0L-4 3Z" fill="{colour}" stroke="#fff" stroke-width="0.6"'
            f' transform="translate({x:.1f} {y:.1f}) rotate({turn:.0f})"/>'
        )
    return "".join(heads)


def _stops(fit: Frame, patrol: Patrol, number: int, route: Route) -> str:
    """Numbers at the stops; a stop visited again shows all of its numbers."""
    at = {stop.name: stop.at for stop in patrol.stops}
    numbers: dict[str, list[str]] = defaultdict(list)
    names = [visit.stop for visit in route.visits if visit.stop]
    for rank, name in enumerate(names, 1):
        numbers[name].append(str(rank))
    colour = COLOURS[number % len(COLOURS)]
    start = fit.points(np.array([patrol.units[number].start]))[0]
    left, top = start - 5
    box = f'x="{left:.1f}" y="{top:.1f}" width="10" height="10"'
    parts = [f'<rect {box} fill="{colour}" stroke="#fff"/>']
    for name, ranks in numbers.items():
        x, y = fit.points(np.array([at[name]]))[0]
        text = "·".join(ranks)
        wide = 6.0 * len(text) + 9
        box = f'x="{x - wide / 2:.1f}" y="{y - 7.5:.1f}" width="{wide:.1f}" height="15" rx="7.5"'
        parts.append(
            f'<rect {box} fill="#fff" stroke="{colour}" stroke-width="1.6"/>'
            f'<text x="{x:.1f}" y="{y + 3.7:.1f}">{text}</text>'
        )
    return "".join(parts)
