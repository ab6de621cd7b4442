"""Plans, their versions and the cells of a version, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from gridmap import crs
from gridmap.errors import Conflict, NotFound, Stale, ValueRefused
from gridmap.store import schema
from gridmap.store.database import inserted, now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PLANS, VERSIONS, CELLS, CHANGES = schema.plans, schema.versions, schema.cells, schema.changes
State = Literal["draft", "published", "retired"]


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

    def state(self, day: date) -> State:
        """Return the state of the plan on a day.

        Parameters
        ----------
        day : date
            The day, in the city's zone.

        Returns
        -------
        str
            ``draft``, ``published`` (in force or to come) or ``retired``.
        """
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
        name: row[name] and datetime.fromisoformat(row[name]) for name in ("created", "published")
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
    row = {"name": name.strip(), "created": now(), "head": 0, "reason": "", **values}
    return inserted(connection.execute(sa.insert(PLANS).values(**row)))


def new_version(
    connection: sa.Connection, plan: int, parent: int | None, edit: Any, by: str
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
    """
    edit = sa.null() if edit is None else edit
    row = {"plan": plan, "parent": parent, "at": now(), "edit": edit, "by": by}
    return inserted(connection.execute(sa.insert(VERSIONS).values(**row)))


def add_cells(connection: sa.Connection, version: int, cells: gpd.GeoDataFrame) -> None:
    """Insert cells under numbers of our own, so that one statement serves all of them.

    Parameters
    ----------
    connection : Connection
        An open transaction or reader.
    version : int
        Number of the version.
    cells : GeoDataFrame
        Cells indexed by code, in EPSG:4326.
    """
    if cells.empty:
        return
    first = (connection.scalar(sa.select(sa.func.max(CELLS.c.id))) or 0) + 1
    shapes = shapely.to_wkb(cells.geometry.to_numpy())
    columns = cells.drop(columns=cells.geometry.name).to_dict("records")
    rows = [
        {"id": first + n, "code": code, "shape": shape, "columns": _plain(values)}
        for n, (code, shape, values) in enumerate(zip(cells.index, shapes, columns, strict=True))
    ]
    connection.execute(sa.insert(CELLS), rows)
    added = [{"version": version, "cell": row["id"], "added": True} for row in rows]
    connection.execute(sa.insert(CHANGES), added)


def _plain(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Return values as JSON knows them; missing ones become None."""
    return {str(name): _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if value is None or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, np.generic):
        return _plain_value(value.item())
    return value if isinstance(value, str | int | float | bool) else str(value)


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


def cells_at(connection: sa.Connection, version: int, codes: Sequence[str]) -> list[int]:
    """Return the numbers of the cells that hold the codes in a version.

    The newest change along the line decides, so only cells under these codes are looked at.

    Parameters
    ----------
    connection : Connection
        An open transaction or reader.
    version : int
        Number of the version.
    codes : sequence of str
        Codes of cells.
    """
    ancestry = line(version)
    query = (
        sa.select(CELLS.c.id, CHANGES.c.added)
        .join(CHANGES, CHANGES.c.cell == CELLS.c.id)
        .join(ancestry, ancestry.c.id == CHANGES.c.version)
        .where(CELLS.c.code.in_(list(codes)))
    )
    rows = connection.execute(query).all()
    gone = {cell for cell, added in rows if not added}
    return [cell for cell, added in rows if added and cell not in gone]


def frame(rows: Sequence[sa.RowMapping]) -> gpd.GeoDataFrame:
    """Return cells as a frame indexed by code.

    Parameters
    ----------
    rows : sequence of RowMapping
        Rows with ``code``, ``shape`` and ``columns``.
    """
    index = pd.Index([row["code"] for row in rows], name="code", dtype=object)
    shapes = shapely.from_wkb([row["shape"] for row in rows])
    columns = pd.DataFrame([row["columns"] for row in rows], index=index)
    return gpd.GeoDataFrame(columns, geometry=np.asarray(shapes, dtype=object), crs=crs.LONLAT)
