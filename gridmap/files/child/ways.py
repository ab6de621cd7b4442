"""Streets of OpenStreetMap, to Arrow tables: ways of an extract, edges of a graph of OSMnx.

A row is a way or an edge with its tags as text and ``geometry`` as WKB in longitude and latitude;
the schema's metadata say which under ``rows``. Ways also have ``refs``, the numbers of their nodes:
what the tags mean and where ways meet is for the reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import shapely

from gridmap.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TAGS = (
    *("highway", "name", "access", "motor_vehicle", "foot", "area", "oneway", "junction"),
    "maxspeed",
)
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


def read_osm(path: Path) -> pa.Table:
    """Read the ways with ``highway`` of an OpenStreetMap extract.

    Parameters
    ----------
    path : Path
        PBF or OSM XML.

    Returns
    -------
    Table
        See the module.

    Raises
    ------
    FileError
        If osmium cannot read it.
    """
    import osmium

    tags: list[dict[str, str]] = []
    refs: list[list[int]] = []
    shapes: list[Any] = []
    try:
        source = osmium.FileProcessor(str(path)).with_locations()
        for way in source.with_filter(osmium.filter.KeyFilter("highway")):
            if not isinstance(way, osmium.osm.Way):
                continue
            known = [node for node in way.nodes if node.location.valid()]
            if len(known) > 1:
                tags.append({name: way.tags.get(name) or "" for name in TAGS})
                refs.append([node.ref for node in known])
                shapes.append(shapely.LineString([(node.lon, node.lat) for node in known]))
    except RuntimeError as cause:
        raise FileError("streets.not_osm", reason=str(cause)[:200]) from cause
    table = _table(tags, shapes, "ways")
    return table.append_column("refs", pa.array(refs, pa.list_(pa.int64())))


def read_graphml(path: Path) -> pa.Table:
    """Read the edges of a graph that OSMnx saved.

    Parameters
    ----------
    path : Path
        GraphML.

    Returns
    -------
    Table
        See the module.

    Raises
    ------
    FileError
        If it is not such a graph, or declares entities.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException, ElementTree

    try:
        root = ElementTree.parse(path, forbid_dtd=True).getroot()
        return _edges(root)
    except DefusedXmlException as cause:
        raise FileError("files.xml_unsafe") from cause
    except (ParseError, KeyError, ValueError, AttributeError, shapely.GEOSException) as cause:
        raise FileError("streets.not_graphml", reason=str(cause)[:200]) from cause


def _edges(root: Any) -> pa.Table:
    keys = {key.get("id"): key.get("attr.name") for key in root.iter(f"{GRAPHML}key")}
    place = {
        node.get("id"): (float(at["x"]), float(at["y"]))
        for node in root.iter(f"{GRAPHML}node")
        for at in (_data(node, keys),)
    }
    tags, shapes = [], []
    for edge in root.iter(f"{GRAPHML}edge"):
        data = _data(edge, keys)
        tags.append({name: _first(data.get(name, "")) for name in TAGS})
        ends = [place[edge.get("source")], place[edge.get("target")]]
        drawn = data.get("geometry")
        shapes.append(shapely.from_wkt(drawn) if drawn else shapely.LineString(ends))
    return _table(tags, shapes, "edges")


def _data(element: Any, keys: Mapping[str, str]) -> dict[str, str]:
    return {keys[item.get("key")]: item.text or "" for item in element.iter(f"{GRAPHML}data")}


def _first(value: str) -> str:
    """Return the first of the names OSMnx writes as a list where it merged ways."""
    return value.strip("[]").split(",")[0].strip(" '")


def _table(tags: list[dict[str, str]], shapes: list[Any], rows: str) -> pa.Table:
    columns = {name: pa.array([each[name] for each in tags], pa.string()) for name in TAGS}
    columns["geometry"] = pa.array(shapely.to_wkb(shapes), pa.large_binary())
    return pa.table(columns).replace_schema_metadata({"rows": rows})


READERS = {"pbf": read_osm, "osm": read_osm, "osmbz2": read_osm, "graphml": read_graphml}
