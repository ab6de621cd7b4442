"""What a check or a repair found, as files to hand on."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridmap import crs
from gridmap.files.ogr import writing
from gridmap.files.replace import replacing
from gridmap.files.report_page import page
from gridmap.files.tables import write_table

if TYPE_CHECKING:
    from pathlib import Path

    from gridmap.grid.changes import Repair
    from gridmap.grid.check import Check

LAYERS = {0: "defects_points", 1: "defects_lines", 2: "defects_areas"}
"""Layer by dimension: a GeoPackage layer holds one kind of geometry."""
PROMOTED = {0: shapely.multipoints, 1: shapely.multilinestrings, 2: shapely.multipolygons}
STYLES = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
update_time DATETIME DEFAULT CURRENT_TIMESTAMP)"""
"""The table in which QGIS looks for the styles of a GeoPackage's layers."""


def write_defects(check: Check, path: Path, lang: str = "en") -> None:
    """Write defects as a GeoPackage that QGIS opens with colours by severity.

    Parameters
    ----------
    check : Check
        The result of a check.
    path : Path
        Where to; layers ``cells``, ``defects_areas``, ``defects_lines``, ``defects_points``.
    lang : str
        Language of the messages.
    """
    frame = check.to_frame(lang)
    frame.insert(0, "number", np.arange(1, len(frame) + 1))
    cells = check.grid.cells[[check.grid.cells.geometry.name]].reset_index(names="cell")
    places = frame.geometry.to_numpy()
    dimension = np.where(shapely.is_empty(places), 0, shapely.get_dimensions(places))
    with replacing(path) as draft, writing(path):
        cells.to_file(draft, layer="cells", driver="GPKG", engine="pyogrio")
        for number, name in LAYERS.items():
            part = frame[dimension == number]
            shapes = [PROMOTED[number](shapely.get_parts(each)) for each in part.geometry]
            kind = "Multi" + ("Point", "LineString", "Polygon")[number]
            layer = part.set_geometry(gpd.GeoSeries(shapes, index=part.index, crs=frame.crs))
            layer.to_file(draft, layer=name, driver="GPKG", engine="pyogrio", geometry_type=kind)
        _style(draft)


def _style(path: Path) -> None:
    """Store a default style for every layer, where QGIS looks for it."""
    folder = files("gridmap.files") / "styles"
    with sqlite3.connect(path) as database:
        database.execute(STYLES)
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
            " VALUES ('layer_styles', 'attributes', 'layer_styles')"
        )
        for name in ("cells", *LAYERS.values()):
            style = (folder / f"{name}.qml").read_text(encoding="utf-8")
            database.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
                " f_geometry_column, styleName, styleQML, useAsDefault, description, owner)"
                " VALUES ('', '', ?, 'geom', 'gridmap', ?, 1, 'gridmap check', '')",
                (name, style),
            )
    database.close()


def write_report(check: Check, path: Path, title: str, lang: str = "en") -> None:
    """Write a page with map and list, which needs no network, to hand to whoever sent the layer.

    Parameters
    ----------
    check : Check
        The result of a check.
    path : Path
        Where to.
    title : str
        Name of the layer.
    lang : str
        Language of the reader.
    """
    with replacing(path) as draft:
        draft.write_text(page(check, title, lang), encoding="utf-8")


def write_changes(done: Repair, path: Path, lang: str = "en") -> None:
    """Write the changes of a repair as a table, one row each.

    Parameters
    ----------
    done : Repair
        The result of a repair.
    path : Path
        Where to; the errors that are left stand at the end, with empty ``id``.
    lang : str
        Language of the messages.
    """
    rows: list[dict[str, Any]] = [
        {
            "id": each.id,
            "kind": each.kind,
            "cells": ";".join(each.cells),
            "before": ";".join(each.before),
            "after": ";".join(each.after),
            "area_m2": each.area_m2,
            "width_m": each.width_m,
            "place": each.place,
            "reason": each.text(lang),
        }
        for each in done.changes
    ]
    rows += [
        {
            "id": "",
            "kind": each.defect.kind,
            "cells": ";".join(each.defect.cells),
            "before": ";".join(each.defect.cells),
            "after": ";".join(each.defect.cells),
            "area_m2": each.defect.area_m2,
            "width_m": each.defect.width_m,
            "place": each.defect.place,
            "reason": each.text(lang),
        }
        for each in done.left
    ]
    names = ["id", "kind", "cells", "before", "after", "area_m2", "width_m", "place", "reason"]
    frame = pd.DataFrame(rows, columns=names)
    places = crs.to_lonlat(frame.pop("place").to_numpy(dtype=object), done.grid.crs)
    xy = [(p.x, p.y) if p is not None and not p.is_empty else (None, None) for p in places]
    frame.insert(7, "lon", [x for x, _ in xy])
    frame.insert(8, "lat", [y for _, y in xy])
    write_table(frame, path)
