"""Patrols kept in a city's store: asked, solved, changed, handed over."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gridmap.errors import ValueRefused
from gridmap.files.patrol import hot_of
from gridmap.journeys.patrol.night import SECONDS, Night, plan_night
from gridmap.patrol.asked import patrol_of
from gridmap.patrol.plan import solution_of
from gridmap.patrol.track import track
from gridmap.patrol.ways import with_ways

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gridmap.journeys.city import City
    from gridmap.patrol.model import Patrol, Stop
    from gridmap.store import Store
    from gridmap.store.patrols import StoredPatrol

FILES = ("streets", "cells", "code")
"""Keys of ``PLAN.toml`` that name files; in a city the store has them."""


def tonight(city: City) -> dict[str, Any]:
    """Return a patrol to begin with: the newest one again, or one with nothing but hot cells.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    dict
        As in ``PLAN.toml``, for today.
    """
    before = city.store.patrols.all()
    if not before:
        return _first(city)
    asked = before[0].document["asked"]
    shift = {key: value for key, value in asked["shift"].items() if key != "date"}
    return dated({**asked, "shift": shift}, city)


def _first(city: City) -> dict[str, Any]:
    """A night shift, two cars, two foot crews, ten hot cells; all start in the city's middle."""
    west, south, east, north = city.bounds() or (0.0, 0.0, 0.0, 0.0)
    middle = [round((west + east) / 2, 6), round((south + north) / 2, 6)]
    units = (("1", "car"), ("2", "car"), ("3", "foot"), ("4", "foot"))
    return {
        "shift": {"start": "18:00", "end": "06:00", "zone": str(city.zone)},
        "unit": [
            {"name": name, "mode": mode, "start": middle, "break": {"minutes": 30}}
            for name, mode in units
        ],
        "stop": [],
        "minimums": {},
        "hot": {"count": 10, "dwell_min": 15, "visits": 3, "spacing_min": 120},
    }


def asked_patrol(city: City, asked: Mapping[str, Any]) -> Patrol:
    """Return a patrol with hot cells from the city's incidents and ways on its streets.

    Parameters
    ----------
    city : City
        The city.
    asked : mapping
        As in ``PLAN.toml``, without files.

    Returns
    -------
    Patrol
        Ready to be solved.

    Raises
    ------
    ValueRefused
        If a value cannot be, or the city has no streets.
    """
    values = {key: value for key, value in asked.items() if key not in FILES}
    hot = values.pop("hot", None)
    patrol = patrol_of(values, city.today())
    streets = city.streets()
    if streets is None:
        raise ValueRefused("patrol.no_city_streets")
    if hot is not None:
        if not isinstance(hot, dict):
            raise ValueRefused("patrol.bad", where="hot", wanted="{…}", got=hot)
        wanted = {key: value for key, value in hot.items() if key != "incidents"}
        extra = hot_of(city.in_force(), wanted, patrol, streets)
        patrol = replace(patrol, stops=(*patrol.stops, *_pinned(extra, asked)))
    return with_ways(patrol, streets)


def _pinned(extra: tuple[Any, ...], asked: Mapping[str, Any]) -> list[Any]:
    """Hot cells that a stop of the same name already stands for are not added again."""
    names = {row.get("name") for row in asked.get("stop", []) if isinstance(row, dict)}
    return [stop for stop in extra if stop.name not in names]


def solve_stored(
    city: City,
    number: int,
    seed: int = 0,
    seconds: float = SECONDS,
    progress: Callable[[float, float], None] | None = None,
) -> StoredPatrol:
    """Solve a patrol of the store and keep its plan.

    Parameters
    ----------
    city : City
        The city.
    number : int
        The patrol.
    seed : int
        Seed of the search.
    seconds : float
        About how long.
    progress : callable, optional
        As for :func:`gridmap.solve`.

    Returns
    -------
    StoredPatrol
        With its plan.

    Raises
    ------
    Stale
        If somebody changed the patrol meanwhile.
    """
    stored = city.store.patrols.get(number)
    asked = dated(stored.document["asked"], city)
    night = plan_night(asked_patrol(city, asked), seed, seconds, progress)
    stops = [_asked_stop(stop) for stop in night.patrol.stops]
    plan, routes = night.plan(), night.geojson()
    document = {"asked": asked, "plan": plan, "routes": routes, "stops": stops, "marks": []}
    return city.store.patrols.save(number, stored.version, document)


def _asked_stop(stop: Stop) -> dict[str, Any]:
    """A stop in the words of ``PLAN.toml``, without its windows."""
    return {
        "name": stop.name,
        "at": list(stop.at),
        "dwell_min": stop.dwell / 60,
        "required": stop.required,
        "prize": stop.prize,
        "category": stop.category,
        "visits": stop.visits,
        "spacing_min": stop.spacing / 60,
        "unit": stop.unit,
        "why": stop.why,
    }


def dated(asked: Mapping[str, Any], city: City) -> dict[str, Any]:
    """Return what is asked with the day of its shift, so that it stays the same tomorrow.

    Parameters
    ----------
    asked : mapping
        As in ``PLAN.toml``.
    city : City
        Whose today it is.

    Returns
    -------
    dict
        With ``shift.date``.
    """
    return {**asked, "shift": {"date": city.today().isoformat(), **asked["shift"]}}


def night_of(city: City, stored: StoredPatrol) -> Night:
    """Return the solved night of a patrol in the store.

    Parameters
    ----------
    city : City
        The city.
    stored : StoredPatrol
        The patrol.

    Returns
    -------
    Night
        With tracks, for sheet and exports.

    Raises
    ------
    ValueRefused
        If it has no plan yet.
    """
    plan = stored.document.get("plan")
    if plan is None:
        raise ValueRefused("patrol.not_solved", name=stored.name)

    def make() -> Night:
        patrol = asked_patrol(city, stored.document["asked"])
        solution = solution_of(patrol, plan)
        drawn = {route.unit: track(patrol, route) for route in solution.routes}
        return Night(patrol, solution, drawn)

    return city.derived(("night", stored.id, stored.version), make)


def add_from_file(store: Store, path: Path, name: str) -> StoredPatrol:
    """Keep a patrol file in the store, not yet solved.

    Parameters
    ----------
    store : Store
        The store.
    path : Path
        ``PLAN.toml``; the files it names are left out: the store has its own.
    name : str
        What it is called.

    Returns
    -------
    StoredPatrol
        The patrol.
    """
    asked = tomllib.loads(path.read_text(encoding="utf-8"))
    kept = {key: value for key, value in asked.items() if key not in FILES}
    kept["hot"] = {k: v for k, v in kept.get("hot", {}).items() if k != "incidents"}
    return store.patrols.add(name, {"asked": kept})
