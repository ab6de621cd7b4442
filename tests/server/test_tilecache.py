"""Tiles kept for everybody take no more memory than they may."""

from __future__ import annotations

from gridmap.server.stored import stored
from gridmap.server.tilecache import ENTRY, Tiles


def test_tiles_without_a_body_take_memory_too() -> None:
    """A visitor can ask for four thousand million of them."""
    tiles, empty = Tiles(100 * ENTRY), stored(b"", immutable=True)
    for x in range(1000):
        tiles.put(f"/tiles/cells/1/1/16/{x}/0.mvt", empty)
    assert sum(tiles.get(f"/tiles/cells/1/1/16/{x}/0.mvt") is not None for x in range(1000)) == 100


def test_the_tile_not_asked_for_the_longest_goes_first() -> None:
    tiles, tile = Tiles(3 * ENTRY), stored(b"", immutable=True)
    for path in "abc":
        tiles.put(path, tile)
    assert tiles.get("a") is tile
    tiles.put("d", tile)
    assert [path for path in "abcd" if tiles.get(path)] == ["a", "c", "d"]
