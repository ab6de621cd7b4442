"""Tracks as GPX 1.1 and GeoJSON: one source, so that both agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from gridmap.patrol.asked import utc
from gridmap.patrol.track import DIGITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridmap.patrol.model import Patrol
    from gridmap.patrol.solution import Route, Solution
    from gridmap.patrol.track import Track

GPX = "http://www.topografix.com/GPX/1/1"
FORBIDDEN = {number: None for number in range(32) if number not in {9, 10, 13}}
"""Control characters, which XML cannot hold."""


def gpx(patrol: Patrol, route: Route, drawn: Track) -> str:
    """Return the track of a unit for a handheld.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    route : Route
        The route of the unit.
    drawn : Track
        Its drawn way.

    Returns
    -------
    str
        GPX 1.1: stops as way points in their order, the way as one track with times.
    """
    at = {stop.name: stop.at for stop in patrol.stops}
    name = _text(route.unit)
    rows = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<gpx xmlns="{GPX}" version="1.1" creator="gridmap">',
        f"<metadata><name>{name}</name><time>{utc(patrol.shift.start)}</time></metadata>",
    ]
    number = 0
    for visit in route.visits:
        if not visit.stop:
            continue
        number += 1
        lon, lat = at[visit.stop]
        until = patrol.shift.at(visit.leave).strftime("%H:%M")
        rows.append(
            f'<wpt lat="{lat:.{DIGITS}f}" lon="{lon:.{DIGITS}f}">'
            f"<time>{utc(patrol.shift.at(visit.arrive))}</time>"
            f"<name>{number} {_text(visit.stop)}</name><desc>–{until}</desc></wpt>"
        )
    rows.append(f"<trk><name>{name}</name><trkseg>")
    rows += [
        f'<trkpt lat="{lat:.{DIGITS}f}" lon="{lon:.{DIGITS}f}">'
        f"<time>{utc(patrol.shift.at(second))}</time></trkpt>"
        for (lon, lat), second in zip(drawn.lonlat.tolist(), drawn.seconds.tolist(), strict=True)
    ]
    rows.append("</trkseg></trk></gpx>\n")
    return "\n".join(rows)


def _text(value: str) -> str:
    return escape(value.translate(FORBIDDEN))


def routes_geojson(
    patrol: Patrol, solution: Solution, tracks: Mapping[str, Track]
) -> dict[str, Any]:
    """Return the routes and their stops as GeoJSON.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    solution : Solution
        The routes.
    tracks : mapping of str to Track
        The drawn way of each unit.

    Returns
    -------
    dict
        One LineString a unit with a time for every point, then one Point a visit.
    """
    features = []
    for unit, route in zip(patrol.units, solution.routes, strict=True):
        drawn = tracks[unit.name]
        points = drawn.lonlat.tolist()
        times = [utc(patrol.shift.at(second)) for second in drawn.seconds.tolist()]
        if len(points) == 1:
            points, times = points * 2, times * 2
        about = {
            "unit": unit.name,
            "mode": unit.mode,
            "metres": round(drawn.metres),
            "seconds": route.back - route.leave,
            "times": times,
        }
        features.append(_feature("LineString", points, about))
    for route in solution.routes:
        features += _visits(patrol, route)
    return {"type": "FeatureCollection", "features": features}


def _visits(patrol: Patrol, route: Route) -> list[dict[str, Any]]:
    stops = {stop.name: stop for stop in patrol.stops}
    visits = [visit for visit in route.visits if visit.stop]
    return [
        _feature(
            "Point",
            [round(value, DIGITS) for value in stops[visit.stop].at],
            {
                "unit": route.unit,
                "number": number,
                "stop": visit.stop,
                "category": stops[visit.stop].category,
                "required": stops[visit.stop].required,
                "arrive": utc(patrol.shift.at(visit.arrive)),
                "leave": utc(patrol.shift.at(visit.leave)),
            },
        )
        for number, visit in enumerate(visits, 1)
    ]


def _feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}
