"""Crosswalk laws: weights add up to one, whole totals stay exact, unchanged cells cost nothing."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridmap.errors import ColumnError, GeometryError, ValueRefused
from gridmap.grid.crosswalk import apportion, crosswalk, population, transfer
from gridmap.grid.model import Grid


def squares(n, size=100.0, name="c"):
    boxes = [
        shapely.box(i * size, j * size, (i + 1) * size, (j + 1) * size)
        for j in range(n)
        for i in range(n)
    ]
    frame = gpd.GeoDataFrame(
        {"code": [f"{name}{k}" for k in range(n * n)]}, geometry=boxes, crs=32650
    )
    return Grid.from_frame(frame)


def test_population_of_cambridge_adds_up(districts, blocks2000):
    people, outside = population(districts, blocks2000, "POP_LAB")
    assert people.sum() + outside == 101_355
    assert people.dtype == np.int64
    assert outside < 50
    assert list(people.index) == list(districts.codes)


def test_population_agrees_with_tobler(districts, blocks2000):
    area_weighted = pytest.importorskip("tobler.area_weighted")
    people = population(districts, blocks2000, "POP_LAB").people
    peer = area_weighted.area_interpolate(
        blocks2000.to_crs(26986),
        districts.cells.to_crs(26986),
        extensive_variables=["POP_LAB"],
        allocate_total=False,
    )
    assert np.abs(peer["POP_LAB"].to_numpy() - people.to_numpy()).max() < 3


def test_same_grid_maps_to_itself(districts):
    walk = crosswalk(districts, districts)
    assert (walk["old"] == walk["new"]).all()
    assert (walk["weight"] == 1).all()


def test_renamed_cell_is_recognised_by_its_bytes():
    old = squares(3)
    new = old.with_cells(old.cells.rename(index={"c4": "neu"}))
    walk = crosswalk(old, new).set_index("old")
    assert walk.loc["c4", "new"] == "neu"
    assert walk.loc["c4", "weight"] == 1


def test_uncovered_ground_has_its_own_row():
    old = squares(2)
    new = old.with_cells(old.cells.iloc[1:])
    walk = crosswalk(old, new)
    rest = walk[walk["new"] == ""]
    assert rest["old"].tolist() == ["c0"]
    assert rest["area_m2"].tolist() == [10_000]
    carried = transfer(pd.Series(7, index=old.codes, name="n"), walk)
    assert carried.sum() == 28
    assert carried[""] == 7


def test_blocks_weigh_people_instead_of_ground():
    old = squares(1)
    halves = [shapely.box(0, 0, 50, 100), shapely.box(50, 0, 100, 100)]
    new = Grid.from_frame(gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=halves, crs=32650))
    blocks = gpd.GeoDataFrame(
        {"hh": [30, 10]},
        geometry=[shapely.box(0, 0, 25, 100), shapely.box(75, 0, 100, 100)],
        crs=32650,
    )
    by_area = crosswalk(old, new).set_index("new")["weight"]
    by_people = crosswalk(old, new, blocks, "hh").set_index("new")["weight"]
    assert by_area.to_dict() == {"a": 0.5, "b": 0.5}
    assert by_people.to_dict() == pytest.approx({"a": 0.75, "b": 0.25})


@given(
    n=st.integers(1, 6),
    m=st.integers(1, 6),
    counts=st.lists(st.integers(0, 5000), min_size=36, max_size=36),
    turn=st.floats(-0.3, 0.3),
)
def test_totals_are_conserved(n, m, counts, turn):
    old = squares(n, 600 / n)
    fresh = squares(m, 600 / m, "d")
    turned = fresh.cells.set_geometry(fresh.cells.rotate(turn, origin=(300, 300), use_radians=True))
    walk = crosswalk(old, fresh.with_cells(turned))
    assert np.allclose(walk.groupby("old")["weight"].sum(), 1, atol=1e-12)
    values = pd.Series(counts[: n * n], index=old.codes, name="n")
    assert transfer(values, walk).sum() == values.sum()


@given(
    st.lists(st.tuples(st.integers(0, 999), st.lists(st.floats(0.001, 1), min_size=1, max_size=7)))
)
def test_apportion_is_exact_and_within_one(groups):
    amounts = np.array([a for a, shares in groups for _ in shares], dtype=float)
    group = np.array([g for g, (_, shares) in enumerate(groups) for _ in shares], dtype=np.int64)
    shares = np.array([s / sum(shares) for _, shares in groups for s in shares])
    given_ = apportion(amounts, shares, group)
    assert given_.sum() == sum(a for a, _ in groups)
    assert (np.abs(given_ - amounts * shares) < 1 + 1e-6).all()


def test_refusals(districts, blocks2000):
    with pytest.raises(ColumnError, match="POP_LAB"):
        population(districts, blocks2000, "people")
    with pytest.raises(ColumnError, match="-1"):
        population(districts, blocks2000.assign(POP_LAB=-1), "POP_LAB")
    twice = districts.with_cells(districts.cells.iloc[[0, 0]])
    with pytest.raises(ValueRefused, match="1104"):
        crosswalk(districts, twice)
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    broken = squares(2)
    broken = broken.with_cells(broken.cells.set_geometry([bow, *broken.shapes[1:]]))
    with pytest.raises(GeometryError, match="c0"):
        crosswalk(squares(2), broken)
    with pytest.raises(ValueRefused, match="nowhere"):
        transfer(pd.Series({"nowhere": 1}), crosswalk(districts, districts))
