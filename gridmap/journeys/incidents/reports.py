"""Incidents entered and corrected by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from gridmap.errors import ValueRefused
from gridmap.incidents.address_text import address_key
from gridmap.incidents.locate import place
from gridmap.journeys.incidents.addresses import OWN_MATCHES, finder
from gridmap.store.incidents import moment_of
from gridmap.streets.match import FOUND

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
        Columns of the incident frame; ``when`` without a zone is the city's time. Without a
        place that of the address is taken, if it is sure.
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
    if row.get("lon") is None and row.get("address"):
        row |= _found(city, str(row["address"]))
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
        New values; ``why`` says why. A place takes both longitude and latitude; with
        ``remember`` it is from now on that of the incident's address, too, and of its incidents
        that had none.
    by : str
        Who does it.

    Returns
    -------
    dict
        The incident as the store holds it; ``also`` is how many others were placed.

    Raises
    ------
    ValueRefused
        If nothing is changed, or only one of longitude and latitude is given.
    """
    _require_pair(values)
    new = {name: value for name, value in values.items() if name not in {"why", "remember"}}
    if not new:
        raise ValueRefused("server.no_change")
    for name in ("category", "status"):
        if name in new and new[name] is None:
            raise ValueRefused("server.no_value", name=name)
    if new.get("closed") is not None:
        new["closed"] = round(_aware(city, new["closed"]).timestamp() * 1e6)
    if "lon" in new:
        match = "point" if new["lon"] is not None else ""
        new |= {"match": match, "score": None, "reason": ""}
    key = ""
    if values.get("remember") and new.get("lon") is not None:
        key = address_key(city.store.incidents.get(incident)["address"])
    who = f"{by}: {values['why']}" if values.get("why") else by
    return city.store.incidents.correct(incident, expected, new, who, key)


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
        ``cell``, ``reason``, ``match``, ``score`` and ``near``: the codes of other cells within
        the error of a place found by address.
    """
    when = moment_of(stored["moment"], city.zone)
    version = city.plan_on(when.date() if when else city.today()).head
    row = {name: stored[name] for name in ("lon", "lat", "match", "score", "reason")}
    by_address = stored["match"] not in OWN_MATCHES
    row["error_m"] = stored["extra"].get("error_m") if by_address else None
    kinds = dict.fromkeys(("lon", "lat", "score", "error_m"), float)
    found = place(pd.DataFrame([row]).astype(kinds), city.grid(version), city.locator(version))
    only = found.iloc[0]
    texts = {name: str(only[name]) for name in ("cell", "reason", "match")}
    score = None if pd.isna(only["score"]) else float(only["score"])
    near = [code for code in str(only["cell_near"]).split(";") if code]
    return {**texts, "score": score, "near": near}


def _found(city: City, address: str) -> dict[str, Any]:
    """Return the columns of an incident that its address answers."""
    match = finder(city)(address)
    if match.reason != FOUND:
        return {"reason": match.reason}
    found = {"lon": round(match.lon, 7), "lat": round(match.lat, 7), "score": match.score}
    return {**found, "match": match.level, "error_m": match.error_m}


def _require_pair(values: Mapping[str, Any]) -> None:
    given = [values.get(name) is not None for name in PLACE]
    if any(given) and not all(given):
        raise ValueRefused("server.half_place")
    if ("lon" in values) != ("lat" in values):
        raise ValueRefused("server.half_place")


def _aware(city: City, moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=city.zone)
