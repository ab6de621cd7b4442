"""Who answers for a cell: roles with a duty contact, of the cell and of the groups it lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridmap.errors import ColumnError, NotFound, ValueRefused
from gridmap.files.incidents import read_table
from gridmap.grid.model import code_text
from gridmap.incidents.persons import is_identity
from gridmap.store.duties import Duties, Duty

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from gridmap.grid.model import Grid
    from gridmap.journeys.city import City
    from gridmap.journeys.source import Source

COLUMNS = {
    "unit": ("unit", "cell", "code", "网格", "网格编码", "编码", "单元"),
    "level": ("level", "层级"),
    "role": ("role", "duty", "post", "岗位", "职责", "角色"),
    "contact": ("contact", "duty phone", "duty contact", "值班电话", "值班", "联系电话"),
}
"""Columns of a file of duties by what they hold; of any other column nothing is read."""
MOST_ROLES = 12


def duties_of(
    city: City, unit: str, level: str | None = None, plan: int | None = None
) -> list[Duties]:
    """Return who answers for a cell or group: its own roles, then those of the groups around it.

    Parameters
    ----------
    city : City
        The city.
    unit : str
        Code of the cell or name of the group.
    level : str, optional
        Level column of a group; absent means a cell.
    plan : int, optional
        The plan; absent means the one in force.

    Returns
    -------
    list of Duties
        The unit itself first, without roles if it has none; then every coarser group with roles,
        the finest first.

    Raises
    ------
    NotFound
        If the plan has no such cell or group.
    """
    grid = city.grid(city.plan(plan).head)
    row = _row(grid, unit, level)
    finer = grid.levels if level is None else grid.levels[: grid.levels.index(level)]
    around = [(name, code_text(grid.cells[name].iloc[[row]])[0]) for name in reversed(finer)]
    table = city.store.duties
    groups = [table.get(name, group) for name, group in around if group]
    return [table.get(level or "", unit), *(each for each in groups if each.roles)]


def _row(grid: Grid, unit: str, level: str | None) -> int:
    """Return a row of the cells that lies in a unit."""
    if level is not None and level not in grid.levels:
        raise ColumnError("grid.no_column", column=level, columns=", ".join(grid.levels))
    names = list(grid.codes) if level is None else code_text(grid.cells[level])
    if unit not in names:
        raise NotFound("store.no_cell", codes=unit[:200])
    return names.index(unit)


def put_duties(city: City, level: str, unit: str, roles: Sequence[Duty], expected: int) -> Duties:
    """Change who answers for a cell or group.

    Parameters
    ----------
    city : City
        The city.
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
    ValueRefused
        If a role or contact is an identity number.
    """
    require_roles(roles)
    return city.store.duties.put(level, unit, roles, expected)


def require_roles(roles: Sequence[Duty]) -> None:
    """Refuse what is about a person, a role without a name, and more roles than anybody reads.

    Parameters
    ----------
    roles : sequence of Duty
        Roles of one unit.

    Raises
    ------
    ValueRefused
        Saying which.
    """
    if len(roles) > MOST_ROLES:
        raise ValueRefused("server.many_roles", most=MOST_ROLES)
    for each in roles:
        if not each.role.strip():
            raise ValueRefused("server.no_role")
        if is_identity(each.role) or is_identity(each.contact):
            raise ValueRefused("server.role_person", role=each.role)


def import_duties(city: City, source: Source) -> int:
    """Take over a table of duties: one row a role, by cell or group.

    Parameters
    ----------
    city : City
        The city.
    source : Source
        A table with the columns of :data:`COLUMNS`; ``level`` may be missing for cells.

    Returns
    -------
    int
        Cells and groups whose roles were replaced.

    Raises
    ------
    ColumnError
        If the file has no unit or no role.
    NotFound
        If a cell or group is not in the plan in force; nothing was written.
    ValueRefused
        If a role is about a person.
    """
    table = read_table(source.path, source.tick, source.called).frame
    given = _given(table)
    grid = city.grid(city.plan().head)
    units: dict[tuple[str, str], list[Duty]] = {}
    for level, unit, role, contact in given:
        if (level, unit) not in units:
            _row(grid, unit, level or None)
        units.setdefault((level, unit), []).append(Duty(role[:60], contact[:100]))
    for roles in units.values():
        require_roles(roles)
    return city.store.duties.put_all(
        Duties(level, unit, tuple(roles)) for (level, unit), roles in units.items()
    )


def _given(table: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Return level, unit, role and contact of every row that names a unit."""
    columns = {str(name).strip().casefold(): name for name in table.columns}
    found = {
        key: next((columns[name] for name in names if name in columns), None)
        for key, names in COLUMNS.items()
    }
    for key in ("unit", "role"):
        if found[key] is None:
            raise ColumnError(
                "grid.no_column", column=key, columns=", ".join(map(str, table.columns))
            )
    empty = [""] * len(table)
    parts = [
        empty if found[key] is None else code_text(table[found[key]].to_numpy())
        for key in ("level", "unit", "role", "contact")
    ]
    return [row for row in zip(*parts, strict=True) if row[1]]
