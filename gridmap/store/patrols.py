"""Patrols in the store, as JSON documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gridmap.errors import NotFound, Stale
from gridmap.store import schema
from gridmap.store.database import Database, inserted, now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PATROLS = schema.patrols


@dataclass(frozen=True)
class StoredPatrol:
    """A patrol in the store.

    Parameters
    ----------
    id : int
        Its number.
    name : str
        Its name.
    at : str
        When it was last saved, ISO 8601 in UTC.
    version : int
        Counted up by every save, from 1.
    document : dict
        The patrol.
    """

    id: int
    name: str
    at: str
    version: int
    document: dict[str, Any]


class Patrols:
    """Patrols in the store.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[StoredPatrol]:
        """Return every patrol, the newest first.

        Returns
        -------
        list of StoredPatrol
            With their documents.
        """
        rows = self._database.rows(sa.select(PATROLS).order_by(PATROLS.c.id.desc()))
        return [StoredPatrol(**row) for row in rows]

    def get(self, patrol: int) -> StoredPatrol:
        """Return one patrol.

        Parameters
        ----------
        patrol : int
            Its number.

        Returns
        -------
        StoredPatrol
            The patrol.

        Raises
        ------
        NotFound
            If there is none.
        """
        rows = self._database.rows(sa.select(PATROLS).where(PATROLS.c.id == patrol))
        if not rows:
            raise NotFound("store.no_patrol", patrol=patrol)
        return StoredPatrol(**rows[0])

    def add(self, name: str, document: Mapping[str, Any]) -> StoredPatrol:
        """Store a patrol.

        Parameters
        ----------
        name : str
            Its name.
        document : mapping
            The patrol; values JSON knows.

        Returns
        -------
        StoredPatrol
            The patrol, at version 1.
        """
        row = {"name": name, "at": now(), "version": 1, "document": dict(document)}
        with self._database.write("patrols") as connection:
            patrol = inserted(connection.execute(sa.insert(PATROLS).values(**row)))
        return self.get(patrol)

    def save(self, patrol: int, expected: int, document: Mapping[str, Any]) -> StoredPatrol:
        """Store a new state of some parts of a patrol.

        Parameters
        ----------
        patrol : int
            Its number.
        expected : int
            Version it is thought to have.
        document : mapping
            The parts that change; values JSON knows. Others stay.

        Returns
        -------
        StoredPatrol
            The patrol, one version on.

        Raises
        ------
        Stale
            If somebody saved first.
        """
        found = self.get(patrol)
        with self._database.write("patrols") as connection:
            mine = (PATROLS.c.id == patrol) & (PATROLS.c.version == expected)
            known = connection.execute(sa.select(PATROLS.c.document).where(mine)).scalar()
            if known is None:
                raise Stale("store.saved_first", plan=found.name, version=found.version)
            values = {"document": {**known, **document}, "version": expected + 1, "at": now()}
            connection.execute(sa.update(PATROLS).where(mine).values(**values))
        return self.get(patrol)

    def mark(self, patrol: int, change: Callable[[dict[str, Any]], list[Any]]) -> list[Any]:
        """Store what became of a patrol's visits; its version stays, for its plan does.

        Parameters
        ----------
        patrol : int
            Its number.
        change : callable
            Gives the new marks of a document; called alone, so that none is lost.

        Returns
        -------
        list
            The new marks.

        Raises
        ------
        NotFound
            If there is none.
        """
        self.get(patrol)
        mine = PATROLS.c.id == patrol
        with self._database.write("patrols") as connection:
            document = connection.execute(sa.select(PATROLS.c.document).where(mine)).scalar_one()
            marks = change(document)
            values = {"document": {**document, "marks": marks}}
            connection.execute(sa.update(PATROLS).where(mine).values(**values))
        return marks

    def remove(self, patrol: int) -> None:
        """Take a patrol out of the store.

        Parameters
        ----------
        patrol : int
            Its number.

        Raises
        ------
        NotFound
            If there is none.
        """
        with self._database.write("patrols") as connection:
            gone = connection.execute(sa.delete(PATROLS).where(PATROLS.c.id == patrol))
            if not gone.rowcount:
                raise NotFound("store.no_patrol", patrol=patrol)
