"""Codes of cells may hold a slash, as 12/3 and 一区/5 do in many cities."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from gridmap import Settings, create_app, open_store
from gridmap.journeys.cells.plans import import_grid
from tests.store.towns import town

if TYPE_CHECKING:
    from pathlib import Path

CODES = ["12/3", "一区/5", "a/../b", "100%", "?q=1#x"]


@pytest.mark.parametrize("code", CODES)
def test_a_cell_is_found_by_its_code(tmp_path: Path, code: str) -> None:
    grid = town()
    grid = grid.with_cells(grid.cells.rename(index={"0000": code}))
    with open_store(tmp_path / "town.db") as store:
        plan = import_grid(store, "Town", grid).plan.id
        client = TestClient(create_app(Settings(), store), "http://127.0.0.1:8000")
        address = quote(code, safe="")
        cell = client.get(f"/api/v1/plans/{plan}/cells/{address}")
        assert cell.json()["code"] == code
        item = client.get(f"/ogc/collections/cells/items/{address}").json()
        assert item["id"] == code
        (self,) = (link["href"] for link in item["links"] if link["rel"] == "self")
        assert client.get(self).json()["id"] == code
        found = client.get("/api/v1/search", params={"q": code}).json()
        assert [one["name"] for one in found if one["kind"] == "cell"] == [code]
