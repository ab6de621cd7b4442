"""Groups of a plan's cells by name: where each lies, and in which coarser one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import shapely

from gridmap import crs
from gridmap.grid.model import code_text

if TYPE_CHECKING:
    from gridmap.grid.model import Grid
    from gridmap.journeys.city import City


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
