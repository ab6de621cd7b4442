"""Long work, run beside the requests, with progress and cancel."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gridmap.errors import Cancelled, GridmapError, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("gridmap.jobs")
ALIVE = {"queued", "running"}
RATE_AFTER = 0.5
"""Seconds of work from which on its rate is told."""
KEPT = 100
"""Jobs remembered at most; the oldest finished ones are forgotten first."""


@dataclass
class Job:
    """One piece of long work.

    Parameters
    ----------
    id : int
        Its number.
    kind : str
        What it does: ``import``, ``repair``, ``patrol``…
    by : str
        The user it works for.
    """

    id: int
    kind: str
    by: str
    state: str = "queued"
    done: float = 0.0
    total: float = 0.0
    unit: str = ""
    began: float = 0.0
    result: Any = None
    error: GridmapError | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    def progress(self, done: float, total: float, unit: str = "") -> None:
        """Tell how far the work is.

        Parameters
        ----------
        done, total : float
            In the same unit.
        unit : str
            What is counted, ``""`` for steps; another unit is another piece of the work.

        Raises
        ------
        Cancelled
            If the user has asked to stop.
        """
        if unit != self.unit or not self.began:
            self.unit, self.began = unit, time.monotonic()
        self.done, self.total = done, total
        if self.cancelled.is_set():
            raise Cancelled("server.cancelled")

    @property
    def rate(self) -> float | None:
        """What is done in a second; None while it is too early to tell."""
        seconds = time.monotonic() - self.began
        sure = self.state == "running" and self.unit and seconds >= RATE_AFTER and self.done
        return self.done / seconds if sure else None


class Jobs:
    """Jobs of a server; they end with it.

    Parameters
    ----------
    workers : int
        How many run at once.
    """

    def __init__(self, workers: int = 2) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="job")
        self._jobs: OrderedDict[int, Job] = OrderedDict()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def submit(
        self, kind: str, work: Callable[[Job], Any], by: str = "", *, once: bool = False
    ) -> Job:
        """Start work as soon as there is room.

        Parameters
        ----------
        kind : str
            What it does.
        work : callable
            Is given the job, calls its ``progress`` now and then, and returns the result, values
            JSON knows.
        by : str
            The user it works for.
        once : bool
            If such a job is waiting or running already, return that one.

        Returns
        -------
        Job
            The job.
        """
        with self._lock:
            if once:
                for job in self._jobs.values():
                    if job.kind == kind and job.state in ALIVE:
                        return job
            job = Job(next(self._numbers), kind, by)
            self._jobs[job.id] = job
            over = [old for old in self._jobs.values() if old.state not in ALIVE]
            for old in over[: max(0, len(self._jobs) - KEPT)]:
                del self._jobs[old.id]
        self._pool.submit(_run, job, work)
        return job

    def run(self, kind: str, work: Callable[[Job], Any]) -> Job:
        """Do work of the server itself in this thread, to be seen and stopped as any other.

        Parameters
        ----------
        kind : str
            What it does.
        work : callable
            As for :meth:`submit`.

        Returns
        -------
        Job
            The job, ended.
        """
        job = Job(next(self._numbers), kind, "")
        with self._lock:
            self._jobs[job.id] = job
        _run(job, work)
        with self._lock:  # nobody waits for its result
            self._jobs.pop(job.id, None)
        return job

    def alive(self) -> list[Job]:
        """Return what waits or runs.

        Returns
        -------
        list of Job
            The oldest first.
        """
        with self._lock:
            return [job for job in self._jobs.values() if job.state in ALIVE]

    def get(self, job: int) -> Job:
        """Return a job.

        Parameters
        ----------
        job : int
            Its number.

        Returns
        -------
        Job
            The job.

        Raises
        ------
        NotFound
            If there is none.
        """
        found = self._jobs.get(job)
        if found is None:
            raise NotFound("server.no_job", job=job)
        return found

    def cancel(self, job: int) -> Job:
        """Ask a job to stop; it does at its next report of progress.

        Parameters
        ----------
        job : int
            Its number.

        Returns
        -------
        Job
            The job.
        """
        found = self.get(job)
        found.cancelled.set()
        return found

    def close(self) -> None:
        """Stop all work."""
        for job in list(self._jobs.values()):
            job.cancelled.set()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _run(job: Job, work: Callable[[Job], Any]) -> None:
    if job.cancelled.is_set():
        job.state = "cancelled"
        return
    job.state = "running"
    try:
        job.result = work(job)
    except Cancelled:
        job.state = "cancelled"
    except GridmapError as error:
        job.error = error
        job.state = "failed"
    except Exception:
        log.exception("job %s (%s) failed", job.id, job.kind)
        job.error = GridmapError("server.internal")
        job.state = "failed"
    else:
        job.state = "done"
