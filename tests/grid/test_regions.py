"""Regions: the same faces as GEOS finds between random lines, and cells that touch themselves."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.grid.chains import Chains
from gridmap.grid.noding import Noded, numbered, rounding, undirected
from gridmap.grid.regions import OUTSIDE, Regions


def chains_of(lines):
    points, ends = numbered(lines)
    pairs, _, _ = undirected(ends[ends[:, 0] != ends[:, 1]])
    made = Noded.of(points, pairs, rounding(lines))
    return Chains.of(made.points, undirected(made.pieces)[0])


def edges_of(shape):
    xy, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(shape)), return_index=True
    )
    return np.stack([xy[:-1], xy[1:]], axis=1)[ring[1:] == ring[:-1]]


def alike(shapes):
    plain = shapely.normalize(shapely.orient_polygons(np.asarray(shapes, dtype=object)))
    return sorted(shapely.to_wkb(plain).tolist())


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 100_000), st.sampled_from(["free", "lattice", "far lattice"]))
def test_faces_are_those_of_polygonize(seed, kind):
    """Dangling lines, faces within faces, faces that touch themselves: a lattice makes them all."""
    rng = np.random.default_rng(seed)
    many = int(rng.integers(3, 40))
    lines = rng.integers(0, int(rng.integers(3, 9)), (many, 2, 2)).astype(float)
    if kind != "lattice":
        lines += 500_000.0
    if kind == "free":
        lines += rng.uniform(0, 1, lines.shape)
    chains = chains_of(lines)
    found = Regions.faces(chains)
    assert shapely.is_valid(found.shapes).all()
    assert alike(found.shapes) == alike(shapely.get_parts(shapely.polygonize(chains.lines)))
    left, right = found.left.reshape(-1, 2).T
    middle = shapely.line_interpolate_point(chains.lines, 0.5, normalized=True)
    for beside in (left, right):
        held = np.flatnonzero(beside != OUTSIDE)
        assert (shapely.distance(found.shapes[beside[held]], middle[held]) < 1e-6).all()


@pytest.mark.parametrize(
    "wkt",
    [
        "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (0 0, 3 4, 4 3, 0 0))",
        "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (2 2, 4 4, 4 2, 2 2), (4 4, 6 6, 6 4, 4 4))",
        "MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((2 2, 4 2, 4 4, 2 4, 2 2)))",
        "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0), (4 1, 8 5, 8 1, 4 1)), ((4 1, 7 3, 7 2, 4 1)))",
        "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0), (4 1, 8 5, 8 1, 4 1)), ((5 1.5, 7 3, 7 2, 5 1.5)))",
    ],
)
def test_a_cell_is_rebuilt_from_its_own_borders(wkt):
    """Holes that touch the shell or each other, parts that touch, parts within holes of parts."""
    cell = shapely.from_wkt(wkt)
    chains = chains_of(edges_of(cell))
    inside = [shapely.contains(cell, part) for part in Regions.faces(chains).shapes]
    left = Regions.faces(chains).left
    mine = np.flatnonzero(np.append(inside, False)[left])
    for rows in (mine, np.append(mine, mine)):  # alone, and beside another cell of that ground
        labels = np.repeat(np.arange(len(rows) // len(mine)), len(mine))
        found = Regions.of(chains, rows, labels)
        for label in np.unique(labels):
            parts = found.shapes[found.labels == label]
            assert alike(parts) == alike(shapely.get_parts(cell))


def test_a_border_with_a_piece_missing_encloses_nothing():
    chains = chains_of(edges_of(shapely.box(0, 0, 4, 4))[:3])
    found = Regions.of(chains, np.zeros(1, np.int64), np.zeros(1, np.int64))
    assert found.left.tolist() == [OUTSIDE]
    assert len(found) == 0
