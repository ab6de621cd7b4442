"""What a redraw answers: cells with codes, and what could not be brought into the band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridmap.grid.cancel import leftover
from gridmap.grid.model import Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid._blocks import Blocks


@dataclass(frozen=True)
class Left:
    """A cell that could not be brought into the band, and why.

    Parameters
    ----------
    cell : str
        Its code.
    weight : float
        Its weight.
    reason : str
        ``block`` (one block is too heavy by itself), ``piece`` (the piece of connected blocks it
        is in cannot be divided into cells of that weight), ``locked`` or ``search`` (no way was
        found).
    """

    cell: str
    weight: float
    reason: str


@dataclass(frozen=True, eq=False)
class Redraw:
    """Cells made of blocks.

    Parameters
    ----------
    grid : Grid
        The cells, with their ``weight`` column, the number of ``blocks`` and the group they are
        within.
    assignment : Series
        Code of the cell of each block, indexed by the code of the block.
    left : tuple of Left
        Cells out of the band.
    band : tuple of float
        Least and most weight of a cell.
    seed : int
        What the random numbers began with.
    """

    grid: Grid
    assignment: pd.Series
    left: tuple[Left, ...]
    band: tuple[float, float]
    seed: int


@dataclass(frozen=True)
class Aim:
    """What cells should be like.

    Parameters
    ----------
    weight : str
        Column of the blocks that counts households or people.
    target : float
        Weight a cell should have.
    tolerance : float
        Share of the target it may be off.
    within : str, optional
        Column of the blocks whose groups no cell may cross.
    """

    weight: str
    target: float
    tolerance: float = 0.1
    within: str | None = None

    @property
    def band(self) -> tuple[float, float]:
        """Least and most weight of a cell."""
        return self.target * (1 - self.tolerance), self.target * (1 + self.tolerance)


def codes_of(
    blocks: Grid,
    final: NDArray[np.int64],
    given: NDArray[np.int64],
    names: list[str],
    weight: NDArray[np.float64],
) -> NDArray[np.object_]:
    """Return the code of each block's cell: that of the start it holds most of, else a new one."""
    held = pd.DataFrame({"cell": final, "given": given, "weight": weight + 1e-9})
    held = held[held["given"] >= 0].groupby(["cell", "given"], sort=True)["weight"].sum()
    named: dict[int, str] = {}
    for cell, was in held.sort_values(ascending=False, kind="stable").index:
        if cell not in named and names[was] not in named.values():
            named[cell] = names[was]
    rest = [cell for cell in np.unique(final) if cell not in named]
    middle = shapely.get_coordinates(shapely.centroid(blocks.metric_shapes))
    count = np.bincount(final - final.min())
    x, y = (
        np.bincount(final - final.min(), middle[:, axis]) / np.maximum(count, 1) for axis in (0, 1)
    )
    rest.sort(key=lambda cell: (-y[cell - final.min()], x[cell - final.min()]))
    digits, number, used = len(str(len(rest) + len(named))), 0, set(names)
    for cell in rest:
        number += 1
        while f"{number:0{digits}d}" in used:
            number += 1
        named[cell] = f"{number:0{digits}d}"
    return np.array([named[cell] for cell in final], dtype=object)


def result_of(
    blocks: Grid,
    aim: Aim,
    graph: Blocks,
    codes: NDArray[np.object_],
    locked: set[str],
    seed: int,
) -> Redraw:
    order = np.argsort(codes, kind="stable")
    names, first = np.unique(codes[order].astype(str), return_index=True)
    rows = np.split(order, first[1:])
    shapes = [shapely.coverage_union_all(blocks.shapes[mine]) for mine in rows]
    total = np.array([graph.weight[mine].sum() for mine in rows])
    columns: dict[str, Any] = {
        "code": names,
        aim.weight: _whole(total),
        "blocks": [len(mine) for mine in rows],
    }
    if aim.within is not None:
        columns[aim.within] = [blocks.cells[aim.within].iloc[mine[0]] for mine in rows]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=blocks.crs)
    levels = (aim.within,) if aim.within else ()
    grid = Grid.from_frame(frame, "code", blocks.boundary, levels)
    assert leftover(grid.shapes, blocks.shapes).ok  # noqa: S101 - the same ground, exactly
    assignment = pd.Series(codes, index=blocks.cells.index, name="cell")
    left = _left(graph, aim, names, rows, total, locked)
    return Redraw(grid, assignment, left, aim.band, seed)


def _whole(total: NDArray[np.float64]) -> NDArray[Any]:
    return total.astype(np.int64) if np.array_equal(total, np.round(total)) else total


def _left(
    graph: Blocks,
    aim: Aim,
    names: NDArray[Any],
    rows: list[NDArray[np.int64]],
    total: NDArray[np.float64],
    locked: set[str],
) -> tuple[Left, ...]:
    """Say of every cell out of the band why it is."""
    low, high = aim.band
    piece = graph.components()
    whole = np.bincount(piece, graph.weight)
    heavy = graph.weight > high
    found = []
    for name, mine, weight in zip(names, rows, total, strict=True):
        if low <= weight <= high:
            continue
        around = whole[piece[mine[0]]]
        parts = max(1, round(float(around) / aim.target))
        reason = "search"
        if name in locked:
            reason = "locked"
        elif heavy[mine].any():
            reason = "block"
        elif not any(low * n <= around <= high * n for n in (parts - 1, parts, parts + 1)):
            reason = "piece"
        found.append(Left(str(name), float(weight), reason))
    return tuple(found)
