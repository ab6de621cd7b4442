"""Tables for the public, made before anybody asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gridmap.store import schema
from gridmap.store.database import Database, now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TABLES = schema.tables
Row = tuple[str, str, str, int | None]


@dataclass(frozen=True)
class Table:
    """The table of a level.

    Parameters
    ----------
    level : str
        The level.
    at : str
        When it was made, ISO 8601 in UTC.
    made_of : dict
        What it was made of.
    rows : list
        Unit, month, category and count; None for a hidden count.
    """

    level: str
    at: str
    made_of: dict[str, Any]
    rows: list[list[Any]]


class Tables:
    """Tables in the store.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, tables: Mapping[str, Sequence[Row]], made_of: Mapping[str, Any]) -> None:
        """Take new tables in the place of all old ones.

        Parameters
        ----------
        tables : mapping of str to rows
            Rows by level.
        made_of : mapping
            What they were made of.
        """
        rows = [
            {"level": level, "at": now(), "made_of": dict(made_of), "rows": [*map(list, rows)]}
            for level, rows in tables.items()
        ]
        with self._database.write("tables") as connection:
            connection.execute(sa.delete(TABLES))
            if rows:
                connection.execute(sa.insert(TABLES), rows)

    def levels(self) -> list[str]:
        """Return the levels there are tables of.

        Returns
        -------
        list of str
            Ordered by name.
        """
        rows = self._database.rows(sa.select(TABLES.c.level).order_by(TABLES.c.level))
        return [row["level"] for row in rows]

    def get(self, level: str) -> Table | None:
        """Return the table of a level.

        Parameters
        ----------
        level : str
            The level.

        Returns
        -------
        Table or None
            None if none was made.
        """
        rows = self._database.rows(sa.select(TABLES).where(TABLES.c.level == level))
        return Table(**rows[0]) if rows else None
