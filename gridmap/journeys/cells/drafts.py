"""Drafts: edits with proof, undo and redo, comparing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridmap.grid.diff import Diff, diff
from gridmap.grid.edit import apply
from gridmap.grid.edit_json import to_json
from gridmap.grid.rules import Rules
from gridmap.journeys.cells.plans import DIGITS, PEOPLE
from gridmap.journeys.cells.saving import Saved, require_draft
from gridmap.journeys.cells.touched import figures_of, shared_out

if TYPE_CHECKING:
    import geopandas as gpd

    from gridmap.grid.edit import Applied, Edit
    from gridmap.grid.model import Grid
    from gridmap.journeys.city import City
    from gridmap.store import Plan


def edit(city: City, plan: int, expected: int, change: Edit, by: str = "") -> Saved:
    """Carry out an edit in a draft, if its result is still a coverage.

    Parameters
    ----------
    city : City
        The city.
    plan : int
        Number of the draft.
    expected : int
        Version the edit was made on.
    change : Edit
        What to change.
    by : str
        Who does it.

    Returns
    -------
    Saved
        The draft, and the figures of the touched cells before and after.

    Raises
    ------
    EditRefused
        If the result would not be a coverage; nothing was saved.
    Stale
        If somebody saved first; nothing was saved.
    Conflict
        If the plan is published.
    """
    found = require_draft(city, plan, expected)
    done, new_cells, result = _carried_out(city, found, expected, change)
    columns = list(done.new_cells.columns)
    removed = list(done.old_cells.index)
    moved = result.boundary is not city.grid(expected).boundary
    outline = result.boundary if moved else None
    saved = city.store.plans.save(
        plan, expected, removed, new_cells[columns], to_json(change), by, outline
    )
    city.keep(("grid", saved.head), result)
    before = figures_of(city, found, city.grid(expected), done.old_cells)
    after = figures_of(city, found, result, new_cells)
    return Saved(saved, before, after, done.gained, done.notices)


def preview(city: City, plan: int, expected: int, change: Edit) -> tuple[Saved, gpd.GeoDataFrame]:
    """Tell what an edit would do, without saving it.

    Parameters
    ----------
    city : City
        The city.
    plan, expected : int
        Number of the draft and the version it is thought to stand at.
    change : Edit
        What would be changed.

    Returns
    -------
    Saved
        The draft as it stands, and the figures of the touched cells before and after.
    GeoDataFrame
        The touched cells as they would be.

    Raises
    ------
    EditRefused
        If the result would not be a coverage.
    Stale
        If somebody saved first.
    Conflict
        If the plan is published.
    """
    found = require_draft(city, plan, expected)
    done, new_cells, result = _carried_out(city, found, expected, change)
    before = figures_of(city, found, city.grid(expected), done.old_cells)
    after = figures_of(city, found, result, new_cells)
    return Saved(found, before, after, done.gained, done.notices), new_cells


def _carried_out(
    city: City, plan: Plan, expected: int, change: Edit
) -> tuple[Applied, gpd.GeoDataFrame, Grid]:
    """Return what an edit does, the new cells with their people, and the whole grid with them."""
    locked = Rules.from_dict(plan.rules).locked
    counts = [plan.weight] if plan.weight else []
    done = apply(city.grid(expected), change, counts, locked, DIGITS)
    new_cells = shared_out(city, plan, done.old_cells, done.new_cells)
    if new_cells is not done.new_cells:
        # The new grid is nobody else's yet; a copy of it would lose what edits have indexed.
        done.grid.cells.loc[new_cells.index, PEOPLE] = new_cells[PEOPLE]
    return done, new_cells, _by_code(done.grid)


def _by_code(grid: Grid) -> Grid:
    """Return cells as the store gives them: what is remembered of them goes by their position."""
    if grid.cells.index.is_monotonic_increasing:
        return grid
    return grid.with_cells(grid.cells.sort_index(kind="stable"))


def undo(city: City, plan: int, expected: int) -> Saved:
    """Let a draft stand at the version before.

    Parameters
    ----------
    city : City
        The city.
    plan, expected : int
        Number of the draft and the version it is thought to stand at.

    Returns
    -------
    Saved
        The draft and what became of the touched cells.

    Raises
    ------
    Conflict
        If there is nothing to undo, or the plan is published.
    Stale
        If somebody saved first.
    """
    require_draft(city, plan, expected)
    return _moved(city, expected, city.store.plans.undo(plan, expected), expected)


def redo(city: City, plan: int, expected: int) -> Saved:
    """Let a draft stand at the version that was undone last.

    Parameters
    ----------
    city : City
        The city.
    plan, expected : int
        Number of the draft and the version it is thought to stand at.

    Returns
    -------
    Saved
        The draft and what became of the touched cells.

    Raises
    ------
    Conflict
        If there is nothing to redo, or the plan is published.
    Stale
        If somebody saved first.
    """
    require_draft(city, plan, expected)
    moved = city.store.plans.redo(plan, expected)
    return _moved(city, expected, moved, moved.head)


def _moved(city: City, before: int, plan: Plan, edited: int) -> Saved:
    codes = city.store.plans.touched(edited)
    old, new = city.grid(before).cells, city.grid(plan.head).cells
    was, now = old[old.index.isin(codes)], new[new.index.isin(codes)]
    return Saved(
        plan,
        figures_of(city, plan, city.grid(before), was),
        figures_of(city, plan, city.grid(plan.head), now),
    )


def compare(city: City, before: int, after: int) -> Diff:
    """Compare two plans as they stand now.

    Parameters
    ----------
    city : City
        The city.
    before, after : int
        Numbers of the plans.

    Returns
    -------
    Diff
        Cells changed, ground and people that change their cell.
    """
    old, new = city.store.plans.get(before), city.store.plans.get(after)
    blocks = city.blocks()
    grids = city.grid(old.head), city.grid(new.head)
    if old.weight == PEOPLE and blocks is not None:
        return diff(*grids, blocks.frame, blocks.weight)
    return diff(*grids, weight=old.weight)
