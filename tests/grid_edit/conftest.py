"""The city every edit is tried on."""

import pathlib

import geopandas as gpd
import pytest

from gridmap.grid.crosswalk import population
from gridmap.grid.model import Grid

SHAPES = pathlib.Path(__file__).parents[2] / "shapes" / "cambridge"


def read(name):
    return gpd.read_file(f"/vsigzip/{SHAPES}/{name}.geojson.gz")


@pytest.fixture(scope="session")
def blocks2000():
    return read("blocks2000")


@pytest.fixture(scope="session")
def districts(blocks2000):
    levels = ("SECTOR", "CAR_RTE", "WALK_RTE")
    grid = Grid.from_frame(read("response_districts"), "CADRA", levels=levels)
    people = population(grid, blocks2000, "POP_LAB").people
    return grid.with_cells(grid.cells.assign(people=people))
