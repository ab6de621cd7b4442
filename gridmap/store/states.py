"""What becomes of a plan: published, withdrawn, brought back, its rules revised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gridmap.errors import Conflict, ValueRefused
from gridmap.store import schema
from gridmap.store import versions as rows_
from gridmap.store.database import now
from gridmap.store.history import History

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from gridmap.store.versions import Plan

PLANS = schema.plans


class States(History):
    """What becomes of plans.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def publish(self, plan: int, expected: int, start: date, reason: str) -> Plan:
        """Put a draft in force from a day on; the plan before it ends there.

        Parameters
        ----------
        plan : int
            Number of the draft.
        expected : int
            Version it is thought to stand at.
        start : date
            First day in force, in the city's zone.
        reason : str
            Why; required.

        Returns
        -------
        Plan
            The published plan; it can never be changed again.

        Raises
        ------
        ValueRefused
            If the reason is empty, or a plan is published from the same day or later.
        Conflict
            If the plan is published already, or somebody saved first.
        """
        if not reason.strip():
            raise ValueRefused("store.no_reason")
        day = start.isoformat()
        with self._database.write("plans") as connection:
            rows_.require_draft(connection, plan, expected)
            latest = connection.scalar(sa.select(sa.func.max(PLANS.c.valid_from)))
            if latest is not None and latest >= day:
                raise ValueRefused("store.published_later", start=day, latest=latest)
            before = PLANS.c.valid_from.is_not(None) & PLANS.c.valid_to.is_(None)
            connection.execute(sa.update(PLANS).where(before).values(valid_to=day))
            values = {"valid_from": day, "reason": reason.strip(), "published": now()}
            return rows_.put(connection, plan, **values)

    def withdraw(self, plan: int, expected: int) -> Plan:
        """Put a draft aside; nothing of it is lost, and it can be brought back.

        Parameters
        ----------
        plan : int
            Number of the draft.
        expected : int
            Version it is thought to stand at.

        Returns
        -------
        Plan
            The draft, withdrawn.

        Raises
        ------
        Conflict
            If the plan is published or withdrawn already, or somebody saved first.
        """
        with self._database.write("plans") as connection:
            rows_.require_draft(connection, plan, expected)
            return rows_.put(connection, plan, withdrawn=now())

    def bring_back(self, plan: int) -> Plan:
        """Make a withdrawn draft a draft again.

        Parameters
        ----------
        plan : int
            Number of the draft.

        Returns
        -------
        Plan
            The draft, as it stood when it was withdrawn.

        Raises
        ------
        Conflict
            If it is not withdrawn.
        """
        with self._database.write("plans") as connection:
            found = rows_.get(connection, plan)
            if found.withdrawn is None:
                raise Conflict("store.not_withdrawn", plan=found.name)
            return rows_.put(connection, plan, withdrawn=None)

    def revise(self, plan: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Plan:
        """Change the rules of a draft, from what they are at that moment.

        Parameters
        ----------
        plan : int
            Number of the draft.
        change : callable
            Is given the rules and returns the new ones.

        Returns
        -------
        Plan
            The draft with its new rules.

        Raises
        ------
        Conflict
            If the plan is published or withdrawn.
        """
        with self._database.write("plans") as connection:
            found = rows_.get(connection, plan)
            rows_.require_draft(connection, plan, found.head)
            return rows_.put(connection, plan, rules=change(found.rules))
