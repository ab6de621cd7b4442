"""Find a cell or group, a place, an address, a street, a crossing or an incident by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from gridmap import crs
from gridmap.errors import NotFound
from gridmap.journeys.groups import groups_named
from gridmap.journeys.incidents.addresses import finder
from gridmap.journeys.places import KIND as PLACES
from gridmap.journeys.places import place, place_names
from gridmap.streets.match import AMBIGUOUS, NOT_FOUND

if TYPE_CHECKING:
    from gridmap.journeys.city import City

Kind = Literal["cell", "group", "street", "crossing", "incident", "address", "place"]
BETWEEN = re.compile(r"\s*(?:&|/|@|\bat\b|\band\b|与|和)\s*", re.IGNORECASE)
"""What stands between the two streets of a crossing."""
NUMBER = re.compile(r"^\s*\d+[A-Za-z]?\s+")
MOST = 8


@dataclass(frozen=True)
class Found:
    """One answer.

    Parameters
    ----------
    kind : str
        ``cell``, ``group``, ``street``, ``crossing``, ``incident``, ``address`` or ``place``.
    name : str
        What people call it; of a cell its code, of an incident its number.
    bounds : tuple of float or None
        West, south, east, north in degrees; None for an incident without a place, and for an
        address of which there are several.
    match : str
        Of an address or a crossing the level of the match; ``""`` where it is ambiguous.
    score : float or None
        Of these how alike what was typed and what was found are, 0 to 1.
    ref : str
        Of a place its layer and row, as ``layer:row``; of a group its level.
    within : str
        Of a group the coarser group around it.
    """

    kind: Kind
    name: str
    bounds: tuple[float, float, float, float] | None
    match: str = ""
    score: float | None = None
    ref: str = ""
    within: str = ""


def search(city: City, text: str, plan: int | None = None, *, points: bool = False) -> list[Found]:
    """Find what a text may mean.

    Parameters
    ----------
    city : City
        The city.
    text : str
        What was typed.
    plan : int, optional
        Plan whose cells are meant; absent means the one in force.
    points : bool
        Whether incidents may be found as well.

    Returns
    -------
    list of Found
        The likeliest first, at most :data:`MOST` of each kind.
    """
    asked = text.strip().casefold()
    if not asked:
        return []
    found = [*_cells(city, asked, plan), *_groups(city, asked, plan)]
    if points and asked.isdecimal() and len(asked) < 16:  # noqa: PLR2004 - an id is smaller
        found += _incident(city, int(asked))
    found += _places(city, asked, points=points)
    groups = {one.name for one in found if one.kind == "group"}
    address = [
        one for one in _address(city, text.strip(), remembered=points) if one.name not in groups
    ]
    found += address
    parts = [part for part in BETWEEN.split(asked) if part]
    if len(parts) == 2 and not any(one.bounds for one in address):  # noqa: PLR2004 - two streets
        found += _crossings(city, parts[0], parts[1])
    return found + _streets(city, asked)


def _address(city: City, text: str, *, remembered: bool) -> list[Found]:
    """Return the address typed, if it is one and not only the name of a street or a cell."""
    match = finder(city, remembered=remembered)(text)
    if match.reason == NOT_FOUND.reason or match.level == "street":
        return []
    name, score = match.name or text, round(match.score, 4)
    if match.reason == AMBIGUOUS:
        numbered = any(char.isdecimal() for char in text) or BETWEEN.search(text)
        return [Found("address", name, None, "", score)] if numbered else []
    place = round(match.lon, 7), round(match.lat, 7)
    kind: Kind = "crossing" if match.level == "intersection" else "address"
    return [Found(kind, name, (*place, *place), match.level, score)]


def _cells(city: City, asked: str, plan: int | None) -> list[Found]:
    try:
        grid = city.grid(city.plan(plan).head)
    except NotFound:
        return []
    at = [n for n, code in enumerate(grid.codes) if code.casefold().startswith(asked)]
    at = sorted(at, key=lambda n: (len(grid.codes[n]), grid.codes[n]))[:MOST]
    shapes = crs.to_lonlat(grid.shapes[at], grid.crs)
    return [
        Found("cell", grid.codes[n], _bounds(shape)) for n, shape in zip(at, shapes, strict=True)
    ]


def _groups(city: City, asked: str, plan: int | None) -> list[Found]:
    try:
        version = city.plan(plan).head
    except NotFound:
        return []
    return [
        Found("group", each.name, each.bounds, ref=each.level, within=each.within)
        for each in groups_named(city, version, asked, MOST)
    ]


def _places(city: City, asked: str, *, points: bool) -> list[Found]:
    """Find places by a part of their names, in the layers the reader may see."""
    layers = [layer for layer in city.store.layers.all(PLACES) if points or layer.about["public"]]
    return [found for layer in layers for found in _places_of(city, layer.id, asked)][:MOST]


def _places_of(city: City, layer: int, asked: str) -> list[Found]:
    names = city.derived(("place names", layer), lambda: place_names(city, layer))
    rows = [row for row, name in enumerate(names) if asked in name]
    rows.sort(key=lambda row: (not names[row].startswith(asked), names[row]))
    found = [place(city, layer, row) for row in rows[:MOST]]
    return [Found("place", one.name, _bounds(one.shape), ref=f"{layer}:{one.row}") for one in found]


def _incident(city: City, number: int) -> list[Found]:
    try:
        row = city.store.incidents.get(number)
    except NotFound:
        return []
    if row["lon"] is None:
        return [Found("incident", str(number), None)]
    return [Found("incident", str(number), (row["lon"], row["lat"], row["lon"], row["lat"]))]


def _named(city: City) -> dict[str, shapely.Geometry]:
    """Return the streets by name, each as one geometry in degrees."""
    frame = city.streets()
    if frame is None or "name" not in frame:
        return {}

    def make() -> dict[str, shapely.Geometry]:
        named = frame[frame["name"].fillna("") != ""].to_crs("EPSG:4326")
        return {
            str(name): shapely.union_all(group.to_numpy())
            for name, group in named.geometry.groupby(named["name"])
        }

    return city.derived(("named streets", id(frame)), make)


def _matching(city: City, asked: str) -> dict[str, shapely.Geometry]:
    words = NUMBER.sub("", asked).split()
    named = _named(city)
    names = [name for name in named if words and all(word in name.casefold() for word in words)]
    first = words[0] if words else ""
    names.sort(key=lambda name: (not name.casefold().startswith(first), len(name), name))
    return {name: named[name] for name in names[:MOST]}


def _streets(city: City, asked: str) -> list[Found]:
    return [Found("street", name, _bounds(line)) for name, line in _matching(city, asked).items()]


def _crossings(city: City, one: str, other: str) -> list[Found]:
    found = []
    for first, line in _matching(city, one).items():
        for second, crossing in _matching(city, other).items():
            meet = shapely.intersection(line, crossing)
            if first != second and not meet.is_empty:
                where = shapely.get_parts(meet)[0].centroid
                found.append(Found("crossing", f"{first} & {second}", _bounds(where)))
    return found[:MOST]


def _bounds(shape: shapely.Geometry) -> tuple[float, float, float, float]:
    west, south, east, north = np.round(shapely.bounds(shape), 7).tolist()
    return west, south, east, north
