"""Sums of a table: every category of every unit of every level, and what adds up to what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from gridmap.incidents.units import units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridmap.grid.model import Grid

CITY, ALL, UNPLACED = "city", "all", "unplaced"


@dataclass(frozen=True)
class Sums:
    """Which sums of which basic counts a table shows.

    A basic count is one category in one atom: the ground that lies in the same unit of every level.

    Parameters
    ----------
    rows : DataFrame
        ``level``, ``unit`` and ``category`` of each sum.
    matrix : csr_array, shape (sums, atoms * categories)
        1 where a basic count is part of a sum.
    equations : tuple of ndarray of intp
        Sums of which the first is what the others add up to.
    """

    rows: pd.DataFrame
    matrix: sparse.csr_array
    equations: tuple[NDArray[np.intp], ...]

    def digest(self, basic: NDArray[np.int64], least: int) -> str:
        """Return a short name of everything a month's table is made of.

        Parameters
        ----------
        basic : ndarray of int64
            Basic counts of the month.
        least : int
            Smallest count shown.

        Returns
        -------
        str
            The same for the same table only.
        """
        found = hashlib.blake2b(digest_size=16)
        matrix = self.matrix
        for part in (matrix.indptr, matrix.indices, basic, np.array([least])):
            found.update(part.astype(np.int64).tobytes())
        found.update("\0".join(self.rows.to_numpy(dtype=str).ravel()).encode())
        return found.hexdigest()


def atoms_of(
    incidents: pd.DataFrame, grid: Grid, levels: Sequence[str]
) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Return the units of every atom, and the atom of every incident.

    Parameters
    ----------
    incidents : DataFrame
        Placed incidents with ``cell``.
    grid : Grid
        The cells they were placed in.
    levels : sequence of str
        Levels whose units are counted.

    Returns
    -------
    DataFrame
        One row an atom, one column a level.
    ndarray of intp
        Position of the atom of each incident.
    """
    names = pd.DataFrame({level: units(grid, level).to_numpy() for level in levels})
    names.loc[len(names)] = [UNPLACED] * len(levels)
    keys = pd.MultiIndex.from_frame(names) if levels else pd.Index([0] * len(names))
    of_cell, atoms = pd.factorize(keys)
    first = pd.Series(of_cell[:-1], index=grid.cells.index)
    first = first[~first.index.duplicated()]
    atom = first.reindex(incidents["cell"]).fillna(of_cell[-1]).to_numpy(dtype=np.intp)
    frame = pd.DataFrame(index=range(len(atoms)))
    for position, level in enumerate(levels):
        frame[level] = [key[position] for key in atoms]
    return frame, atom


def sums_of(atoms: pd.DataFrame, kinds: Sequence[str], levels: Sequence[str]) -> Sums:
    """Return the sums a table shows: every category, and all, of the city and every unit.

    Parameters
    ----------
    atoms : DataFrame
        From :func:`atoms_of`.
    kinds : sequence of str
        The categories.
    levels : sequence of str
        Levels whose units are counted.

    Returns
    -------
    Sums
        The city first.
    """
    groups = [(CITY, CITY, np.ones(len(atoms), dtype=bool))]
    for level in levels:
        names = atoms[level].to_numpy()
        groups += [(level, str(unit), names == unit) for unit in sorted(set(names))]
    rows, blocks = [], []
    every = sparse.csr_array(np.vstack([np.eye(len(kinds)), np.ones(len(kinds))]))
    for level, unit, members in groups:
        rows += [(level, unit, kind) for kind in (*kinds, ALL)]
        blocks.append(sparse.kron(sparse.csr_array(members[None].astype(float)), every))
    frame = pd.DataFrame(rows, columns=["level", "unit", "category"])
    held = np.array([members for _, _, members in groups])
    equations = _equations([level for level, _, _ in groups], held, len(kinds) + 1)
    return Sums(frame, sparse.csr_array(sparse.vstack(blocks)), equations)


def _equations(
    levels: Sequence[str], held: NDArray[np.bool_], width: int
) -> tuple[NDArray[np.intp], ...]:
    """Return what adds up: the categories of a unit, and units of a level that fill another unit.

    ``held`` tells which atoms each unit holds; every unit has ``width`` sums, its total the last.
    """
    number = np.arange(len(levels))
    found = [unit * width + np.r_[width - 1, : width - 1] for unit in number]
    names = np.array(levels, dtype=object)
    for level in dict.fromkeys(levels):
        finer = number[names == level]
        for unit in number[names != level]:
            inside = finer[(held[finer] <= held[unit]).all(axis=1) & held[finer].any(axis=1)]
            if len(inside) and (held[inside].any(axis=0) == held[unit]).all():
                found += [np.r_[unit, inside] * width + kind for kind in range(width)]
    return tuple(found)
