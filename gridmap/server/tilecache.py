"""Tiles that are made already, answered before any routing.

Only what everybody may see and what can never change is kept here: the tiles of a version of a
plan, geometry and codes without a figure. Whatever needs a role is not.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from gridmap.server.stored import send_stored

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from gridmap.server.stored import Stored

PREFIX = "/tiles/cells/"
BYTES = 256_000_000
"""What is kept at most; the tile not asked for the longest goes first."""
ENTRY = 1000
"""What keeping a tile takes beside its body: tiles without a body take memory too."""


class Tiles:
    """Tiles by path, up to a number of bytes.

    Parameters
    ----------
    most : int
        Bytes kept at most; the one not asked for the longest goes first.
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
        with self._lock:
            if path in self._tiles:
                self._tiles.move_to_end(path)
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
                self._size += ENTRY + len(tile.body)
            self._tiles[path] = tile
            while self._size > self._most:
                _, gone = self._tiles.popitem(last=False)
                self._size -= ENTRY + len(gone.body)


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
