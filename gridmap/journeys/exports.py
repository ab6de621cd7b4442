"""What is shown, as files for others."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gridmap.files.cells import write_frame
from gridmap.files.tables import guarded, write_table
from gridmap.incidents.measure import Filter
from gridmap.incidents.units import units
from gridmap.journeys.incidents.words import filter_words

if TYPE_CHECKING:
    from pathlib import Path

    from gridmap.grid.model import Grid
    from gridmap.journeys.city import City
    from gridmap.journeys.incidents.figures import Figures, Question

UNPLACED = "unplaced"
FILTER = "filter"


def figures_table(found: Figures, asked: Question, lang: str) -> pd.DataFrame:
    """Return figures as a table in which every incident is accounted for.

    Parameters
    ----------
    found : Figures
        The figures.
    asked : Question
        What was asked for.
    lang : str
        Language of the reader, for what was asked for.

    Returns
    -------
    DataFrame
        ``what`` (``cell``, the level, ``unplaced`` or ``filter``), ``code`` (or the reason, or
        the filter in words) and the figures; whole numbers stay whole beside empty ones.
    """
    rows = found.frame.reset_index(names="code")
    rows.insert(0, "what", asked.level or "cell")
    reasons = found.totals["reasons"]
    rest = pd.DataFrame({"what": UNPLACED, "code": list(reasons), "n": list(reasons.values())})
    words = filter_words(asked.chosen, lang)
    said = pd.DataFrame({"what": [FILTER], "code": [words]} if words else {})
    whole = dict.fromkeys(rows.select_dtypes("integer"), "Int64")
    parts = [part for part in (rows, rest, said) if len(part)]
    return pd.concat(parts, ignore_index=True).astype(whole)


def csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV that a spreadsheet opens without running anything.

    Parameters
    ----------
    table : DataFrame
        The table.

    Returns
    -------
    bytes
        UTF-8 with the mark by which spreadsheets know it; formulas are guarded by a quote.
    """
    text = io.StringIO()
    guarded(table).to_csv(text, index=False, lineterminator="\r\n")
    return text.getvalue().encode("utf-8-sig")


def figures_geojson(city: City, found: Figures, asked: Question, lang: str) -> dict[str, Any]:
    """Return figures with their cells or groups as GeoJSON.

    Parameters
    ----------
    city : City
        The city.
    found : Figures
        The figures.
    asked : Question
        What was asked for.
    lang : str
        Language of the reader, for what was asked for.

    Returns
    -------
    dict
        A feature collection in longitude and latitude, with ``filter`` in words, ``totals`` and
        ``unit``.
    """
    shapes = unit_shapes(city.grid(found.version), asked.level)
    frame = found.frame.astype(object).where(found.frame.notna(), None)
    features = [
        {
            "type": "Feature",
            "id": str(code),
            "geometry": shapely.geometry.mapping(shapes[code]),
            "properties": {"code": str(code), **row},
        }
        for code, row in zip(frame.index, frame.to_dict("records"), strict=True)
    ]
    return {
        "type": "FeatureCollection",
        "features": features,
        "filter": filter_words(asked.chosen, lang),
        "unit": found.unit,
        "totals": found.totals,
    }


def unit_shapes(grid: Grid, level: str | None) -> dict[str, Any]:
    """Return the shape of every cell or group.

    Parameters
    ----------
    grid : Grid
        A coverage.
    level : str or None
        Level column; None stands for the cells.

    Returns
    -------
    dict of str to geometry
        Shape by code or group.
    """
    if level is None:
        return dict(zip(grid.codes, grid.shapes, strict=True))
    groups = units(grid, level).to_numpy(dtype=object)
    names, at = np.unique(groups.astype(str), return_inverse=True)
    return {
        str(name): shapely.coverage_union_all(grid.shapes[at == n]) for n, name in enumerate(names)
    }


def incidents_table(city: City, chosen: Filter, plan: int | None) -> pd.DataFrame:
    """Return incidents as a table.

    Parameters
    ----------
    city : City
        The city.
    chosen : Filter
        Which incidents.
    plan : int or None
        Plan in whose cells they are shown; None stands for that in force when each happened.

    Returns
    -------
    DataFrame
        The incident frame with ``cell``, ``cell_LEVEL`` of every level, ``reason`` and ``match``;
        times are ISO 8601.
    """
    from gridmap.journeys.incidents.figures import listed

    found = listed(city, chosen, plan=plan).drop(columns=["version"])
    words = found.select_dtypes("category").columns
    found = found.astype(dict.fromkeys(words, object))
    for name in ("when", "due", "closed"):
        found[name] = [None if pd.isna(at) else at.isoformat() for at in found[name]]
    return found


def incidents_geojson(table: pd.DataFrame) -> dict[str, Any]:
    """Return a table of incidents as GeoJSON.

    Parameters
    ----------
    table : DataFrame
        From :func:`incidents_table`.

    Returns
    -------
    dict
        A feature collection; incidents without a place have no geometry.
    """
    plain = table.astype(object).where(table.notna(), None)
    features = []
    for row in plain.to_dict("records"):
        lon, lat = row.pop("lon"), row.pop("lat")
        known = lon is not None and lat is not None and np.isfinite([lon, lat]).all()
        point = {"type": "Point", "coordinates": [lon, lat]} if known else None
        features.append({"type": "Feature", "id": row["id"], "geometry": point, "properties": row})
    return {"type": "FeatureCollection", "features": features}


def write_cells(city: City, plan: int | None, path: Path) -> int:
    """Write the cells of a plan.

    Parameters
    ----------
    city : City
        The city.
    plan : int or None
        The plan; None stands for the one in force.
    path : Path
        In one of the formats of cells.

    Returns
    -------
    int
        Cells written.
    """
    grid = city.grid(city.plan(plan).head)
    frame = grid.cells
    write_frame(frame if "code" in frame.columns else frame.reset_index(), path)
    return len(frame)


def write_incidents(city: City, plan: int | None, path: Path) -> int:
    """Write all incidents, each with its cell or its reason.

    Parameters
    ----------
    city : City
        The city.
    plan : int or None
        Plan in whose cells they are; None stands for that in force when each happened.
    path : Path
        In one of the formats of incidents.

    Returns
    -------
    int
        Incidents written.
    """
    table = incidents_table(city, Filter(), plan)
    write_table(table, path, (table["lon"].to_numpy(), table["lat"].to_numpy()))
    return len(table)
