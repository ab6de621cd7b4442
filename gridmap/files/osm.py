"""Streets of OpenStreetMap: what the tags of its ways mean, and where they are cut."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.streets.model import SPEEDS, streets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    import pyarrow as pa

WALKED = (
    *("trunk", "primary", "primary_link", "secondary", "secondary_link", "tertiary"),
    *("tertiary_link", "unclassified", "residential", "living_street", "service", "road"),
    *("pedestrian", "footway", "path", "steps", "track", "cycleway", "bridleway", "corridor"),
)
"""Classes of ways one may walk on unless a tag forbids it."""
CLOSED = ("no", "private")


def streets_of_ways(table: pa.Table) -> gpd.GeoDataFrame:
    """Return the streets of an OpenStreetMap extract.

    Parameters
    ----------
    table : Table
        Ways, see :mod:`gridmap.files.child.ways`.

    Returns
    -------
    GeoDataFrame
        Stretches between junctions; one-ways, roundabouts, access and speed limits from the tags.
    """
    uses = [way_use(tags) for tags in _tags(table)]
    used = np.array([use is not None for use in uses], dtype=bool)
    xy = [shapely.get_coordinates(shape) for shape in _shapes(table)[used]]
    refs = [each for each, kept in zip(table["refs"].to_pylist(), used, strict=True) if kept]
    pieces = list(_pieces(refs))
    kept = [use for use in uses if use is not None]
    shapes = [shapely.LineString(xy[way][first : last + 1]) for way, first, last in pieces]
    return _frame([kept[way] for way, _, _ in pieces], shapes)


def streets_of_edges(table: pa.Table) -> gpd.GeoDataFrame:
    """Return the streets of a graph that OSMnx saved.

    Parameters
    ----------
    table : Table
        Edges, see :mod:`gridmap.files.child.ways`; a two-way street is two of them.

    Returns
    -------
    GeoDataFrame
        One stretch an edge, usable along its line by cars and both ways on foot.
    """
    uses = [
        way_use({**tags, "oneway": "yes"}) or {**_NOBODY, "name": tags["name"]}
        for tags in _tags(table)
    ]
    return _frame(uses, list(_shapes(table)))


def _tags(table: pa.Table) -> list[dict[str, str]]:
    others = {"refs", "geometry"}
    return table.drop_columns([n for n in table.column_names if n in others]).to_pylist()


def _shapes(table: pa.Table) -> Any:
    return shapely.from_wkb(table["geometry"].to_numpy())


def way_use(tags: Mapping[str, str]) -> dict[str, Any] | None:
    """Return who may use a way, and how.

    Parameters
    ----------
    tags : mapping of str to str
        Tags of an OpenStreetMap way.

    Returns
    -------
    dict or None
        The columns of :mod:`gridmap.streets.model`; None where nobody may.
    """
    kind = tags.get("highway", "")
    shut = tags.get("access") in CLOSED
    drives = kind in SPEEDS and not shut and tags.get("motor_vehicle") not in CLOSED
    walks = (kind in WALKED and not shut and tags.get("foot") != "no") or (
        kind in WALKED and tags.get("foot") in {"yes", "designated"}
    )
    if tags.get("area") == "yes" or not (drives or walks):
        return None
    way = tags.get("oneway", "")
    round_about = tags.get("junction") in {"roundabout", "circular"} or kind == "motorway"
    along = way in {"yes", "1", "true"} or (round_about and way != "no")
    speed = SPEEDS.get(kind, SPEEDS["road"])
    limit = tags.get("maxspeed", "")
    return {
        "name": tags.get("name", ""),
        "class": kind,
        "speed": min(speed, float(limit)) if limit.isdecimal() and int(limit) > 0 else speed,
        "forward": drives and way != "-1",
        "backward": drives and not along,
        "foot": walks,
    }


def _pieces(ways: list[list[int]]) -> Iterator[tuple[int, int, int]]:
    """Cut ways where others touch them: number of the way, first and last node of the piece."""
    uses = Counter(ref for refs in ways for ref in refs)
    for way, refs in enumerate(ways):
        first = 0
        for at in range(1, len(refs)):
            if uses[refs[at]] > 1 or at == len(refs) - 1:
                yield way, first, at
                first = at


_NOBODY = {"class": "road", "speed": 0.0, "forward": False, "backward": False, "foot": False}


def _frame(uses: list[dict[str, Any]], shapes: list[Any]) -> gpd.GeoDataFrame:
    names = ("name", "class", "speed", "forward", "backward", "foot")
    columns = {name: [use[name] for use in uses] for name in names}
    return streets(columns, np.array(shapes, dtype=object))
