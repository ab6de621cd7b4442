"""Addresses of the city: where one lies, or why that cannot be told.

Asked in this order: where staff put that very address on the map, the city's gazetteer, its
streets, the groups of its plan. What is ambiguous is never guessed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridmap.errors import ColumnError, NotFound
from gridmap.incidents.address import Geocoder, geocode, unplaced_addresses
from gridmap.incidents.address_text import address_key
from gridmap.incidents.doubts import on_default
from gridmap.journeys.groups import group_finder
from gridmap.store.addresses import REMEMBERED
from gridmap.streets.addresses import StreetAddresses
from gridmap.streets.match import AMBIGUOUS, FOUND, NOT_FOUND, Match

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd

    from gridmap.incidents.doubts import Notice
    from gridmap.journeys.city import City
    from gridmap.journeys.source import Progress

    Find = Callable[[str], Match]

TELL_EVERY = 50
"""Addresses between two reports of progress."""
OWN_MATCHES = frozenset({"", "point"})
"""What incidents match that were not found by their address."""


def finder(city: City, *, remembered: bool = True) -> Find:
    """Return what finds an address of the city.

    Parameters
    ----------
    city : City
        The city, with its gazetteer and streets if it has them; they are read once a version.
    remembered : bool
        Whether places that staff gave to addresses count; they are not for the public.

    Returns
    -------
    callable
        Takes an address, returns a :class:`gridmap.streets.match.Match`.
    """
    known = _remembered(city) if remembered else {}
    finders = _finders(city)

    def find(text: str) -> Match:
        place = known.get(address_key(text))
        if place is not None:
            return Match(FOUND, *place, REMEMBERED, 1.0, 1.0, 0.0, text)
        return first_found(finders, text)

    return find


def find_by_address(incidents: pd.DataFrame, find: Find, progress: Progress) -> pd.DataFrame:
    """Give incidents without coordinates the place of their address, telling how far that is.

    A default coordinate is none: where the address has a sure place, that counts; else the
    coordinate stays, unless it is 0, 0.

    Parameters
    ----------
    incidents : DataFrame
        Incidents with ``lon``, ``lat`` and ``address``.
    find : callable
        Takes an address, returns a :class:`gridmap.streets.match.Match`.
    progress : Progress
        Is told how many addresses are looked up.

    Returns
    -------
    DataFrame
        As from :func:`gridmap.incidents.address.geocode`.
    """
    points = incidents[["lon", "lat"]]
    default = on_default(points["lon"].to_numpy(), points["lat"].to_numpy())
    default &= (incidents["address"].fillna("").str.strip() != "").to_numpy()
    incidents = incidents.assign(**points.mask(pd.Series(default, index=points.index)))
    asked, done = unplaced_addresses(incidents).nunique(), 0

    def told(text: str) -> Match:
        nonlocal done
        if done % TELL_EVERY == 0:
            progress(done, asked, "addresses")
        done += 1
        return find(text)

    found = geocode(incidents, told)
    stays = default & found["lon"].isna().to_numpy() & (points != 0).any(axis=1).to_numpy()
    found.loc[stays, ["lon", "lat"]] = points[stays]
    found.loc[stays, ["match", "reason"]] = ""
    found.loc[stays, ["score", "error_m"]] = np.nan
    return found


def moved(incidents: pd.DataFrame, found: pd.DataFrame) -> list[Notice]:
    """Say how many incidents were taken from a default coordinate to the place of their address.

    Parameters
    ----------
    incidents : DataFrame
        As they were given.
    found : DataFrame
        The same from :func:`find_by_address`.

    Returns
    -------
    list of (str, dict)
        A message key with values, or nothing.
    """
    placed = np.isfinite(found["lon"]) & ~found["match"].isin(OWN_MATCHES)
    count = int((placed & incidents["lon"].notna()).sum())
    return [("import.default_moved", {"count": count})] if count else []


def first_found(finders: Sequence[Find], text: str) -> Match:
    """Return the first place found; where there is none, whether the address is ambiguous.

    Parameters
    ----------
    finders : sequence of callable
        What finds addresses, the surest first.
    text : str
        An address.

    Returns
    -------
    Match
        The place, or why there is none.
    """
    best = NOT_FOUND
    for find in finders:
        match = find(text)
        if match.reason == FOUND:
            return match
        best = match if match.reason == AMBIGUOUS else best
    return best


def can_find(city: City) -> bool:
    """Tell whether there is anything in which an address could be found.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    bool
        Whether it has streets, a gazetteer or addresses put right.
    """
    layers = city.store.layers
    laid = any(layers.latest(kind) is not None for kind in ("gazetteer", "streets"))
    return laid or bool(_remembered(city))


def matches(incidents: pd.DataFrame) -> dict[str, int]:
    """Count the incidents found by address.

    Parameters
    ----------
    incidents : DataFrame
        From :func:`gridmap.incidents.address.geocode`.

    Returns
    -------
    dict of str to int
        Level of the match to incidents, the most frequent first.
    """
    if "match" not in incidents:
        return {}
    found = incidents.loc[np.isfinite(incidents["lon"]), "match"]
    counts = found[~found.isin(OWN_MATCHES)].value_counts()
    return {str(level): int(count) for level, count in counts.items()}


def _remembered(city: City) -> dict[str, tuple[float, float]]:
    store = city.store
    key = "remembered", *store.database.revision("addresses")
    return city.derived(key, store.addresses.places)


def _finders(city: City) -> list[Find]:
    layers = city.store.layers
    found: list[Find] = []
    places = layers.latest("gazetteer")
    if places is not None:
        key = "geocoder", places.id
        found.append(city.derived(key, lambda: Geocoder(layers.frame(places.id))).find)
    streets = layers.latest("streets")
    if streets is not None:
        key = "addresses", streets.id
        made = city.derived(key, lambda: street_addresses(city.layer(streets.id)))
        if made is not None:
            found.append(made.find)
    with suppress(NotFound):
        found.append(group_finder(city, city.plan().head))
    return found


def street_addresses(streets: gpd.GeoDataFrame) -> StreetAddresses | None:
    """Return the addresses of a street layer.

    Parameters
    ----------
    streets : GeoDataFrame
        From :func:`gridmap.files.streets.read_streets`.

    Returns
    -------
    StreetAddresses or None
        None for a layer without names.
    """
    try:
        return StreetAddresses(streets)
    except ColumnError:
        return None
