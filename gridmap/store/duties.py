"""Who answers for a cell or group: roles with a duty contact, never people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from gridmap.errors import Stale
from gridmap.store import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gridmap.store.database import Database

DUTIES = schema.duties


@dataclass(frozen=True)
class Duty:
    """A role on duty.

    Parameters
    ----------
    role : str
        What the post is called.
    contact : str
        How the post is reached.
    """

    role: str
    contact: str


@dataclass(frozen=True)
class Duties:
    """The roles that answer for one cell or group.

    Parameters
    ----------
    level : str
        Level column; empty for cells.
    unit : str
        Code of the cell or name of the group.
    roles : tuple of Duty
        In the order they are to be called.
    version : int
        Counted up by every change; 0 before the first.
    """

    level: str
    unit: str
    roles: tuple[Duty, ...] = ()
    version: int = 0


class DutyTable:
    """Duty roles in the store.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Duties]:
        """Return every cell and group somebody answers for.

        Returns
        -------
        list of Duties
            By level and unit.
        """
        rows = self._database.rows(sa.select(DUTIES).order_by(DUTIES.c.level, DUTIES.c.unit))
        return [_duties(row) for row in rows if row["roles"]]

    def get(self, level: str, unit: str) -> Duties:
        """Return the roles of one cell or group.

        Parameters
        ----------
        level : str
            Level column; empty for cells.
        unit : str
            Code of the cell or name of the group.

        Returns
        -------
        Duties
            Without roles if none were ever given.
        """
        of = (DUTIES.c.level == level) & (DUTIES.c.unit == unit)
        rows = self._database.rows(sa.select(DUTIES).where(of))
        return _duties(rows[0]) if rows else Duties(level, unit)

    def put(self, level: str, unit: str, roles: Sequence[Duty], expected: int) -> Duties:
        """Change the roles of one cell or group.

        Parameters
        ----------
        level : str
            Level column; empty for cells.
        unit : str
            Code of the cell or name of the group.
        roles : sequence of Duty
            All of its roles; none takes them away.
        expected : int
            Version the change was made on.

        Returns
        -------
        Duties
            As they stand now.

        Raises
        ------
        Stale
            If somebody changed them first.
        """
        of = (DUTIES.c.level == level) & (DUTIES.c.unit == unit)
        with self._database.write("duties") as connection:
            known = connection.execute(sa.select(DUTIES.c.version).where(of)).scalar() or 0
            if known != expected:
                raise Stale("store.duty_first", unit=unit)
            connection.execute(_replacing(Duties(level, unit, tuple(roles))))
        return self.get(level, unit)

    def put_all(self, given: Iterable[Duties]) -> int:
        """Take over the roles of many cells and groups; those not named stay.

        Parameters
        ----------
        given : iterable of Duties
            Their versions are not looked at.

        Returns
        -------
        int
            How many cells and groups were given.
        """
        units = list(given)
        with self._database.write("duties") as connection:
            for each in units:
                connection.execute(_replacing(each))
        return len(units)


def _duties(row: sa.RowMapping) -> Duties:
    roles = tuple(Duty(**each) for each in row["roles"])
    return Duties(row["level"], row["unit"], roles, row["version"])


def _replacing(duties: Duties) -> sa.Executable:
    roles = [{"role": each.role, "contact": each.contact} for each in duties.roles]
    row = insert(DUTIES).values(level=duties.level, unit=duties.unit, roles=roles, version=1)
    later = {"roles": roles, "version": DUTIES.c.version + 1}
    return row.on_conflict_do_update(index_elements=["level", "unit"], set_=later)
