"""Incident frames as rows of the store."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

MOMENTS = {"moment": "when", "due": "due", "closed": "closed"}
"""Columns held as microseconds since 1970 in UTC, and their names in the incident frame."""
TEXTS = ("category", "kind", "source", "status", "address", "match", "reason")
OWN = frozenset(TEXTS) | frozenset(MOMENTS.values())
OWN |= {"id", "lon", "lat", "day_only", "satisfied", "score", "cell"}
"""Columns of the incident frame; all others of a file are kept as its extra values."""


def stored_rows(
    frame: pd.DataFrame, first: int, file: int | None, numbers: Any
) -> list[dict[str, Any]]:
    """Return incidents as rows of the store.

    Parameters
    ----------
    frame : DataFrame
        An incident frame; columns that are not there are empty.
    first : int
        Number of the first of them.
    file : int or None
        The file they came from.
    numbers : array-like of int or None
        Number of each row in the file; None means counted from 1.

    Returns
    -------
    list of dict
        Values by column of the store.
    """
    count = len(frame)
    columns: dict[str, list[Any]] = {"id": list(range(first, first + count))}
    columns["file"] = [file] * count
    counted = np.arange(1, count + 1) if numbers is None else np.asarray(numbers)
    columns["row"] = [None] * count if file is None else counted.tolist()
    columns["version"] = [1] * count
    columns["ref"] = _texts(frame, "id")
    for name in TEXTS:
        columns[name] = _texts(frame, name)
    for name in ("lon", "lat", "satisfied", "score"):
        columns[name] = _floats(frame, name)
    for name, own in MOMENTS.items():
        columns[name] = _moments(frame, own)
    columns["day_only"] = [bool(value) for value in frame.get("day_only", [False] * count)]
    others = [name for name in frame.columns if name not in OWN]
    extra = frame[others].astype(object).where(frame[others].notna(), None)
    columns["extra"] = [
        {str(name): _shown(value) for name, value in row.items() if value is not None}
        for row in extra.to_dict("records")
    ]
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _shown(value: Any) -> str | int | float | bool:
    plain = value.item() if isinstance(value, np.generic) else value
    odd = isinstance(plain, float) and not np.isfinite(plain)
    return str(plain) if odd or not isinstance(plain, str | int | float | bool) else plain


def _texts(frame: pd.DataFrame, name: str) -> list[str]:
    if name not in frame:
        return [""] * len(frame)
    return ["" if pd.isna(value) else str(value) for value in frame[name]]


def _floats(frame: pd.DataFrame, name: str) -> list[float | None]:
    if name not in frame:
        return [None] * len(frame)
    values = frame[name].to_numpy(dtype=float, na_value=np.nan)
    return [None if np.isnan(value) else float(value) for value in values]


def _moments(frame: pd.DataFrame, name: str) -> list[int | None]:
    if name not in frame or frame[name].isna().all():
        return [None] * len(frame)
    utc = frame[name].dt.tz_convert("UTC").dt.as_unit("us")
    missing = utc.isna().to_numpy()
    values = utc.to_numpy(dtype="datetime64[us]").astype("int64")
    return [None if gone else int(value) for gone, value in zip(missing, values, strict=True)]
