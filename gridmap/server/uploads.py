"""Files sent to the server: written aside, never opened by the server's own process."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import UploadFile

from gridmap.server.jobs import Job, Jobs
from gridmap.server.problems import Problem

CHUNK = 1 << 20
LONGEST_NAME = 200


def submit(
    jobs: Jobs,
    kind: str,
    upload: UploadFile,
    work: Callable[[Path, str, Job], Any],
    by: str,
) -> Job:
    """Put a file aside and start a job on it.

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

    Returns
    -------
    Job
        The job; it removes the file when it ends.
    """
    name = Path((upload.filename or "").replace("\\", "/")).name[-LONGEST_NAME:]
    if not name:
        raise Problem(422, "server.no_file_name")
    folder = Path(tempfile.mkdtemp(prefix="gridmap-upload-"))
    path = folder / "upload"
    with path.open("wb") as target:
        shutil.copyfileobj(upload.file, target, CHUNK)

    def run(job: Job) -> Any:
        try:
            return work(path, name, job)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return jobs.submit(kind, run, by)
