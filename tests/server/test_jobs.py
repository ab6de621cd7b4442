"""Long work: progress, cancel, faults, one at a time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from gridmap.errors import NotFound, ValueRefused
from gridmap.server.jobs import ALIVE, KEPT, Job, Jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    opened = Jobs()
    yield opened
    opened.close()


def ended(job: Job) -> str:
    until = time.monotonic() + 60
    while job.state in ALIVE and time.monotonic() < until:
        time.sleep(0.005)
    return job.state


def waiting(began: threading.Event) -> Callable[[Job], None]:
    """Work that goes on until it is stopped."""

    def work(job: Job) -> None:
        for done in range(10_000):
            job.progress(done, 10_000)
            began.set()
            time.sleep(0.005)

    return work


def test_a_job_tells_its_progress_and_its_result(jobs: Jobs) -> None:
    def work(job: Job) -> dict[str, int]:
        job.progress(3, 4)
        return {"rows": 4}

    job = jobs.submit("import", work, "desk")
    assert ended(job) == "done"
    assert (job.done, job.total, job.result, job.by) == (3, 4, {"rows": 4}, "desk")


def test_a_running_job_stops_when_asked(jobs: Jobs) -> None:
    began = threading.Event()
    job = jobs.submit("solve", waiting(began))
    assert began.wait(10)
    jobs.cancel(job.id)
    assert ended(job) == "cancelled"


def test_a_waiting_job_never_starts_when_cancelled(jobs: Jobs) -> None:
    began = threading.Event()
    running = [jobs.submit("solve", waiting(began)) for _ in range(2)]
    started: list[int] = []
    job = jobs.submit("late", lambda job: started.append(job.id))
    jobs.cancel(job.id)
    for each in running:
        jobs.cancel(each.id)
    assert ended(job) == "cancelled"
    assert started == []


@pytest.mark.parametrize(
    ("error", "key"),
    [(ValueRefused("store.no_name"), "store.no_name"), (RuntimeError("secret"), "server.internal")],
)
def test_a_failure_is_kept_a_fault_keeps_its_secrets(
    jobs: Jobs, error: Exception, key: str
) -> None:
    def work(_job: Job) -> Any:
        raise error

    job = jobs.submit("import", work)
    assert ended(job) == "failed"
    assert job.error is not None
    assert job.error.key == key
    assert "secret" not in str(job.error)


def test_one_at_a_time_where_one_is_enough(jobs: Jobs) -> None:
    began = threading.Event()
    first = jobs.submit("public", waiting(began), once=True)
    assert jobs.submit("public", waiting(began), once=True) is first
    assert jobs.submit("import", waiting(began), once=True) is not first
    jobs.cancel(first.id)
    ended(first)
    assert jobs.submit("public", lambda _job: None, once=True) is not first


def test_old_jobs_are_forgotten(jobs: Jobs) -> None:
    first = jobs.submit("short", lambda _job: None)
    for _ in range(KEPT + 5):
        ended(jobs.submit("short", lambda _job: None))
    with pytest.raises(NotFound):
        jobs.get(first.id)
