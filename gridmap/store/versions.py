"""Plans and their versions, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from gridmap.errors import Conflict, NotFound, Stale, ValueRefused
from gridmap.store import schema
from gridmap.store.database import inserted, now

if TYPE_CHECKING:
    from collections.abc import Mapping

PLANS, VERSIONS = schema.plans, schema.versions
State = Literal["draft", "published", "retired", "withdrawn"]


@dataclass(frozen=True)
class Plan:
    """A named version of a Grid.

    Parameters
    ----------
    id : int
        Its number.
    name : str
        Its name.
    head : int
        The version it stands at.
    levels : tuple of str
        Level columns, coarse to fine.
    weight : str or None
        Column with the people or households of each cell; None if there is none.
    valid_from, valid_to : date or None
        Days between which it is in force, the second not included; None stands for a draft and
        for no end.
    reason : str
        Why it was published.
    created, published : datetime or None
        When, in UTC.
    rules : dict
        What the city asks of its cells, as in ``RULES.toml``: locked cells, allowed holes.
    withdrawn : datetime or None
        When the draft was put aside, in UTC; None while it is not.
    """

    id: int
    name: str
    head: int
    levels: tuple[str, ...]
    weight: str | None
    valid_from: date | None
    valid_to: date | None
    reason: str
    created: datetime
    published: datetime | None
    rules: dict[str, Any] = field(default_factory=dict)
    withdrawn: datetime | None = None

    def state(self, day: date) -> State:
        """Return the state of the plan on a day.

        Parameters
        ----------
        day : date
            The day, in the city's zone.

        Returns
        -------
        str
            ``draft``, ``published`` (in force or to come), ``retired`` or ``withdrawn``.
        """
        if self.withdrawn is not None:
            return "withdrawn"
        if self.valid_from is None:
            return "draft"
        over = self.valid_to is not None and self.valid_to <= day
        return "retired" if over else "published"


@dataclass(frozen=True)
class Version:
    """One state of a plan.

    Parameters
    ----------
    id : int
        Its number, unique in the store.
    plan : int
        Plan it belongs to.
    parent : int or None
        Version it was made from.
    at, by : str
        When (ISO 8601 in UTC) and by which user or role.
    edit : dict or None
        The edit that made it, as in ``EDITS.json``; None for the first one.
    """

    id: int
    plan: int
    parent: int | None
    at: str
    by: str
    edit: dict[str, Any] | None


def select() -> sa.Select[Any]:
    """Return the query of all plans, without their boundary."""
    return sa.select(*(column for column in PLANS.c if column.name != "boundary"))


def select_versions() -> sa.Select[Any]:
    """Return the query of all versions, without the boundary one may have gained."""
    return sa.select(*(column for column in VERSIONS.c if column.name != "boundary"))


def plan_of(row: sa.RowMapping) -> Plan:
    """Return the plan a row holds.

    Parameters
    ----------
    row : RowMapping
        A row of the table of plans, without the boundary.
    """
    days = {
        name: row[name] and date.fromisoformat(row[name]) for name in ("valid_from", "valid_to")
    }
    moments = {
        name: row[name] and datetime.fromisoformat(row[name])
        for name in ("created", "published", "withdrawn")
    }
    return Plan(**{**row, "levels": tuple(row["levels"]), **days, **moments})


def get(connection: sa.Connection, plan: int) -> Plan:
    """Return one plan, or raise NotFound.

    Parameters
    ----------
    connection : Connection
        An open transaction or reader.
    plan : int
        Number of the plan.
    """
    row = connection.execute(select().where(PLANS.c.id == plan)).mappings().one_or_none()
    if row is None:
        raise NotFound("store.no_plan", plan=plan)
    return plan_of(row)


def put(connection: sa.Connection, plan: int, **values: Any) -> Plan:
    """Set columns of a plan and return it.

    Parameters
    ----------
    connection : Connection
        An open transaction.
    plan : int
        Number of the plan.
    **values : Any
        Columns by name.
    """
    connection.execute(sa.update(PLANS).where(PLANS.c.id == plan).values(**values))
    return get(connection, plan)


def require_draft(connection: sa.Connection, plan: int, expected: int) -> None:
    """Refuse unless a plan is a draft that stands at the expected version.

    Parameters
    ----------
    connection : Connection
        An open transaction or reader.
    plan : int
        Number of the plan.
    expected : int
        Version the caller worked on.
    """
    found = get(connection, plan)
    if found.valid_from is not None:
        raise Conflict("store.published", plan=found.name)
    if found.withdrawn is not None:
        raise Conflict("store.withdrawn", plan=found.name)
    if found.head != expected:
        raise Stale("store.saved_first", plan=found.name, version=found.head)


def new_plan(connection: sa.Connection, name: str, values: Mapping[str, Any]) -> int:
    """Insert a plan that stands nowhere yet and return its number.

    Parameters
    ----------
    connection : Connection
        An open transaction or reader.
    name : str
        Its name.
    values : mapping
        Further columns of the row.
    """
    if not name.strip():
        raise ValueRefused("store.no_name")
    row = {"name": name.strip(), "created": now(), "head": 0, "reason": "", "rules": {}, **values}
    return inserted(connection.execute(sa.insert(PLANS).values(**row)))


def new_version(
    connection: sa.Connection,
    plan: int,
    parent: int | None,
    edit: Any,
    by: str,
    boundary: bytes | None = None,
) -> int:
    """Insert a version without changes and return its number.

    Parameters
    ----------
    connection : Connection
        An open transaction or reader.
    plan : int
        Number of the plan.
    parent : int or None
        Version it is made from.
    edit : dict or None
        The edit that made it.
    by : str
        User or role.
    boundary : bytes, optional
        The boundary as WKB, if it has gained vertices.
    """
    edit = sa.null() if edit is None else edit
    row = {
        "plan": plan,
        "parent": parent,
        "at": now(),
        "edit": edit,
        "by": by,
        "boundary": boundary,
    }
    return inserted(connection.execute(sa.insert(VERSIONS).values(**row)))


def line(version: int) -> sa.CTE:
    """Return the version and all it was made from.

    Parameters
    ----------
    version : int
        Number of the version.
    """
    start = sa.select(VERSIONS.c.id, VERSIONS.c.parent).where(VERSIONS.c.id == version)
    line = start.cte("line", recursive=True)
    older = sa.select(VERSIONS.c.id, VERSIONS.c.parent).join(line, VERSIONS.c.id == line.c.parent)
    return line.union_all(older)
