"""From a rough partition of blocks to balanced, contiguous, compact cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridmap.grid._redraw_trees import split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid._blocks import Blocks

ROUNDS = 60
WORK = 2000
"""Trees a block may be part of in all; what is still out of the band then is reported."""
TREES = (15, 2)
"""Spanning trees a part when cells are split anew for balance, and divisions that are enough."""
TREES_COMPACT = (14, 14)


class Search:
    """Cells made of blocks, split anew a few neighbours at a time.

    The start comes from elsewhere (METIS); here neighbouring cells are joined and cut again along
    random spanning trees, as in ReCom (DeFord, Duchin & Solomon 2021), first those whose weight is
    out of the band, then pairs whose common border can become shorter.

    Parameters
    ----------
    blocks : Blocks
        The graph.
    label : ndarray of int64, shape (n,)
        Cell of each block to begin with; -1 leaves a block out.
    band : tuple of float
        Least and most weight of a cell.
    rng : numpy Generator
        Where chance comes from.
    """

    def __init__(
        self,
        blocks: Blocks,
        label: NDArray[np.int64],
        band: tuple[float, float],
        rng: np.random.Generator,
    ) -> None:
        self.band, self.rng = band, rng
        self.weight = blocks.weight
        starts, beside, length = blocks.rows()
        self.starts, self.beside = starts.tolist(), beside.tolist()
        self.length = (length / max(float(length.mean()), 1e-9)).tolist() if len(length) else []
        self.label = label.tolist()
        self.members: dict[int, list[int]] = {}
        self._pieces()
        self.total = {cell: float(self.weight[rows].sum()) for cell, rows in self.members.items()}
        self._next = max(self.members, default=-1) + 1
        self._place = np.full(len(label), -1)
        self._work = WORK * (len(label) + 100)

    def _pieces(self) -> None:
        """Make a cell of its own of every piece of a cell that does not hang together."""
        seen = [cell < 0 for cell in self.label]
        fresh = max(self.label, default=-1) + 1
        for first in range(len(self.label)):
            if seen[first]:
                continue
            cell, rows = self.label[first], [first]
            seen[first] = True
            for row in rows:
                for k in range(self.starts[row], self.starts[row + 1]):
                    other = self.beside[k]
                    if not seen[other] and self.label[other] == cell:
                        seen[other] = True
                        rows.append(other)
            if cell in self.members:
                cell, fresh = fresh, fresh + 1
                for row in rows:
                    self.label[row] = cell
            self.members[cell] = rows

    def fits(self, cell: int) -> bool:
        """Tell whether the weight of a cell is in the band."""
        return self.band[0] <= self.total[cell] <= self.band[1]

    def balance(self) -> None:
        """Split cells out of the band anew, with more and more neighbours."""
        for number in range(ROUNDS):
            bad = [cell for cell in self.members if not self.fits(cell)]
            if not bad:
                return
            self.rng.shuffle(bad)
            for cell in bad:
                if self._work <= 0:
                    return
                if cell in self.members and not self.fits(cell):
                    self._mend(cell, min(2 + number // 4, 8))

    def compact(self) -> None:
        """Split pairs of neighbours anew where that makes their border shorter."""
        for cell in list(self.members):
            if cell not in self.members:
                continue
            near = self._neighbours([cell])
            if near:
                other = max(near, key=lambda one: near[one])
                self._resplit([cell, other], 2, TREES_COMPACT)

    def nudge(self) -> None:
        """Move single blocks over a border while that brings cells nearer to the band."""
        for cell in sorted(self.members, key=lambda one: -abs(self._off(one))):
            for _ in range(len(self.members[cell])):
                if self.fits(cell) or not self._nudge_one(cell):
                    break

    def _off(self, cell: int) -> float:
        low, high = self.band
        return max(low - self.total[cell], 0.0) - max(self.total[cell] - high, 0.0)

    def _nudge_one(self, cell: int) -> bool:
        """Move the block that helps most over a border of a cell; tell whether there was one."""
        gives = self.total[cell] > self.band[1]
        best, gain = None, 0.0
        for row, other in self._exchangeable(cell, gives=gives):
            source, target = (cell, other) if gives else (other, cell)
            before = abs(self._off(source)) + abs(self._off(target))
            moved = float(self.weight[row])
            after = self._off_at(self.total[source] - moved) + self._off_at(
                self.total[target] + moved
            )
            if before - after > gain and self._spares(source, row):
                best, gain = (row, source, target), before - after
        if best is None:
            return False
        self._move(*best)
        return True

    def _off_at(self, total: float) -> float:
        return max(self.band[0] - total, 0.0) + max(total - self.band[1], 0.0)

    def _exchangeable(self, cell: int, *, gives: bool) -> list[tuple[int, int]]:
        """Return blocks that could cross a border of a cell, with the cell on its other side."""
        found = set()
        for row in self.members[cell]:
            for k in range(self.starts[row], self.starts[row + 1]):
                other = self.beside[k]
                there = self.label[other]
                if there >= 0 and there != cell:
                    found.add((row, there) if gives else (other, there))
        return sorted(found)

    def _spares(self, cell: int, row: int) -> bool:
        """Tell whether a cell still hangs together without one of its blocks."""
        rest = len(self.members[cell]) - 1
        if rest == 0:
            return False
        first = next(one for one in self.members[cell] if one != row)
        seen, queue = {first, row}, [first]
        for one in queue:
            for k in range(self.starts[one], self.starts[one + 1]):
                other = self.beside[k]
                if other not in seen and self.label[other] == cell:
                    seen.add(other)
                    queue.append(other)
        return len(queue) == rest

    def _move(self, row: int, source: int, target: int) -> None:
        self.members[source].remove(row)
        self.members[target].append(row)
        self.total[source] -= float(self.weight[row])
        self.total[target] += float(self.weight[row])
        self.label[row] = target

    def _neighbours(self, cells: list[int]) -> dict[int, float]:
        """Return the cells beside some, with the length of the common border."""
        near: dict[int, float] = {}
        for cell in cells:
            for row in self.members[cell]:
                for k in range(self.starts[row], self.starts[row + 1]):
                    other = self.label[self.beside[k]]
                    if other >= 0 and other not in cells:
                        near[other] = near.get(other, 0.0) + self.length[k]
        return near

    def _mend(self, cell: int, size: int) -> None:
        low, high = self.band
        for attempt in range(6):
            group, total = [cell], self.total[cell]
            while len(group) < size + attempt // 3:
                near = self._neighbours(group)
                if not near:
                    break
                chosen = max(near, key=lambda one: self._promise(one, total, len(group)))
                group.append(chosen)
                total += self.total[chosen]
            possible = [n for n in range(1, len(group) + 3) if low * n <= total <= high * n]
            possible.sort(key=lambda n: abs(total / n - (low + high) / 2))
            if any(self._resplit(group, n, (TREES[0] * n, TREES[1])) for n in possible):
                return

    def _promise(self, cell: int, total: float, size: int) -> float:
        """Rate a neighbour to be joined: bad ones first, then those with which the sum fits."""
        low, high = self.band
        with_it = total + self.total[cell]
        fits = any(low * n <= with_it <= high * n for n in range(1, size + 3))
        return 3.0 * (not self.fits(cell)) + 2.0 * fits + 2.0 * float(self.rng.random())

    def _resplit(self, cells: list[int], parts: int, trees: tuple[int, int]) -> bool:
        """Join cells and split them anew; keep it if all fit and, for balanced ones, if better."""
        rows = [row for cell in cells for row in self.members[cell]]
        place = self._place
        place[rows] = np.arange(len(rows))
        u, v, long = [], [], []
        for i, row in enumerate(rows):
            for k in range(self.starts[row], self.starts[row + 1]):
                j = int(place[self.beside[k]])
                if j > i:
                    u.append(i)
                    v.append(j)
                    long.append(self.length[k])
        place[rows] = -1
        a, b, border = np.array(u, np.int64), np.array(v, np.int64), np.array(long)
        weight = self.weight[rows]
        seed = int(self.rng.integers(1 << 30))
        part, cost, tried = split(a, b, border, weight, parts, self.band, trees, seed)
        self._work -= tried * len(rows)
        if not len(part):
            return False
        if parts == len(cells) and all(self.fits(cell) for cell in cells):
            now = np.array([self.label[row] for row in rows])
            if cost >= border[now[a] != now[b]].sum() - 1e-9:
                return False
        self._replace(cells, rows, part)
        return True

    def _replace(self, cells: list[int], rows: list[int], part: NDArray[np.int64]) -> None:
        """Give new cells to the blocks; each keeps the name of the old cell it holds most of."""
        for cell in cells:
            del self.members[cell], self.total[cell]
        for number in range(int(part.max()) + 1):
            mine = [rows[i] for i in np.flatnonzero(part == number)]
            cell, self._next = self._next, self._next + 1
            self.members[cell] = mine
            self.total[cell] = float(self.weight[mine].sum())
            for row in mine:
                self.label[row] = cell
