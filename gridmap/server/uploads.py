"""Files sent to the server: written aside, never opened by the server's own process."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import UploadFile

from gridmap.journeys.source import Source
from gridmap.server.jobs import Job, Jobs
from gridmap.server.problems import Problem

CHUNK = 1 << 20
LONGEST_NAME = 200
BESIDE = "boundary"
"""Where a second file is put aside."""


def submit(
    jobs: Jobs,
    kind: str,
    upload: UploadFile,
    work: Callable[[Path, str, Job], Any],
    by: str,
    boundary: UploadFile | None = None,
) -> Job:
    """Put a file aside, and one of the area to be covered, and start a job on them.

    Parameters
    ----------
    jobs : Jobs
        The jobs of the server.
    kind : str
        What the job does.
    upload : UploadFile
        The file.
    work : callable
        Is given the path, the name the user calls it, and the job; what it returns is the result.
    by : str
        The user it works for.
    boundary : UploadFile, optional
        A second file; :func:`boundary_of` finds it again.

    Returns
    -------
    Job
        The job; it removes the file when it ends.
    """
    name = _named(upload)
    folder = Path(tempfile.mkdtemp(prefix="gridmap-upload-"))
    path = folder / "upload"
    _put(upload, path)
    if boundary is not None:
        _put(boundary, path.with_name(BESIDE))

    def run(job: Job) -> Any:
        try:
            return work(path, name, job)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return jobs.submit(kind, run, by)


def boundary_of(path: Path, boundary: UploadFile | None) -> Source | None:
    """Return the second file of an upload.

    Parameters
    ----------
    path : Path
        Where the first lies.
    boundary : UploadFile or None
        As it was sent.

    Returns
    -------
    Source or None
        None if none was sent.
    """
    if boundary is None:
        return None
    return Source(path.with_name(BESIDE), _named(boundary), "")


def _named(upload: UploadFile) -> str:
    name = Path((upload.filename or "").replace("\\", "/")).name[-LONGEST_NAME:]
    if not name:
        raise Problem(422, "server.no_file_name")
    return name


def _put(upload: UploadFile, path: Path) -> None:
    with path.open("wb") as target:
        shutil.copyfileobj(upload.file, target, CHUNK)
