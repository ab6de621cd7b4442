"""Groups of a plan's cells by name: where each lies, and in which coarser one."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gridmap import crs
from gridmap.grid.model import code_text
from gridmap.incidents.address_text import AREAS, plain, take_apart, village_name
from gridmap.streets.match import AMBIGUOUS, FOUND, NOT_FOUND, Match

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridmap.grid.model import Grid
    from gridmap.journeys.city import City


A_NAME = re.compile(r"[一-龥]{2}|[A-Z]{4}")
"""What a name has and a number of a district has not."""
DEGREE_M = 111_195.0


class Group(NamedTuple):
    """A group of cells.

    Parameters
    ----------
    level : str
        Level column.
    name : str
        Its name.
    within : str
        The group of the next coarser level; ``""`` if there is none, or several.
    bounds : tuple of float
        West, south, east, north in degrees.
    """

    level: str
    name: str
    within: str
    bounds: tuple[float, float, float, float]


def groups_named(city: City, version: int, asked: str, most: int) -> list[Group]:
    """Return the groups with a text in their name, the likeliest first.

    Parameters
    ----------
    city : City
        The city.
    version : int
        Version of a plan.
    asked : str
        What was typed, casefolded.
    most : int
        How many at most.

    Returns
    -------
    list of Group
        Names that are the text, then those that begin with it, then the others; coarse levels
        first.
    """
    known = city.derived(("groups", version), lambda: _groups(city.grid(version)))
    found = [each for each in known if asked in each.name.casefold()]

    def unlike(each: Group) -> tuple[bool, bool]:
        name = each.name.casefold()
        return name != asked, not name.startswith(asked)

    return sorted(found, key=unlike)[:most]


def group_finder(city: City, version: int) -> Callable[[str], Match]:
    """Return what finds the group an address names, if it names nothing more.

    Parameters
    ----------
    city : City
        The city.
    version : int
        Version of a plan.

    Returns
    -------
    callable
        Takes an address such as 户部寨镇 or 濮阳县户部寨镇, returns a
        :class:`gridmap.streets.match.Match`: a point in the group, as far from the truth as its
        extent allows; ambiguous where several groups have the name.
    """
    levels = city.grid(version).levels[-len(AREAS) :]

    def make() -> tuple[dict[str, list[Group]], list[frozenset[str]]]:
        named: dict[str, list[Group]] = {}
        for each in city.derived(("groups", version), lambda: _groups(city.grid(version))):
            if each.level in levels and A_NAME.search(_called(each.name)):
                named.setdefault(f"{each.level} {_called(each.name)}", []).append(each)
        known = [
            frozenset(key.partition(" ")[2] for key in named if key.partition(" ")[0] == level)
            for level in levels
        ]
        return named, known

    def find(text: str) -> Match:
        named, known = city.derived(("group names", version), make)
        wanted = take_apart(village_name(plain(text)), known)
        if wanted.words or wanted.number or wanted.building or not any(wanted.areas):
            return NOT_FOUND
        at = max(n for n, area in enumerate(wanted.areas) if area)
        around = wanted.areas[at - 1] if at else ""
        found = [
            each
            for each in named[f"{levels[at]} {wanted.areas[at]}"]
            if not around or not each.within or _called(each.within) == around
        ]
        if len(found) != 1:
            return Match(AMBIGUOUS, name=found[0].name) if found else NOT_FOUND
        return _somewhere(city, version, found[0])

    return find


def _called(name: str) -> str:
    """Return the name of a group as addresses write it, without what tells it from another."""
    return village_name(plain(name.partition(" (")[0]))


def _somewhere(city: City, version: int, group: Group) -> Match:
    """Return a point in a group near its middle, and how far its ground reaches around that."""
    grid = city.grid(version)
    west, south, east, north = group.bounds
    mine = np.array([name == group.name for name in code_text(grid.cells[group.level])])
    shapes = crs.to_lonlat(grid.shapes[mine], grid.crs)
    middle = shapely.Point((west + east) / 2, (south + north) / 2)
    nearest = shapes[int(np.argmin(shapely.distance(shapes, middle)))]
    inside = shapely.intersects(nearest, middle)
    point = middle if inside else shapely.point_on_surface(nearest)
    wide = (east - west) * math.cos(math.radians(middle.y))
    error = DEGREE_M * math.hypot(wide, north - south) / 2
    return Match(FOUND, point.x, point.y, "place", 1.0, 1.0, round(error, 1), group.name)


def _groups(grid: Grid) -> list[Group]:
    shapes = crs.to_lonlat(grid.shapes, grid.crs)
    cells = pd.DataFrame(shapely.bounds(shapes), columns=["west", "south", "east", "north"])
    sides = {"west": "min", "south": "min", "east": "max", "north": "max"}
    found: list[Group] = []
    coarser: str | None = None
    for level in grid.levels:
        cells[level] = code_text(grid.cells[level])
        named = cells[cells[level] != ""].groupby(level)
        around = named[coarser].agg(set) if coarser else None
        for name, *bounds in named.agg(sides).round(7).itertuples(name=None):
            within = around[name] if around is not None else set()
            only = next(iter(within)) if len(within) == 1 else ""
            west, south, east, north = bounds
            found.append(Group(level, str(name), only, (west, south, east, north)))
        coarser = level
    return found
