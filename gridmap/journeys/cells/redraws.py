"""Balanced cells from blocks: proposed as a new draft, or put into a group of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gridmap.errors import NotFound, ValueRefused
from gridmap.grid._rows import code_columns
from gridmap.grid.cancel import proves
from gridmap.grid.model import Grid, code_text
from gridmap.grid.redraw import Aim, Redraw, redraw
from gridmap.grid.rules import Rules
from gridmap.journeys.cells.plans import PEOPLE, import_grid, snap
from gridmap.journeys.cells.saving import Saved, exchange, require_draft
from gridmap.journeys.source import silent

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gridmap.journeys.cells.plans import Imported
    from gridmap.journeys.city import Blocks, City
    from gridmap.journeys.source import Progress
    from gridmap.store import Plan


@dataclass(frozen=True)
class Wanted:
    """What cells are to be like.

    Parameters
    ----------
    target : float
        People or households of a cell.
    tolerance : float
        Share of the target a cell may be off.
    level : str, optional
        Level whose groups no cell may cross.
    group : str, optional
        The group of the level that is drawn anew; absent means all of them.
    fresh : bool
        Draw from nothing; otherwise only what is out of the band changes.
    seed : int
        Same seed, same cells.
    """

    target: float
    tolerance: float = 0.1
    level: str | None = None
    group: str | None = None
    fresh: bool = False
    seed: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the wishes as an edit that is kept with the version it makes.

        Returns
        -------
        dict
            ``op`` is ``redraw``.
        """
        return {"op": "redraw", **vars(self)}


@dataclass(frozen=True, eq=False)
class _Ground:
    """Blocks that are to be put together anew, each with the cell and the levels it is in now."""

    given: Blocks
    blocks: Grid
    cells: Grid
    of: NDArray[np.int64]
    locked: frozenset[str]

    def drawn(self, wanted: Wanted, within: str | None) -> Redraw:
        aim = Aim(self.given.weight, wanted.target, wanted.tolerance, within)
        start = None if wanted.fresh else self.cells
        return redraw(self.blocks, aim, None, start, self.locked, wanted.seed)


def new_draft(
    city: City,
    plan: int,
    name: str,
    wanted: Wanted,
    by: str = "",
    progress: Progress = silent,
) -> tuple[Imported, Redraw]:
    """Make a draft of balanced cells, all of blocks; the plan it starts from stays as it is.

    Parameters
    ----------
    city : City
        The city; its newest layer of blocks is used.
    plan : int
        Plan to start from; its locked cells keep their blocks.
    name : str
        Name of the draft.
    wanted : Wanted
        What cells are to be like.
    by : str
        Who does it.
    progress : callable
        Is told what is done and the total; may raise to stop.

    Returns
    -------
    Imported
        The draft.
    Redraw
        The cells and those out of the band.

    Raises
    ------
    NotFound
        If there are no blocks or no such level.
    ValueRefused
        If the target or the tolerance make no sense.
    """
    progress(0, 3)
    found = city.store.plans.get(plan)
    ground = _ground(city, found, wanted)
    progress(1, 3)
    made = ground.drawn(wanted, wanted.level)
    progress(2, 3)
    cells = made.grid.cells.drop(columns=["blocks", wanted.level or ""], errors="ignore")
    for level in found.levels:
        cells[level] = _most(ground, made, level).reindex(cells.index)
    grid = Grid(cells, None, found.levels)  # fitted to a boundary they were of blocks no more
    given = ground.given
    imported = import_grid(city.store, name, grid, given.weight, given.frame, by=by)
    return imported, made


def within_draft(
    city: City,
    plan: int,
    expected: int,
    wanted: Wanted,
    by: str = "",
    progress: Progress = silent,
) -> tuple[Saved, Redraw]:
    """Draw cells of a draft anew, as one edit that can be undone.

    Parameters
    ----------
    city : City
        The city; its newest layer of blocks is used.
    plan, expected : int
        Number of the draft and the version it is thought to stand at.
    wanted : Wanted
        What cells are to be like, and in which group.
    by : str
        Who does it.
    progress : callable
        Is told what is done and the total; may raise to stop.

    Returns
    -------
    Saved
        The draft, and the figures of the cells before and after.
    Redraw
        The cells and those out of the band.

    Raises
    ------
    NotFound
        If there are no blocks or no such group.
    ValueRefused
        If the cells are not made of whole blocks, or the target makes no sense.
    Stale
        If somebody saved first.
    """
    found = require_draft(city, plan, expected)
    progress(0, 3)
    ground = _ground(city, found, wanted)
    progress(1, 3)
    made = ground.drawn(wanted, wanted.level)
    progress(2, 3)
    grid = city.grid(expected)
    old = ground.cells.cells
    new = _rows(grid, ground, made)
    if not proves(new.geometry.to_numpy(), old.geometry.to_numpy()):
        raise ValueRefused("redraw.unaligned")
    progress(3, 3)
    return exchange(city, found, old, new, wanted.to_json(), by), made


def _ground(city: City, plan: Plan, wanted: Wanted) -> _Ground:
    given = city.blocks()
    if given is None:
        raise NotFound("redraw.no_blocks")
    key = ("snapped blocks", given.layer)
    blocks = city.derived(key, lambda: snap(Grid.from_frame(given.frame))[0])
    cells = city.grid(plan.head)
    inside = shapely.point_on_surface(blocks.shapes)
    block, cell = shapely.STRtree(cells.shapes).query(inside, predicate="intersects")
    of = np.full(len(blocks.codes), -1)
    of[block[::-1]] = cell[::-1]
    locked = Rules.from_dict(plan.rules).locked
    mine = of >= 0
    if wanted.level is not None:
        if wanted.level not in cells.levels:
            levels = ", ".join(cells.levels)
            raise NotFound("store.no_level", level=wanted.level, levels=levels)
        values = np.array(code_text(cells.cells[wanted.level]), dtype=object)
        if wanted.group is not None:
            chosen = (values == wanted.group) & ~cells.cells.index.isin(locked)
            if not chosen.any():
                raise NotFound("redraw.no_group", level=wanted.level, group=wanted.group)
            mine &= chosen[of]
            kept = np.flatnonzero(chosen)
            cells = cells.with_cells(cells.cells.iloc[kept])
            of = np.searchsorted(kept, of)
    frame = blocks.cells.assign(**_levels(cells, np.where(mine, of, 0)))
    return _Ground(given, blocks.with_cells(frame[mine]), cells, of[mine], locked)


def _levels(cells: Grid, of: NDArray[np.int64]) -> dict[str, Any]:
    return {
        level: cells.cells[level].to_numpy()[np.minimum(of, len(cells.codes) - 1)]
        for level in cells.levels
    }


def _most(ground: _Ground, made: Redraw, column: str) -> pd.Series:
    """Return for each new cell the value most of its people have had."""
    frame = pd.DataFrame(
        {
            "cell": made.assignment.to_numpy(),
            "value": ground.blocks.cells[column].to_numpy(),
            "weight": ground.blocks.cells[ground.given.weight].to_numpy(dtype=float) + 1e-9,
        }
    )
    sums = frame.groupby(["cell", "value"], sort=True)["weight"].sum().reset_index()
    first = sums.sort_values("weight", ascending=False, kind="stable").drop_duplicates("cell")
    return first.set_index("cell")["value"]


def _rows(grid: Grid, ground: _Ground, made: Redraw) -> gpd.GeoDataFrame:
    """Return the new cells with the attributes of the cell most of their people come from."""
    blocks = ground.blocks.cells.assign(_row=ground.of)
    ground = replace(ground, blocks=ground.blocks.with_cells(blocks))
    source = _most(ground, made, "_row").reindex(made.grid.cells.index)
    codes = _free_codes(grid, ground.cells, list(made.grid.cells.index))
    rows = ground.cells.cells.iloc[source.to_numpy(dtype=int)]
    rows = rows.set_axis(pd.Index(codes, name="code", dtype=object))
    rows = rows.set_geometry(made.grid.shapes, crs=grid.crs)
    values: dict[str, Any] = dict.fromkeys(code_columns(grid), codes)
    if PEOPLE in rows.columns:
        values[PEOPLE] = made.grid.cells[ground.given.weight].to_numpy()
    return rows.assign(**values)


def _free_codes(grid: Grid, mine: Grid, codes: list[str]) -> list[str]:
    """Return codes no other cell of the draft has."""
    taken = set(map(str, grid.codes)) - set(map(str, mine.codes))
    free: list[str] = []
    for code in codes:
        name, number = code, 1
        while name in taken:
            name, number = f"{code}-{number + 1}", number + 1
        taken.add(name)
        free.append(name)
    return free
