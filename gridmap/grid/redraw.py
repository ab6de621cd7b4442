"""Balanced, contiguous, compact cells from blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridmap import crs as crs_
from gridmap.errors import ColumnError, ValueRefused
from gridmap.grid._blocks import Blocks
from gridmap.grid._redraw_result import Aim, Left, Redraw, codes_of, result_of
from gridmap.grid._redraw_search import Search
from gridmap.grid.valid import require_valid

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

__all__ = ["Aim", "Left", "Redraw", "redraw"]

COMPACT_ROUNDS = 2
FEW = 5
"""With fewer blocks a cell METIS fails (and says so on stdout); then every block begins alone."""


def redraw(
    blocks: Grid,
    aim: Aim,
    barriers: gpd.GeoDataFrame | None = None,
    start: Grid | None = None,
    locked: Collection[str] = (),
    seed: int = 0,
) -> Redraw:
    """Make cells of about the same weight from blocks.

    METIS (Karypis & Kumar 1998) gives the start; then neighbouring cells are joined and split anew
    along random spanning trees until all are in the band, and once more where that shortens a
    border. With a start of cells, only those out of the band are changed.

    Parameters
    ----------
    blocks : Grid
        Blocks, a coverage with matching vertices.
    aim : Aim
        Weight, target and tolerance.
    barriers : GeoDataFrame, optional
        Rivers, railways, main roads: no cell may lie on both sides.
    start : Grid, optional
        Cells as they are; absent means that they are drawn from nothing.
    locked : collection of str
        Codes of cells of the start that stay as they are.
    seed : int
        Same seed, same cells.

    Returns
    -------
    Redraw
        The cells, and those out of the band with the reason.

    Raises
    ------
    ColumnError
        If there is no such column, or weights are no counts.
    ValueRefused
        If the target or the tolerance make no sense.
    GeometryError
        If the ring of a block is broken.
    """
    require_valid(blocks)
    weight = _weights(blocks, aim)
    lines = None
    if barriers is not None:
        shapes = crs_.transform(barriers.geometry.to_numpy(), barriers.crs, blocks.metric_crs)
        lines = shapely.union_all(shapely.boundary(shapes) if _areal(shapes) else shapes)
    graph = Blocks.of(blocks, weight, lines)
    if aim.within is not None:
        graph = graph.within(pd.factorize(blocks.cells[aim.within])[0])
    label, names = _given(blocks, start)
    kept = np.isin(label, [i for i, name in enumerate(names) if name in set(locked)])
    heavy = ~kept & (weight > aim.band[1])
    rng = np.random.default_rng(seed)
    begin = np.full(len(weight), -1) if start is None else label
    free = _draw(graph, aim, begin, ~(kept | heavy), rng)
    final = np.where(kept, label, len(names) + np.where(heavy, -1, free))
    final[heavy] = final.max() + 1 + np.arange(heavy.sum())
    codes = codes_of(blocks, final, label, names, weight)
    return result_of(blocks, aim, graph, codes, set(locked), seed)


def _areal(shapes: NDArray[np.object_]) -> bool:
    return bool((shapely.get_dimensions(shapes) == 2).all())  # noqa: PLR2004


def _weights(blocks: Grid, aim: Aim) -> NDArray[np.float64]:
    for name in filter(None, (aim.weight, aim.within)):
        if name not in blocks.cells.columns:
            columns = ", ".join(map(str, blocks.cells.columns.drop(blocks.cells.geometry.name)))
            raise ColumnError("grid.no_column", column=name, columns=columns)
    weight = pd.to_numeric(blocks.cells[aim.weight], errors="coerce").to_numpy(dtype=float)
    bad = np.flatnonzero(~np.isfinite(weight) | (weight < 0))
    if len(bad):
        value = blocks.cells[aim.weight].iloc[bad[0]]
        raise ColumnError("edit.not_count", column=aim.weight, row=bad[0] + 1, value=str(value))
    if not aim.target > 0 or not 0 < aim.tolerance < 1:
        raise ValueRefused("redraw.aim", target=aim.target, tolerance=aim.tolerance)
    if not weight.sum():
        raise ValueRefused("redraw.no_weight", column=aim.weight)
    return weight


def _given(blocks: Grid, start: Grid | None) -> tuple[NDArray[np.int64], list[str]]:
    """Return the cell of the start each block is in (-1 for none), and the cells' codes."""
    n = len(blocks.codes)
    if start is None:
        return np.full(n, -1), []
    cells = crs_.transform(start.shapes, start.crs, blocks.crs)
    inside = shapely.point_on_surface(blocks.shapes)
    block, cell = shapely.STRtree(cells).query(inside, predicate="intersects")
    label = np.full(n, -1)
    label[block[::-1]] = cell[::-1]
    return label, [str(code) for code in start.codes]


def _draw(
    graph: Blocks,
    aim: Aim,
    begin: NDArray[np.int64],
    free: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Return a cell for every free block, -1 for the others; begun with the cells given, if any."""
    rows = np.flatnonzero(free)
    inner = _subgraph(graph, rows)
    fresh = bool((begin < 0).all())
    label = _metis(inner, inner.components(), aim, rng) if fresh else _gathered(begin[rows])
    search = Search(inner, label, aim.band, rng)
    if not fresh:
        search.nudge()
    search.balance()
    for _ in range(COMPACT_ROUNDS if fresh else 0):
        search.compact()
    result = np.full(len(free), -1)
    result[rows] = search.label
    return result


def _gathered(label: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return labels where blocks without one begin alone."""
    missing = label < 0
    result = label.copy()
    result[missing] = label.max(initial=-1) + 1 + np.arange(missing.sum())
    return result


def _subgraph(graph: Blocks, rows: NDArray[np.int64]) -> Blocks:
    if len(rows) == len(graph.weight):
        return graph
    place = np.full(len(graph.weight), -1)
    place[rows] = np.arange(len(rows))
    u, v = place[graph.u], place[graph.v]
    keep = (u >= 0) & (v >= 0)
    return Blocks(graph.weight[rows], u[keep], v[keep], graph.length_m[keep])


def _metis(
    graph: Blocks, piece: NDArray[np.int64], aim: Aim, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Partition every connected piece into as many parts as its weight calls for."""
    import pymetis

    label = np.empty(len(piece), dtype=np.int64)
    total = np.bincount(piece, graph.weight)
    number = int(rng.integers(1 << 30))
    count = 0
    for one in range(len(total)):
        rows = np.flatnonzero(piece == one) if len(total) > 1 else np.arange(len(piece))
        parts = min(max(1, round(float(total[one]) / aim.target)), len(rows))
        if parts == 1:
            label[rows] = count
        elif len(rows) < FEW * parts:
            parts = len(rows)
            label[rows] = count + np.arange(parts)
        else:
            inner = _subgraph(graph, rows)
            starts, beside, length = inner.rows()
            long = np.maximum(1, np.round(10 * length / length.mean())).astype(np.int64)
            found = pymetis.part_graph(
                parts,
                pymetis.CSRAdjacency(starts, beside),
                vweights=np.round(inner.weight).astype(np.int64),
                eweights=long,
                recursive=False,
                options=pymetis.Options(seed=number),
            )
            label[rows] = count + np.asarray(found[1], np.int64)
        count += parts
    return label
