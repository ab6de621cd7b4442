"""Writing an image of a few colours as PNG (ISO/IEC 15948)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
EIGHT_BIT, INDEXED = 8, 3
FAST = 1
"""Level of compression: a tile is written far more often than it is sent over a slow line."""


def indexed(rows: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """Encode an image whose pixels are steps of a palette.

    Parameters
    ----------
    rows : ndarray of uint8, shape (height, 1 + width)
        Each row with a leading 0, the filter byte of the format.
    palette : ndarray of uint8, shape (n, 4)
        Red, green, blue and alpha of each step.

    Returns
    -------
    bytes
        The file.
    """
    height, width = rows.shape[0], rows.shape[1] - 1
    header = struct.pack(">IIBBBBB", width, height, EIGHT_BIT, INDEXED, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette[:, :3].tobytes()),
        (b"tRNS", palette[:, 3].tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), FAST)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
