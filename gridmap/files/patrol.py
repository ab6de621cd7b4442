"""Patrols in and out: PLAN.toml, plan.json, GPX, GeoJSON."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from gridmap.errors import FileError, ValueRefused
from gridmap.files.cells import read_grid
from gridmap.files.incidents import read_incidents
from gridmap.files.streets import read_streets
from gridmap.incidents.locate import place
from gridmap.patrol.asked import patrol_of
from gridmap.patrol.stops import hot_stops
from gridmap.patrol.ways import with_ways
from gridmap.streets.engines import Contracted

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from gridmap.patrol.model import Patrol, Stop
    from gridmap.streets.engines import Engine
    from gridmap.streets.network import Network

MOST_BYTES = 4_000_000
HOT = ("incidents", "count", "dwell_min", "visits", "spacing_min", "category", "required")


def read_patrol(
    path: Path | str,
    today: date | None = None,
    engine: Callable[[Network], Engine] = Contracted,
) -> Patrol:
    """Read what a patrol lead asks for.

    Parameters
    ----------
    path : path
        ``PLAN.toml``; the files it names lie beside it.
    today : date, optional
        Day of a shift that names hours only; absent means today in the city's zone.
    engine : callable
        Prepares shortest paths on a network.

    Returns
    -------
    Patrol
        Units, stops (hot cells included), minimums, and travel on the streets.

    Raises
    ------
    FileError
        If it, or a file it names, is missing or cannot be read.
    ValueRefused
        If a value in it cannot be.
    """
    path = Path(path)
    asked = _toml(path)
    hot = asked.pop("hot", None)
    zone = asked["shift"].get("zone") if isinstance(asked.get("shift"), dict) else None
    patrol = patrol_of(asked, today or _today(zone))
    named = asked.get("streets")
    if not isinstance(named, str):
        raise ValueRefused("patrol.no_streets", path=str(path))
    streets = read_streets(path.parent / named)
    if hot is not None:
        extra = _hot(path, asked, hot, patrol, streets)
        patrol = replace(patrol, stops=(*patrol.stops, *extra))
    return with_ways(patrol, streets, engine)


def _toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FileError("patrol.missing", path=str(path))
    if path.stat().st_size > MOST_BYTES:
        raise FileError("patrol.not_toml", path=str(path), reason="> 4 MB")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise FileError("patrol.not_toml", path=str(path), reason=str(error)) from error


def _today(zone: Any) -> date:
    try:
        return datetime.now(ZoneInfo(str(zone or "UTC"))).date()
    except (KeyError, ValueError, OSError):  # the zone is refused where it is read
        return datetime.now(ZoneInfo("UTC")).date()


def _hot(
    path: Path, asked: dict[str, Any], hot: Any, patrol: Patrol, streets: gpd.GeoDataFrame
) -> tuple[Stop, ...]:
    """Read the incidents and count them by cell."""
    if not isinstance(hot, dict) or not isinstance(hot.get("incidents"), str):
        raise ValueRefused("patrol.bad", where="[hot] incidents", wanted="FILE", got=hot)
    if not isinstance(asked.get("cells"), str):
        raise ValueRefused("patrol.bad", where="cells", wanted="FILE", got=asked.get("cells"))
    for key in hot:
        if key not in HOT:
            known = ", ".join(HOT)
            raise ValueRefused("patrol.unknown_key", where="[hot]", found=key, known=known)
    grid = read_grid(path.parent / asked["cells"], asked.get("code"))
    zone = str(patrol.shift.start.tzinfo)
    incidents, _ = read_incidents(path.parent / hot["incidents"], zone=zone)
    return hot_of(place(incidents, grid), hot, patrol, streets)


def hot_of(
    placed: Any, hot: dict[str, Any], patrol: Patrol, streets: gpd.GeoDataFrame
) -> tuple[Stop, ...]:
    """Return the stops that a table ``[hot]`` asks for.

    Parameters
    ----------
    placed : DataFrame
        Placed incidents.
    hot : dict
        The table.
    patrol : Patrol
        Whose shift and stops these are.
    streets : GeoDataFrame
        A street layer.

    Returns
    -------
    tuple of Stop
        Not more than asked for.
    """
    options = {key: hot[key] for key in HOT[2:] if key in hot}
    sample = {"name": "[hot]", "at": [0, 0], "dwell_min": 15, "spacing_min": 120, **options}
    start, end = patrol.shift.start, patrol.shift.end
    asked = {
        "shift": {"start": start.isoformat(), "end": end.isoformat(), "zone": str(start.tzinfo)},
        "unit": [{"name": "u", "start": [0, 0]}],
        "stop": [sample],
    }
    model = patrol_of(asked, start.date()).stops[0]
    count = hot.get("count", 10)
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= 200:  # noqa: PLR2004
        raise ValueRefused("patrol.bad", where="[hot] count", wanted="0–200", got=count)
    fields = ("dwell", "visits", "spacing", "category", "required")
    options = {key: getattr(model, key) for key in fields}
    return hot_stops(placed, patrol.shift, count, streets, **options)


def read_plan(path: Path | str) -> dict[str, Any]:
    """Read a plan.

    Parameters
    ----------
    path : path
        ``plan.json``.

    Returns
    -------
    dict
        What it holds.

    Raises
    ------
    FileError
        If it is missing or no JSON.
    """
    path = Path(path)
    if not path.is_file():
        raise FileError("patrol.missing", path=str(path))
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise FileError("patrol.not_json", path=str(path), reason=str(error)) from error
    if not isinstance(plan, dict):
        raise FileError("patrol.not_json", path=str(path), reason="{…}")
    return plan


def shift_day(plan: dict[str, Any]) -> date | None:
    """Return the day on which the shift of a plan begins.

    Parameters
    ----------
    plan : dict
        From :func:`read_plan`.

    Returns
    -------
    date or None
        None where it does not say.
    """
    shift = plan.get("shift")
    start = shift.get("start") if isinstance(shift, dict) else None
    try:
        return datetime.fromisoformat(str(start)).date()
    except ValueError:
        return None
