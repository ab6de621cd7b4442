"""What was worked out before, so that a restart need not do it again; never the only copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from gridmap.store import schema
from gridmap.store.database import Database, now

if TYPE_CHECKING:
    from collections.abc import Mapping

REMEMBERED = schema.remembered
MOST = 400_000_000
"""Bytes of one value; a larger one is worked out anew each time."""


class Remembered:
    """Values in the store that can be made again from the rest of it.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str, made_of: Mapping[str, Any]) -> bytes | None:
        """Return a value.

        Parameters
        ----------
        name : str
            Its name.
        made_of : mapping
            What it must be made of, values JSON knows.

        Returns
        -------
        bytes or None
            None if it is not kept, or was made of something else.
        """
        found = self.latest(name)
        return found[1] if found is not None and found[0] == made_of else None

    def latest(self, name: str) -> tuple[dict[str, Any], bytes] | None:
        """Return a value, whatever it was made of.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        tuple of (dict, bytes) or None
            What it was made of, and the value; None if it is not kept.
        """
        query = sa.select(REMEMBERED).where(REMEMBERED.c.name == name)
        rows = self._database.rows(query)
        return (rows[0]["made_of"], rows[0]["content"]) if rows else None

    def put(self, name: str, made_of: Mapping[str, Any], content: bytes) -> None:
        """Keep a value in the place of an earlier one.

        Parameters
        ----------
        name : str
            Its name.
        made_of : mapping
            What it is made of, values JSON knows.
        content : bytes
            The value; one that is too large is not kept.
        """
        if len(content) > MOST:
            return
        values = {"at": now(), "made_of": dict(made_of), "content": content}
        row = insert(REMEMBERED).values(name=name, **values)
        with self._database.write() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))
