"""Files are written beside their place and renamed, so that there is never half a file."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gridmap.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = 65_536
"""Bytes that must be left on the disk after a file is written."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to; it takes the place of ``path`` when all went well.

    Parameters
    ----------
    path : Path
        Where the file is to be.

    Yields
    ------
    Path
        A path in a folder of its own beside it, with the same name.

    Raises
    ------
    FileError
        If the folder is not there or cannot be written.
    OSError
        If the disk is full.
    """
    path = Path(path)
    require_writable(path)
    with tempfile.TemporaryDirectory(prefix=".gridmap-", dir=path.parent) as beside:
        draft = Path(beside) / path.name
        try:
            yield draft
            _require_room(Path(beside))
        except OSError as cause:  # a write that fails does not say where
            if cause.filename is None:
                cause.filename = str(path)
            raise
        for part in sorted(Path(beside).iterdir()):
            part.replace(path.parent / part.name)


def _require_room(folder: Path) -> None:
    """Raise OSError on a full disk: GDAL takes a GeoJSON cut short there for written."""
    probe = folder / "room"
    probe.write_bytes(bytes(ROOM))
    probe.unlink()


def require_writable(path: Path | str) -> None:
    """Refuse a path that cannot be written, before the work is done.

    Parameters
    ----------
    path : path
        Where a file is to be.

    Raises
    ------
    FileError
        If the folder is not there or cannot be written, or the path is a folder.
    """
    path = Path(path)
    folder = path.parent
    if not folder.is_dir():
        raise FileError("files.no_folder", path=str(path), folder=str(folder))
    if path.is_dir():
        raise FileError("files.is_folder", path=str(path))
    if not os.access(folder, os.W_OK):
        raise FileError("files.not_writable", path=str(path), folder=str(folder))
