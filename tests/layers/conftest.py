"""Cambridge's layers and a synthetic city for the tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from gridmap.grid.model import Grid

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def districts(cambridge: Path) -> Grid:
    frame = gpd.read_file(f"/vsigzip/{(cambridge / 'response_districts.geojson.gz').resolve()}")
    return Grid.from_frame(frame, "CADRA", levels=("SECTOR", "CAR_RTE", "WALK_RTE"))


@pytest.fixture(scope="session")
def streets(cambridge: Path) -> gpd.GeoDataFrame:
    frame = gpd.read_file(f"/vsigzip/{(cambridge / 'streets.geojson.gz').resolve()}")
    return frame.assign(
        name=frame["Label"],
        **{"class": frame["MajorRoad"].notna().map({True: "primary", False: "residential"})},
    )
