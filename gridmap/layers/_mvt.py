"""Mapbox Vector Tile 2.1 encoding, compiled.

A geometry is a command stream in which only the first point is absolute; all that follows is the
same in every tile. So streams are made once per zoom and copied into each tile behind their first
point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOVE_TO_ONE = 9
CLOSE = 15
LINE_TO = 2
POINT, LINE, POLYGON = 1, 2, 3
"""Geometry types of the format."""
MAX_VARINT = 10
CONTINUES = 128


@njit(cache=True, nogil=True, inline="always")
def _put(out: NDArray[np.uint8], at: int, value: int) -> int:
    while value >= CONTINUES:
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@njit(cache=True, nogil=True, inline="always")
def _size(value: int) -> int:
    size = 1
    while value >= CONTINUES:
        value >>= 7
        size += 1
    return size


@njit(cache=True, nogil=True, inline="always")
def _zigzag(value: int) -> int:
    return (value << 1) ^ (value >> 63)


@njit(cache=True, nogil=True)
def streams(
    xy: NDArray[np.int64],
    rings: NDArray[np.int64],
    shapes: NDArray[np.int64],
    closed: bool,
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Encode geometries without their first MoveTo.

    ``rings`` holds offsets into ``xy`` (rings with their closing point, or lines), ``shapes``
    offsets into ``rings``. Answers with the bytes, their offsets per shape, and first points.
    """
    n = len(shapes) - 1
    out = np.empty(len(xy) * 2 * MAX_VARINT + len(rings) * 3 * MAX_VARINT, np.uint8)
    offsets = np.zeros(n + 1, np.int64)
    firsts = np.zeros((n, 2), np.int64)
    at = 0
    for shape in range(n):
        x = y = 0
        for ring in range(shapes[shape], shapes[shape + 1]):
            start = rings[ring]
            stop = rings[ring + 1] - (1 if closed else 0)
            if ring == shapes[shape]:
                firsts[shape, 0] = xy[start, 0]
                firsts[shape, 1] = xy[start, 1]
            else:
                at = _put(out, at, MOVE_TO_ONE)
                at = _put(out, at, _zigzag(xy[start, 0] - x))
                at = _put(out, at, _zigzag(xy[start, 1] - y))
            x, y = xy[start, 0], xy[start, 1]
            if stop > start + 1:
                at = _put(out, at, ((stop - start - 1) << 3) | LINE_TO)
            for i in range(start + 1, stop):
                at = _put(out, at, _zigzag(xy[i, 0] - x))
                at = _put(out, at, _zigzag(xy[i, 1] - y))
                x, y = xy[i, 0], xy[i, 1]
            if closed:
                at = _put(out, at, CLOSE)
        offsets[shape + 1] = at
    return out[:at].copy(), offsets, firsts


@njit(cache=True, nogil=True)
def features(
    blob: NDArray[np.uint8],
    spans: NDArray[np.int64],
    firsts: NDArray[np.int64],
    chosen: NDArray[np.int64],
    origin: NDArray[np.int64],
    ids: NDArray[np.int64],
    tags: NDArray[np.int64],
    kind: int,
) -> NDArray[np.uint8]:
    """Encode the feature messages of a tile.

    ``spans`` says where in the blob the stream of each shape begins and ends, ``chosen`` are
    positions of shapes, ``origin`` the tile's north-west corner, ``ids`` and ``tags`` (value index
    of every key) are given for each chosen one.
    """
    room = 0
    keys = tags.shape[1]
    for c in chosen:
        room += spans[c, 1] - spans[c, 0] + (8 + 2 * keys) * MAX_VARINT
    out = np.empty(room, np.uint8)
    at = 0
    for i in range(len(chosen)):
        c = chosen[i]
        x = _zigzag(firsts[c, 0] - origin[0])
        y = _zigzag(firsts[c, 1] - origin[1])
        stream = spans[c, 1] - spans[c, 0]
        shape = 1 + _size(x) + _size(y) + stream
        tag = keys
        for key in range(keys):
            tag += _size(tags[i, key])
        total = 1 + _size(ids[i]) + 1 + _size(tag) + tag + 2 + 1 + _size(shape) + shape
        at = _put(out, at, 0x12)
        at = _put(out, at, total)
        at = _put(out, at, 0x08)
        at = _put(out, at, ids[i])
        at = _put(out, at, 0x12)
        at = _put(out, at, tag)
        for key in range(keys):
            at = _put(out, at, key)
            at = _put(out, at, tags[i, key])
        at = _put(out, at, 0x18)
        at = _put(out, at, kind)
        at = _put(out, at, 0x22)
        at = _put(out, at, shape)
        at = _put(out, at, MOVE_TO_ONE)
        at = _put(out, at, x)
        at = _put(out, at, y)
        out[at : at + stream] = blob[spans[c, 0] : spans[c, 1]]
        at += stream
    return out[:at]


@njit(cache=True, nogil=True)
def gather(
    blob: NDArray[np.uint8], offsets: NDArray[np.int64], chosen: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Join the chosen pieces of a blob."""
    total = 0
    for c in chosen:
        total += offsets[c + 1] - offsets[c]
    out = np.empty(total, np.uint8)
    at = 0
    for c in chosen:
        size = offsets[c + 1] - offsets[c]
        out[at : at + size] = blob[offsets[c] : offsets[c + 1]]
        at += size
    return out
