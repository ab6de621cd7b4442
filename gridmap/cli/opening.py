"""A store for the time of a command."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridmap.journeys.source import Source
    from gridmap.store import Store

DEFAULT = "sqlite:///gridmap.db"
"""The store of commands that are told none."""
ENDINGS = ("", "-wal", "-shm")


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """Open a store to bring something in; one made for it goes again if that fails.

    Parameters
    ----------
    url : str
        ``sqlite:///PATH``.

    Yields
    ------
    Store
        Closed when the block ends.
    """
    from gridmap.store import open_store, store_path

    path = store_path(url)
    fresh = not path.exists()
    try:
        with open_store(url) as store:
            yield store
    except BaseException:
        if fresh:
            for ending in ENDINGS:
                path.with_name(path.name + ending).unlink(missing_ok=True)
        raise


def source_of(path: Path, name: str = "") -> Source:
    """Return a file that is to be imported.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What is to be made of it is to be called; empty means the file's name.

    Returns
    -------
    Source
        The file.

    Raises
    ------
    FileError
        If it is not there.
    """
    from gridmap.errors import FileError
    from gridmap.journeys.source import Source

    if not path.is_file():
        raise FileError("files.missing", path=str(path))
    return Source(path, path.name, name or path.name.partition(".")[0])
