"""Incidents entered and corrected by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from gridmap.errors import ValueRefused
from gridmap.incidents.locate import place
from gridmap.store.incidents import moment_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gridmap.journeys.city import City

PLACE = ("lon", "lat")


def report(city: City, values: Mapping[str, Any], by: str) -> int:
    """Enter an incident.

    Parameters
    ----------
    city : City
        The city.
    values : mapping
        Columns of the incident frame; ``when`` without a zone is the city's time.
    by : str
        Who enters it.

    Returns
    -------
    int
        Its number.

    Raises
    ------
    ValueRefused
        If only one of longitude and latitude is given.
    """
    _require_pair(values)
    row = dict(values)
    for name in ("when", "due"):
        row[name] = pd.Timestamp(_aware(city, row[name])) if row.get(name) else pd.NaT
    frame = pd.DataFrame([row | {"entered_by": by}])
    for name in ("when", "due"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return city.store.incidents.add(frame)


def correct(
    city: City, incident: int, expected: int, values: Mapping[str, Any], by: str
) -> dict[str, Any]:
    """Change values of an incident; what stood there before is kept.

    Parameters
    ----------
    city : City
        The city.
    incident : int
        Its number.
    expected : int
        Version the change was made on.
    values : mapping
        New values; ``why`` says why. A place takes both longitude and latitude.
    by : str
        Who does it.

    Returns
    -------
    dict
        The incident as the store holds it.

    Raises
    ------
    ValueRefused
        If nothing is changed, or only one of longitude and latitude is given.
    """
    _require_pair(values)
    new = {name: value for name, value in values.items() if name != "why"}
    if not new:
        raise ValueRefused("server.no_change")
    for name in ("category", "status"):
        if name in new and new[name] is None:
            raise ValueRefused("server.no_value", name=name)
    if new.get("closed") is not None:
        new["closed"] = round(_aware(city, new["closed"]).timestamp() * 1e6)
    if "lon" in new:
        new |= {"match": "point" if new["lon"] is not None else "", "reason": ""}
    who = f"{by}: {values['why']}" if values.get("why") else by
    return city.store.incidents.correct(incident, expected, new, who)


def placed(city: City, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return where an incident lies: in the plan in force when it happened.

    Parameters
    ----------
    city : City
        The city.
    stored : mapping
        The incident as the store holds it.

    Returns
    -------
    dict
        ``cell``, ``reason`` and ``match``.
    """
    when = moment_of(stored["moment"], city.zone)
    version = city.plan_on(when.date() if when else city.today()).head
    row = {name: stored[name] for name in ("lon", "lat", "match", "score", "reason")}
    frame = pd.DataFrame([row]).astype({"lon": float, "lat": float, "score": float})
    found = place(frame, city.grid(version), city.locator(version)).iloc[0]
    return {name: str(found[name]) for name in ("cell", "reason", "match")}


def _require_pair(values: Mapping[str, Any]) -> None:
    given = [values.get(name) is not None for name in PLACE]
    if any(given) and not all(given):
        raise ValueRefused("server.half_place")
    if ("lon" in values) != ("lat" in values):
        raise ValueRefused("server.half_place")


def _aware(city: City, moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=city.zone)
