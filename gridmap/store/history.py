"""Versions in the store: what led where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from gridmap.errors import NotFound
from gridmap.store import schema
from gridmap.store import versions as rows_
from gridmap.store.versions import Version

if TYPE_CHECKING:
    from gridmap.store.database import Database

VERSIONS, CELLS, CHANGES = schema.versions, schema.cells, schema.changes


class History:
    """Versions in the store.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self, version: int) -> Version:
        """Return one version.

        Parameters
        ----------
        version : int
            Its number.

        Returns
        -------
        Version
            The version.

        Raises
        ------
        NotFound
            If there is none.
        """
        rows = self._database.rows(rows_.select_versions().where(VERSIONS.c.id == version))
        if not rows:
            raise NotFound("store.no_version", version=version)
        return Version(**rows[0])

    def history(self, plan: int) -> list[Version]:
        """Return the versions that led to where a plan stands, the newest first.

        Parameters
        ----------
        plan : int
            Number of the plan.

        Returns
        -------
        list of Version
            Its own versions only, not those of the plan it was made from.
        """
        line = rows_.line(self._head(plan))
        own = rows_.select_versions().join(line, line.c.id == VERSIONS.c.id)
        chosen = own.where(VERSIONS.c.plan == plan).order_by(VERSIONS.c.id.desc())
        return [Version(**row) for row in self._database.rows(chosen)]

    def next(self, plan: int, version: int) -> int | None:
        """Return the version redo would go to.

        Parameters
        ----------
        plan, version : int
            A plan and where it stands.

        Returns
        -------
        int or None
            The newest version made from it in this plan; None if there is none.
        """
        mine = (VERSIONS.c.parent == version) & (VERSIONS.c.plan == plan)
        return self._database.rows(sa.select(sa.func.max(VERSIONS.c.id).label("id")).where(mine))[
            0
        ]["id"]

    def between(self, one: int, other: int) -> list[Version]:
        """Return the versions that led to one of two versions and not to the other.

        Parameters
        ----------
        one, other : int
            Numbers of versions.

        Returns
        -------
        list of Version
            The newest first; those undone since count as well.
        """
        lines = [
            {row["id"] for row in self._database.rows(sa.select(rows_.line(v)))}
            for v in (one, other)
        ]
        apart = lines[0] ^ lines[1]
        query = (
            rows_.select_versions().where(VERSIONS.c.id.in_(apart)).order_by(VERSIONS.c.id.desc())
        )
        return [Version(**row) for row in self._database.rows(query)]

    def touched(self, version: int) -> list[str]:
        """Return the codes of the cells a version changed.

        Parameters
        ----------
        version : int
            Its number.

        Returns
        -------
        list of str
            Codes that went and codes that came, sorted, each once.
        """
        mine = CHANGES.c.version == version
        query = sa.select(CELLS.c.code).join(CHANGES, CHANGES.c.cell == CELLS.c.id).where(mine)
        return sorted({row["code"] for row in self._database.rows(query)})

    def given(self, plan: int, prefix: str) -> set[str]:
        """Return the codes that begin with a text and were ever given.

        Parameters
        ----------
        plan : int
            Number of a plan.
        prefix : str
            How they begin.

        Returns
        -------
        set of str
            Of this plan, of every published one, and of every step that led there: those of cells
            that are gone count, those of edits that were undone and of other drafts do not.
        """
        found: set[str] = set()
        known = (schema.plans.c.id == plan) | schema.plans.c.valid_from.is_not(None)
        for row in self._database.rows(sa.select(schema.plans.c.head).where(known)):
            ancestry = rows_.line(row["head"])
            query = (
                sa.select(CELLS.c.code)
                .join(CHANGES, CHANGES.c.cell == CELLS.c.id)
                .join(ancestry, ancestry.c.id == CHANGES.c.version)
                .where(CELLS.c.code.startswith(prefix, autoescape=True))
            )
            found.update(each["code"] for each in self._database.rows(query))
        return found

    def _head(self, plan: int) -> int:
        with self._database.read() as connection:
            return rows_.get(connection, plan).head
