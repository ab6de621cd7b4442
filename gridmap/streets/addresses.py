"""Addresses on streets: house numbers, blocks, intersections, short streets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from rapidfuzz import fuzz, process

from gridmap import crs as crs_
from gridmap.errors import ColumnError
from gridmap.streets.match import AMBIGUOUS, FOUND, NOT_FOUND, Match
from gridmap.streets.names import Asked, asked, one_form, without_kind
from gridmap.streets.ranges import Ranges

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

LEAST_ALIKE = 0.84
"""Names less alike than this are other streets."""
LEAST_MARGIN = 0.06
"""A misspelt name must be this much closer to one street than to any other."""
NEAR_M = 60.0
"""Places nearer to each other than this are one answer."""
WHOLE_STREET_M = 150.0
"""A street without a number is a place if it reaches no farther than this from its middle."""
FEW_WORDS = 3
"""Words after a misspelt name that are looked beyond."""
COLUMNS = {
    "name": ("street", "label", "name", "fullname", "full_name", "street_name"),
    "alias": ("alias", "aliases", "alt_name"),
    "left_from": ("l_from", "lfromadd", "lfromhn", "l_f_add", "from_addr_l", "left_from"),
    "left_to": ("l_to", "ltoadd", "ltohn", "l_t_add", "to_addr_l", "left_to"),
    "right_from": ("r_from", "rfromadd", "rfromhn", "r_f_add", "from_addr_r", "right_from"),
    "right_to": ("r_to", "rtoadd", "rtohn", "r_t_add", "to_addr_r", "right_to"),
    "left_zip": ("zip_left", "zipl", "lzip", "left_zip"),
    "right_zip": ("zip_right", "zipr", "rzip", "right_zip"),
}
"""Columns by what they hold, as street layers name them, in any case."""
RANGE_COLUMNS = ("left_from", "left_to", "right_from", "right_to")


@dataclass(frozen=True)
class Understood:
    """The street a name means.

    Parameters
    ----------
    street : int
        Its number.
    score : float
        How alike the names are, 0 to 1.
    margin : float
        How much less alike the next street is.
    """

    street: int
    score: float
    margin: float


class StreetAddresses:
    """The address ranges and intersections of a street layer.

    Parameters
    ----------
    streets : GeoDataFrame
        Centre lines with a name and, where there are house numbers, their ranges on both sides
        (:data:`COLUMNS`); lines run from the first to the last number. In any CRS.

    Raises
    ------
    ColumnError
        If no column holds the names.
    """

    def __init__(self, streets: gpd.GeoDataFrame) -> None:
        held = streets[streets.geometry.notna() & ~streets.geometry.is_empty]
        frame = held.explode().reset_index(drop=True)
        column = _columns(frame)
        shapes = frame.geometry.to_numpy()
        self._crs = crs_.metric(frame.crs, shapely.total_bounds(shapes))
        self._to_lonlat = crs_.mover(self._crs, crs_.LONLAT)
        self._lines = np.asarray(shapely.force_2d(crs_.transform(shapes, frame.crs, self._crs)))
        shown = frame[column["name"]].fillna("").astype(str)
        forms = np.array([one_form(name) for name in shown], dtype=object)
        self._names, self._street = np.unique(forms, return_inverse=True)
        self._shown = dict(zip(forms, shown, strict=True))
        self._segments = pd.Series(range(len(frame))).groupby(self._street).indices
        self._known = self._spellings(frame, column)
        self._crossings = self._meet()
        self._ranges = None
        if set(RANGE_COLUMNS) <= set(column):
            self._ranges = Ranges(frame, column, self._lines, self._street)
        self._understand = lru_cache(maxsize=1 << 16)(self.understand)

    def find(self, text: str) -> Match:
        """Find the place of an address.

        Parameters
        ----------
        text : str
            An address, two streets that cross, or a block.

        Returns
        -------
        Match
            The place, or why there is none.
        """
        wanted = asked(text)
        names = [self._understand(name) for name in wanted.names] if wanted else []
        if wanted is None or any(name is None for name in names):
            return NOT_FOUND
        known = [name for name in names if name is not None]
        if min(name.margin for name in known) < LEAST_MARGIN:
            return Match(AMBIGUOUS, score=min(name.score for name in known))
        if len(known) > 1:
            return self._intersection(*known)
        if wanted.low is None:
            return self._whole(known[0])
        return self._number(known[0], wanted)

    def understand(self, name: str) -> Understood | None:
        """Return the street meant by a name that more words may follow (the city, a remark).

        Parameters
        ----------
        name : str
            A name in its one form.

        Returns
        -------
        Understood or None
            None if no street is alike enough.
        """
        words = name.split()
        starts = [" ".join(words[:end]) for end in range(len(words), 0, -1)]
        for start in starts:
            if start in self._known:
                return Understood(self._known[start], 1.0 if start == name else 0.98, 1.0)
        best: dict[int, float] = {}
        for start in starts[:FEW_WORDS]:
            for known, score, _ in process.extract(
                start, self._known.keys(), scorer=fuzz.ratio, limit=4
            ):
                street = self._known[known]
                best[street] = max(best.get(street, 0.0), score / 100)
        ranked = sorted(best.items(), key=lambda item: -item[1])
        if not ranked or ranked[0][1] < LEAST_ALIKE:
            return None
        rival = ranked[1][1] if len(ranked) > 1 else 0.0
        return Understood(ranked[0][0], ranked[0][1], ranked[0][1] - rival)

    def _spellings(self, frame: pd.DataFrame, column: dict[str, str]) -> dict[str, int]:
        """Return the street of every spelling that names only one."""
        known: dict[str, set[int]] = {}
        for street, name in enumerate(self._names):
            known.setdefault(without_kind(name), set()).add(street)
        if "alias" in column:
            aliases = frame[column["alias"]].fillna("").astype(str)
            for street, text in zip(self._street, aliases, strict=True):
                for alias in text.split(","):
                    known.setdefault(one_form(alias), set()).add(int(street))
        single = {name: min(streets) for name, streets in known.items() if len(streets) == 1}
        single.update({name: street for street, name in enumerate(self._names)})
        single.pop("", None)
        return single

    def _meet(self) -> dict[tuple[int, int], NDArray[np.float64]]:
        """Return where each pair of streets shares an end of a segment."""
        ends = shapely.get_coordinates(
            np.concatenate([shapely.get_point(self._lines, at) for at in (0, -1)])
        )
        nodes, node = np.unique(np.round(ends, 1), axis=0, return_inverse=True)
        here = pd.DataFrame({"node": node, "street": np.tile(self._street, 2)}).drop_duplicates()
        both = here.merge(here, on="node")
        both = both[both["street_x"] < both["street_y"]]
        pairs = both.groupby(["street_x", "street_y"])["node"].agg(list)
        return {key: nodes[at] for key, at in pairs.items()}

    def _intersection(self, a: Understood, b: Understood) -> Match:
        if a.street == b.street:
            return NOT_FOUND
        score, margin = min(a.score, b.score), min(a.margin, b.margin)
        title = f"{self._title(a.street)} & {self._title(b.street)}"
        points = self._crossings.get((min(a.street, b.street), max(a.street, b.street)))
        if points is None:
            points, score = self._almost(a.street, b.street), 0.95 * score
        if points is None:
            return NOT_FOUND
        spread = float(np.hypot(*np.ptp(points, axis=0)))
        if spread > NEAR_M:
            return Match(AMBIGUOUS, score=score, name=title)
        error = 10.0 + spread / 2
        return self._at(points.mean(axis=0), "intersection", score, margin, error, title)

    def _almost(self, a: int, b: int) -> NDArray[np.float64] | None:
        """Return where streets cross between ends, or the middle where they nearly meet.

        Layers that are not cut at junctions do the first, split carriageways the second.
        """
        one, other = self._line(a), self._line(b)
        crossings = shapely.get_coordinates(shapely.intersection(one, other))
        if len(crossings):
            return crossings
        way = shapely.shortest_line(one, other)
        if shapely.length(way) > NEAR_M:
            return None
        return shapely.get_coordinates(way).mean(axis=0, keepdims=True)

    def _line(self, street: int) -> Any:
        return shapely.multilinestrings([self._lines[self._segments[street]]])[0]

    def _whole(self, name: Understood) -> Match:
        title = self._title(name.street)
        box = np.array(shapely.bounds(self._line(name.street)))
        reach = float(np.hypot(*(box[2:] - box[:2]))) / 2
        if reach > WHOLE_STREET_M:
            return Match(AMBIGUOUS, score=name.score, name=title)
        middle = shapely.Point((box[:2] + box[2:]) / 2)
        on_line = shapely.get_coordinates(shapely.shortest_line(self._line(name.street), middle))
        score = 0.6 * name.score
        return self._at(on_line[0], "street", score, name.margin, 2 * reach + 25.0, title)

    def _number(self, name: Understood, wanted: Asked) -> Match:
        low, high = wanted.low or 0, wanted.high or 0
        spots = self._ranges.spots(name.street, low, high) if self._ranges else []
        if not spots:
            return self._whole(name)
        if wanted.zip_code:
            spots = [spot for spot in spots if spot.zip_code == wanted.zip_code] or spots
        title = f"{low} {self._title(name.street)}"
        xy = np.array([(spot.x, spot.y) for spot in spots])
        first = spots[0]
        if np.hypot(*np.ptp(xy, axis=0)) > NEAR_M:
            return Match(AMBIGUOUS, score=name.score, name=title)
        level = "number" if low == high else "street"
        score = name.score * first.score
        return self._at(xy[0], level, score, name.margin, first.error_m, title)

    def _at(
        self, xy: Any, level: str, score: float, margin: float, error_m: float, name: str
    ) -> Match:
        (lon, lat), *_ = self._to_lonlat([xy])
        return Match(FOUND, float(lon), float(lat), level, score, margin, error_m, name)

    def _title(self, street: int) -> str:
        return self._shown[self._names[street]]


def _columns(frame: gpd.GeoDataFrame) -> dict[str, str]:
    """Return the layer's column for each of :data:`COLUMNS` it has."""
    there = {str(name).lower(): str(name) for name in frame.columns}
    found = {
        what: there[name]
        for what, names in COLUMNS.items()
        for name in reversed(names)
        if name in there
    }
    if "name" not in found:
        raise ColumnError("address.no_street_name", columns=", ".join(map(str, frame.columns)))
    return found
