"""What a geocoder answers."""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN, AMBIGUOUS, FOUND = "address-unknown", "address-ambiguous", "ok"


@dataclass(frozen=True)
class Match:
    """A place found for an address, or why there is none.

    Parameters
    ----------
    reason : str
        ``ok``, ``address-unknown`` or ``address-ambiguous``.
    lon, lat : float
        The place (EPSG:4326), NaN for none.
    level : str
        ``building``, ``number``, ``street``, ``intersection``, ``place``, ``""`` for none.
    score : float
        How alike the address and what was found are, 0 to 1.
    margin : float
        By how much the score is ahead of the best that lies elsewhere.
    error_m : float
        Metres within which the place is right nine times in ten.
    name : str
        What was found, as the gazetteer or the street layer writes it.
    """

    reason: str
    lon: float = float("nan")
    lat: float = float("nan")
    level: str = ""
    score: float = 0.0
    margin: float = 0.0
    error_m: float = float("nan")
    name: str = ""


NOT_FOUND = Match(UNKNOWN)
