"""Kernels that build the pixel table of :mod:`gridmap.incidents._pixels`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gridmap.grid._orient import nudged_side
from gridmap.incidents._mates import NO_EDGE
from gridmap.incidents._pixels_query import (
    COUNT,
    FINE,
    FIRST,
    MIXED,
    PALETTE,
    REFERENCE,
    WORDS,
    Pixels,
    center,
    resolve,
)

NEAR = 1e-6
"""Pixels by which an edge is thickened, so that no rounding hides it from a pixel."""
FREE = np.uint32((1 << FINE) - 1)


@njit(cache=True, nogil=True)
def chain(xy: Any, starts: Any, owners: Any, mate: Any, ring_of: Any) -> Any:
    """Return every border once, as arcs: vertices, first vertex of each arc, its two labels."""
    vertices = np.empty(2 * 2 * len(xy))
    firsts = np.empty(len(xy) + 1, np.int32)
    labels = np.empty((len(xy), 2), np.int32)
    n = arcs = 0
    for r in range(starts.size - 1):
        before = -1
        for i in range(starts[r], starts[r + 1] - 1):
            if mate[i] == NO_EDGE or 0 <= mate[i] < i:
                before = -1
                continue
            other = 0 if mate[i] < 0 else owners[ring_of[mate[i]]] + 1
            if other != before:
                vertices[2 * n], vertices[2 * n + 1] = xy[i, 0], xy[i, 1]
                firsts[arcs] = n
                labels[arcs, 0], labels[arcs, 1] = owners[r] + 1, other
                n += 1
                arcs += 1
                before = other
            vertices[2 * n], vertices[2 * n + 1] = xy[i + 1, 0], xy[i + 1, 1]
            n += 1
    firsts[arcs] = n
    return vertices[: 2 * n].copy(), firsts[: arcs + 1].copy(), labels[:arcs].copy()


@njit(cache=True, nogil=True)
def _toggle(pixels: Pixels, ax: float, ay: float, bx: float, by: float, flip: Any) -> None:
    """Flip, in each pixel row whose middle an edge crosses, the pixels right of it."""
    if ay == by:
        return
    if ay > by:
        ax, ay, bx, by = bx, by, ax, ay
    left, bottom, size, scale = pixels.left, pixels.bottom, pixels.size, pixels.scale
    low = max(int((ay - bottom) * scale - 0.5 - NEAR), 0)
    high = min(int((by - bottom) * scale + 0.5 + NEAR), pixels.rows - 1)
    for row in range(low, high + 1):
        y = center(row, bottom, size)
        if not ay <= y < by:
            continue
        u = (ax + (y - ay) / (by - ay) * (bx - ax) - left) * scale + 0.5
        column = int(u)
        if not NEAR < u - column < 1 - NEAR:
            column -= 1
            while nudged_side(ax, ay, bx, by, center(column, left, size), y) > 0:
                column += 1
        if column < pixels.columns:
            pixels.labels[row * pixels.columns + column] ^= flip


@njit(cache=True, nogil=True)
def trace(pixels: Pixels, firsts: Any, labels: Any, last: Any) -> Any:
    """Cut the arcs into runs, one for each stay in a pixel; flip the labels at each crossing.

    Returns the runs as rows of pixel, first vertex, number of edges, arc. ``last`` is -1 for each
    pixel.
    """
    left, bottom, scale = pixels.left, pixels.bottom, pixels.scale
    columns, vertices = pixels.columns, pixels.vertices
    runs = np.empty((1 << 16, 4), np.int32)
    n = 0
    for arc in range(firsts.size - 1):
        flip = labels[arc, 0] ^ labels[arc, 1]
        for i in range(firsts[arc], firsts[arc + 1] - 1):
            ax, ay, bx, by = vertices[2 * i : 2 * i + 4]
            _toggle(pixels, ax, ay, bx, by, flip)
            ua, va = (ax - left) * scale, (ay - bottom) * scale
            ub, vb = (bx - left) * scale, (by - bottom) * scale
            low, high = int(min(va, vb) - NEAR), int(max(va, vb) + NEAR)
            for row in range(low, high + 1):
                west, east = _span(ua, va, ub, vb, row)
                for column in range(int(west), int(east) + 1):
                    pixel = row * columns + column
                    k = last[pixel]
                    if k >= 0 and runs[k, 3] == arc and runs[k, 1] + runs[k, 2] == i:
                        runs[k, 2] += 1
                        continue
                    if n == len(runs):
                        runs = np.concatenate((runs, np.empty_like(runs)))
                    runs[n, 0], runs[n, 1], runs[n, 2], runs[n, 3] = pixel, i, 1, arc
                    last[pixel] = n
                    n += 1
    return runs[:n]


@njit(cache=True, nogil=True, inline="always")
def _span(ua: float, va: float, ub: float, vb: float, row: int) -> tuple[float, float]:
    """Return from where to where an edge runs within a row of pixels, thickened."""
    start, stop = ua, ub
    if va != vb:
        low, high = (row - NEAR - va) / (vb - va), (row + 1 + NEAR - va) / (vb - va)
        if low > high:
            low, high = high, low
        low, high = max(low, 0.0), min(high, 1.0)
        start, stop = ua + low * (ub - ua), ua + high * (ub - ua)
    return min(start, stop) - NEAR, max(start, stop) + NEAR


@njit(cache=True, nogil=True)
def settle(pixels: Pixels) -> None:
    """Turn flips into labels: from left to right, each pixel takes over the one before."""
    columns = pixels.columns
    for row in range(pixels.rows):
        label = np.int32(0)
        for pixel in range(row * columns, (row + 1) * columns):
            label ^= pixels.labels[pixel]
            pixels.labels[pixel] = label


@njit(cache=True, nogil=True)
def records(pixels: Pixels, mixed: Any, ends: Any) -> None:
    """Fill the record of every mixed pixel and point to it from the labels.

    The runs are sorted by pixel; those of mixed pixel k end at ``ends[k]``.
    """
    words, runs = pixels.words, pixels.runs
    free = np.empty(FINE, np.uint32)
    start = 0
    for k in range(mixed.size):
        at, pixel, stop = k * WORDS, mixed[k], ends[k]
        row = pixel // pixels.columns
        column = pixel - row * pixels.columns
        words[at + REFERENCE] = np.uint32(pixels.labels[pixel])
        pixels.labels[pixel] = -k - 1
        words[at : at + PALETTE] = np.uint32(0xFFFFFFFF)
        if stop - start == 1:
            for word, value in ((FIRST, 0), (COUNT, 1), (PALETTE, 2), (PALETTE + 1, 3)):
                words[at + word] = np.uint32(runs[start, value])
        else:
            words[at + FIRST], words[at + COUNT] = np.uint32(start), np.uint32(start - stop)
        free[:] = FREE
        for run in range(start, stop):
            _mark(pixels, runs[run, 0], runs[run, 1], column, row, free)
        _colour(pixels, at, column, row, free)
        start = stop


@njit(cache=True, nogil=True)
def _mark(pixels: Pixels, first: int, count: int, column: int, row: int, free: Any) -> None:
    """Take the parts that a run passes from the free ones."""
    left, bottom, scale, vertices = pixels.left, pixels.bottom, pixels.scale, pixels.vertices
    u0, v0 = float(column), float(row)
    ub, vb = (vertices[2 * first] - left) * scale, (vertices[2 * first + 1] - bottom) * scale
    ub, vb = (ub - u0) * FINE, (vb - v0) * FINE
    for i in range(first + 1, first + 1 + count):
        ua, va = ub, vb
        ub, vb = (vertices[2 * i] - left) * scale, (vertices[2 * i + 1] - bottom) * scale
        ub, vb = (ub - u0) * FINE, (vb - v0) * FINE
        low, high = max(min(va, vb) - NEAR, 0.0), min(max(va, vb) + NEAR, FINE - 0.5)
        for part in range(int(low), int(high) + 1 if high >= 0 else 0):
            west, east = _span(ua, va, ub, vb, part)
            if east < 0 or west >= FINE:
                continue
            a, b = int(max(west, 0.0)), int(min(east, FINE - 0.5))
            free[part] &= ~(((np.uint32(2) << np.uint32(b - a)) - np.uint32(1)) << np.uint32(a))


@njit(cache=True, nogil=True)
def _colour(pixels: Pixels, at: int, column: int, row: int, free: Any) -> None:
    """Give each connected region of free parts its label, found by one exact walk."""
    left, bottom, size = pixels.left, pixels.bottom, pixels.size
    words, runs, vertices, rank = pixels.words, pixels.runs, pixels.vertices, pixels.rank
    to_x, to_y = center(column, left, size), center(row, bottom, size)
    colours = 2 if np.int32(words[at + COUNT]) >= 0 else 0
    region = np.empty(FINE, np.uint32)
    for part in range(FINE):
        while free[part]:
            bit = 0
            while not (free[part] >> np.uint32(bit)) & np.uint32(1):
                bit += 1
            _flood(free, region, part, bit)
            x = left + (column + (bit + 0.5) / FINE) * size
            y = bottom + (row + (part + 0.5) / FINE) * size
            way = (x, y, to_x, to_y)
            label = np.uint32(resolve(words, runs, vertices, rank, at, way))
            colour = 0
            while colour < colours and words[at + PALETTE + colour] != label:
                colour += 1
            if colour == colours and colours < MIXED:
                words[at + PALETTE + colour] = label
                colours += 1
            _paint(words, at, free, region, part, colour)


@njit(cache=True, nogil=True)
def _flood(free: Any, region: Any, part: int, bit: int) -> None:
    """Collect the free parts connected with one, which lies in the first row that has any."""
    region[:] = 0
    region[part] = np.uint32(1) << np.uint32(bit)
    changed = True
    while changed:
        changed = False
        for r in range(part, FINE):
            grown = region[r]
            if r > part:
                grown |= region[r - 1]
            if r < FINE - 1:
                grown |= region[r + 1]
            grown &= free[r]
            wider = np.uint32(0)
            while wider != grown:
                wider = grown
                grown = (grown | (grown << np.uint32(1)) | (grown >> np.uint32(1))) & free[r]
            if grown != region[r]:
                region[r] = grown
                changed = True


@njit(cache=True, nogil=True)
def _paint(words: Any, at: int, free: Any, region: Any, part: int, colour: int) -> None:
    """Write a colour into the parts of a region and take them from the free ones."""
    for r in range(part, FINE):
        bits = region[r]
        free[r] &= ~bits
        for c in range(FINE):
            if (bits >> np.uint32(c)) & np.uint32(1):
                cell = np.uint32(r * FINE + c)
                shift = np.uint32(2) * (cell & np.uint32(15))
                word = at + np.int64(cell >> np.uint32(4))
                cleared = words[word] & ~(MIXED << shift)
                words[word] = cleared | (np.uint32(colour) << shift)
