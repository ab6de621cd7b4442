"""What a repair did and what it left: changes of cells, and errors that stand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.grid.defects import Defect, amount, named
from gridmap.messages import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridmap.grid.model import Grid


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


def ids(kinds: Sequence[str], shapes: Sequence[Any] | NDArray[np.object_]) -> list[str]:
    """Return names that do not depend on what else is repaired.

    Parameters
    ----------
    kinds : sequence of str
        Kinds of changes.
    shapes : array-like of geometry
        What each is about.

    Returns
    -------
    list of str
        Twelve hexadecimal digits each.
    """
    sound = np.array(kinds) != "invalid"
    plain = np.array(shapes, dtype=object)
    plain[sound] = shapely.normalize(shapely.set_precision(plain[sound], 0))
    return [name(kind, content) for kind, content in zip(kinds, shapely.to_wkb(plain), strict=True)]


def name(kind: str, content: bytes) -> str:
    """Return the name of a change.

    Parameters
    ----------
    kind : str
        Its kind.
    content : bytes
        What tells it from all others of the kind.

    Returns
    -------
    str
        Twelve hexadecimal digits.
    """
    return hashlib.sha256(kind.encode() + content).hexdigest()[:12]
