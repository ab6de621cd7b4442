"""Tiles that are made already, answered before any routing.

Only what everybody may see and what can never change is kept here: the tiles of a version of a
plan, geometry and codes without a figure. Whatever needs a role is not.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/tiles/cells/"
MVT = b"application/vnd.mapbox-vector-tile"
IMMUTABLE = b"private, max-age=31536000, immutable"
REVALIDATE = b"private, no-cache"
BYTES = 256_000_000
"""What is kept at most; the tile not asked for the longest goes first."""


class Stored(NamedTuple):
    """A tile as it goes over the wire: gzipped once, with the headers of both answers."""

    body: bytes
    etag: bytes
    headers: list[tuple[bytes, bytes]]
    same: list[tuple[bytes, bytes]]

    @classmethod
    def of(cls, body: bytes, etag: bytes, *, immutable: bool) -> Stored:
        """Make what is compressed ready to be sent.

        Parameters
        ----------
        body : bytes
            Gzip, or nothing.
        etag : bytes
            Of the content, with its quotes.
        immutable : bool
            Whether the address names a version, so that a browser need not ask again.

        Returns
        -------
        Stored
            With the headers of both answers.
        """
        same = [
            (b"etag", etag),
            (b"cache-control", IMMUTABLE if immutable else REVALIDATE),
            (b"vary", b"accept-encoding"),
        ]
        headers = [*same, (b"content-type", MVT), (b"content-length", str(len(body)).encode())]
        return cls(body, etag, [*headers, (b"content-encoding", b"gzip")] if body else same, same)


def stored(tile: bytes, *, immutable: bool) -> Stored:
    """Make a tile ready to be sent.

    Parameters
    ----------
    tile : bytes
        Mapbox Vector Tile, not compressed.
    immutable : bool
        Whether the address names a version, so that a browser need not ask again.

    Returns
    -------
    Stored
        With a strong ETag of the content.
    """
    body = gzip.compress(tile, 6, mtime=0) if tile else b""
    etag = b'"' + hashlib.blake2b(tile, digest_size=12).hexdigest().encode() + b'"'
    return Stored.of(body, etag, immutable=immutable)


async def send_stored(tile: Stored, scope: Scope, send: Send) -> None:
    """Answer with a tile, or with 304 where the asker has it, or 204 where there is nothing.

    Parameters
    ----------
    tile : Stored
        The tile.
    scope : Scope
        The request.
    send : Send
        Where the answer goes.
    """
    known = encodings = b""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            known = value
        elif name == b"accept-encoding":
            encodings = value
    status, headers, body = 200, tile.headers, tile.body
    if known and (tile.etag in known or known == b"*"):
        status, headers, body = 304, tile.same, b""
    elif not body:
        status = 204
    elif b"gzip" not in encodings:
        body = gzip.decompress(body)
        size = (b"content-length", str(len(body)).encode())
        headers = [*tile.same, (b"content-type", MVT), size]
    if scope["method"] == "HEAD":
        body = b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Tiles:
    """Tiles by path, up to a number of bytes.

    Parameters
    ----------
    most : int
        Bytes kept at most; the one kept for longest goes first.
    """

    def __init__(self, most: int = BYTES) -> None:
        self._most = most
        self._size = 0
        self._tiles: OrderedDict[str, Stored] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: str) -> Stored | None:
        """Return the tile of a path.

        Parameters
        ----------
        path : str
            Path of the address.

        Returns
        -------
        Stored or None
            None if it is not kept.
        """
        return self._tiles.get(path)

    def put(self, path: str, tile: Stored) -> None:
        """Keep a tile.

        Parameters
        ----------
        path : str
            Path of the address.
        tile : Stored
            The tile.
        """
        with self._lock:
            if path not in self._tiles:
                self._size += len(tile.body)
            self._tiles[path] = tile
            while self._size > self._most:
                _, gone = self._tiles.popitem(last=False)
                self._size -= len(gone.body)


class TileCache:
    """Middleware that answers for tiles that are kept.

    Parameters
    ----------
    app : ASGI app
        What stands behind.
    tiles : Tiles
        The tiles kept; routes put them there.
    """

    def __init__(self, app: ASGIApp, tiles: Tiles) -> None:
        self._app = app
        self._tiles = tiles

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            tile = self._tiles.get(scope["path"])
            if tile is not None and scope["method"] in ("GET", "HEAD"):
                await send_stored(tile, scope, send)
                return
        await self._app(scope, receive, send)
