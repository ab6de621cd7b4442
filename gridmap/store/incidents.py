"""Incidents in the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from gridmap.errors import Conflict, NotFound, Stale
from gridmap.store import schema
from gridmap.store.addresses import keep_address, place_others
from gridmap.store.database import Database, inserted, now
from gridmap.store.files import Original, add_file
from gridmap.store.known import Known, read_known
from gridmap.store.rows import stored_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    import pandas as pd

INCIDENTS, CORRECTIONS = schema.incidents, schema.corrections
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BOOKKEEPING = frozenset({"extra", "row", "file", "feed", "key", "digest"})
"""Columns of the store that tell where a row came from."""


class Incidents:
    """Incidents in the store.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, frame: pd.DataFrame, original: Original | None = None, numbers: Any = None
    ) -> int:
        """Store the incidents of a file, or reports entered by hand.

        Parameters
        ----------
        frame : DataFrame
            An incident frame; columns that are not there are empty.
        original : Original, optional
            The file they came from; absent for reports entered by hand.
        numbers : array-like of int, optional
            Number of each row in the file; absent means counted from 1.

        Returns
        -------
        int
            Number of the last one.

        Raises
        ------
        Conflict
            If the same file was imported before.
        """
        with self._database.write("incidents") as connection:
            file = None if original is None else add_file(connection, "incidents", original)
            self._require_new(connection, file, original)
            key = sa.func.coalesce(sa.func.max(INCIDENTS.c.id), 0)
            first = (connection.scalar(sa.select(key)) or 0) + 1
            rows = stored_rows(frame, first, file, numbers)
            if rows:
                connection.execute(sa.insert(INCIDENTS), rows)
        return first + len(frame) - 1

    @staticmethod
    def _require_new(
        connection: sa.Connection, file: int | None, original: Original | None
    ) -> None:
        if original is None:
            return
        files = schema.files
        same = (files.c.sha256 == original.sha256) & (files.c.kind == "incidents")
        if connection.scalar(sa.select(sa.func.min(files.c.id)).where(same)) != file:
            raise Conflict("store.imported", name=original.name)

    def frame(self, zone: str) -> pd.DataFrame:
        """Return all incidents.

        Parameters
        ----------
        zone : str
            The city's time zone.

        Returns
        -------
        DataFrame
            The incident frame, ordered by number; ``id`` is the number as text.
        """
        return self.known().frame(zone)

    def known(self, before: Known | None = None) -> Known:
        """Return all incidents, reading only what is new or changed since.

        Parameters
        ----------
        before : Known, optional
            What was known earlier; absent means that everything is read.

        Returns
        -------
        Known
            All incidents.
        """
        with self._database.read() as connection:
            return read_known(connection, before)

    def count(self, last: int) -> int:
        """Count the incidents up to one.

        Parameters
        ----------
        last : int
            Its number.

        Returns
        -------
        int
            Incidents with this number or a lower one.
        """
        query = sa.select(sa.func.count().label("n")).where(INCIDENTS.c.id <= last)
        return int(self._database.rows(query)[0]["n"])

    def get(self, incident: int) -> dict[str, Any]:
        """Return one incident with everything that is known of it.

        Parameters
        ----------
        incident : int
            Its number.

        Returns
        -------
        dict
            Columns of the store; ``extra`` holds the file's own columns, ``history`` the
            corrections, the newest first.

        Raises
        ------
        NotFound
            If there is none.
        """
        rows = self._database.rows(sa.select(INCIDENTS).where(INCIDENTS.c.id == incident))
        if not rows:
            raise NotFound("store.no_incident", incident=incident)
        mine = CORRECTIONS.c.incident == incident
        query = sa.select(CORRECTIONS).where(mine).order_by(CORRECTIONS.c.id.desc())
        return {**rows[0], "history": [dict(row) for row in self._database.rows(query)]}

    def correct(
        self,
        incident: int,
        expected: int,
        values: Mapping[str, Any],
        by: str = "",
        address_key: str = "",
    ) -> dict[str, Any]:
        """Change values of an incident; what stood there before is kept.

        Parameters
        ----------
        incident : int
            Its number.
        expected : int
            Version the change was made on.
        values : mapping
            New values by column of the store.
        by : str
            Who does it.
        address_key : str
            Remember the new place for the address of this key, and give it to the incidents of
            that address that have none; ``""`` remembers nothing.

        Returns
        -------
        dict
            The incident, as :meth:`get` returns it, and how many others were placed as ``also``.

        Raises
        ------
        NotFound
            If there is none.
        Stale
            If somebody changed it first.
        """
        found = self.get(incident)
        before = {name: noted(found[name]) for name in values}
        mine = (INCIDENTS.c.id == incident) & (INCIDENTS.c.version == expected)
        also = 0
        areas = ("incidents", "addresses") if address_key else ("incidents",)
        with self._database.write(*areas) as connection:
            change = sa.update(INCIDENTS).where(mine).values(**values, version=expected + 1)
            if not connection.execute(change).rowcount:
                raise Stale("store.changed_first", incident=incident, version=found["version"])
            row = {"incident": incident, "at": now(), "by": by}
            after = {name: noted(value) for name, value in values.items()}
            row |= {"before": before, "after": after}
            inserted(connection.execute(sa.insert(CORRECTIONS).values(**row)))
            if address_key:
                place = {"lon": values["lon"], "lat": values["lat"], "by": by}
                keep_address(connection, address_key, found, place)
                also = place_others(connection, address_key, place)
        return {**self.get(incident), "also": also}


def noted(value: Any) -> Any:
    """Return a value as a correction notes it: what is no number on paper is none.

    Parameters
    ----------
    value : Any
        A value of an incident; unreadable coordinates are infinite.

    Returns
    -------
    Any
        The value, or None for an infinite one.
    """
    return None if isinstance(value, float) and not np.isfinite(value) else value


def moment_of(microseconds: int | None, zone: tzinfo) -> datetime | None:
    """Return a moment the store holds.

    Parameters
    ----------
    microseconds : int or None
        Since 1970 in UTC.
    zone : tzinfo
        The city's zone.

    Returns
    -------
    datetime or None
        In that zone; None if it is missing or beyond the years 1 to 9999.
    """
    if microseconds is None:
        return None
    try:
        return (EPOCH + timedelta(microseconds=microseconds)).astimezone(zone)
    except OverflowError:
        return None
