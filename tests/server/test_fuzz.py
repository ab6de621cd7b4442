"""Every operation of the OpenAPI document, fed with what a generator thinks of: no server error.

What is answered has the shape the document promises. In ``make proof`` with 10,000 cases.
"""

from __future__ import annotations

import shutil
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
)

from gridmap import Settings, create_app, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import FastAPI

DOCUMENT = "/api/v1/openapi.json"
CASES = 10_000
SECONDS = 120
"""The machine may be busy; slowness is measured elsewhere."""
CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]


@pytest.fixture
def app(cambridge_store: Path, tmp_path: Path) -> Iterator[FastAPI]:
    path = shutil.copy(cambridge_store, tmp_path / "cambridge.db")
    with open_store(path) as store:
        app = create_app(Settings(names=("testserver",)), store)
        yield app
        app.state.jobs.close()


def fuzz(app: FastAPI, cases: int, begin: int = 20_261_121) -> dict[str, int]:
    """Send so many cases to each operation; how often each status was answered."""
    seen: dict[str, int] = {}
    document = schemathesis.openapi.from_asgi(DOCUMENT, app)
    for found in document.get_all_operations():
        operation = found.ok()

        @seed(begin)
        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            answer = case.call(timeout=SECONDS)
            case.validate_response(answer, checks=CHECKS)
            name = f"{answer.status_code // 100}xx"
            seen[name] = seen.get(name, 0) + 1

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            send()
    return seen


def test_no_operation_fails(app: FastAPI) -> None:
    seen = fuzz(app, 4)
    assert seen["2xx"] > 50
    assert "5xx" not in seen


@pytest.mark.proof
def test_no_operation_fails_in_ten_thousand_cases(
    app: FastAPI, record: Callable[[str, dict[str, Any]], None]
) -> None:
    operations = sum(len(item) for item in app.openapi()["paths"].values())
    seen: Counter[str] = Counter()
    while seen.total() < CASES:  # operations without parameters have few cases each round
        seen.update(fuzz(app, CASES // operations, begin=seen.total()))
    row = {"operations": operations, "cases": seen.total(), "server errors": 0, **seen}
    record("schemathesis over OpenAPI", row)
