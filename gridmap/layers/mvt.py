"""One layer of a Mapbox Vector Tile (specification 2.1): shapes on a lattice with texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridmap.layers import _mvt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

EXTENT = 4096
"""Units of the lattice across a tile."""
VERSION = 2
LINES, POINTS = (1, 5), (0,)
"""Type ids of shapely."""


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:  # noqa: PLR2004 - seven bits a byte
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _field(tag: int, content: bytes) -> bytes:
    return bytes([tag]) + _varint(len(content)) + content


def _layer(name: str, features: bytes, keys: Sequence[str], values: bytes) -> bytes:
    parts = [
        _field(0x0A, name.encode()),
        features,
        *(_field(0x1A, key.encode()) for key in keys),
        values,
        b"\x28" + _varint(EXTENT),
        b"\x78" + _varint(VERSION),
    ]
    return _field(0x1A, b"".join(parts))


class Texts:
    """The text properties of a layer's features, each distinct text encoded once.

    Parameters
    ----------
    columns : mapping of str to sequence of str
        One text a feature for every property.
    """

    def __init__(self, columns: dict[str, Sequence[str]]) -> None:
        self.keys = tuple(columns)
        rows = [np.asarray(list(values), dtype=object) for values in columns.values()]
        found: dict[str, int] = {}
        self.codes = np.array(
            [[found.setdefault(str(text), len(found)) for text in row] for row in rows],
            dtype=np.int64,
        ).T.reshape(-1, len(rows))
        pieces = [_field(0x22, _field(0x0A, text.encode())) for text in found]
        self.blob = np.frombuffer(b"".join(pieces), np.uint8)
        self.offsets = np.cumsum([0, *map(len, pieces)], dtype=np.int64)

    def of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], bytes]:
        """Return the value index of every property of some features, and the values' bytes.

        Parameters
        ----------
        rows : ndarray of int64, shape (n,)
            Positions of features.

        Returns
        -------
        tuple of (ndarray of int64, shape (n, keys), bytes)
            Indexes into the values, and the values as they stand in the layer.
        """
        used, tags = np.unique(self.codes[rows], return_inverse=True)
        tags = tags.reshape(len(rows), len(self.keys)).astype(np.int64)
        return tags, _mvt.gather(self.blob, self.offsets, used).tobytes()


class Streams:
    """Encoded geometries, ready to be put into any tile.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
        All areas, all lines or all single points, with whole coordinates; y from the north.
    """

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        kinds = shapely.get_type_id(shapes)
        self.kind = _mvt.POLYGON
        for kind, of in ((_mvt.LINE, LINES), (_mvt.POINT, POINTS)):
            self.kind = kind if len(kinds) and kinds[0] in of else self.kind
        parts, part_of = shapely.get_parts(shapes, return_index=True)
        if self.kind != _mvt.POLYGON:
            xy, of_ring = shapely.get_coordinates(parts, return_index=True)
            ring_of = part_of
            count = len(parts)
        else:
            rings, of_part = shapely.get_rings(parts, return_index=True)
            xy, of_ring = shapely.get_coordinates(rings, return_index=True)
            ring_of = part_of[of_part]
            count = len(rings)
        ring_offsets = np.searchsorted(of_ring, np.arange(count + 1))
        shape_offsets = np.searchsorted(ring_of, np.arange(len(shapes) + 1))
        self.blob, offsets, self.firsts = _mvt.streams(
            xy.astype(np.int64), ring_offsets, shape_offsets, self.kind == _mvt.POLYGON
        )
        self.spans = np.column_stack([offsets[:-1], offsets[1:]])

    def merged(self, newer: Streams, rows: NDArray[np.int64]) -> Streams:
        """Return some of these geometries and some others.

        Parameters
        ----------
        newer : Streams
            The others.
        rows : ndarray of int64, shape (n,)
            Positions here, or -1 - positions among the others.

        Returns
        -------
        Streams
            One geometry a row.
        """
        found = object.__new__(Streams)
        found.kind = newer.kind if len(newer.spans) else self.kind
        found.blob = np.concatenate([self.blob, newer.blob])
        here, there = np.maximum(rows, 0), np.maximum(-1 - rows, 0)
        spans = [self.spans, newer.spans + len(self.blob)]
        picked = []
        for old, new in (spans, (self.firsts, newer.firsts)):
            both = np.concatenate([old, new])
            picked.append(both[np.where(rows >= 0, here, len(old) + there)])
        found.spans, found.firsts = picked
        return found

    def features(
        self,
        chosen: NDArray[np.int64],
        origin: NDArray[np.int64],
        ids: NDArray[np.int64],
        tags: NDArray[np.int64],
    ) -> bytes:
        """Encode features.

        Parameters
        ----------
        chosen : ndarray of int64, shape (k,)
            Positions of geometries.
        origin : ndarray of int64, shape (2,)
            North-west corner of the tile.
        ids : ndarray of int64, shape (k,)
            Ids of the features.
        tags : ndarray of int64, shape (k, keys)
            Value indexes of the features' properties.

        Returns
        -------
        bytes
            The feature messages.
        """
        arrays = (self.blob, self.spans, self.firsts, chosen, origin, ids, tags)
        return _mvt.features(*arrays, self.kind).tobytes()


def layer(name: str, texts: Texts, values: bytes, features: Sequence[bytes]) -> bytes:
    """Put a layer together.

    Parameters
    ----------
    name : str
        Name of the layer.
    texts : Texts
        Its properties, for their names.
    values : bytes
        The values the features use, from :meth:`Texts.of`.
    features : sequence of bytes
        From :meth:`Streams.features`.

    Returns
    -------
    bytes
        The layer message; empty without features, as the specification wants.
    """
    body = b"".join(features)
    return _layer(name, body, texts.keys, values) if body else b""
