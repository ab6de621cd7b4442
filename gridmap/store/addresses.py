"""Addresses whose place staff have put right: wherever one comes again, it lies there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from gridmap.errors import NotFound
from gridmap.incidents.address_text import address_key
from gridmap.store import schema
from gridmap.store.database import Database, now

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

ADDRESSES, INCIDENTS, CORRECTIONS = schema.addresses, schema.incidents, schema.corrections
REMEMBERED = "remembered"
"""Level of a match that staff made by hand."""


@dataclass(frozen=True)
class Address:
    """An address and the place staff gave it.

    Parameters
    ----------
    id : int
        Its number.
    address : str
        As it was written.
    lon, lat : float
        The place (EPSG:4326).
    at : str
        When it was put right, ISO 8601 in UTC.
    by : str
        Who did it.
    """

    id: int
    address: str
    lon: float
    lat: float
    at: str
    by: str


class Addresses:
    """Addresses put right, in the store.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Address]:
        """Return the addresses put right.

        Returns
        -------
        list of Address
            The newest first.
        """
        columns = [column for column in ADDRESSES.c if column.name != "key"]
        order = ADDRESSES.c.at.desc(), ADDRESSES.c.id.desc()
        return [Address(**row) for row in self._database.rows(sa.select(*columns).order_by(*order))]

    def places(self) -> dict[str, tuple[float, float]]:
        """Return where the addresses lie.

        Returns
        -------
        dict of str to tuple of float
            Key of the address (:func:`gridmap.incidents.address_text.address_key`) to longitude
            and latitude.
        """
        query = sa.select(ADDRESSES.c.key, ADDRESSES.c.lon, ADDRESSES.c.lat)
        return {row["key"]: (row["lon"], row["lat"]) for row in self._database.rows(query)}

    def forget(self, address: int) -> None:
        """Forget where an address lies; incidents already placed there stay.

        Parameters
        ----------
        address : int
            Its number.

        Raises
        ------
        NotFound
            If there is none.
        """
        with self._database.write("addresses") as connection:
            gone = connection.execute(sa.delete(ADDRESSES).where(ADDRESSES.c.id == address))
            if not gone.rowcount:
                raise NotFound("store.no_address", address=address)


def keep_address(
    connection: sa.Connection, key: str, incident: Mapping[str, Any], place: Mapping[str, Any]
) -> None:
    """Keep where an address lies, within the transaction that puts its incident right.

    Parameters
    ----------
    connection : Connection
        The transaction.
    key : str
        Key of the address.
    incident : mapping
        The incident, with its ``address``.
    place : mapping
        ``lon``, ``lat`` and ``by``, who put it right.
    """
    values = {"address": incident["address"], "at": now(), **place}
    row = insert(ADDRESSES).values(key=key, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_=values))


def place_others(connection: sa.Connection, key: str, place: Mapping[str, Any]) -> int:
    """Give the place of an address to all its incidents that have none, within a transaction.

    Parameters
    ----------
    connection : Connection
        The transaction.
    key : str
        Key of the address.
    place : mapping
        As in :func:`keep_address`.

    Returns
    -------
    int
        How many incidents were placed; what stood there is kept as a correction of each.
    """
    names = "match", "score", "reason"
    columns = (INCIDENTS.c[name] for name in ("id", "address", *names))
    nowhere = INCIDENTS.c.lon.is_(None) & (INCIDENTS.c.address != "")
    rows = connection.execute(sa.select(*columns).where(nowhere)).mappings().all()
    after = {"lon": place["lon"], "lat": place["lat"], "match": REMEMBERED, "score": 1.0}
    after["reason"] = ""
    notes = [
        {
            "incident": row["id"],
            "at": now(),
            "by": place["by"],
            "before": {"lon": None, "lat": None, **{name: row[name] for name in names}},
            "after": after,
        }
        for row in rows
        if address_key(row["address"]) == key
    ]
    for note in notes:
        mine = INCIDENTS.c.id == note["incident"]
        values = {**after, "version": INCIDENTS.c.version + 1}
        connection.execute(sa.update(INCIDENTS).where(mine).values(values))
    if notes:
        connection.execute(sa.insert(CORRECTIONS), notes)
    return len(notes)
