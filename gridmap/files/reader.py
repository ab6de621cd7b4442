"""Files from outside, read in a limited child process (:mod:`gridmap.files.child`).

A user's name is never a path to a parser: the child sees the file under a name of ours in a folder
of ours. One child is kept warm and replaced after each file.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from gridmap.errors import FileError
from gridmap.files.kinds import require_magic, suffix_of

if TYPE_CHECKING:
    from collections.abc import Callable

SIDECARS = (".shx", ".dbf", ".prj", ".cpg")
WALL_BASE = 60.0
WALL_PER_BYTE = 4e-5
"""A wall clock behind the child's own limit of processor time: it may wait, but not for ever."""
TICK = 0.2


class Child:
    """A child that is warming up, or warm."""

    def __init__(self) -> None:
        self.sink = os.memfd_create("gridmap")
        known = {"MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1", "OPENPYXL_LXML": "False"}
        self.process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-I", "-m", "gridmap.files.child", str(self.sink)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(self.sink,),
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", **known},
        )

    def ask(self, request: dict[str, Any], tick: Callable[[float], None]) -> pa.Table:
        """Have a file read.

        Parameters
        ----------
        request : dict
            See :mod:`gridmap.files.child.__main__`.
        tick : callable
            Told while waiting which share is read; what it raises stops the work.

        Returns
        -------
        Table
            What the child made of the file.

        Raises
        ------
        FileError
            What the child found, or that it was stopped by its limits.
        """
        assert self.process.stdin is not None  # noqa: S101  # a pipe was asked for
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        answer = self._answer(tick)
        if "error" in answer:
            raise FileError(answer["error"], **answer["values"])
        held = mmap.mmap(self.sink, os.fstat(self.sink).st_size, access=mmap.ACCESS_READ)
        table = pa.ipc.open_stream(pa.py_buffer(held)).read_all()
        table.validate()
        return table

    def _answer(self, tick: Callable[[float], None]) -> dict[str, Any]:
        assert self.process.stdout is not None  # noqa: S101  # a pipe was asked for
        stream = self.process.stdout.fileno()
        said, share = b"", 0.0
        while True:
            tick(share)
            if not select.select([stream], [], [], TICK)[0]:
                continue
            part = os.read(stream, 1 << 16)
            if not part:
                return self._died()
            *lines, said = (said + part).split(b"\n")
            for line in lines:
                answer: dict[str, Any] = json.loads(line)
                if answer.keys() & {"ok", "error"}:
                    return answer
                share = float(answer.get("share", share))

    def _died(self) -> dict[str, Any]:
        code = self.process.wait()
        key = "files.too_slow" if code in (-signal.SIGXCPU, -signal.SIGKILL) else "files.broke"
        return {"error": key, "values": {}}

    def end(self) -> None:
        """Stop the child if it still runs and free what it held."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None  # noqa: S101  # pipes were asked for
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        os.close(self.sink)


class Reader:
    """Reads files from outside; one child is kept warm between files.

    Parameters
    ----------
    keep_warm : bool
        Start the next child when one is used up; a command line needs one only.
    """

    def __init__(self, *, keep_warm: bool = False) -> None:
        self.keep_warm = keep_warm
        self._warm: list[Child] = []
        self._lock = threading.Lock()

    def start(self, count: int = 1) -> None:
        """Start children, so that they warm up while other things are done.

        Parameters
        ----------
        count : int
            How many there are to be: as many as files will be read.
        """
        with self._lock:
            while len(self._warm) < count:
                self._warm.append(Child())

    def stop(self) -> None:
        """End the children that wait."""
        with self._lock:
            while self._warm:
                self._warm.pop().end()

    def read(
        self,
        path: Path | str,
        kinds: dict[str, str],
        tick: Callable[[float], None] | None = None,
        name: str | None = None,
    ) -> pa.Table:
        """Read a file.

        Parameters
        ----------
        path : path
            The file.
        kinds : dict of str to str
            :data:`~gridmap.files.kinds.CELLS` or :data:`~gridmap.files.kinds.INCIDENTS`.
        tick : callable, optional
            Told some times a second which share is read; what it raises stops the work.
        name : str, optional
            What the user calls the file, where it lies under another name.

        Returns
        -------
        Table
            See :mod:`gridmap.files.child.layers` and :mod:`gridmap.files.child.tables`.

        Raises
        ------
        FileError
            If the file is missing, of another kind than it says, unsafe, broken or too costly.
        """
        path, shown = Path(path), str(name or path)
        suffix = suffix_of(shown, kinds)
        try:
            _require_readable(path)
            require_magic(path, suffix, kinds[suffix])
            return self._read(path, suffix, kinds[suffix], tick)
        except FileError as error:
            error.values.setdefault("path", shown)
            raise

    def _read(
        self, path: Path, suffix: str, kind: str, tick: Callable[[float], None] | None
    ) -> pa.Table:
        with self._lock:
            child = self._warm.pop(0) if self._warm else Child()
        if self.keep_warm:
            self.start()
        until = time.monotonic() + WALL_BASE + WALL_PER_BYTE * path.stat().st_size

        def watch(share: float) -> None:
            if time.monotonic() > until:
                raise FileError("files.too_slow")
            if tick is not None:
                tick(share)

        try:
            with tempfile.TemporaryDirectory(prefix="gridmap-") as folder:
                entry = _lay_out(path, Path(folder), suffix)
                return child.ask({"folder": folder, "name": entry, "kind": kind}, watch)
        finally:
            child.end()


def _require_readable(path: Path) -> None:
    if not path.exists():
        raise FileError("files.missing")
    if not path.is_file():
        raise FileError("files.not_file")
    if path.stat().st_size == 0:
        raise FileError("files.empty")
    if not os.access(path, os.R_OK):
        raise FileError("files.not_readable")


def _lay_out(path: Path, folder: Path, suffix: str) -> str:
    """Show the child the file, and what belongs to it, under names of ours."""
    entry = f"input{suffix}"
    (folder / entry).symlink_to(path.resolve())
    if suffix == ".shp":
        for part in SIDECARS:
            beside = next(
                (p for p in (path.with_suffix(part), path.with_suffix(part.upper())) if p.exists()),
                None,
            )
            if beside is not None:
                (folder / f"input{part}").symlink_to(beside.resolve())
    pending = Path(f"{path}-wal")
    if suffix == ".gpkg" and pending.exists() and pending.stat().st_size:
        # It is open elsewhere: the child brings the pending writes into a copy.
        (folder / entry).unlink()
        shutil.copyfile(path, folder / entry)
        shutil.copyfile(pending, folder / f"{entry}-wal")
    return entry


READER = Reader()
"""The reader of this process; a server sets ``keep_warm``."""
