"""Walks: which cells walk along which edges, and which way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridmap.grid._numbers import grouped, runs
from gridmap.grid.cancel import Rings
from gridmap.grid.noding import numbered, undirected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.cancel import Leftover

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BOUNDARY, OPEN, LINE = -1, -2, -3
"""Owners beside the cells: the boundary, left-over edges, and lines that only part faces."""


@dataclass(frozen=True, eq=False)
class Walks:
    """Who walks along which pair of vertices, and which way."""

    pairs: Ints
    at: Ints
    sign: Ints
    owners: Ints

    @classmethod
    def of(cls, ends: Ints, owners: Ints) -> Walks:
        real = ends[:, 0] != ends[:, 1]
        return cls(*undirected(ends[real]), owners[real])

    def _net(self, mask: Bools, sign: Ints) -> Ints:
        return np.bincount(self.at[mask], sign[mask], len(self.pairs)).astype(np.int64)

    @property
    def open(self) -> Bools:
        return np.bincount(self.at[self.owners == OPEN], minlength=len(self.pairs)) > 0

    @property
    def loose(self) -> Bools:
        return np.bincount(self.at[self.owners <= OPEN], minlength=len(self.pairs)) > 0

    def fixed(self, size: int) -> Bools:
        """Tell at which vertices edges cancel, and which are those of the boundary."""
        sign = np.where(self.owners == BOUNDARY, -self.sign, self.sign)
        shared = self._net(self.owners >= BOUNDARY, sign) != self._net(self.owners == OPEN, sign)
        shared[self.at[self.owners == BOUNDARY]] = True
        out = np.zeros(size, bool)
        out[self.pairs[shared | ~self.open].ravel()] = True
        return out

    def along(self, pairs: Ints, sign: Ints, chain: Ints, amount: int) -> Steps:
        """Tell, for pieces of chains cut from pairs, which owners walk along them."""
        first, walks = grouped(self.at, len(self.pairs))
        many = np.diff(first)[pairs]
        of = np.repeat(chain, many)
        starts, order = grouped(of, amount)
        rows = walks[runs(first[pairs], many)]
        steps = self.sign[rows] * np.repeat(sign, many)
        return Steps(starts.tolist(), self.owners[rows][order].tolist(), steps[order].tolist())


class Steps(NamedTuple):
    """Who walks along chains: for each a slice of owners, and of 1 or -1 for the way they go."""

    starts: list[int]
    owners: list[int]
    ways: list[int]


def laid_out(
    ground: NDArray[np.object_], rows: Ints, left: Leftover, boundary: Any, lines: Floats | None
) -> tuple[Floats, Ints, Ints]:
    """Return places, directed edges between them, and who owns each edge."""
    rings = Rings.of(np.append(ground, boundary))
    ends, polygon = rings.edges()
    loose = left.edges if lines is None else np.concatenate([left.edges, lines])
    points, number = numbered(np.concatenate([rings.xy, loose.reshape(-1, 2)]))
    ends = np.concatenate([number[ends], number[len(rings.xy) :].reshape(-1, 2)])
    names = np.repeat([OPEN, LINE], [len(left.edges), len(loose) - len(left.edges)])
    return points, ends, np.append(np.append(rows, BOUNDARY)[polygon], names)
