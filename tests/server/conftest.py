"""A server of Cambridge in this process; every test that changes something has its own store."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from gridmap import Settings, create_app, open_store
from gridmap.journeys.demo import demo_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gridmap.store import Store

HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def cambridge_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of a store of Cambridge; to be copied, not changed."""
    path = tmp_path_factory.mktemp("cambridge") / "cambridge.db"
    demo_store(path).close()
    return path


@pytest.fixture(scope="session")
def reader(cambridge_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client for tests that change nothing."""
    path = shutil.copy(cambridge_store, tmp_path_factory.mktemp("reader") / "cambridge.db")
    with open_store(path) as store:
        yield from served(store)


@pytest.fixture
def store(cambridge_store: Path, tmp_path: Path) -> Iterator[Store]:
    with open_store(shutil.copy(cambridge_store, tmp_path / "cambridge.db")) as opened:
        yield opened


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    """A client of a store of its own; the visitor is a planner."""
    yield from served(store)


def served(store: Store) -> Iterator[TestClient]:
    """A client of a store, without what a server does to warm up."""
    app = create_app(Settings(), store)
    yield TestClient(app, HERE)
    app.state.jobs.close()


def finished(client: TestClient, job: int, seconds: float = 180) -> dict[str, Any]:
    """Wait for a job."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = client.get(f"/api/v1/jobs/{job}").json()
        if found["state"] not in {"queued", "running"}:
            return found
        time.sleep(0.05)
    pytest.fail(f"job {job} did not end in {seconds} s")


def soon(happened: Callable[[], bool], seconds: float = 180) -> bool:
    """Wait until something has happened; tell whether it has."""
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
