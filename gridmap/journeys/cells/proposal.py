"""A repair as it goes to its review: each change with what was and what would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridmap import crs
from gridmap.journeys.cells.check import change_json, geojson

if TYPE_CHECKING:
    from gridmap.grid.changes import Repair
    from gridmap.grid.model import Grid


def proposal_json(before: Grid, done: Repair, lang: str) -> dict[str, Any]:
    """Return a repair for its review, places in longitude and latitude.

    Parameters
    ----------
    before : Grid
        The cells that were repaired.
    done : Repair
        What the repair would be.
    lang : str
        Language of the messages.

    Returns
    -------
    dict
        ``changes``, ``left``, ``vanished``, ``moved_m2``, and ``before`` and ``after``: outlines of
        the cells the changes are about, by row.
    """
    source = done.grid.crs
    touched = {code for each in done.changes for code in each.cells}
    rows = np.flatnonzero([str(code) in touched for code in before.codes])
    return {
        "changes": [change_json(each, source, lang) for each in done.changes],
        "left": [
            {
                "kind": each.defect.kind,
                "cells": list(each.defect.cells),
                "area_m2": each.defect.area_m2,
                "where": _lonlat(each.defect.where, source),
                "message": each.text(lang),
            }
            for each in done.left
        ],
        "vanished": list(done.vanished),
        "moved_m2": done.moved_m2,
        "before": _outlines(before, rows),
        "after": _outlines(done.grid, rows),
    }


def _lonlat(shape: Any, source: Any) -> dict[str, Any] | None:
    return None if shape.is_empty else geojson(crs.to_lonlat(shape, source))


def _outlines(grid: Grid, rows: Any) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {"code": str(grid.codes[row])},
            "geometry": _lonlat(grid.shapes[row], grid.crs),
        }
        for row in rows.tolist()
        if grid.shapes[row] is not None
    ]
    return {"type": "FeatureCollection", "features": features}
