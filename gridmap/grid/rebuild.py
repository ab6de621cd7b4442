"""Cells rebuilt from the faces they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid.noding import Faces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gridmap.grid.mosaic import Mosaic

    Ints = NDArray[np.int64]
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
        cells = [*map(made.cells, range(len(made.faces.shapes))), ()]
        for face, new in owners.items():
            cells[face] = new
        self.borders = [
            ((), ()) if cells[one] == cells[other] else _apart(cells[one], cells[other])
            for one, other in zip(made.left.tolist(), made.right.tolist(), strict=True)
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
        rings: dict[int, list[tuple[int, int]]] = {row: [] for row in sorted(self.rows)}
        for chain, pair in enumerate(self.borders):
            for cells, way in zip(pair, (1, -1), strict=True):
                for cell in cells:
                    if cell in rings:
                        rings[cell].append((chain, way))
        made = {row: self._assembled(chains) for row, chains in rings.items()}
        sound = shapely.is_valid(np.array([*made.values(), None], dtype=object)[:-1])
        return {
            row: made[row] if ok else None for row, ok in zip(made, sound.tolist(), strict=True)
        }

    def _assembled(self, chains: list[tuple[int, int]]) -> Any:
        """Join directed chains, the ground on their left."""
        paths: dict[int, Ints] = {}
        for chain, way in chains:
            path = self._made.path(chain)[::way]
            if int(path[0]) in paths:
                return self._touching(chains)
            paths[int(path[0])] = path
        rings = []
        while paths:
            start, path = paths.popitem()
            parts = [path]
            while (end := int(parts[-1][-1])) != start:
                if end not in paths:
                    return None
                parts.append(paths.pop(end))
            ids = np.concatenate([*(part[:-1] for part in parts), [start]])
            rings.append(shapely.linearrings(self._made.points[ids]))
        shell = shapely.is_ccw(rings) if rings else np.zeros(0, bool)
        if shell.sum() == 1:
            holes = [ring for ring, outer in zip(rings, shell, strict=True) if not outer]
            return shapely.polygons(rings[int(shell.argmax())], holes or None)
        return self._touching(chains) if rings else shapely.Polygon()

    def _touching(self, chains: list[tuple[int, int]]) -> Any:
        """Join directed chains where a cell has several parts or touches itself."""
        paths = [self._made.path(chain)[::way] for chain, way in chains]
        line = np.repeat(np.arange(len(paths)), [len(path) for path in paths])
        faces = Faces.of(self._made.points, np.concatenate(paths), line)
        first = {(int(path[0]), int(path[1])) for path in paths}
        used = [
            face
            for wall, face in zip(faces.walls.tolist(), faces.owners.tolist(), strict=True)
            if tuple(wall) in first
        ]
        if len(used) != len(chains):
            return None
        mine = faces.shapes[sorted(set(used))]
        return mine[0] if len(mine) == 1 else shapely.multipolygons(mine)


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the cells that hold one side only, for both sides."""
    return (
        tuple(cell for cell in one if cell not in other),
        tuple(cell for cell in other if cell not in one),
    )
