"""Edits: values describing one change of a grid, and what becomes of the grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from gridmap.grid import _operations
from gridmap.grid._ground import Ground, Outcome
from gridmap.grid._rows import Applied, carried_out, code_columns

__all__ = [
    "Applied",
    "Assign",
    "Edit",
    "Merge",
    "Move",
    "Recode",
    "Split",
    "apply",
    "code_columns",
]

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gridmap.grid.model import Grid

SNAP_M = 1.0
"""How far in metres a vertex of a drawn line is moved onto a border, unless the edit says."""


@dataclass(frozen=True)
class Merge:
    """Make one cell of several that hang together.

    Parameters
    ----------
    cells : tuple of str
        Codes of two or more cells.
    code : str
        Code of the new cell; it may be one of theirs.
    """

    cells: tuple[str, ...]
    code: str


@dataclass(frozen=True)
class Split:
    """Divide a cell by a line.

    Parameters
    ----------
    cell : str
        Code of the cell.
    line : LineString
        The line, longitude and latitude; what reaches beyond the cell is ignored.
    codes : tuple of str
        Codes of the part left and the part right of the line's direction; one may be the cell's.
    snap_m : float
        How far in metres its vertices may be moved onto vertices and borders.
    """

    cell: str
    line: shapely.LineString
    codes: tuple[str, str]
    snap_m: float = SNAP_M


@dataclass(frozen=True)
class Move:
    """Replace the common border of two cells between the ends of a line.

    Parameters
    ----------
    cells : tuple of str
        Codes of the two cells.
    line : LineString
        The new border, longitude and latitude; its ends are on the old one or cross it.
    snap_m : float
        How far in metres its vertices may be moved onto vertices and borders.
    """

    cells: tuple[str, str]
    line: shapely.LineString
    snap_m: float = SNAP_M


@dataclass(frozen=True)
class Assign:
    """Give a drawn area to a cell; what of it lies in no cell is ignored.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        The area, longitude and latitude.
    to : str
        Code of the cell.
    snap_m : float
        How far in metres its vertices may be moved onto vertices and borders.
    """

    area: shapely.Polygon | shapely.MultiPolygon
    to: str
    snap_m: float = SNAP_M


@dataclass(frozen=True)
class Recode:
    """Give a cell another code.

    Parameters
    ----------
    cell : str
        Its code.
    code : str
        The new one.
    """

    cell: str
    code: str


Edit = Merge | Split | Move | Assign | Recode


def apply(
    grid: Grid,
    edit: Edit,
    counts: Sequence[str] | None = None,
    locked: Collection[str] = (),
    digits: int | None = None,
) -> Applied:
    """Carry out an edit.

    Only the cells it touches are looked at, found by an index that follows the grid from edit to
    edit, and it is accepted if the directed edges of the new cells cancel those of the old ones
    exactly: neither grows with the city. Only the table of the new grid is as long as it.

    Parameters
    ----------
    grid : Grid
        The cells, in any CRS; they may have defects elsewhere.
    edit : Edit
        What to change.
    counts : sequence of str, optional
        Columns that count something (people, households): they go with the ground and add up.
        Absent means the numeric columns whose name says so.
    locked : collection of str
        Codes of cells that must stay as they are.
    digits : int, optional
        Decimals of the coordinates of new vertices; absent means all there are.

    Returns
    -------
    Applied
        The new grid, and the cells before and after.

    Raises
    ------
    EditRefused
        If the result would not be what was meant or not a coverage; the values hold the place.
    GeometryError
        If the ring of a touched cell is broken.
    """
    ground = Ground.of(grid, locked)
    outcome = _OPERATIONS[type(edit)](ground, edit)
    return carried_out(ground, outcome, counts, digits)


def _merge(ground: Ground, edit: Merge) -> Outcome:
    return _operations.merge(ground, edit.cells, edit.code)


def _split(ground: Ground, edit: Split) -> Outcome:
    return _operations.split(ground, edit.cell, ground.path(edit.line), edit.codes, edit.snap_m)


def _move(ground: Ground, edit: Move) -> Outcome:
    return _operations.move(ground, edit.cells, ground.path(edit.line), edit.snap_m)


def _assign(ground: Ground, edit: Assign) -> Outcome:
    rings = [ground.path(ring) for ring in shapely.get_rings(shapely.get_parts(edit.area))]
    return _operations.assign(ground, rings, edit.to, edit.snap_m)


def _recode(ground: Ground, edit: Recode) -> Outcome:
    return _operations.recode(ground, edit.cell, edit.code)


_OPERATIONS: dict[type[Edit], Callable[[Ground, Any], Outcome]] = {
    Merge: _merge,
    Split: _split,
    Move: _move,
    Assign: _assign,
    Recode: _recode,
}
