"""Editing cells from file to file, and comparing two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridmap.errors import EditRefused, InputError
from gridmap.grid.edit import apply, code_columns
from gridmap.grid.edit_json import from_json
from gridmap.messages import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from gridmap.grid.diff import Diff
    from gridmap.grid.edit import Applied
    from gridmap.grid.model import Grid
    from gridmap.grid.redraw import Redraw


def edit_cells(
    grid: Grid, edits: Sequence[Any], counts: Sequence[str] | None = None, lang: str = "en"
) -> list[Applied]:
    """Carry out edits one after the other, all or none.

    Parameters
    ----------
    grid : Grid
        The cells.
    edits : sequence
        Elements of ``EDITS.json``.
    counts : sequence of str, optional
        Columns that count something; absent means those whose name says so.
    lang : str
        Language of the reader, for the reason of a refusal.

    Returns
    -------
    list of Applied
        What each edit did; the last one holds the final grid.

    Raises
    ------
    EditRefused, InputError
        Naming the first edit that cannot be carried out, and why.
    """
    done: list[Applied] = []
    for number, value in enumerate(edits, 1):
        try:
            done.append(apply(grid, from_json(value), counts))
        except (EditRefused, InputError) as error:
            reason = text(error.key, error.values, lang)
            where = {"defects": error.values.get("defects", []), "number": number}
            raise type(error)("edit.step", total=len(edits), reason=reason, **where) from error
        grid = done[-1].grid
    return done


def with_code_column(grid: Grid) -> gpd.GeoDataFrame:
    """Return the cells for a file: with a column of the codes, whatever its name.

    Parameters
    ----------
    grid : Grid
        The cells.

    Returns
    -------
    GeoDataFrame
        The cells, with a column ``code`` added if no column repeats the codes.
    """
    if code_columns(grid) or "code" in grid.cells.columns:
        return grid.cells
    return grid.cells.reset_index()


def edit_json(done: Sequence[Applied], lang: str) -> dict[str, Any]:
    """Return what edits did as JSON.

    Parameters
    ----------
    done : sequence of Applied
        The edits, in order.
    lang : str
        Language of the notices.

    Returns
    -------
    dict
        ``cells`` (their number at the end) and one row an edit.
    """
    rows = [
        {
            "old": list(each.old_cells.index),
            "new": list(each.new_cells.index),
            "gained": list(each.gained),
            "notices": [text(key, values, lang) for key, values in each.notices],
        }
        for each in done
    ]
    return {"cells": len(done[-1].grid.cells) if done else None, "edits": rows}


def diff_json(found: Diff) -> dict[str, Any]:
    """Return a difference as JSON.

    Parameters
    ----------
    found : Diff
        The difference.

    Returns
    -------
    dict
        Codes, ground and people, and every move.
    """
    return {
        "changed": list(found.changed),
        "created": list(found.created),
        "vanished": list(found.vanished),
        "recoded": [list(pair) for pair in found.recoded],
        "redrawn": list(found.redrawn),
        "area_m2": found.area_m2,
        "people": found.people,
        "moves": found.moves.to_dict("records"),
    }


def redraw_json(made: Redraw) -> dict[str, Any]:
    """Return a redraw as JSON.

    Parameters
    ----------
    made : Redraw
        The cells.

    Returns
    -------
    dict
        The seed, the band, how many cells, those out of the band, and the cell of every block.
    """
    return {
        "seed": made.seed,
        "band": list(made.band),
        "cells": len(made.grid.codes),
        "left": [vars(left) for left in made.left],
        "assignment": made.assignment.to_dict(),
    }
