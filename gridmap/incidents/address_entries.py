"""Gazetteers read as addresses taken apart."""

from __future__ import annotations

import pandas as pd

from gridmap.errors import ColumnError
from gridmap.incidents.address_text import AREAS, Parts, bare_name, plain, take_apart, village_name

COLUMNS = {
    "lon": ("lon", "lng", "longitude", "经度", "x"),
    "lat": ("lat", "latitude", "纬度", "y"),
    "address": ("address", "地址", "标准地址", "详细地址"),
    "district": ("district", "county", "区县", "县区", "区", "县"),
    "township": ("township", "street_town", "乡镇", "街道", "乡镇街道", "镇街"),
    "village": ("village", "community", "村", "社区", "村社区", "村居"),
    "road": ("road", "路", "道路", "街路巷"),
    "number": ("number", "门牌号", "门牌", "号"),
    "compound": ("compound", "小区", "院落", "小区名称"),
    "building": ("building", "楼栋", "楼号", "栋"),
    "unit": ("unit", "单元"),
    "name": ("name", "名称", "地名", "place"),
}
"""Columns of a gazetteer by what they hold, in any case."""
HALF = 0.5
FIELDS = ("road", "number", "compound", "building", "unit")


def columns_of(gazetteer: pd.DataFrame) -> dict[str, str]:
    """Return the gazetteer's column for each of :data:`COLUMNS` it has.

    Parameters
    ----------
    gazetteer : DataFrame
        A gazetteer.

    Returns
    -------
    dict of str to str
        Column by what it holds.

    Raises
    ------
    ColumnError
        If there are no coordinates, or nothing to find a place by.
    """
    there = {str(name).strip().lower(): str(name) for name in gazetteer.columns}
    found = {
        what: there[name]
        for what, names in COLUMNS.items()
        for name in reversed(names)
        if name in there
    }
    if "village" not in found and "name" in found and _of_villages(gazetteer[found["name"]]):
        found["village"] = found["name"]
    columns = ", ".join(map(str, gazetteer.columns))
    if "lon" not in found or "lat" not in found:
        raise ColumnError("address.no_point", columns=columns)
    if not {"address", "road", "village", "name", "compound"} & set(found):
        raise ColumnError("address.no_words", columns=columns)
    return found


def _of_villages(names: pd.Series) -> bool:
    """Tell whether most names are those of villages and communities."""
    bare = names.dropna().astype(str).map(plain).map(village_name)
    return bool((bare != bare.map(bare_name)).mean() > HALF) if len(bare) else False


def _text(frame: pd.DataFrame, column: dict[str, str], what: str) -> pd.Series:
    if what not in column:
        return pd.Series("", frame.index)
    return frame[column[what]].fillna("").astype(str).map(plain)


def _area(frame: pd.DataFrame, column: dict[str, str], area: str) -> pd.Series:
    """Return names of areas; a township called 濮阳县文留镇 is 文留镇 of 濮阳县."""
    names = _text(frame, column, area)
    if area != "township":
        return names
    district = _text(frame, column, "district")
    short = [name.removeprefix(of) or name for name, of in zip(names, district, strict=True)]
    return pd.Series(short, frame.index, dtype=str)


def areas_of(frame: pd.DataFrame, column: dict[str, str]) -> list[frozenset[str]]:
    """Return the names of areas a gazetteer knows.

    Parameters
    ----------
    frame : DataFrame
        A gazetteer.
    column : dict of str to str
        Its columns (:func:`columns_of`).

    Returns
    -------
    list of set of str
        Names of districts, townships and villages.
    """
    known = []
    for area in AREAS:
        names = _area(frame, column, area)
        known.append(frozenset(map(village_name, names.unique())) - {""})
    return known


def entries_of(
    frame: pd.DataFrame, column: dict[str, str], known: list[frozenset[str]]
) -> list[Parts]:
    """Take every row of a gazetteer apart.

    Parameters
    ----------
    frame : DataFrame
        A gazetteer.
    column : dict of str to str
        Its columns (:func:`columns_of`).
    known : list of set of str
        Names of areas (:func:`areas_of`).

    Returns
    -------
    list of Parts
        One a row.
    """
    if not set(column) & {"road", "compound", "village", "name"}:
        return [take_apart(text, known) for text in _text(frame, column, "address")]
    names = [_area(frame, column, area).map(village_name) for area in AREAS]
    areas = zip(*names, strict=True)
    fields = [_text(frame, column, field).str.removesuffix("号") for field in FIELDS]
    called = _text(frame, column, "name").map(village_name)
    village = called.map(bare_name) == names[2].map(bare_name)
    road = fields[0] + called.mask(village, "")
    rows = zip(areas, road, *fields[1:], strict=True)
    return [Parts(*row) for row in rows]
