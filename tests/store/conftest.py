"""Stores of small towns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gridmap import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridmap.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "town.db") as opened:
        yield opened
