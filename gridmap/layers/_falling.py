"""At which simplification each vertex of a coverage falls away, compiled.

Borders are cut where they fork, at vertices with more than two neighbours; each stretch between
two forks is then thinned by itself (Visvalingam and Whyatt 1993), always walked in the same
direction, so that both neighbours of a border come to the same answer without looking at each
other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEVER = np.inf
FEWEST = 3
"""Vertices that a ring without a fork, and a loop from a fork to itself, keeps."""


@njit(cache=True, nogil=True, inline="always")
def _hash(u: np.uint64, v: np.uint64) -> np.uint64:
    u = (u ^ (u >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    v = (v ^ (v >> np.uint64(29))) * np.uint64(0xC2B2AE3D27D4EB4F)
    w = u ^ (v >> np.uint64(31)) ^ (v << np.uint64(33))
    w ^= w >> np.uint64(33)
    w *= np.uint64(0xFF51AFD7ED558CCD)
    return w ^ (w >> np.uint64(29))


@njit(cache=True, nogil=True)
def _numbers(bits: NDArray[np.uint64]) -> tuple[NDArray[np.int32], int]:
    """Give the same number to vertices with the same coordinates."""
    n = len(bits)
    size = 16
    while size < 2 * n:
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int32)
    numbers = np.empty(n, np.int32)
    firsts = np.empty(n, np.int32)
    count = 0
    for i in range(n):
        at = _hash(bits[i, 0], bits[i, 1]) & mask
        while True:
            found = table[at]
            if found < 0:
                table[at] = count
                firsts[count] = i
                numbers[i] = count
                count += 1
                break
            first = firsts[found]
            if bits[first, 0] == bits[i, 0] and bits[first, 1] == bits[i, 1]:
                numbers[i] = found
                break
            at = (at + np.uint64(1)) & mask
    return numbers, count


@njit(cache=True, nogil=True)
def _forks(numbers: NDArray[np.int32], count: int, starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which vertices have more than two neighbours."""
    one = np.full(count, -1, np.int32)
    two = np.full(count, -1, np.int32)
    fork = np.zeros(count, np.bool_)
    for r in range(len(starts) - 1):
        for i in range(starts[r], starts[r + 1] - 1):
            a, b = numbers[i], numbers[i + 1]
            if a == b:
                continue
            for _ in range(2):
                if one[a] < 0:
                    one[a] = b
                elif one[a] != b:
                    if two[a] < 0:
                        two[a] = b
                    elif two[a] != b:
                        fork[a] = True
                a, b = b, a
    return fork


@njit(cache=True, nogil=True, inline="always")
def _before(xy: NDArray[np.float64], i: int, j: int) -> int:
    """Compare two vertices by their coordinates: -1, 0 or 1."""
    for axis in range(2):
        if xy[i, axis] < xy[j, axis]:
            return -1
        if xy[i, axis] > xy[j, axis]:
            return 1
    return 0


@njit(cache=True, nogil=True)
def _sift(heap: NDArray[np.int64], place: NDArray[np.int64], area: NDArray[np.float64],
          size: int, at: int) -> None:  # fmt: skip
    """Bring the entry at a place of the heap to where it belongs; equal areas by position."""
    item = heap[at]
    while at > 0:
        up = (at - 1) >> 1
        other = heap[up]
        if area[other] < area[item] or (area[other] == area[item] and other < item):
            break
        heap[at] = other
        place[other] = at
        at = up
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size:
            left, right = heap[down], heap[down + 1]
            if area[right] < area[left] or (area[right] == area[left] and right < left):
                down += 1
        other = heap[down]
        if area[item] < area[other] or (area[item] == area[other] and item < other):
            break
        heap[at] = other
        place[other] = at
        at = down
    heap[at] = item
    place[item] = at


@njit(cache=True, nogil=True, inline="always")
def _triangle(xy: NDArray[np.float64], a: int, b: int, c: int) -> float:
    return 0.5 * abs(
        (xy[b, 0] - xy[a, 0]) * (xy[c, 1] - xy[a, 1])
        - (xy[c, 0] - xy[a, 0]) * (xy[b, 1] - xy[a, 1])
    )


@njit(cache=True, nogil=True)
def _thin(
    xy: NDArray[np.float64],
    path: NDArray[np.int64],
    left: int,
    out: NDArray[np.float64],
    work: NDArray[np.int64],
    area: NDArray[np.float64],
) -> None:
    """Thin a stretch, its ends fixed; ``left`` inner vertices stay for good."""
    before, after, heap, place = work[0], work[1], work[2], work[3]
    size, m = 0, len(path)
    for k in range(1, m - 1):
        before[k], after[k] = k - 1, k + 1
        area[k] = _triangle(xy, path[k - 1], path[k], path[k + 1])
        heap[size] = k
        place[k] = size
        size += 1
        _sift(heap, place, area, size, size - 1)
    last = 0.0
    while size > left:
        k = heap[0]
        last = max(last, area[k])
        out[path[k]] = last
        size -= 1
        if size:
            heap[0] = heap[size]
            place[heap[0]] = 0
            _sift(heap, place, area, size, 0)
        a, b = before[k], after[k]
        if a > 0:
            after[a] = b
            area[a] = _triangle(xy, path[before[a]], path[a], path[b])
            _sift(heap, place, area, size, place[a])
        if b < m - 1:
            before[b] = a
            area[b] = _triangle(xy, path[a], path[b], path[after[b]])
            _sift(heap, place, area, size, place[b])


@njit(cache=True, nogil=True)
def _begin(xy: NDArray[np.float64], fork: NDArray[np.bool_], first: int, k: int) -> int:
    """Return where the walk round a ring begins: at a fork, else at its least vertex."""
    least = 0
    for i in range(k):
        if fork[first + i]:
            return i
        if _before(xy, first + i, first + least) < 0:
            least = i
    return least


@njit(cache=True, nogil=True)
def falling(xy: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the area of the triangle at which each vertex of closed rings falls away.

    Forks never do: infinite.
    """
    numbers, count = _numbers(xy.view(np.uint64))
    fork = _forks(numbers, count, starts)[numbers]
    out = np.full(len(xy), NEVER)
    longest = np.diff(starts).max() + 1 if len(starts) > 1 else 0
    path = np.empty(longest, np.int64)
    work = np.empty((4, longest), np.int64)
    area = np.empty(longest, np.float64)
    for r in range(len(starts) - 1):
        first, k = starts[r], starts[r + 1] - starts[r] - 1
        if k < FEWEST:
            continue
        begin = _begin(xy, fork, first, k)
        m = 0
        for i in range(k + 1):
            at = first + (begin + i) % k
            path[m] = at
            m += 1
            if i == 0 or (i < k and not fork[at]):
                continue
            loop = numbers[path[0]] == numbers[at]
            other = path[1] if loop else path[0]
            turned = _before(xy, other, path[m - 2] if loop else at) > 0
            stretch = path[:m][::-1].copy() if turned else path[:m].copy()
            _thin(xy, stretch, FEWEST - 1 if loop else 0, out, work, area)
            path[0] = at
            m = 1
        out[first + k] = out[first]
    return out


@njit(cache=True, nogil=True)
def kept(
    xy: NDArray[np.float64], starts: NDArray[np.int64], keep: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the rings with the vertices that are kept, each closed and of four vertices at least.

    A ring of which less than three vertices are left repeats one.
    """
    out = np.empty((len(xy) + 4 * len(starts), 2), np.float64)
    offsets = np.empty(len(starts), np.int64)
    offsets[0] = n = 0
    for r in range(len(starts) - 1):
        begin = n
        for i in range(starts[r], starts[r + 1] - 1):
            if keep[i]:
                out[n] = xy[i]
                n += 1
        if n == begin:
            out[n] = xy[starts[r]]
            n += 1
        out[n] = out[begin]
        n += 1
        while n < begin + 4:
            out[n] = out[begin]
            n += 1
        offsets[r + 1] = n
    return out[:n].copy(), offsets
