"""Incidents without coordinates: found by their address.

Asked in this order: where staff put an incident of that very address before, the city's
gazetteer, its streets. What is ambiguous is never guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridmap.errors import ColumnError
from gridmap.incidents.address import Geocoder, geocode
from gridmap.streets.addresses import StreetAddresses
from gridmap.streets.match import AMBIGUOUS, FOUND, NOT_FOUND, Match

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from gridmap.journeys.city import City

    Find = Callable[[str], Match]

REMEMBERED = "place"
"""Level of a match that staff made by hand."""


def find_by_address(city: City, incidents: pd.DataFrame) -> pd.DataFrame:
    """Give incidents without coordinates the place of their address.

    Parameters
    ----------
    city : City
        The city, with its gazetteer and streets if it has them.
    incidents : DataFrame
        An incident frame.

    Returns
    -------
    DataFrame
        As from :func:`gridmap.incidents.address.geocode`.
    """
    known = city.store.incidents.remembered()
    finders = _finders(city)

    def find(text: str) -> Match:
        if text in known:
            lon, lat = known[text]
            return Match(FOUND, lon, lat, REMEMBERED, 1.0, 1.0, 0.0, text)
        best = NOT_FOUND
        for finder in finders:
            match = finder(text)
            if match.reason == FOUND:
                return match
            best = match if match.reason == AMBIGUOUS else best
        return best

    return geocode(incidents, find)


def _finders(city: City) -> list[Find]:
    found: list[Find] = []
    places = city.store.layers.latest("gazetteer")
    if places is not None:
        key = "geocoder", places.id
        found.append(city.derived(key, lambda: Geocoder(city.store.layers.frame(places.id))).find)
    streets = city.store.layers.latest("streets")
    if streets is not None:
        key = "addresses", streets.id
        made = city.derived(key, lambda: _street_addresses(city, streets.id))
        if made is not None:
            found.append(made.find)
    return found


def _street_addresses(city: City, layer: int) -> StreetAddresses | None:
    """Return the addresses of a street layer; None for one without names."""
    try:
        return StreetAddresses(city.layer(layer))
    except ColumnError:
        return None
