"""Addresses to places: a gazetteer looked up by structure, then by likeness.

Candidates are the entries with the same numbers; among them the words decide. What fails that way
is sought among the entries that share rare pairs of characters. A place is given only where the
runner-up, unless it lies beside it, is clearly less alike: nothing is guessed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz import fuzz, process

from gridmap.incidents.address_entries import areas_of, columns_of, entries_of
from gridmap.incidents.address_text import Parts, bare_name, plain, take_apart
from gridmap.incidents.bigrams import Bigrams
from gridmap.streets.match import AMBIGUOUS, FOUND, NOT_FOUND, Match

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

NEAR_DEGREES = 0.0006
"""Entries nearer to each other than this are one answer."""
LEAST_ALIKE = 0.6
LEAST_MARGIN = 0.08
CONFLICT = (0.25, 0.2, 0.3)
"""What another district, township or village than the one written costs."""
OTHER_NUMBER, MORE_NUMBERS = 0.4, 0.1
"""What another number costs, and one that was not asked for."""
ERROR_M = {"building": 30.0, "number": 50.0, "street": 300.0, "place": 300.0}
VILLAGE_M = 1_000.0
"""Of an address known by its village only."""


class Geocoder:
    """Finds places in a gazetteer by Chinese addresses.

    Parameters
    ----------
    gazetteer : DataFrame
        One row a place with its longitude and latitude (EPSG:4326) and either a whole address or
        its parts (:data:`gridmap.incidents.address_entries.COLUMNS`); a row of areas with a name
        alone is a place.

    Raises
    ------
    ColumnError
        If there are no coordinates, or nothing to find a place by.
    """

    def __init__(self, gazetteer: pd.DataFrame) -> None:
        column = columns_of(gazetteer)
        held = gazetteer[gazetteer[column["lon"]].notna() & gazetteer[column["lat"]].notna()]
        self._lon = held[column["lon"]].to_numpy(dtype=float)
        self._lat = held[column["lat"]].to_numpy(dtype=float)
        self._known = areas_of(held, column)
        self._entries = entries_of(held, column, self._known)
        self._by_numbers = _grouped((e.number, e.building) for e in self._entries)
        self._by_number = _grouped(e.number for e in self._entries)
        self._by_building = _grouped(e.building for e in self._entries)
        self._by_village = _grouped(
            bare_name(e.areas[2]) if _is_village(e) else "" for e in self._entries
        )
        self.texts = [_whole(entry) for entry in self._entries]
        self._words = [entry.words for entry in self._entries]
        self._names = [entry.words or entry.areas[2] for entry in self._entries]
        self._roads = [entry.road for entry in self._entries]
        self._compounds = [entry.compound for entry in self._entries]
        self._bigrams = Bigrams(self.texts)
        self.find = lru_cache(maxsize=1 << 16)(self._find)

    def _find(self, text: str) -> Match:
        """Find the place of an address.

        Parameters
        ----------
        text : str
            An address or the name of a place.

        Returns
        -------
        Match
            The place, or why there is none.
        """
        short = plain(text)
        if not short:
            return NOT_FOUND
        wanted = take_apart(short, self._known)
        level, scores = self._same_numbers(wanted)
        if max(scores.values(), default=0.0) < LEAST_ALIKE:
            other = self._sharing_pairs(wanted)
            if max(other.values(), default=0.0) > max(scores.values(), default=0.0):
                level, scores = "", other
        if max(scores.values(), default=0.0) < LEAST_ALIKE:
            level, scores = "place", self._village(wanted)
        return self._answer(scores, level, wanted)

    def _same_numbers(self, wanted: Parts) -> tuple[str, dict[int, float]]:
        """Return the entries with the numbers asked for and how alike their words are."""
        if wanted.number and wanted.building:
            rows = self._by_numbers.get((wanted.number, wanted.building), [])
            return "building", self._settle(wanted, _alike(wanted.words, rows, self._words))
        if wanted.building:
            rows = self._by_building.get(wanted.building, [])
            scores = _alike(wanted.compound, rows, self._words)
            for row, score in _alike(wanted.compound, rows, self._compounds).items():
                scores[row] = max(score, scores.get(row, 0.0))
            return "building", self._settle(wanted, scores)
        if wanted.number:
            rows = self._by_number.get(wanted.number, [])
            scores = _alike(wanted.words, rows, self._words)
            for row, score in _alike(wanted.words, rows, self._roads).items():
                scores[row] = max(0.98 * score, scores.get(row, 0.0))
            return "number", self._settle(wanted, scores)
        if wanted.areas[2] and not wanted.road:
            return "place", self._village(wanted)
        return "", {}

    def _village(self, wanted: Parts) -> dict[int, float]:
        """Return the villages of that name which do not lie in another area than written."""
        name = wanted.areas[2]
        return {
            row: 1.0 if self._entries[row].areas[2] == name else 0.9
            for row in self._by_village.get(bare_name(name), [])
            if name and not _elsewhere(wanted, self._entries[row])
        }

    def _sharing_pairs(self, wanted: Parts) -> dict[int, float]:
        """Return entries alike as a whole, or by their own name where they are areas."""
        whole, name = _whole(wanted), wanted.words or wanted.areas[2]
        rows = self._bigrams.alike(whole).tolist()
        scores = _alike(whole, rows, self.texts)
        for row, score in _alike(name, rows, self._names).items():
            scores[row] = max(0.98 * score, scores.get(row, 0.0))
        return self._settle(wanted, scores, exact=True)

    def _settle(
        self, wanted: Parts, scores: dict[int, float], *, exact: bool = False
    ) -> dict[int, float]:
        """Lower the score of entries in other areas, units or (``exact``) of other numbers."""
        settled = {}
        for row, score in scores.items():
            entry = self._entries[row]
            for mine, its, cost in zip(wanted.areas, entry.areas, CONFLICT, strict=True):
                if mine and its and mine != its:
                    score -= cost  # noqa: PLW2901 - a running sum
            if wanted.unit and entry.unit and wanted.unit != entry.unit:
                score -= 0.1  # noqa: PLW2901
            if exact:
                score -= _other_numbers(wanted, entry)  # noqa: PLW2901
            settled[row] = score
        return settled

    def _answer(self, scores: dict[int, float], level: str, wanted: Parts) -> Match:
        if not scores:
            return NOT_FOUND
        best = max(scores, key=lambda row: (scores[row], -row))
        score = max(0.0, scores[best])
        if score < LEAST_ALIKE:
            return NOT_FOUND
        lon, lat = float(self._lon[best]), float(self._lat[best])
        rival = max((each for row, each in scores.items() if not self._near(row, lon, lat)),
                    default=0.0)  # fmt: skip
        margin = score - max(rival, 0.0)
        name = self.texts[best]
        if margin < LEAST_MARGIN:
            return Match(AMBIGUOUS, score=score, margin=margin, name=name)
        level = level or _level(self._entries[best], wanted)
        error = VILLAGE_M if _is_village(self._entries[best]) else ERROR_M[level]
        return Match(FOUND, lon, lat, level, score, margin, error, name)

    def _near(self, row: int, lon: float, lat: float) -> bool:
        apart = abs(self._lon[row] - lon), abs(self._lat[row] - lat)
        return bool(max(apart) < NEAR_DEGREES)


def unplaced_addresses(incidents: pd.DataFrame) -> pd.Series:
    """Return the addresses of incidents that have no coordinates.

    Parameters
    ----------
    incidents : DataFrame
        Incidents with ``lon``, ``lat`` (NaN for none) and ``address`` (``""`` for none).

    Returns
    -------
    Series of str
        Indexed as the incidents; those with coordinates or without address are left out.
    """
    address = incidents["address"].fillna("").astype(str)
    nowhere = incidents["lon"].isna() & incidents["lat"].isna()
    return address[nowhere & (address.str.strip() != "")]


def geocode(incidents: pd.DataFrame, find: Callable[[str], Match]) -> pd.DataFrame:
    """Give incidents without coordinates the place of their address.

    Parameters
    ----------
    incidents : DataFrame
        Incidents with ``lon``, ``lat`` (NaN for none) and ``address`` (``""`` for none).
    find : callable
        ``find`` of a :class:`Geocoder` or of street addresses; asked once an address.

    Returns
    -------
    DataFrame
        The incidents with ``lon`` and ``lat`` filled in, ``match``, ``score``, ``error_m``
        (metres within which the place is right nine times in ten, NaN where it was given) and
        ``reason`` for those whose address has no sure place.
    """
    asked = unplaced_addresses(incidents)
    found = {text: find(text) for text in asked.unique()}
    matches = asked.map(found)
    filled = incidents.copy()
    for name, empty in (("match", ""), ("reason", ""), ("score", np.nan), ("error_m", np.nan)):
        filled[name] = empty
    for column, field in (("lon", "lon"), ("lat", "lat"), ("match", "level"), ("score", "score"),
                          ("error_m", "error_m"), ("reason", "reason")):  # fmt: skip
        filled.loc[asked.index, column] = [getattr(match, field) for match in matches]
    filled["reason"] = filled["reason"].where(filled["reason"] != FOUND, "")
    return filled


def _grouped(keys: Iterable[Any]) -> dict[Any, list[int]]:
    groups: dict[Any, list[int]] = {}
    for row, key in enumerate(keys):
        groups.setdefault(key, []).append(row)
    return groups


def _alike(words: str, rows: list[int], texts: list[str]) -> dict[int, float]:
    """Return how alike the texts of rows are to the words, those at least a little alike."""
    found = process.extract(
        words,
        [texts[row] for row in rows],
        scorer=fuzz.ratio,
        limit=None,
        score_cutoff=100 * (LEAST_ALIKE - 0.2),
    )
    return {rows[at]: score / 100 for _, score, at in found}


def _is_village(entry: Parts) -> bool:
    return bool(entry.areas[2]) and not (entry.words or entry.number or entry.building)


def _elsewhere(wanted: Parts, entry: Parts) -> bool:
    """Tell whether an entry lies in another district or township than the one written."""
    pairs = zip(wanted.areas[:2], entry.areas[:2], strict=True)
    return any(mine and its and mine != its for mine, its in pairs)


def _whole(parts: Parts) -> str:
    number = f"{parts.number}号" if parts.number else ""
    building = f"{parts.building}号楼" if parts.building else ""
    return "".join(parts.areas) + parts.road + number + parts.compound + building


def _other_numbers(wanted: Parts, entry: Parts) -> float:
    """Return what it costs that numbers differ: another number is another place."""
    for mine, its in ((wanted.number, entry.number), (wanted.building, entry.building)):
        if mine and mine != its:
            return OTHER_NUMBER
    more = (entry.number and not wanted.number) or (entry.building and not wanted.building)
    return MORE_NUMBERS if more else 0.0


def _level(entry: Parts, wanted: Parts) -> str:
    if entry.number and not wanted.number:
        return "street"
    if entry.building:
        return "building"
    return "number" if entry.number else "place"
