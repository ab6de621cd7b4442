"""Streets of OpenStreetMap: extracts (PBF, XML) and graphs saved by OSMnx."""

from __future__ import annotations

import gzip
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from defusedxml import ElementTree

from gridmap.errors import FileError
from gridmap.streets.model import SPEEDS, streets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd

WALKED = (
    *("trunk", "primary", "primary_link", "secondary", "secondary_link", "tertiary"),
    *("tertiary_link", "unclassified", "residential", "living_street", "service", "road"),
    *("pedestrian", "footway", "path", "steps", "track", "cycleway", "bridleway", "corridor"),
)
"""Classes of ways one may walk on unless a tag forbids it."""
CLOSED = ("no", "private")
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


def read_osm(path: Path) -> gpd.GeoDataFrame:
    """Read the streets of an OpenStreetMap extract.

    Parameters
    ----------
    path : Path
        ``.osm.pbf`` or OSM XML.

    Returns
    -------
    GeoDataFrame
        Stretches between junctions; one-ways, roundabouts, access and speed limits from the tags.

    Raises
    ------
    FileError
        If osmium cannot read it.
    """
    import osmium

    ways: list[tuple[list[int], dict[str, Any]]] = []
    place: dict[int, tuple[float, float]] = {}
    try:
        source = osmium.FileProcessor(str(path)).with_locations()
        for way in source.with_filter(osmium.filter.KeyFilter("highway")):
            use = way_use(dict(way.tags)) if isinstance(way, osmium.osm.Way) else None
            if use is None or not isinstance(way, osmium.osm.Way):
                continue
            known = [node for node in way.nodes if node.location.valid()]
            place.update((node.ref, (node.lon, node.lat)) for node in known)
            ways.append(([node.ref for node in known], use))
    except RuntimeError as error:
        raise FileError("streets.not_osm", path=str(path), reason=str(error)) from error
    pieces = list(_pieces(ways))
    shapes = [shapely.LineString([place[ref] for ref in refs]) for refs, _ in pieces]
    return _frame([use for _, use in pieces], shapes)


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


def _pieces(
    ways: list[tuple[list[int], dict[str, Any]]],
) -> Iterator[tuple[list[int], dict[str, Any]]]:
    """Cut ways where others touch them."""
    uses = Counter(ref for refs, _ in ways for ref in refs)
    for refs, use in ways:
        piece: list[int] = []
        for at, ref in enumerate(refs):
            piece.append(ref)
            if at > 0 and (uses[ref] > 1 or at == len(refs) - 1):
                if len(piece) > 1:
                    yield piece, use
                piece = [ref]


def read_graphml(path: Path) -> gpd.GeoDataFrame:
    """Read the streets of a graph that OSMnx saved.

    Parameters
    ----------
    path : Path
        ``.graphml`` or ``.graphml.gz``; a two-way street is two edges, the second one
        ``reversed``.

    Returns
    -------
    GeoDataFrame
        One stretch an edge, usable along its line by cars and both ways on foot.

    Raises
    ------
    FileError
        If it is not such a graph.
    """
    try:
        data = path.read_bytes()
        root = ElementTree.fromstring(gzip.decompress(data) if path.suffix == ".gz" else data)
        keys = {key.get("id"): key.get("attr.name") for key in root.iter(f"{GRAPHML}key")}
        place = {
            node.get("id"): (float(at["x"]), float(at["y"]))
            for node in root.iter(f"{GRAPHML}node")
            for at in (_data(node, keys),)
        }
        uses, shapes = [], []
        for edge in root.iter(f"{GRAPHML}edge"):
            tags = _data(edge, keys)
            uses.append(_edge_use(tags))
            ends = [place[edge.get("source")], place[edge.get("target")]]
            drawn = tags.get("geometry")
            shapes.append(shapely.from_wkt(drawn) if drawn else shapely.LineString(ends))
    except (ElementTree.ParseError, OSError, KeyError, ValueError, shapely.GEOSException) as error:
        raise FileError("streets.not_graphml", path=str(path), reason=str(error)) from error
    return _frame(uses, shapes)


def _data(element: Any, keys: Mapping[str, str]) -> dict[str, str]:
    return {keys[item.get("key")]: item.text or "" for item in element.iter(f"{GRAPHML}data")}


def _edge_use(data: Mapping[str, str]) -> dict[str, Any]:
    """Use of one directed edge; OSMnx writes several names of merged ways as a list."""
    first = {name: value.strip("[]").split(",")[0].strip(" '") for name, value in data.items()}
    use = way_use({**first, "oneway": "yes"})
    return use or {**_NOBODY, "name": first.get("name", "")}


_NOBODY = {"class": "road", "speed": 0.0, "forward": False, "backward": False, "foot": False}


def _frame(uses: list[dict[str, Any]], shapes: list[Any]) -> gpd.GeoDataFrame:
    names = ("name", "class", "speed", "forward", "backward", "foot")
    columns = {name: [use[name] for use in uses] for name in names}
    return streets(columns, np.array(shapes, dtype=object))
