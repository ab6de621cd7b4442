"""Cambridge's layers and a synthetic city for the tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from gridmap.grid.model import Grid
from gridmap.grid.repair import repair

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def districts(cambridge: Path) -> Grid:
    frame = gpd.read_file(f"/vsigzip/{(cambridge / 'response_districts.geojson.gz').resolve()}")
    return Grid.from_frame(frame, "CADRA", levels=("SECTOR", "CAR_RTE", "WALK_RTE"))


@pytest.fixture(scope="session")
def boston(shared_data: Path) -> Grid:
    """Boston's precincts, repaired."""
    path = (shared_data / "boston" / "precincts.epsg2249.geojson.gz").resolve()
    frame = gpd.read_file(f"/vsigzip/{path}").set_crs(2249, allow_override=True).to_crs(26986)
    repaired = repair(Grid.from_frame(frame, "WARD_PRECINCT"), gap_width=5.0)
    assert not repaired.left
    return repaired.grid


@pytest.fixture(scope="session")
def streets(cambridge: Path) -> gpd.GeoDataFrame:
    frame = gpd.read_file(f"/vsigzip/{(cambridge / 'streets.geojson.gz').resolve()}")
    return frame.assign(
        name=frame["Label"],
        **{"class": frame["MajorRoad"].notna().map({True: "primary", False: "residential"})},
    )
