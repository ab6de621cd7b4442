"""Cells rebuilt from the faces they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid.regions import OUTSIDE, Regions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridmap.grid.mosaic import Mosaic

    Owners = Mapping[int, tuple[int, ...]]


class Rebuilt:
    """Cells with new shapes, after disputed faces have gone to their winners.

    A border is where a cell holds one side only. Both cells of a border get its vertices, so their
    edges cancel; a vertex keeps its bytes.

    Parameters
    ----------
    made : Mosaic
        The faces.
    owners : mapping of int to tuple of int
        Who holds disputed faces in the end.
    stuck : frozenset of int
        Cells that keep their shapes whatever happens.
    """

    def __init__(self, made: Mosaic, owners: Owners, stuck: frozenset[int] = frozenset()) -> None:
        self._made = made
        self._owners = owners
        cells = [*map(made.cells, range(len(made.faces))), ()]
        for face, new in owners.items():
            cells[face] = new
        self.borders = [
            ((), ()) if cells[one] == cells[other] else apart(cells[one], cells[other])
            for one, other in zip(*made.beside.tolist(), strict=True)
        ]
        self.rows = self._spread(self._moved() | self._unmatched()) - stuck

    def _moved(self) -> set[int]:
        """Cells that gain or lose a face, or whose edges rounding has folded."""
        rows: set[int] = set()
        for face, cells in self._owners.items():
            rows |= set(cells) ^ set(self._made.cells(face))
        for held in self._made.held:
            rows |= {cell for cell, times in held.items() if cell >= 0 and times not in (0, 1)}
        return rows

    def _unmatched(self) -> set[int]:
        """Cells on both sides of a border that cancels only now."""
        rows: set[int] = set()
        for chain in np.flatnonzero(self._made.open).tolist():
            one, other = self.borders[chain]
            if len(one) == len(other) == 1:
                rows |= {*one, *other}
        return rows

    def _spread(self, rows: set[int]) -> set[int]:
        """Add the cells beyond borders that gain vertices, and so on."""
        rough = [self.borders[chain] for chain in np.flatnonzero(self._made.rough).tolist()]
        pairs = [{*one, *other} for one, other in rough if len(one) == len(other) == 1]
        size = -1
        while len(rows) != size:
            size = len(rows)
            rows = rows.union(*(pair for pair in pairs if not pair.isdisjoint(rows)))
        return rows

    def shapes(self) -> dict[int, Any]:
        """Return the new shapes; None where a cell's borders make no sound ring.

        Returns
        -------
        dict of int to Polygon, MultiPolygon or None
            By cell; a cell that holds nothing is an empty polygon.
        """
        walks = [
            (2 * chain + back, cell)
            for chain, pair in enumerate(self.borders)
            for back, cells in enumerate(pair)
            for cell in cells
            if cell in self.rows
        ]
        halves, cells = np.array(walks, np.int64).reshape(-1, 2).T
        regions = Regions.of(self._made.chains, halves, cells)
        torn = set(cells[regions.left == OUTSIDE].tolist())
        parts: dict[int, list[Any]] = {row: [] for row in sorted(self.rows)}
        for row, part in zip(regions.labels.tolist(), regions.shapes, strict=True):
            parts[row].append(part)
        made = np.array([_joined(each) for each in parts.values()], dtype=object)
        sound = zip(parts, made, shapely.is_valid(made).tolist(), strict=True)
        return {row: shape if ok and row not in torn else None for row, shape, ok in sound}


def _joined(parts: list[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    return shapely.multipolygons(parts) if parts else shapely.Polygon()


def apart(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return who holds one side only, and who the other.

    Parameters
    ----------
    one, other : tuple of int
        Cells that hold the ground on each side of a border.

    Returns
    -------
    tuple of tuple of int
        Those of the first that do not hold the second, and the other way round.
    """
    return (
        tuple(cell for cell in one if cell not in other),
        tuple(cell for cell in other if cell not in one),
    )
