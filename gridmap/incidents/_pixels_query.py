"""Kernels that look points up in the pixel table of :mod:`gridmap.incidents._pixels`.

Points go through in blocks, stage by stage, so that the memory of the next stage is fetched while
this one works; few points reach the last stage, where edges are compared.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from gridmap.grid._orient import FILTER, UNDERFLOW, nudged_side, side

BLOCK = 1024
FINE = 12
"""A mixed pixel is cut into FINE × FINE parts."""
WORDS = 16
"""32-bit words of the record of a mixed pixel: one line of the cache."""
PALETTE, REFERENCE, FIRST, COUNT = 9, 12, 13, 14
MIXED = np.uint32(3)
"""Two-bit code of a part that an edge runs through; 0 to 2 stand in the palette."""
NONE = np.int32(2147483647)


class Pixels(NamedTuple):
    """The table, as the kernels read it."""

    left: float
    bottom: float
    size: float
    scale: float
    columns: int
    rows: int
    labels: Any
    """int32 a pixel: label, or -1 - k for mixed pixel k; one more for what lies outside."""
    words: Any
    """uint32, WORDS a mixed pixel: parts, palette, reference, first run or vertex, count."""
    runs: Any
    """int32 rows of first vertex, number of edges, two labels."""
    vertices: Any
    """float64, x and y by turns."""
    rank: Any
    """int32 a label: of two cells at a border the lesser wins."""


class Block(NamedTuple):
    """What is noted of the points of a block from stage to stage."""

    pixels: Any
    parts: Any
    todo: Any
    record: Any


@intrinsic
def _prefetch(_context: Any, _address: Any) -> Any:
    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        byte, word = ir.IntType(8), ir.IntType(32)
        pointer = builder.inttoptr(arguments[0], ir.PointerType(byte))
        kind = ir.FunctionType(ir.VoidType(), [ir.PointerType(byte), word, word, word])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [pointer, *(ir.Constant(word, flag) for flag in (0, 3, 1))])
        return ir.Constant(byte, None)

    return types.void(types.int64), generate


fetch: Any = _prefetch
"""Ask for the line of memory at an address."""


@njit(cache=True, nogil=True, inline="always")
def center(index: Any, origin: float, size: float) -> float:
    """Return the middle of a pixel along one axis: the end of every walk in it."""
    return origin + (np.float64(index) + 0.5) * size


@njit(cache=True, nogil=True, inline="always")
def _lean(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> tuple[bool, bool]:
    """Return whether p lies left of the line from a to b, and whether that is sure."""
    left = (ax - px) * (by - py)
    right = (ay - py) * (bx - px)
    bound = FILTER * (abs(left) + abs(right)) + UNDERFLOW
    return left > right, abs(left - right) > bound


@njit(cache=True, nogil=True, inline="always")
def walk(vertices: Any, first: Any, count: Any, way: Any) -> int:
    """Return 1 if the way from a point to the reference crosses the run oddly often, else 0.

    The way goes level to the reference's x, then upright. A point on an edge gives -1. No branch
    depends on an edge, which would cost more than the arithmetic; what rounding leaves in doubt
    is walked again exactly.
    """
    x, y, to_x, to_y = way
    odd = False
    sure = True
    bx, by = vertices[2 * first], vertices[2 * first + 1]
    low, east = by <= y, bx <= to_x
    for i in range(first + 1, first + 1 + count):
        ax, ay, was_low, was_east = bx, by, low, east
        bx, by = vertices[2 * i], vertices[2 * i + 1]
        low, east = by <= y, bx <= to_x
        here, sure_here = _lean(ax, ay, bx, by, x, y)
        corner, sure_corner = _lean(ax, ay, bx, by, to_x, y)
        end, sure_end = _lean(ax, ay, bx, by, to_x, to_y)
        sure &= sure_here & sure_corner & sure_end
        odd ^= ((low ^ was_low) & (here ^ corner)) ^ ((east ^ was_east) & (corner ^ end))
    return int(odd) if sure else _walk_exactly(vertices, first, count, way)


@njit(cache=True, nogil=True)
def _walk_exactly(vertices: Any, first: Any, count: Any, way: Any) -> int:
    """Return what :func:`walk` does, however near the edges run."""
    x, y, to_x, to_y = way
    odd = 0
    bx, by = vertices[2 * first], vertices[2 * first + 1]
    for i in range(first + 1, first + 1 + count):
        ax, ay = bx, by
        bx, by = vertices[2 * i], vertices[2 * i + 1]
        level = (ay <= y) != (by <= y)
        upright = (ax <= to_x) != (bx <= to_x)
        within = (min(ax, bx) <= x) & (x <= max(ax, bx)) & (min(ay, by) <= y) & (y <= max(ay, by))
        if not (level | upright | within):
            continue
        here = 0
        if level | within:
            here = side(ax, ay, bx, by, x, y)
            if here == 0 and within:
                return -1
        corner = nudged_side(ax, ay, bx, by, to_x, y)
        if level and here != corner:
            odd ^= 1
        if upright and corner != nudged_side(ax, ay, bx, by, to_x, to_y):
            odd ^= 1
    return odd


@njit(cache=True, nogil=True, inline="always")
def _least(rank: Any, best: Any, label: Any) -> Any:
    """Return the label of the lesser code; 0 is outside and never wins."""
    if label == 0:
        return best
    if best == NONE or rank[label] < rank[best]:
        return label
    return best


@njit(cache=True, nogil=True, inline="always")
def resolve(words: Any, runs: Any, vertices: Any, rank: Any, at: Any, way: Any) -> Any:
    """Return the label at a point of the mixed pixel whose record begins at a word, exactly.

    The arrays come one by one: taken out of :class:`Pixels` here, they would be counted as
    references for every point. ``way`` is the point and the middle of the pixel: x, y, x, y.
    """
    answer = np.int32(words[at + REFERENCE])
    first, count = np.int32(words[at + FIRST]), np.int32(words[at + COUNT])
    best = NONE
    if count >= 0:
        a, b = np.int32(words[at + PALETTE]), np.int32(words[at + PALETTE + 1])
        odd = walk(vertices, first, count, way)
        if odd < 0:
            best = _least(rank, _least(rank, best, a), b)
        elif odd:
            answer ^= a ^ b
    for run in range(first, first - count):
        odd = walk(vertices, runs[run, 0], runs[run, 1], way)
        if odd < 0:
            best = _least(rank, _least(rank, best, runs[run, 2]), runs[run, 3])
        elif odd:
            answer ^= runs[run, 2] ^ runs[run, 3]
    return answer if best == NONE else best


@njit(cache=True, nogil=True)
def _find(pixels: Pixels, x: Any, y: Any, block: Block) -> None:
    """Note the pixel of each point, and the part of the pixel."""
    wide, high = np.float64(pixels.columns), np.float64(pixels.rows)
    across, outside = np.int32(pixels.columns), np.int32(pixels.columns * pixels.rows)
    index, parts = block.pixels, block.parts
    for i in range(x.size):
        u = (x[i] - pixels.left) * pixels.scale
        v = (y[i] - pixels.bottom) * pixels.scale
        ok = (u >= 0.0) & (v >= 0.0) & (u < wide) & (v < high)
        u = u if ok else 0.0
        v = v if ok else 0.0
        column, row = np.int32(u), np.int32(v)
        index[i] = row * across + column if ok else outside
        part = np.int32((v - row) * FINE) * np.int32(FINE) + np.int32((u - column) * FINE)
        parts[i] = part


@njit(cache=True, nogil=True)
def _label(pixels: Pixels, out: Any, block: Block) -> Any:
    """Answer the points in pixels of one cell; return the number of the others."""
    mixed = np.uint32(0)
    labels, records = pixels.labels, pixels.words.ctypes.data
    index, todo, record = block.pixels, block.todo, block.record
    for i in range(out.size):
        label = labels[np.uint32(index[i])]
        out[i] = label - 1
        todo[mixed] = i
        record[mixed] = -label - 1
        fetch(records + np.int64(max(-label - 1, 0)) * (WORDS * 4))
        mixed += np.uint32(label < 0)
    return mixed


@njit(cache=True, nogil=True)
def _read(pixels: Pixels, out: Any, block: Block, mixed: Any) -> Any:
    """Answer the points in parts without border; return the number of the others."""
    hard = np.uint32(0)
    words, vertices = pixels.words, pixels.vertices.ctypes.data
    parts, todo, record = block.parts, block.todo, block.record
    for k in range(mixed):
        at = np.uint64(record[k]) * np.uint64(WORDS)
        i = todo[k]
        part = np.uint32(parts[np.uint32(i)])
        shift = np.uint32(2) * (part & np.uint32(15))
        code = (words[at + np.uint64(part >> np.uint32(4))] >> shift) & MIXED
        out[i] = np.int32(words[at + np.uint64(PALETTE) + np.uint64(code)]) - 1
        record[hard] = record[k]
        todo[hard] = i
        vertex = vertices + np.int64(words[at + np.uint64(FIRST)]) * 16
        if code == MIXED:
            fetch(vertex)
            fetch(vertex + 64)
        hard += np.uint32(code == MIXED)
    return hard


@njit(cache=True, nogil=True)
def _walk_all(pixels: Pixels, x: Any, y: Any, out: Any, block: Block, hard: Any) -> None:
    """Answer the points in parts that a border runs through."""
    words, runs, vertices, rank = pixels.words, pixels.runs, pixels.vertices, pixels.rank
    index, todo, record = block.pixels, block.todo, block.record
    for k in range(hard):
        i = todo[k]
        row = index[i] // pixels.columns
        to_x = center(index[i] - row * pixels.columns, pixels.left, pixels.size)
        to_y = center(row, pixels.bottom, pixels.size)
        at = np.int64(record[k]) * WORDS
        out[i] = resolve(words, runs, vertices, rank, at, (x[i], y[i], to_x, to_y)) - 1


@njit(cache=True, nogil=True)
def query(pixels: Pixels, x: Any, y: Any, out: Any) -> None:
    """Write the position of the cell of each point; -1 is outside."""
    block = Block(
        np.empty(BLOCK, np.int32),
        np.empty(BLOCK, np.int32),
        np.empty(BLOCK, np.int32),
        np.empty(BLOCK, np.int32),
    )
    for low in range(0, x.size, BLOCK):
        px, py, answer = x[low : low + BLOCK], y[low : low + BLOCK], out[low : low + BLOCK]
        _find(pixels, px, py, block)
        hard = _read(pixels, answer, block, _label(pixels, answer, block))
        _walk_all(pixels, px, py, answer, block, hard)
