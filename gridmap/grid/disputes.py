"""Disputes: faces held by several cells, by none, or beyond the boundary, and who gets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

from gridmap import crs
from gridmap.grid.arrangement import WALL, Arrangement
from gridmap.grid.cancel import Leftover, continued
from gridmap.grid.measures import widths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridmap.grid.model import Grid
    from gridmap.grid.rules import Rules
    from gridmap.grid.survey import Survey

Prefer = Literal["longest-border", "largest", "smallest", "first"]
WHOLE = 1 - 1e-9
"""Share of a cell's ground from which losing it means that the cell is gone."""
HALF = 0.5


@dataclass
class Dispute:
    """A face and the cells around it.

    Parameters
    ----------
    face : int
        Its number in the arrangement.
    kind : str
        ``overlap``, ``gap`` or ``outside``.
    holders : tuple of int
        Cells that hold it.
    beside : dict of int to float
        Length of the border with each cell that may take it.
    area_m2, width_m : float
        Its size.
    winner : int or None
        Cell that gets it; -1 for none; None while it is left as it is.
    reason : str
        Last word of the message key: why that cell, or why it is left.
    """

    face: int
    kind: str
    holders: tuple[int, ...]
    beside: dict[int, float]
    area_m2: float
    width_m: float
    winner: int | None = None
    reason: str = ""


def arranged(
    grid: Grid, survey: Survey, earlier: Grid | None, whole: frozenset[int] = frozenset()
) -> tuple[Arrangement, list[Dispute]]:
    """Cut left-over edges, and the borders hidden in disputed ground, into faces.

    Parameters
    ----------
    grid : Grid
        The cells.
    survey : Survey
        What does not cancel.
    earlier : Grid, optional
        Cells whose borders part disputed ground.
    whole : frozenset of int
        Cells all of whose edges are to be cut where others meet them, cancelled or not.

    Returns
    -------
    tuple
        The arrangement and the disputes, without winners.
    """
    left = survey.left
    if grid.boundary is not None:
        left = continued(left, (), [grid.boundary])
    made = Arrangement.of(left, survey.eps)
    wanted = _disputed(grid, made)
    held = _held(survey, made, wanted)
    rows = sorted(held.parted | whole)
    hidden = [_edges(shapely.boundary(survey.ground[rows]))]
    if earlier is not None and wanted:
        hidden.append(_earlier_borders(survey, made.faces[sorted(wanted)], earlier))
    edges = _new(np.concatenate(hidden), made)
    if len(edges):
        both = np.concatenate([left.edges, edges, edges[:, ::-1]])
        owners = np.concatenate([left.owners, np.full(2 * len(edges), WALL)])
        made = Arrangement.of(Leftover(both, owners), survey.eps)
        wanted = _disputed(grid, made)
        held = _held(survey, made, wanted)
    return made, _described(grid, made, wanted, held.holders)


@dataclass(frozen=True)
class _Held:
    """Who holds disputed faces: cells by face, and the cells that hold one in part only."""

    holders: dict[int, list[int]]
    parted: frozenset[int]


def _held(survey: Survey, made: Arrangement, wanted: dict[int, str]) -> _Held:
    numbers = np.array(sorted(face for face, kind in wanted.items() if kind != "gap"), dtype=int)
    faces = made.faces[numbers]
    face, cell = survey.tree.query(faces, predicate="intersects")
    pieces = shapely.intersection(survey.ground[cell], faces[face])
    share = shapely.area(pieces) / np.maximum(shapely.area(faces[face]), np.finfo(float).tiny)
    real = shapely.area(pieces) > survey.eps * shapely.length(pieces)
    holders: dict[int, list[int]] = {}
    for f, c in zip(numbers[face[share > HALF]].tolist(), cell[share > HALF].tolist(), strict=True):
        holders.setdefault(f, []).append(c)
    return _Held(holders, frozenset(cell[real & (share < WHOLE)].tolist()))


def _disputed(grid: Grid, made: Arrangement) -> dict[int, str]:
    """Return the kind of every disputed face."""
    counts = made.counts
    inside = np.ones(len(counts), bool)
    if grid.boundary is not None:
        shapely.prepare(grid.boundary)
        inside = shapely.intersects(grid.boundary, shapely.point_on_surface(made.faces))
        counts = counts + inside
    outside = ~inside & (counts > 0)
    kinds = {"overlap": inside & (counts > 1), "gap": inside & (counts < 1), "outside": outside}
    return {int(face): kind for kind, mask in kinds.items() for face in np.flatnonzero(mask)}


def _earlier_borders(survey: Survey, faces: Any, earlier: Grid) -> NDArray[np.float64]:
    """Return the earlier borders within disputed ground."""
    solid = faces[shapely.area(faces) > survey.eps * shapely.length(faces)]
    face, cell = shapely.STRtree(earlier.shapes).query(solid, predicate="intersects")
    lines = shapely.intersection(shapely.boundary(earlier.shapes[cell]), solid[face])
    return _edges(lines[shapely.length(lines) > survey.eps])


def _edges(lines: Any) -> NDArray[np.float64]:
    parts = shapely.get_parts(shapely.get_parts(lines))
    xy, line = shapely.get_coordinates(parts[shapely.get_type_id(parts) == 1], return_index=True)
    return np.stack([xy[:-1], xy[1:]], axis=1)[line[1:] == line[:-1]]


def _new(edges: NDArray[np.float64], made: Arrangement) -> NDArray[np.float64]:
    """Leave out edges that run along borders the arrangement has."""
    ends = made.known(edges.reshape(-1, 2)).reshape(-1, 2)
    size = len(made.points)
    keys = ends.min(axis=1) * size + ends.max(axis=1)
    have = made.edges.min(axis=1) * size + made.edges.max(axis=1)
    return edges[(ends < 0).any(axis=1) | ~np.isin(keys, have)]


def _described(
    grid: Grid, made: Arrangement, wanted: dict[int, str], holders: dict[int, list[int]]
) -> list[Dispute]:
    numbers = np.array(sorted(wanted), dtype=int)
    faces = made.faces[numbers]
    metric = crs.transform(faces, grid.crs, grid.metric_crs)
    areas, wide = shapely.area(metric), widths(metric)
    borders = made.borders_round(numbers)
    return [
        Dispute(
            face=int(number),
            kind=wanted[int(number)],
            holders=_holders(
                holders.get(int(number), []), wanted[int(number)], borders.get(int(number), {})
            ),
            beside=borders.get(int(number), {}),
            area_m2=float(areas[i]),
            width_m=float(wide[i]),
        )
        for i, number in enumerate(numbers)
    ]


def _holders(found: list[int], kind: str, beside: dict[int, float]) -> tuple[int, ...]:
    """Return who holds a face; where it is too thin to be measured, those whose border it is."""
    if kind == "overlap" and len(found) < 2:  # noqa: PLR2004
        found = list(beside)
    return tuple(sorted(found))


@dataclass(frozen=True, eq=False)
class Judge:
    """Who gets disputed ground.

    Parameters
    ----------
    grid : Grid
        The cells.
    ground : ndarray of geometry, shape (n,)
        What each holds.
    rules : Rules
        Locked cells and allowed holes.
    gap_width : float
        Width in metres up to which gaps are closed and ground beyond the boundary is cut off.
    prefer : str
        Which cell gets ground that nothing else decides.
    earlier : Grid or None
        Cells as they were.
    """

    grid: Grid
    ground: NDArray[np.object_]
    rules: Rules
    gap_width: float
    prefer: Prefer
    earlier: Grid | None

    def decide(self, disputes: list[Dispute], made: Arrangement) -> None:
        """Name the winner of every dispute, or why it is left.

        Parameters
        ----------
        disputes : list of Dispute
            Disputes; changed in place.
        made : Arrangement
            Their faces.
        """
        locked = self.locked
        owners = self._earlier_owners(disputes, made)
        allowed = self._allowed(disputes, made)
        kept = self._kept_alive(disputes)
        for each, owner in zip(disputes, owners, strict=True):
            each.winner, each.reason = self._winner(each, owner, locked, kept)
            if each.kind == "gap" and each.face in allowed:
                each.winner, each.reason = None, "allowed"

    @property
    def locked(self) -> frozenset[int]:
        """Positions of locked cells."""
        codes = self.grid.codes
        return frozenset(i for i, code in enumerate(codes) if code in self.rules.locked)

    def _winner(
        self, each: Dispute, owner: int | None, locked: frozenset[int], kept: dict[int, float]
    ) -> tuple[int | None, str]:
        if each.kind == "overlap":
            return self._holder(each, owner, locked, kept)
        if each.kind == "outside":
            return self._outside(each, locked)
        free = {cell: length for cell, length in each.beside.items() if cell not in locked}
        if owner is not None and owner in free:
            return owner, "earlier"
        if each.width_m > self.gap_width:
            return None, "wide"
        if not free:
            return None, "locked"
        return self._preferred(free), self.prefer

    def _outside(self, each: Dispute, locked: frozenset[int]) -> tuple[int | None, str]:
        if any(cell in locked for cell in each.holders):
            return None, "locked"
        return (-1, "boundary") if each.width_m <= self.gap_width else (None, "wide")

    def _holder(
        self, each: Dispute, owner: int | None, locked: frozenset[int], kept: dict[int, float]
    ) -> tuple[int | None, str]:
        held = [cell for cell in each.holders if cell in locked]
        if len(held) == 1:
            return held[0], "locked_wins"
        if held:
            return None, "locked"
        if len(each.holders) < 2:  # noqa: PLR2004 - too thin to tell who holds it
            return None, "thin"
        if owner is not None and owner in each.holders:
            return owner, "earlier"
        inner = [cell for cell in each.holders if cell in kept]
        if inner:
            reason = "contained" if len(inner) < len(each.holders) else "duplicate"
            return min(inner, key=lambda cell: (kept[cell], cell)), reason
        reach = {
            cell: sum(each.beside.values()) - each.beside.get(cell, 0.0) for cell in each.holders
        }
        return self._preferred(reach), self.prefer

    def _preferred(self, lengths: dict[int, float]) -> int:
        areas = {cell: shapely.area(self.ground[cell]) for cell in lengths}
        rank = {
            "longest-border": lambda cell: (-lengths[cell], cell),
            "largest": lambda cell: (-areas[cell], cell),
            "smallest": lambda cell: (areas[cell], cell),
            "first": lambda cell: (0.0, cell),
        }[self.prefer]
        return min(lengths, key=rank)

    def _kept_alive(self, disputes: list[Dispute]) -> dict[int, float]:
        """Cells all of whose ground others hold too, with their area: they keep it."""
        lost: dict[int, float] = {}
        for each in disputes:
            for cell in each.holders if each.kind == "overlap" else ():
                lost[cell] = lost.get(cell, 0.0) + each.area_m2
        shapes = crs.transform(self.ground[list(lost)], self.grid.crs, self.grid.metric_crs)
        areas = dict(zip(lost, shapely.area(shapes).tolist(), strict=True))
        return {cell: areas[cell] for cell, area in lost.items() if area >= areas[cell] * WHOLE}

    def _allowed(self, disputes: list[Dispute], made: Arrangement) -> set[int]:
        lonlat = np.array([each.point for each in self.rules.allowed]).reshape(-1, 2)
        points = shapely.points(crs.transform_points(lonlat, crs.LONLAT, self.grid.crs))
        return {
            each.face
            for each in disputes
            if shapely.intersects(made.faces[each.face], points).any()
        }

    def _earlier_owners(self, disputes: list[Dispute], made: Arrangement) -> list[int | None]:
        """Return the cell that held each face before, if it is still there."""
        if self.earlier is None:
            return [None] * len(disputes)
        rows: dict[str, Any] = {}
        for row, code in enumerate(self.grid.codes):
            rows[code] = None if code in rows else row
        faces = made.faces[[each.face for each in disputes]]
        face, cell = shapely.STRtree(self.earlier.shapes).query(
            shapely.point_on_surface(faces), predicate="intersects"
        )
        owners: list[int | None] = [None] * len(disputes)
        for f, c in zip(face.tolist(), cell.tolist(), strict=True):
            owners[f] = rows.get(str(self.earlier.codes[c]))
        return owners
