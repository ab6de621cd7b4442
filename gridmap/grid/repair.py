"""Repair: only what is broken is touched, and every change is listed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid.check import checked
from gridmap.grid.defects import Defect, amount, named
from gridmap.grid.disputes import Dispute, Judge, Prefer, arranged
from gridmap.grid.rebuild import Builder
from gridmap.grid.rules import Rules
from gridmap.grid.survey import Survey
from gridmap.messages import text

if TYPE_CHECKING:
    from collections.abc import Container

    from gridmap.grid.arrangement import Arrangement
    from gridmap.grid.model import Grid

GAP_WIDTH = 1.0
"""Metres up to which gaps are closed unless another width is given: drawing errors, not lakes."""
PASSES = 3
"""A crossing is rounded, and may by that touch the next border: then once more."""


@dataclass(frozen=True)
class Change:
    """One thing a repair did.

    Parameters
    ----------
    id : str
        Stable name, to refuse it by.
    kind : str
        Kind of the defect it cures.
    cells : tuple of str
        Codes of the cells whose shapes it changes.
    before, after : tuple of str
        Who held the ground before and who holds it now.
    area_m2, width_m : float
        Ground that changed hands; 0 where only vertices were added.
    place : Point
        A point on it, in the CRS of the cells.
    where : geometry
        The ground, or the border that gained vertices.
    reason : str
        Key of the message that says why.
    """

    id: str
    kind: str
    cells: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    area_m2: float
    width_m: float
    place: Any
    where: Any
    reason: str

    def text(self, lang: str = "en") -> str:
        """Return one sentence that says what was done and why.

        Parameters
        ----------
        lang : str
            Language of the reader.

        Returns
        -------
        str
            The sentence.
        """
        values = {
            "cells": named(self.cells, lang),
            "before": named(self.before, lang) or text("repair.nobody", lang=lang),
            "after": named(self.after, lang) or text("repair.nobody", lang=lang),
            "area": amount(self.area_m2),
        }
        return text(self.reason, values, lang)


@dataclass(frozen=True)
class Left:
    """An error that stands, and why.

    Parameters
    ----------
    defect : Defect
        The error, as a check of the repaired cells names it.
    reason : str
        Key of the message that says why it was left.
    """

    defect: Defect
    reason: str

    def text(self, lang: str = "en") -> str:
        """Return the sentence of the defect and why it was left.

        Parameters
        ----------
        lang : str
            Language of the reader.

        Returns
        -------
        str
            Two sentences.
        """
        return f"{self.defect.text(lang)} {text(self.reason, lang=lang)}"


@dataclass(frozen=True, eq=False)
class Repair:
    """The result of a repair.

    Parameters
    ----------
    grid : Grid
        The cells, in their order, all rows kept; cells named in no change hold their old shapes.
    changes : tuple of Change
        What was done.
    left : tuple of Left
        Errors that stand: exactly those a check of ``grid`` finds.
    vanished : tuple of str
        Codes of cells that hold no ground any more: their rows are kept, their shapes are empty.
    """

    grid: Grid
    changes: tuple[Change, ...]
    left: tuple[Left, ...]
    vanished: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no error is left."""
        return not self.left

    @property
    def moved_m2(self) -> float:
        """Ground that changed hands, in square metres."""
        return sum(each.area_m2 for each in self.changes if each.kind != "invalid")


@dataclass
class _Work:
    """What a repair has done so far."""

    grid: Grid
    rules: Rules
    gap_width: float
    prefer: Prefer
    earlier: Grid | None
    refused: Container[str]
    survey: Survey
    changes: list[Change] = field(default_factory=list)
    reasons: list[tuple[Any, str]] = field(default_factory=list)


def repair(
    grid: Grid,
    rules: Rules | None = None,
    gap_width: float = GAP_WIDTH,
    prefer: Prefer = "longest-border",
    *,
    earlier: Grid | None = None,
    refused: Container[str] = (),
) -> Repair:
    """Make cells a coverage where they are not; every other cell keeps its bytes.

    Ground held twice goes to a locked cell, else to whom ``earlier`` gives it, else to a cell that
    would vanish without it (a contained cell is cut out of the one around it; of two duplicates the
    first keeps the ground), else by ``prefer``. Gaps up to the gap width go to a neighbour, wider
    ones only if ``earlier`` knows whose they were. Broken rings are mended. Borders whose vertices
    do not match gain the missing ones. With a boundary, ground beyond it is cut off up to the gap
    width; the outline of the cells never moves otherwise.

    Parameters
    ----------
    grid : Grid
        The cells.
    rules : Rules, optional
        Locked cells, which neither lose nor gain ground, and allowed holes.
    gap_width : float
        Metres up to which gaps are closed.
    prefer : str
        ``longest-border``, ``largest``, ``smallest`` or ``first`` (in file order).
    earlier : Grid, optional
        Cells as they were, in the same CRS: disputed ground goes to whoever had it.
    refused : container of str
        Ids of changes that must not be made.

    Returns
    -------
    Repair
        The cells, the changes, and what was left.
    """
    survey = Survey.of(grid.shapes)
    work = _Work(grid, rules or Rules(), gap_width, prefer, earlier, refused, survey)
    for number in range(PASSES):
        if not _pass(work, number):
            break
    found = checked(work.grid, work.rules, work.survey)
    left = tuple(Left(each, _why(each, work)) for each in found.defects if each.is_error)
    empty = shapely.is_empty(work.grid.shapes) & ~shapely.is_empty(grid.shapes)
    gone = tuple(str(code) for code in grid.codes[empty & ~shapely.is_missing(grid.shapes)])
    return Repair(work.grid, tuple(work.changes), left, gone)


def _pass(work: _Work, number: int) -> bool:
    """Repair once; tell whether anything was changed."""
    survey = work.survey
    shapes = survey.shapes.copy()
    done = _mend(work, survey, shapes)
    mended = [each.cell for each in survey.faults if shapes[each.cell] is not None]
    if not len(survey.left.owners):
        return _store(work, shapes, done, mended)
    whole: frozenset[int] = frozenset()
    while True:
        made, disputes = arranged(work.grid, survey, work.earlier, whole)
        _decide(work, made, disputes)
        new, failed = _rebuilt(survey, made, disputes)
        if failed <= whole:
            break
        whole |= failed  # a border of theirs that cancels is met by another: cut it too
    changed = set(new)
    shapes[list(new)] = np.array([*new.values(), None], dtype=object)[:-1]
    if number == 0:
        work.reasons = [(made.faces[d.face], d.reason) for d in disputes if d.winner is None]
    done += [_changed(work.grid, made, each) for each in disputes if each.winner is not None]
    done += _seams(work.grid, survey, changed)
    return _store(work, shapes, done, [*mended, *changed]) and bool(changed)


def _mend(work: _Work, survey: Survey, shapes: Any) -> list[Change]:
    done = []
    for fault in survey.faults:
        new = survey.ground[fault.cell]
        name = _id("invalid", shapes[fault.cell])
        if new is None or name in work.refused:
            continue
        code = (str(work.grid.codes[fault.cell]),)
        done.append(
            Change(
                name,
                "invalid",
                code,
                code,
                code,
                0.0,
                0.0,
                fault.point,
                fault.point,
                "repair.mended",
            )
        )
        shapes[fault.cell] = new
    return done


def _decide(work: _Work, made: Arrangement, disputes: list[Dispute]) -> None:
    ground = work.survey.ground
    judge = Judge(work.grid, ground, work.rules, work.gap_width, work.prefer, work.earlier)
    judge.decide(disputes, made)
    for each in disputes:
        if each.winner is not None and _id(each.kind, made.faces[each.face]) in work.refused:
            each.winner, each.reason = None, "refused"


def _rebuilt(
    survey: Survey, made: Arrangement, disputes: list[Dispute]
) -> tuple[dict[int, Any], frozenset[int]]:
    """Give disputed faces to their winners; return the new shapes and the cells that failed.

    A cell whose new edges make no sound ring, because they lie closer than the coordinates can
    tell, stays as it is, with all disputes it has a part in.
    """
    builder = Builder(made)
    seamed = {cell for pair in survey.seams for cell in pair}
    stuck: set[int] = set()
    every: frozenset[int] = frozenset()
    built: dict[tuple[int, tuple[int, ...], tuple[int, ...]], Any] = {}
    while True:
        lost, gained = _transfers(disputes)
        plans = {
            cell: (cell, tuple(lost.get(cell, ())), tuple(gained.get(cell, ())))
            for cell in (seamed | set(lost) | set(gained)) - stuck
        }
        for plan in set(plans.values()) - set(built):
            built[plan] = builder.cell(survey.ground[plan[0]], plan[1], plan[2])
        failed = {cell for cell, plan in plans.items() if built[plan] is None}
        if not failed:
            break
        every |= failed
        stuck |= {cell for cell in failed if cell not in lost and cell not in gained}
        for each in disputes:
            if each.winner is not None and not failed.isdisjoint((*each.holders, each.winner)):
                each.winner, each.reason = None, "thin"
    new = {cell: built[plan] for cell, plan in sorted(plans.items())}
    return {
        cell: shape for cell, shape in new.items() if _differ(shape, survey.ground[cell])
    }, every


def _differ(one: Any, other: Any) -> bool:
    return not shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), tolerance=0.0)


def _transfers(disputes: list[Dispute]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return the faces each cell loses and gains."""
    lost: dict[int, list[int]] = {}
    gained: dict[int, list[int]] = {}
    for each in disputes:
        if each.winner is None:
            continue
        for cell in each.holders:
            if cell != each.winner:
                lost.setdefault(cell, []).append(each.face)
        if each.winner >= 0 and each.winner not in each.holders:
            gained.setdefault(each.winner, []).append(each.face)
    return lost, gained


def _store(work: _Work, shapes: Any, done: list[Change], rows: list[int]) -> bool:
    if not done:
        return False
    work.survey = work.survey.replaced(shapes, sorted(set(rows)))
    cells = work.grid.cells
    work.grid = work.grid.with_cells(cells.set_geometry(shapes, crs=cells.crs))
    known = {each.id for each in work.changes}
    work.changes += [each for each in done if each.id not in known]
    return True


def _changed(grid: Grid, made: Arrangement, each: Dispute) -> Change:
    codes = grid.codes
    face = made.faces[each.face]
    winner = (each.winner,) if each.winner is not None and each.winner >= 0 else ()
    rows = dict.fromkeys((*each.holders, *winner))
    return Change(
        id=_id(each.kind, face),
        kind=each.kind,
        cells=tuple(str(codes[row]) for row in rows),
        before=tuple(str(codes[row]) for row in each.holders),
        after=tuple(str(codes[row]) for row in winner),
        area_m2=each.area_m2,
        width_m=each.width_m,
        place=shapely.point_on_surface(face),
        where=face,
        reason=f"repair.{each.reason.replace('-', '_')}",
    )


def _seams(grid: Grid, survey: Survey, changed: set[int]) -> list[Change]:
    done = []
    for pair, line in survey.seams.items():
        if changed.isdisjoint(pair):
            continue
        codes = tuple(str(grid.codes[row]) for row in pair)
        place = shapely.point_on_surface(line)
        name = _id("edge", line)
        done.append(
            Change(name, "edge", codes, codes, codes, 0.0, 0.0, place, line, "repair.noded")
        )
    return done


def _id(kind: str, where: Any) -> str:
    """Return a name that does not depend on what else is repaired."""
    shape = shapely.normalize(shapely.set_precision(where, 0)) if kind != "invalid" else where
    return hashlib.sha256(kind.encode() + shapely.to_wkb(shape)).hexdigest()[:12]


def _why(defect: Defect, work: _Work) -> str:
    """Return why an error stands."""
    if defect.kind in ("code", "empty", "nesting"):
        return "repair.left_by_hand"
    if defect.kind == "invalid":
        return "repair.left_tangled"
    faces = np.array([face for face, _ in work.reasons], dtype=object)
    if defect.where.is_empty or not len(faces):
        return "repair.left_thin"
    near = shapely.STRtree(faces).query(defect.place, predicate="intersects")
    return f"repair.left_{work.reasons[int(near[0])][1]}" if len(near) else "repair.left_thin"
