"""Alignment: every vertex of a border stands on both sides of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid._edges import Edges, with_vertices
from gridmap.grid.cancel import leftover
from gridmap.grid.noding import ROUNDS, Noded, Quiet, numbered, rounding, undirected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid


def aligned(grid: Grid, decimals: int | None = None) -> Grid:
    """Put vertices into borders, and into the boundary, where only one side has them.

    Rounding, or another CRS, moves the vertices of one side off the other, and slivers open that
    nobody drew: so borders are aligned before. Rounding bends edges, which may cross by it: so they
    are aligned after it too, with crossings rounded, until nothing is left to be put in (iterated
    snap rounding). What is narrower than half a step is closed by that.

    Parameters
    ----------
    grid : Grid
        Cells and boundary.
    decimals : int, optional
        Decimals to which their coordinates are rounded; absent means that they are as they came,
        and only what no coordinate can tell apart is one place.

    Returns
    -------
    Grid
        Cells with all their vertices and those put in; the same Grid if there are none.

    Raises
    ------
    GeometryError
        If a coordinate is not a finite number.
    """
    area = np.array([] if grid.boundary is None else [grid.boundary], dtype=object)
    shapes = grid.shapes.copy()
    done = False
    for _ in range(ROUNDS):
        left = leftover(shapes, area)
        edges, vertices = _missing(left.edges, decimals)
        if not vertices:
            break
        rows = np.unique(left.owners[left.owners >= 0])
        shapes[rows] = with_vertices(shapes[rows], edges, vertices)
        area = with_vertices(area, edges, vertices)
        shapes[rows] = shapely.remove_repeated_points(shapes[rows], 0.0)
        area = shapely.remove_repeated_points(area, 0.0)
        done = True
    if not done:
        return grid
    cells = grid.cells.set_geometry(shapes, crs=grid.crs)
    return replace(grid, cells=cells, boundary=area[0] if len(area) else None)


def _missing(edges: NDArray[np.float64], decimals: int | None) -> tuple[Edges, list[Any]]:
    """Return edges that others touch or cross, and the vertices they lack."""
    points, ends = numbered(edges)
    pairs, _, _ = undirected(ends)
    still = Quiet(np.ones(len(pairs), bool), np.ones(len(points), bool))
    eps = rounding(edges) if decimals is None else 10.0**-decimals
    made = Noded.of(points, pairs, eps, still)
    last = np.append(made.parents[1:] != made.parents[:-1], True)[: len(made.parents)]
    crossing = made.pieces[:, 1] >= len(points)
    inner = ~last & ~(crossing & (decimals is None))  # as they came, edges may go on crossing
    cut, first = np.unique(made.parents[inner], return_index=True)
    places = made.points if decimals is None else np.round(made.points, decimals)
    vertices = np.split(places[made.pieces[inner, 1]], first[1:])
    return Edges(points[pairs[cut, 0]], points[pairs[cut, 1]]), vertices if len(cut) else []
