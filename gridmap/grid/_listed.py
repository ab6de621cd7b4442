"""What a repair did to cells, change by change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid.changes import Change, ids, name
from gridmap.grid.rebuild import apart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridmap.grid.disputes import Dispute
    from gridmap.grid.model import Grid
    from gridmap.grid.mosaic import Mosaic
    from gridmap.grid.rebuild import Rebuilt
    from gridmap.grid.valid import Fault

Pair = tuple[int, ...]


def mended(grid: Grid, faults: Sequence[Fault]) -> list[Change]:
    """Return what mending the rings of broken cells changes.

    Parameters
    ----------
    grid : Grid
        The cells.
    faults : sequence of Fault
        Those whose ring could be mended.

    Returns
    -------
    list of Change
        In the same order.
    """
    out = []
    names = ids(["invalid"] * len(faults), grid.shapes[[each.cell for each in faults]])
    for fault, known_by in zip(faults, names, strict=True):
        code, at = (str(grid.codes[fault.cell]),), fault.point
        out.append(Change(known_by, "invalid", code, code, code, 0.0, 0.0, at, at, "repair.mended"))
    return out


def moved(grid: Grid, each: Dispute) -> Change:
    """Return what giving disputed ground to its winner changes.

    Parameters
    ----------
    grid : Grid
        The cells.
    each : Dispute
        Ground with a winner.

    Returns
    -------
    Change
        With the reason for it.
    """
    codes, winner = grid.codes, each.owners
    rows = dict.fromkeys((*each.holders, *winner))
    return Change(
        id=each.id,
        kind=each.kind,
        cells=tuple(str(codes[row]) for row in rows),
        before=tuple(str(codes[row]) for row in each.holders),
        after=tuple(str(codes[row]) for row in winner),
        area_m2=each.area_m2,
        width_m=each.width_m,
        place=shapely.point_on_surface(each.where),
        where=each.where,
        reason=f"repair.{each.reason.replace('-', '_')}",
    )


def noded(
    grid: Grid,
    made: Mosaic,
    found: list[Dispute],
    rebuilt: Rebuilt,
    new: set[int],
    listed: list[Change],
) -> dict[Pair, Change]:
    """Return the borders that have the same vertices on both sides now.

    Parameters
    ----------
    grid : Grid
        The cells.
    made : Mosaic
        Their faces.
    found : list of Dispute
        Disputes, decided.
    rebuilt : Rebuilt
        The cells after that.
    new : set of int
        Those whose shapes are new.
    listed : list of Change
        What is listed already.

    Returns
    -------
    dict of tuple of int to Change
        By the cells of the border.
    """
    known = {code for change in listed for code in change.cells}
    bare = {row for row in new if str(grid.codes[row]) not in known}
    lines: dict[Pair, list[Any]] = {}
    for each in found:
        if each.hair and each.winner is not None:
            beside = {cell for _, far in made.sides(each.face) for cell in made.cells(far)}
            cells = tuple(sorted({*each.holders, *beside}))
            lines.setdefault(cells, []).append(shapely.boundary(each.where))
    for chain in np.flatnonzero(made.open | made.rough).tolist():
        one, other = rebuilt.borders[chain]
        if len(one) == len(other) == 1:
            before = apart(*(made.cells(face) for face in made.beside[:, chain].tolist()))
            cells = tuple(sorted((*one, *other)))
            if before == (one, other) or not bare.isdisjoint(cells):
                lines.setdefault(cells, []).append(made.chains.lines[chain])
    told = [cells for cells in sorted(lines) if not new.isdisjoint(cells)]
    whole = shapely.line_merge([shapely.union_all(lines[cells]) for cells in told])
    out = {}
    for rows, place, line in zip(told, shapely.point_on_surface(whole), whole, strict=True):
        codes = tuple(str(grid.codes[row]) for row in rows)
        known_by = name("edge", repr(rows).encode())  # where vertices are put depends on the rest
        out[rows] = Change(
            known_by, "edge", codes, codes, codes, 0.0, 0.0, place, line, "repair.noded"
        )
    return out
