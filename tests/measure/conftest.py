"""Cambridge's response districts with its crashes, each placed by an independent sjoin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest

from gridmap.grid.model import Grid

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def districts(cambridge: Path) -> Grid:
    path = cambridge / "response_districts.geojson.gz"
    frame = gpd.read_file(f"/vsigzip/{path.resolve()}")
    frame["people"] = range(len(frame))  # a weight of known values, the first of them 0
    return Grid.from_frame(frame, "CADRA", levels=("SECTOR", "CAR_RTE", "WALK_RTE"))


@pytest.fixture(scope="session")
def crashes(cambridge: Path, districts: Grid) -> pd.DataFrame:
    rows = pd.read_csv(cambridge / "crashes_2010_2016.csv.gz")
    points = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), crs=4326)
    cells = districts.cells[["geometry"]].reset_index()
    joined = gpd.sjoin(gpd.GeoDataFrame(geometry=points), cells, predicate="intersects")
    cell = joined.groupby(level=0)["code"].min().reindex(rows.index).fillna("")
    reason = cell.map(lambda code: "ok" if code else "outside").astype(object)
    reason[rows["lat"].isna()] = "no-coordinates"
    when = pd.to_datetime(rows["datetime"]).dt.tz_localize(
        "America/New_York", ambiguous=False, nonexistent="shift_forward"
    )
    return pd.DataFrame(
        {
            "id": rows["row_id"].astype(str),
            "lon": rows["lon"],
            "lat": rows["lat"],
            "when": when,
            "day_only": False,
            "category": rows["object_1"].fillna(""),
            "source": "police",
            "status": "",
            "cell": cell,
            "reason": reason,
        }
    )
