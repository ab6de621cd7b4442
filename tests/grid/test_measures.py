"""Widths: never more than a circle that lies inside, beside two foreign measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from gridmap.grid.check import check
from gridmap.grid.measures import widths
from gridmap.grid.model import Grid
from tests.grid.test_repair import read

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LAYERS = ["messy/nh_precincts", "messy/ct_precincts", "boston/precincts.epsg2249"]
SEEN = 1e-4
"""Metres below which rounding decides whether anything is left of an eroded sliver."""


def faces(folder: Path, name: str) -> NDArray[np.object_]:
    """Return every overlap and gap of a real layer, in metres."""
    cells = read(folder, name)
    grid = Grid.from_frame(cells.to_crs(Grid.from_frame(cells).metric_crs))
    found = [each.where for each in check(grid).defects if each.kind in ("gap", "overlap")]
    parts = shapely.get_parts(np.array(found, dtype=object))
    return parts[shapely.get_type_id(parts) == 3]


@pytest.mark.parametrize("name", LAYERS)
def test_widths_of_real_slivers(shared_data: Path, name: str) -> None:
    slivers = faces(shared_data, name)
    assert len(slivers) > 100
    found = widths(slivers)
    seen = found > SEEN
    left = shapely.buffer(slivers[seen], -0.49 * found[seen])
    assert not shapely.is_empty(left).any()
    finest = 1e-3 * shapely.area(slivers) / shapely.length(slivers)
    circles = [
        2 * shapely.maximum_inscribed_circle(each, tolerance=max(1e-7, fine)).length
        for each, fine in zip(slivers, finest, strict=True)
    ]
    assert (found / circles).min() > 0.9


def test_a_border_that_touches_itself_has_no_width_outside() -> None:
    spike = shapely.Polygon([(0, 0), (12, 12), (24, 12 - 1e-9), (12, 12 + 1e-9), (-0.2, 0)])
    assert widths(np.array([spike]))[0] < 0.2


def test_width_is_the_largest_circle() -> None:
    shapes = np.array([shapely.box(0, 0, 10, 2), shapely.Point(0, 0).buffer(3), None], object)
    assert widths(shapes[:2]) == pytest.approx([2, 6], rel=1e-2)
    rng = np.random.default_rng(5)
    ratios = []
    for _ in range(60):
        angle = np.sort(rng.uniform(0, 2 * np.pi, 20))
        r = rng.uniform(0.2, 1, 20)
        star = shapely.Polygon(np.column_stack([r * np.cos(angle), r * np.sin(angle)]))
        if star.is_valid:
            circle = shapely.maximum_inscribed_circle(star, tolerance=1e-4)
            ratios.append(widths(np.array([star]))[0] / (2 * circle.length))
    assert min(ratios) > 0.95
    assert max(ratios) < 1.001
