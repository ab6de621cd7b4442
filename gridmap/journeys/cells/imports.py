"""A file of cells becomes a draft, in one transaction: all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gridmap.files.rules import read_table
from gridmap.grid.levels import told_apart
from gridmap.grid.model import Grid
from gridmap.journeys.cells.plans import Imported, import_grid
from gridmap.journeys.layers import without_people

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gridmap.journeys.source import Source
    from gridmap.store import Store

STEPS = 3
"""Steps of an import, for its progress: read, looked at, stored."""


@dataclass(frozen=True)
class Reading:
    """How a file of cells is to be read.

    Parameters
    ----------
    code : str, optional
        Column of the codes; absent means that it is guessed.
    levels : sequence of str
        Level columns, coarse to fine.
    boundary : Source, optional
        File of the area to be covered.
    crs : str, optional
        CRS of the cells, whatever the file claims.
    weight : str, optional
        Column with people or households.
    nested : bool
        Whether a name in several groups of the coarser level means several groups.
    rules : Path, optional
        File of what the city asks of its cells: allowed holes, locked cells.
    """

    code: str | None = None
    levels: Sequence[str] = ()
    boundary: Source | None = None
    crs: str | None = None
    weight: str | None = None
    nested: bool = False
    rules: Path | None = None


def import_cells(
    store: Store,
    source: Source,
    how: Reading | None = None,
) -> Imported:
    """Bring in cells as a draft.

    Parameters
    ----------
    store : Store
        The store.
    source : Source
        The file.
    how : Reading, optional
        How it is to be read; absent means that everything is guessed.

    Returns
    -------
    Imported
        The draft and what was done to the cells.

    Raises
    ------
    InputError
        If the file cannot be read or its cells are not a coverage; nothing was written.
    """
    how = how or Reading()
    rules = None if how.rules is None else read_table(how.rules)
    frame = source.frame(how.crs)
    frame, dropped = without_people(frame, [how.code, *how.levels, how.weight])
    area = None if how.boundary is None else how.boundary.frame()
    grid = Grid.from_frame(frame, how.code, area, how.levels)
    grid = told_apart(grid) if how.nested else grid
    source.progress(1, STEPS)
    weight = how.weight
    layer = store.layers.latest("blocks")
    blocks = None if layer is None or weight is not None else store.layers.frame(layer.id)
    counted = weight if layer is None or weight is not None else layer.about.get("weight")
    given = None if dropped else source.original()
    made = import_grid(store, source.title, grid, counted, blocks, given, rules=rules)
    return replace(made, dropped=dropped)
