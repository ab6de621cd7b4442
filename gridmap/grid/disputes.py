"""Disputes: faces held by several cells, by none, or beyond the boundary, and who gets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

from gridmap import crs
from gridmap.grid.changes import ids
from gridmap.grid.measures import widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridmap.grid.model import Grid
    from gridmap.grid.mosaic import Mosaic
    from gridmap.grid.rules import Rules

Prefer = Literal["longest-border", "largest", "smallest", "first"]
WHOLE = 1 - 1e-9
"""Share of a cell's ground from which losing it means that the cell is gone."""


@dataclass
class Dispute:
    """A face and who may have it.

    Parameters
    ----------
    id : str
        Name of the change it may become.
    face : int
        Its number in the mosaic.
    kind : str
        ``overlap``, ``gap`` or ``outside``.
    holders : tuple of int
        Cells that hold it.
    where : Polygon
        Its ground.
    area_m2, width_m : float
        Its size.
    hair : bool
        Whether it is narrower than the coordinates can tell: an unmatched border, not ground.
    winner : int or None
        Cell that gets it; -1 for none; None while it is left as it is.
    reason : str
        Last word of the message key: why that cell, or why it is left.
    """

    id: str
    face: int
    kind: str
    holders: tuple[int, ...]
    where: Any
    area_m2: float
    width_m: float
    hair: bool
    winner: int | None = None
    reason: str = ""

    @property
    def owners(self) -> tuple[int, ...]:
        """Who holds the face when all is done."""
        if self.winner is None:
            return self.holders
        return (self.winner,) if self.winner >= 0 else ()

    def leave(self, reason: str) -> None:
        """Leave the face as it is.

        Parameters
        ----------
        reason : str
            Last word of the message key.
        """
        self.winner, self.reason = None, reason


def disputes(grid: Grid, made: Mosaic, eps: float) -> list[Dispute]:
    """Find the faces that are not held by exactly one cell.

    Parameters
    ----------
    grid : Grid
        The cells.
    made : Mosaic
        Their faces.
    eps : float
        Rounding of the coordinates.

    Returns
    -------
    list of Dispute
        The disputes, without winners.
    """
    found = []
    for face in range(len(made.faces)):
        cells, inside = made.cells(face), made.inside(face)
        count = len(cells) + made.others(face)
        if inside and count != 1:
            found.append((face, "overlap" if count else "gap", cells))
        elif not inside and count:
            found.append((face, "outside", cells))
    shapes = made.faces.polygons([face for face, _, _ in found])
    hair = shapely.area(shapes) <= eps * shapely.length(shapes)
    metric = crs.transform(shapes, grid.crs, grid.metric_crs)
    sizes = zip(
        shapes, shapely.area(metric).tolist(), widths(metric).tolist(), hair.tolist(), strict=True
    )
    names = ids([kind for _, kind, _ in found], shapes)
    return [
        Dispute(name, *each, *size) for name, each, size in zip(names, found, sizes, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class Judge:
    """Who gets disputed ground.

    Parameters
    ----------
    grid : Grid
        The cells.
    ground : ndarray of geometry, shape (n,)
        What each holds.
    made : Mosaic
        The faces.
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
    made: Mosaic
    rules: Rules
    gap_width: float
    prefer: Prefer
    earlier: Grid | None

    def decide(self, found: list[Dispute]) -> None:
        """Name the winner of every dispute, or why it is left.

        Gaps come last, so that a gap goes to whoever holds the ground beside it in the end; one
        that other gaps surround waits for these.

        Parameters
        ----------
        found : list of Dispute
            Disputes; changed in place.
        """
        locked, spared = self.locked, self._spared(found)
        earlier = dict(zip((d.face for d in found), self._earlier_owners(found), strict=True))
        kept = self._kept_alive(found)
        at = {each.face: each for each in found}
        gaps = [each for each in found if each.kind == "gap"]
        for each in found:
            if each.kind == "overlap":
                verdict = self._holder(each, earlier[each.face], locked, kept)
                each.winner, each.reason = verdict
            elif each.kind == "outside":
                each.winner, each.reason = self._outside(each, locked)
            elif each.face in spared:
                each.reason = spared[each.face]
        while True:
            waiting = [each for each in gaps if each.winner is None and each.face not in spared]
            for each in waiting:
                each.winner, each.reason = self._taker(each, earlier[each.face], locked, at)
            if all(each.winner is None for each in waiting):
                break

    @property
    def locked(self) -> frozenset[int]:
        """Positions of locked cells."""
        if not self.rules.locked:
            return frozenset()
        codes = self.grid.codes
        return frozenset(i for i, code in enumerate(codes) if code in self.rules.locked)

    def _beside(self, each: Dispute, at: dict[int, Dispute]) -> dict[int, float]:
        """How long a face's border with each cell beside it is, as things are decided so far."""
        lengths: dict[int, float] = {}
        for chain, beyond in self.made.sides(each.face):
            cells = at[beyond].owners if beyond in at else self.made.cells(beyond)
            for cell in cells:
                lengths[cell] = lengths.get(cell, 0.0) + self.made.lengths[chain]
        return lengths

    def _taker(
        self, each: Dispute, owner: int | None, locked: frozenset[int], at: dict[int, Dispute]
    ) -> tuple[int | None, str]:
        beside = self._beside(each, at)
        free = {cell: length for cell, length in beside.items() if cell not in locked}
        if owner is not None and owner in free:
            return owner, "earlier"
        if each.width_m > self.gap_width and not each.hair:
            return None, "wide"
        if not free:
            return None, "locked"
        return self._preferred(free), self.prefer

    def _outside(self, each: Dispute, locked: frozenset[int]) -> tuple[int | None, str]:
        if any(cell in locked for cell in each.holders):
            return None, "locked"
        narrow = each.hair or each.width_m <= self.gap_width
        return (-1, "boundary") if narrow else (None, "wide")

    def _holder(
        self, each: Dispute, owner: int | None, locked: frozenset[int], kept: dict[int, float]
    ) -> tuple[int | None, str]:
        held = [cell for cell in each.holders if cell in locked]
        if len(held) == 1:
            return held[0], "locked_wins"
        if held:
            return None, "locked"
        if owner is not None and owner in each.holders:
            return owner, "earlier"
        inner = [cell for cell in each.holders if cell in kept]
        if inner:
            reason = "contained" if len(inner) < len(each.holders) else "duplicate"
            return min(inner, key=lambda cell: (kept[cell], cell)), reason
        beside = self._beside(each, {})
        return self._preferred({c: beside.get(c, 0.0) for c in each.holders}), self.prefer

    def _preferred(self, lengths: dict[int, float]) -> int:
        def rank(cell: int) -> float:
            if self.prefer == "first":
                return 0.0
            if self.prefer == "longest-border":
                return -lengths[cell]
            area = float(shapely.area(self.ground[cell]))
            return area if self.prefer == "smallest" else -area

        return min(lengths, key=lambda cell: (rank(cell), cell))

    def _kept_alive(self, found: list[Dispute]) -> dict[int, float]:
        """Cells all of whose ground others hold too, with their area: they keep it."""
        lost: dict[int, float] = {}
        for each in found:
            for cell in each.holders if each.kind == "overlap" else ():
                lost[cell] = lost.get(cell, 0.0) + each.area_m2
        shapes = crs.transform(self.ground[list(lost)], self.grid.crs, self.grid.metric_crs)
        areas = dict(zip(lost, shapely.area(shapes).tolist(), strict=True))
        return {cell: areas[cell] for cell, area in lost.items() if area >= areas[cell] * WHOLE}

    def _spared(self, found: list[Dispute]) -> dict[int, str]:
        """Gaps that stay, and why: allowed holes, and the ground of cells whose ring is unknown."""
        lonlat = np.array([each.point for each in self.rules.allowed]).reshape(-1, 2)
        points = shapely.points(crs.transform_points(lonlat, crs.LONLAT, self.grid.crs))
        hulls = self._unknown()
        out = {}
        for each in found:
            if each.kind == "gap" and shapely.intersects(each.where, points).any():
                out[each.face] = "allowed"
            elif (
                each.kind == "gap"
                and shapely.intersects(hulls, each.where.point_on_surface()).any()
            ):
                out[each.face] = "unknown"
        return out

    def _unknown(self) -> NDArray[np.object_]:
        """Round the known vertices of each cell of which no ring could be made."""
        shapes = self.grid.shapes
        held = shapely.is_missing(self.ground) & ~shapely.is_missing(shapes)
        hulls = [np.empty(0, dtype=object)]
        for shape in shapes[held]:
            xy = shapely.get_coordinates(shape)
            known = shapely.multipoints(xy[np.isfinite(xy).all(axis=1)])
            hulls.append(np.array([shapely.convex_hull(known)], dtype=object))
        return np.concatenate(hulls)

    def _earlier_owners(self, found: Sequence[Dispute]) -> list[int | None]:
        """Return the cell that held each face before, if it is still there."""
        if self.earlier is None:
            return [None] * len(found)
        rows: dict[str, Any] = {}
        for row, code in enumerate(self.grid.codes):
            rows[code] = None if code in rows else row
        faces = np.array([each.where for each in found], dtype=object)
        face, cell = shapely.STRtree(self.earlier.shapes).query(
            shapely.point_on_surface(faces), predicate="intersects"
        )
        owners: list[int | None] = [None] * len(found)
        for f, c in zip(face.tolist(), cell.tolist(), strict=True):
            owners[f] = rows.get(str(self.earlier.codes[c]))
        return owners
