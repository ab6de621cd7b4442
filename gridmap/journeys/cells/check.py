"""The answer of a check, as people and other programs take it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import shapely

from gridmap import crs
from gridmap.grid.edit import code_columns

if TYPE_CHECKING:
    import geopandas as gpd

    from gridmap.grid.changes import Change, Repair
    from gridmap.grid.check import Check
    from gridmap.grid.defects import Defect
    from gridmap.grid.model import Grid


def check_json(
    check: Check, lang: str = "en", seconds: float = 0.0, *, outline: bool = True
) -> dict[str, Any]:
    """Return a check as values of JSON, places in longitude and latitude.

    Parameters
    ----------
    check : Check
        The result of a check.
    lang : str
        Language of the messages.
    seconds : float
        What the check took.
    outline : bool
        Whether the outline of a large city, which is most of the answer, is wanted.

    Returns
    -------
    dict
        The object that ``gridmap check --json`` writes.
    """
    grid = check.grid
    ground = check.outline if outline else None
    return {
        "ok": check.ok,
        "cells": len(grid.cells),
        "crs": crs.name(grid.crs),
        "area_m2": area(check),
        "outline": None if ground is None else geojson(crs.to_lonlat(ground, grid.crs)),
        "seconds": round(seconds, 3),
        "counts": check.counts,
        "holes": check.holes,
        "allowed": [{**asdict(each), "point": list(each.point)} for each in check.allowed],
        "defects": [defect_json(each, check, lang) for each in check.defects],
    }


def area(check: Check) -> float:
    """Return the ground held by any cell.

    Parameters
    ----------
    check : Check
        The result of a check.

    Returns
    -------
    float
        Square metres, ground held twice counted once.
    """
    if check.outline is None:
        return 0.0
    grid = check.grid
    return float(shapely.area(crs.transform(check.outline, grid.crs, grid.metric_crs)))


def defect_json(defect: Defect, check: Check, lang: str) -> dict[str, Any]:
    """Return a defect as values of JSON.

    Parameters
    ----------
    defect : Defect
        A finding.
    check : Check
        The check it belongs to.
    lang : str
        Language of the message.

    Returns
    -------
    dict
        Its kind, severity, cells, sizes, place, geometry and message.
    """
    source = check.grid.crs
    place = crs.to_lonlat(defect.place, source)
    return {
        "kind": defect.kind,
        "severity": defect.severity,
        "cells": list(defect.cells),
        "area_m2": defect.area_m2,
        "width_m": defect.width_m,
        "length_m": defect.length_m,
        "place": None if place.is_empty else [place.x, place.y],
        "where": None if place.is_empty else geojson(crs.to_lonlat(defect.where, source)),
        "message": defect.text(lang),
    }


def repair_json(done: Repair, lang: str = "en") -> dict[str, Any]:
    """Return a repair as values of JSON, places in longitude and latitude.

    Parameters
    ----------
    done : Repair
        The result of a repair.
    lang : str
        Language of the messages.

    Returns
    -------
    dict
        Whether it is a coverage now, the changes, and the errors that are left.
    """
    source = done.grid.crs
    left = [
        {
            "kind": each.defect.kind,
            "reason": each.reason.removeprefix("repair.left_"),
            "cells": list(each.defect.cells),
            "message": each.text(lang),
        }
        for each in done.left
    ]
    return {
        "ok": done.ok,
        "cells": len(done.grid.cells),
        "moved_m2": done.moved_m2,
        "vanished": list(done.vanished),
        "changes": [change_json(each, source, lang) for each in done.changes],
        "left": left,
    }


def change_json(change: Change, source: Any, lang: str) -> dict[str, Any]:
    """Return a change as values of JSON.

    Parameters
    ----------
    change : Change
        What a repair did.
    source : CRS
        CRS of the cells.
    lang : str
        Language of the message.

    Returns
    -------
    dict
        Its id, kind, reason, cells, who held the ground before and after, sizes, place and message.
    """
    place = crs.to_lonlat(change.place, source)
    return {
        "id": change.id,
        "kind": change.kind,
        "reason": change.reason.removeprefix("repair."),
        "cells": list(change.cells),
        "before": list(change.before),
        "after": list(change.after),
        "area_m2": change.area_m2,
        "width_m": change.width_m,
        "place": None if place.is_empty else [place.x, place.y],
        "where": None if place.is_empty else geojson(crs.to_lonlat(change.where, source)),
        "message": change.text(lang),
    }


def in_crs(grid: Grid, target: Any) -> Grid:
    """Return cells in another CRS, vertex by vertex.

    Parameters
    ----------
    grid : Grid
        Cells.
    target : CRS
        The CRS wanted.

    Returns
    -------
    Grid
        The cells there; the same ones if they are there already.
    """
    if grid.crs == target:
        return grid
    shapes = crs.transform(grid.shapes, grid.crs, target)
    return grid.with_cells(grid.cells.set_geometry(shapes, crs=target))


def geojson(shape: Any) -> dict[str, Any]:
    """Return a geometry as RFC 7946 wants it, outer rings counter-clockwise.

    Parameters
    ----------
    shape : geometry
        In longitude and latitude.

    Returns
    -------
    dict
        A GeoJSON geometry.
    """
    return json.loads(shapely.to_geojson(shapely.orient_polygons(shape)))


def renumbered(before: Grid, after: Grid) -> gpd.GeoDataFrame:
    """Return cells for a file, their new codes in the columns that held the old ones.

    Parameters
    ----------
    before : Grid
        The cells with their old codes.
    after : Grid
        The same cells with their new codes.

    Returns
    -------
    GeoDataFrame
        The cells; a column ``code`` is added if no column held the codes.
    """
    held = code_columns(before)
    cells = after.cells.assign(**dict.fromkeys(held, after.codes))
    return cells if held else cells.reset_index(names=_free(cells))


def _free(cells: gpd.GeoDataFrame) -> str:
    """Return a name for the column of the codes that no other column has."""
    name = "code"
    while name in cells.columns:
        name = f"gridmap_{name}"
    return name
