"""What a plan must be: sound to be kept, a coverage to be published."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridmap.errors import ColumnError, GeometryError, InputError, ValueRefused
from gridmap.grid.check import check
from gridmap.grid.defects import named
from gridmap.grid.rules import Rules

if TYPE_CHECKING:
    from gridmap.grid.model import Grid
    from gridmap.store import Store


def require_sound(grid: Grid) -> None:
    """Refuse cells no plan can hold, not even a draft.

    Parameters
    ----------
    grid : Grid
        Cells on their way into the store.

    Raises
    ------
    GeometryError
        If a ring is broken.
    ValueRefused
        If a code is missing or repeated, or a cell holds no ground.
    """
    broken = np.flatnonzero(~shapely.is_valid(grid.shapes))
    if broken.size:
        at = int(broken[0])
        why = shapely.is_valid_reason(grid.shapes[at])
        raise GeometryError("server.broken_ring", code=grid.codes[at], why=why)
    _require_codes(grid)
    bare = grid.codes[shapely.is_empty(grid.shapes)]
    if bare.size:
        raise ValueRefused("server.no_ground", codes=", ".join(map(str, bare[:12])))


def _require_codes(grid: Grid) -> None:
    index = grid.cells.index
    if "" in index:
        raise ValueRefused("server.no_code", count=int((index == "").sum()))
    if index.has_duplicates:
        repeated = index[index.duplicated()].unique()
        raise ValueRefused("server.codes_twice", codes=named(repeated, "en"))


def require_coverage(grid: Grid, rules: Rules | None = None) -> None:
    """Refuse cells that are not a coverage; whether they reach a boundary is another matter.

    Parameters
    ----------
    grid : Grid
        Sound cells.
    rules : Rules, optional
        Holes that are meant to be there.

    Raises
    ------
    ValueRefused
        If cells overlap or leave gaps between them.
    """
    allowed = None if rules is None else Rules(allowed=rules.allowed)
    found = check(replace(grid, boundary=None), allowed).defects
    errors = [each for each in found if each.is_error]
    if errors:
        first = errors[0].text()
        raise ValueRefused("server.not_coverage", first=first, count=len(errors))


def require_columns(grid: Grid, rules: Rules) -> None:
    """Refuse cells without the columns the rules ask for.

    Parameters
    ----------
    grid : Grid
        Cells on their way into the store.
    rules : Rules
        What the city asks of them.

    Raises
    ------
    ColumnError
        If a column is not there.
    """
    wanted = [*rules.required, *([rules.size.column] if rules.size else [])]
    for name in wanted:
        if name not in grid.cells.columns:
            columns = ", ".join(map(str, grid.cells.columns.drop(grid.cells.geometry.name)))
            raise ColumnError("grid.no_column", column=name, columns=columns)


def faults(store: Store) -> list[str]:
    """Return what is wrong with a store.

    Parameters
    ----------
    store : Store
        The store.

    Returns
    -------
    list of str
        Faults of the file, broken cells, and published plans whose cells are no coverage; empty
        if all is well.
    """
    found = store.faults()
    if found:
        return found
    for plan in store.plans.all():
        try:
            grid = store.plans.grid(plan.head)
            require_sound(grid)
            if plan.valid_from is not None:
                require_coverage(grid, Rules.from_dict(plan.rules))
        except InputError as error:
            found.append(f"{plan.name}: {error}")
    return found
