"""Broken rings made whole, however the file wraps them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gridmap.grid.mend import FEW_VERTICES, mended, too_tangled
from gridmap.grid.model import Grid
from gridmap.grid.repair import repair
from tests.grid.generate import frame


def star(points: int, turns: int) -> shapely.Polygon:
    """Return a ring that crosses itself, with that many vertices."""
    angle = 2 * np.pi * turns * np.arange(points) / points
    return shapely.Polygon(500 * np.column_stack([np.cos(angle), np.sin(angle)]))


@pytest.mark.parametrize("points", [5, FEW_VERTICES + 101])
def test_a_multipolygon_is_mended_as_its_polygon_is(points: int) -> None:
    broken = star(points, 2)
    assert not broken.is_valid
    wrapped = shapely.multipolygons([broken, shapely.box(2000, 0, 2100, 100)])
    assert mended(broken).is_valid
    whole = mended(wrapped)
    assert whole.is_valid
    assert whole.area == pytest.approx(mended(broken).area + 10_000)


def test_a_tangle_is_a_tangle_in_a_multipolygon_too() -> None:
    tangle = star(2001, 500)
    assert too_tangled(tangle)
    assert too_tangled(shapely.multipolygons([tangle]))
    assert mended(shapely.multipolygons([tangle])) is None


@pytest.mark.parametrize("points", [5, FEW_VERTICES + 101])
def test_a_layer_of_multipolygons_stays_one(points: int) -> None:
    shapes = [star(points, 2), shapely.box(600, 0, 900, 100), shapely.box(850, 0, 1200, 100)]
    grid = Grid.from_frame(frame([shapely.multipolygons([each]) for each in shapes]))
    done = repair(grid)
    assert {each.kind for each in done.changes} == {"invalid", "overlap"}
    assert set(done.grid.cells.geom_type) == {"MultiPolygon"}
    assert done.left == ()
