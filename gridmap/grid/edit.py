"""Edits: values describing one change of a grid, and what becomes of the grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.errors import GeometryError, ValueRefused
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
    "from_json",
    "to_json",
]

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gridmap.grid.model import Grid

SNAP_M = 1.0
"""How far in metres a vertex of a drawn line is moved onto a border, unless the edit says."""
MOST_VERTICES = 10_000


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


def from_json(value: Any) -> Edit:
    """Return the edit a JSON value describes.

    Parameters
    ----------
    value : Any
        One element of ``EDITS.json``.

    Returns
    -------
    Edit
        The edit.

    Raises
    ------
    ValueRefused
        If a part is missing or not of its kind.
    GeometryError
        If a geometry is not a line or an area in longitude and latitude.
    """
    if not isinstance(value, dict):
        raise ValueRefused("edit.not_object", value=str(value)[:60])
    reader = _READERS.get(str(value.get("op")))
    if reader is None:
        ops = ", ".join(_READERS)
        raise ValueRefused("edit.unknown_op", op=str(value.get("op"))[:60], ops=ops)
    return reader(value)


def to_json(edit: Edit) -> dict[str, Any]:
    """Return an edit as JSON.

    Parameters
    ----------
    edit : Edit
        The edit.

    Returns
    -------
    dict
        One element of ``EDITS.json``.
    """
    value: dict[str, Any] = {"op": type(edit).__name__.lower()}
    for name, part in vars(edit).items():
        if isinstance(part, shapely.Geometry):
            value[name] = shapely.geometry.mapping(part)
        elif name != "snap_m" or part != SNAP_M:
            value[name] = list(part) if isinstance(part, tuple) else part
    return value


def _codes(value: Mapping[str, Any], name: str, count: int | None = None) -> tuple[str, ...]:
    codes = value.get(name)
    if not isinstance(codes, list) or (count is not None and len(codes) != count):
        raise ValueRefused("edit.bad_part", op=value["op"], part=name)
    return tuple(_text(value, name, code) for code in codes)


def _code(value: Mapping[str, Any], name: str) -> str:
    return _text(value, name, value.get(name))


def _text(value: Mapping[str, Any], name: str, code: Any) -> str:
    if isinstance(code, bool) or not isinstance(code, str | int):
        raise ValueRefused("edit.bad_part", op=value["op"], part=name)
    return str(code).strip()


def _pair(value: Mapping[str, Any], name: str) -> tuple[str, str]:
    first, second = _codes(value, name, 2)
    return first, second


def _snap(value: Mapping[str, Any]) -> float:
    reach = value.get("snap_m", SNAP_M)
    number = isinstance(reach, int | float) and not isinstance(reach, bool)
    if not number or not 0 <= reach <= 1000:  # noqa: PLR2004 - no cell is wider
        raise ValueRefused("edit.bad_part", op=value["op"], part="snap_m")
    return float(reach)


def _geometry(value: Mapping[str, Any], name: str, kinds: tuple[str, ...]) -> Any:
    body = value.get(name)
    if isinstance(body, dict) and body.get("type") == "Feature":
        body = body.get("geometry")
    if not isinstance(body, dict) or body.get("type") not in kinds:
        raise GeometryError("edit.bad_geometry", part=name, kinds=" / ".join(kinds))
    try:
        with np.errstate(invalid="ignore"):
            shape = shapely.force_2d(shapely.geometry.shape(body))
        xy = shapely.get_coordinates(shape)
    except (ValueError, TypeError, IndexError, KeyError, shapely.GEOSException) as cause:
        raise GeometryError("edit.bad_geometry", part=name, kinds=" / ".join(kinds)) from cause
    if not len(xy) or len(xy) > MOST_VERTICES or not np.isfinite(xy).all():
        raise GeometryError("edit.bad_geometry", part=name, kinds=" / ".join(kinds))
    if (np.abs(xy) > (180, 90)).any():
        raise GeometryError("edit.not_lonlat", part=name)
    if not shapely.is_valid(shape):
        raise GeometryError("edit.bad_area", part=name, reason=shapely.is_valid_reason(shape))
    return shape


def _line(value: Mapping[str, Any]) -> shapely.LineString:
    return _geometry(value, "line", ("LineString",))


_READERS: dict[str, Callable[[Mapping[str, Any]], Edit]] = {
    "merge": lambda v: Merge(_codes(v, "cells"), _code(v, "code")),
    "split": lambda v: Split(_code(v, "cell"), _line(v), _pair(v, "codes"), _snap(v)),
    "move": lambda v: Move(_pair(v, "cells"), _line(v), _snap(v)),
    "assign": lambda v: Assign(
        _geometry(v, "area", ("Polygon", "MultiPolygon")), _code(v, "to"), _snap(v)
    ),
    "recode": lambda v: Recode(_code(v, "cell"), _code(v, "code")),
}
