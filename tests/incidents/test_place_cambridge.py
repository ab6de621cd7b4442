"""The crashes of Cambridge in its 117 response districts."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridmap.grid.model import Grid
from gridmap.incidents.locate import Locator, place


@pytest.fixture(scope="module")
def city(cambridge):
    levels = ("SECTOR", "CAR_RTE", "WALK_RTE")
    frame = gpd.read_file(f"/vsigzip/{cambridge / 'response_districts.geojson.gz'}")
    return Grid.from_frame(frame, code="CADRA", levels=levels)


@pytest.fixture(scope="module")
def crashes(cambridge):
    frame = pd.read_csv(cambridge / "crashes_2010_2016.csv.gz")
    return frame.rename(columns={"row_id": "id"})


def test_every_crash_is_accounted_for(city, crashes):
    placed = place(crashes, city)
    assert placed["reason"].value_counts().to_dict() == {
        "ok": 9019,
        "no-coordinates": 1225,
        "outside": 91,
    }
    assert ((placed["cell"] != "") == (placed["reason"] == "ok")).all()
    assert placed["id"].tolist() == crashes["id"].tolist()
    assert (placed.loc[placed["reason"] == "ok", "cell_SECTOR"] != "").all()
    assert set(placed.columns) >= {"cell_SECTOR", "cell_CAR_RTE", "cell_WALK_RTE", "match", "score"}


def test_equal_to_sjoin_away_from_borders(city, crashes):
    placed = place(crashes, city)
    points = gpd.GeoDataFrame(
        crashes, geometry=gpd.points_from_xy(crashes["lon"], crashes["lat"]), crs=4326
    )
    joined = gpd.sjoin(points, city.cells[["geometry"]], predicate="within")
    borders = shapely.union_all(city.cells.boundary.to_numpy())
    away = shapely.distance(borders, points.geometry.to_numpy()[joined.index]) > 0
    both = joined.index[away]
    assert len(both) > 9000
    assert (placed.loc[both, "cell"] == joined.loc[both, "code"]).all()


def test_levels_are_those_of_the_cell(city, crashes):
    placed = place(crashes, city, Locator(city))
    rows = placed[placed["cell"] != ""]
    expected = city.cells["SECTOR"].reindex(rows["cell"]).to_numpy()
    assert np.array_equal(rows["cell_SECTOR"].to_numpy().astype(str), expected.astype(str))


def test_columns_stand_in_the_order_of_the_contract(city, crashes):
    seen = crashes.head(3).assign(score=0.5, match="number", reason="address-unknown")
    placed = place(seen, city)
    added = ["cell", "reason", "match", "score", "cell_SECTOR", "cell_CAR_RTE", "cell_WALK_RTE"]
    assert list(placed.columns[-len(added) :]) == added
    assert placed["reason"].tolist() == ["address-unknown"] * 3
    assert placed["match"].tolist() == [""] * 3


def test_coordinates_that_cannot_be(city):
    lon = [np.nan, -71.1, np.inf, 200.0, -71.1]
    lat = [42.3, np.nan, 42.3, 42.3, 42.37]
    placed = place(pd.DataFrame({"lon": lon, "lat": lat}), city)
    assert placed["reason"].tolist() == ["bad-coordinates"] * 4 + ["ok"]
