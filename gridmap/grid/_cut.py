"""Cutting cells by lines: snap, node, and return the faces.

Every new vertex is computed once, and put as the same number into each border it stands on; all
else is copied. That is why an edit can be proved exactly although its crossings are rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridmap.grid._edges import Edges, directed, keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAR_M = 0.001
"""A line that passes a vertex of a border this closely passes through it."""


@dataclass(frozen=True, eq=False)
class Line:
    """A line to cut by, its vertices snapped.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Vertices; the last equals the first if it is closed.
    edge : ndarray of int64, shape (n,)
        Edge a vertex stands on between its ends, -1 for none.
    """

    xy: NDArray[np.float64]
    edge: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cut:
    """Cells and lines, noded.

    Parameters
    ----------
    edges : Edges
        Edges of the cells as they were.
    vertices : dict of int to ndarray
        New vertices by edge, in order from its ``a`` to its ``b``.
    lines : tuple of ndarray
        The noded lines, each of shape (n, 2).
    """

    edges: Edges
    vertices: dict[int, NDArray[np.float64]]
    lines: tuple[NDArray[np.float64], ...]

    def on(self, edges: NDArray[np.int64]) -> tuple[Edges, list[NDArray[np.float64]]]:
        """Return some edges with their new vertices."""
        return self.edges.take(edges), [self.vertices[int(edge)] for edge in edges]


def snap(
    line: NDArray[np.float64], edges: Edges, unit: NDArray[np.float64], reach_m: float
) -> Line:
    """Snap the vertices of a line to vertices of borders, else to the borders.

    Parameters
    ----------
    line : ndarray of float64, shape (n, 2)
        Vertices.
    edges : Edges
        Borders.
    unit : ndarray of float64, shape (2,)
        Metres per unit of each axis.
    reach_m : float
        How far a vertex may move.

    Returns
    -------
    Line
        The line without vertices that fell together.
    """
    ends = np.unique(np.concatenate([edges.a, edges.b]), axis=0)
    xy, edge = line + 0.0, np.full(len(line), -1)
    for row, point in enumerate(xy):
        away = np.hypot(*((ends - point) * unit).T)
        if away.size and away.min() <= reach_m:
            xy[row] = ends[away.argmin()]
            continue
        foot, away = _feet(point, edges, unit)
        if away.size and away.min() <= reach_m:
            edge[row] = away.argmin()
            xy[row] = foot[edge[row]]
    keep = np.append(True, (xy[1:] != xy[:-1]).any(axis=1))
    return Line(xy[keep], edge[keep])


def _feet(
    point: NDArray[np.float64], edges: Edges, unit: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the nearest point of each edge and its distance in metres."""
    along = (edges.b - edges.a) * unit
    t = (((point - edges.a) * unit) * along).sum(axis=1) / (along**2).sum(axis=1)
    foot = edges.a + np.clip(t, 0, 1)[:, None] * (edges.b - edges.a)
    return foot, np.hypot(*((foot - point) * unit).T)


def node(lines: list[Line], edges: Edges, unit: NDArray[np.float64]) -> Cut:
    """Put a vertex wherever a line meets a border.

    Parameters
    ----------
    lines : list of Line
        Snapped lines.
    edges : Edges
        Borders.
    unit : ndarray of float64, shape (2,)
        Metres per unit of each axis.

    Returns
    -------
    Cut
        Borders and lines with the same vertices where they meet.
    """
    found: dict[int, list[NDArray[np.float64]]] = {}
    noded = []
    for line in (_through_vertices(line, edges, unit) for line in lines):
        path = [line.xy[0]]
        for i in range(len(line.xy) - 1):
            for edge, point in _crossings(line, i, edges):
                found.setdefault(edge, []).append(point)
                path.append(point)
            path.append(line.xy[i + 1])
        for edge, point in zip(line.edge, line.xy, strict=True):
            if edge >= 0:
                found.setdefault(int(edge), []).append(point)
        xy = np.array(path)
        noded.append(xy[np.append(True, (xy[1:] != xy[:-1]).any(axis=1))])
    vertices = {edge: _in_order(np.array(points), edges, edge) for edge, points in found.items()}
    return Cut(edges, {edge: xy for edge, xy in vertices.items() if len(xy)}, tuple(noded))


def _in_order(points: NDArray[np.float64], edges: Edges, edge: int) -> NDArray[np.float64]:
    """Return new vertices of an edge from its start to its end, without repeats."""
    start, end = edges.a[edge], edges.b[edge]
    away = np.abs(points - start).sum(axis=1)
    xy = points[np.argsort(away, kind="stable")]
    keep = np.append(True, (xy[1:] != xy[:-1]).any(axis=1))
    return xy[keep & (xy != start).any(axis=1) & (xy != end).any(axis=1)]


def _through_vertices(line: Line, edges: Edges, unit: NDArray[np.float64]) -> Line:
    """Lead a line through the vertices of borders it passes by a millimetre."""
    ends = np.unique(np.concatenate([edges.a, edges.b]), axis=0)
    path, edge = [line.xy[0]], [line.edge[0]]
    for i, (p, q) in enumerate(zip(line.xy[:-1], line.xy[1:], strict=True)):
        along, to = (q - p) * unit, (ends - p) * unit
        length = np.hypot(*along)
        s = to @ along / length
        off = np.abs(to[:, 0] * along[1] - to[:, 1] * along[0]) / length
        met = np.flatnonzero((off <= NEAR_M) & (s > 0) & (s < length))
        met = met[(ends[met] != p).any(axis=1) & (ends[met] != q).any(axis=1)]
        met = met[np.argsort(s[met])]
        path.extend(ends[met])
        edge.extend([-1] * len(met))
        path.append(q)
        edge.append(line.edge[i + 1])
    xy = np.array(path)
    keep = np.append(True, (xy[1:] != xy[:-1]).any(axis=1))
    return Line(xy[keep], np.array(edge)[keep])


def _crossings(line: Line, i: int, edges: Edges) -> list[tuple[int, NDArray[np.float64]]]:
    """Return where segment i of a line crosses edges, in order along it."""
    p, q = line.xy[i], line.xy[i + 1]
    d, e, w = q - p, edges.b - edges.a, edges.a - p
    turn = d[0] * e[:, 1] - d[1] * e[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        s = (w[:, 0] * e[:, 1] - w[:, 1] * e[:, 0]) / turn
        t = (w[:, 0] * d[1] - w[:, 1] * d[0]) / turn
    hit = (turn != 0) & (s > 0) & (s < 1) & (t > 0) & (t < 1)
    for end in (p, q):
        hit &= (edges.a != end).any(axis=1) & (edges.b != end).any(axis=1)
    hit[[edge for edge in line.edge[i : i + 2] if edge >= 0]] = False
    at = np.flatnonzero(hit)
    at = at[np.argsort(s[at])]
    return [(int(k), edges.a[k] + t[k] * e[k]) for k in at]


def faces(
    shapes: NDArray[np.object_], lines: tuple[NDArray[np.float64], ...]
) -> tuple[NDArray[np.object_], NDArray[np.int64], NDArray[np.int64]]:
    """Return the faces into which noded lines divide noded cells.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon
        Noded cells.
    lines : tuple of ndarray
        Noded lines.

    Returns
    -------
    faces : ndarray of Polygon
        Faces that lie in a cell.
    owner : ndarray of int64
        Position of the cell of each face.
    claims : ndarray of int64
        Number of cells that hold each face; 1 in a coverage.
    """
    start, end = directed(shapes)
    start = np.concatenate([start, *(line[:-1] for line in lines)])
    end = np.concatenate([end, *(line[1:] for line in lines)])
    found = shapely.get_parts(shapely.polygonize(Edges.between(start, end).lines()))
    inner = shapely.point_on_surface(found)
    face, cell = shapely.STRtree(shapes).query(inner, predicate="within")
    claims = np.bincount(face, minlength=len(found))
    owner = np.full(len(found), -1)
    owner[face] = cell
    owner = np.where(claims > 1, owner, _owner_by_edge(found, shapes, owner))
    held = np.flatnonzero(owner >= 0)
    return found[held], owner[held], claims[held]


def _owner_by_edge(
    found: NDArray[np.object_], shapes: NDArray[np.object_], owner: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the cell whose border a face shares.

    Walked in the same direction the face is inside the cell, in the other outside of it; without a
    common edge it keeps the owner given. Exact where a face is too thin for a point in it to have a
    position.
    """
    rings = [keys(*directed(np.array([shape]))) for shape in shapely.orient_polygons(shapes)]
    cells = {edge: i for i, ring in enumerate(rings) for edge in ring.tolist()}
    result = owner.copy()
    for i, face in enumerate(shapely.orient_polygons(found)):
        start, end = directed(np.array([face]))
        inside = [cells[edge] for edge in keys(start, end).tolist() if edge in cells]
        if inside:
            result[i] = inside[0]
        elif any(edge in cells for edge in keys(end, start).tolist()):
            result[i] = -1
    return result
