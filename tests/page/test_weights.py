"""Cells weighed in households say so everywhere; cells weighed in people do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gridmap import open_store, read_grid
from gridmap.journeys.cells.plans import import_grid
from tests.page.conftest import serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.page.conftest import Watched

pytestmark = pytest.mark.browser
WORDS = {"户数": ("每千户", "各网格户数"), "人口": ("每千人", "各网格人口")}


@pytest.mark.parametrize("column", WORDS)
def test_words_of_the_weight(
    visit: Callable[..., Watched], cambridge: Path, tmp_path: Path, column: str
) -> None:
    grid = read_grid(cambridge / "response_districts.geojson.gz", code="CADRA")
    weighed = grid.with_cells(grid.cells.assign(**{column: range(50, 50 + len(grid.cells))}))
    with open_store(f"sqlite:///{tmp_path / 'city.db'}") as store:
        import_grid(store, "方案", weighed, column)
    with serving(tmp_path / "city.db", "serve") as server:
        watched = visit("zh", server=server)
        watched.open("/?workspace=incidents")
        rate, balance = WORDS[column]
        assert watched.page.get_by_role("button", name=rate, exact=True).is_visible()
        assert watched.page.get_by_text("指标", exact=True).is_visible()
        watched.open("/?workspace=cells")
        assert watched.page.get_by_text(balance).first.is_visible()
