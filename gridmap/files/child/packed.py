"""Packed files: gzip, a zip with one shapefile, the zip inside .xlsx."""

from __future__ import annotations

import gzip
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from gridmap.errors import FileError
from gridmap.files.child.limits import unpacked_most

CHUNK = 1 << 20
ENTRIES_MOST = 2000
SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def gunzip(packed: Path, target: Path) -> Path:
    """Unpack a .gz file.

    Parameters
    ----------
    packed : Path
        The file.
    target : Path
        Where its content goes.

    Returns
    -------
    Path
        The target.

    Raises
    ------
    FileError
        If it is broken or grows beyond bounds.
    """
    try:
        with gzip.open(packed) as source, target.open("wb") as sink:
            _copy(source, sink, unpacked_most(packed.stat().st_size))
    except (OSError, EOFError, zlib.error) as cause:
        raise FileError("files.packed_broken") from cause
    return target


def unzip_shape(packed: Path, folder: Path) -> Path:
    """Unpack the one shapefile of a zip, under names of our own.

    Parameters
    ----------
    packed : Path
        The zip.
    folder : Path
        Where the parts go.

    Returns
    -------
    Path
        The .shp file.

    Raises
    ------
    FileError
        If the zip is unsafe, broken or does not hold exactly one shapefile.
    """
    with opened(packed) as archive:
        names = [name for name in archive.namelist() if not name.startswith("__MACOSX/")]
        shapes = [name for name in names if name.lower().endswith(".shp")]
        if len(shapes) != 1:
            raise FileError("files.zip_shapes", count=len(shapes))
        stem = shapes[0][:-4]
        most = unpacked_most(packed.stat().st_size)
        for name in names:
            suffix = name[len(stem) :].lower()
            if name.startswith(stem) and suffix in SHAPE_PARTS:
                with archive.open(name) as source, (folder / f"input{suffix}").open("wb") as sink:
                    most -= _copy(source, sink, most)
    return folder / "input.shp"


def opened(packed: Path) -> zipfile.ZipFile:
    """Open a zip after looking at its directory.

    Parameters
    ----------
    packed : Path
        The zip.

    Returns
    -------
    ZipFile
        Open for reading.

    Raises
    ------
    FileError
        If an entry leads out of the zip, is a link or encrypted, or the whole grows beyond bounds.
    """
    try:
        archive = zipfile.ZipFile(packed)
    except (zipfile.BadZipFile, ValueError, OSError) as cause:
        raise FileError("files.packed_broken") from cause
    entries = archive.infolist()
    if len(entries) > ENTRIES_MOST:
        raise FileError("files.zip_entries", count=len(entries), most=ENTRIES_MOST)
    for entry in entries:
        _require_safe(entry)
    if sum(entry.file_size for entry in entries) > unpacked_most(packed.stat().st_size):
        raise FileError("files.bomb")
    return archive


def _require_safe(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    drive = ":" in path.parts[0] if path.parts else False
    if path.is_absolute() or ".." in path.parts or drive:
        raise FileError("files.zip_path", entry=entry.filename)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise FileError("files.zip_link", entry=entry.filename)
    if entry.flag_bits & 1:
        raise FileError("files.zip_encrypted", entry=entry.filename)


def _copy(source: IO[bytes] | gzip.GzipFile, sink: IO[bytes], most: int) -> int:
    copied = 0
    try:
        while chunk := source.read(CHUNK):
            copied += len(chunk)
            if copied > most:
                raise FileError("files.bomb")
            sink.write(chunk)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError) as cause:
        raise FileError("files.packed_broken") from cause
    return copied
