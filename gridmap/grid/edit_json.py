"""Edits as JSON: read with care, written so that reading gives the same edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap.errors import GeometryError, ValueRefused
from gridmap.grid.edit import SNAP_M, Assign, Edit, Merge, Move, Recode, Split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_VERTICES = 10_000


def from_json(value: Any) -> Edit:
    """Return the edit a JSON value describes.

    Parameters
    ----------
    value : Any
        One element of ``EDITS.json``.

    Returns
    -------
    Edit
        The edit.

    Raises
    ------
    ValueRefused
        If a part is missing or not of its kind.
    GeometryError
        If a geometry is not a line or an area in longitude and latitude.
    """
    if not isinstance(value, dict):
        raise ValueRefused("edit.not_object", value=str(value)[:60])
    reader = _READERS.get(str(value.get("op")))
    if reader is None:
        ops = ", ".join(_READERS)
        raise ValueRefused("edit.unknown_op", op=str(value.get("op"))[:60], ops=ops)
    return reader(value)


def to_json(edit: Edit) -> dict[str, Any]:
    """Return an edit as JSON.

    Parameters
    ----------
    edit : Edit
        The edit.

    Returns
    -------
    dict
        One element of ``EDITS.json``.
    """
    value: dict[str, Any] = {"op": type(edit).__name__.lower()}
    for name, part in vars(edit).items():
        if isinstance(part, shapely.Geometry):
            value[name] = shapely.geometry.mapping(part)
        elif name != "snap_m" or part != SNAP_M:
            value[name] = list(part) if isinstance(part, tuple) else part
    return value


def _codes(value: Mapping[str, Any], name: str, count: int | None = None) -> tuple[str, ...]:
    codes = value.get(name)
    if not isinstance(codes, list) or (count is not None and len(codes) != count):
        raise ValueRefused("edit.bad_part", op=value["op"], part=name)
    return tuple(_text(value, name, code) for code in codes)


def _code(value: Mapping[str, Any], name: str) -> str:
    return _text(value, name, value.get(name))


def _text(value: Mapping[str, Any], name: str, code: Any) -> str:
    if isinstance(code, bool) or not isinstance(code, str | int):
        raise ValueRefused("edit.bad_part", op=value["op"], part=name)
    return str(code).strip()


def _pair(value: Mapping[str, Any], name: str) -> tuple[str, str]:
    first, second = _codes(value, name, 2)
    return first, second


def _snap(value: Mapping[str, Any]) -> float:
    reach = value.get("snap_m", SNAP_M)
    number = isinstance(reach, int | float) and not isinstance(reach, bool)
    if not number or not 0 <= reach <= 1000:  # noqa: PLR2004 - no cell is wider
        raise ValueRefused("edit.bad_part", op=value["op"], part="snap_m")
    return float(reach)


def _geometry(value: Mapping[str, Any], name: str, kinds: tuple[str, ...]) -> Any:
    body = value.get(name)
    if isinstance(body, dict) and body.get("type") == "Feature":
        body = body.get("geometry")
    if not isinstance(body, dict) or body.get("type") not in kinds:
        raise GeometryError("edit.bad_geometry", part=name, kinds=" / ".join(kinds))
    try:
        with np.errstate(invalid="ignore"):
            shape = shapely.force_2d(shapely.geometry.shape(body))
        xy = shapely.get_coordinates(shape)
    except (ValueError, TypeError, IndexError, KeyError, shapely.GEOSException) as cause:
        raise GeometryError("edit.bad_geometry", part=name, kinds=" / ".join(kinds)) from cause
    if not len(xy) or len(xy) > MOST_VERTICES or not np.isfinite(xy).all():
        raise GeometryError("edit.bad_geometry", part=name, kinds=" / ".join(kinds))
    if (np.abs(xy) > (180, 90)).any():
        raise GeometryError("edit.not_lonlat", part=name)
    if not shapely.is_valid(shape):
        raise GeometryError("edit.bad_area", part=name, reason=shapely.is_valid_reason(shape))
    return shape


def _line(value: Mapping[str, Any]) -> shapely.LineString:
    return _geometry(value, "line", ("LineString",))


_READERS: dict[str, Callable[[Mapping[str, Any]], Edit]] = {
    "merge": lambda v: Merge(_codes(v, "cells"), _code(v, "code")),
    "split": lambda v: Split(_code(v, "cell"), _line(v), _pair(v, "codes"), _snap(v)),
    "move": lambda v: Move(_pair(v, "cells"), _line(v), _snap(v)),
    "assign": lambda v: Assign(
        _geometry(v, "area", ("Polygon", "MultiPolygon")), _code(v, "to"), _snap(v)
    ),
    "recode": lambda v: Recode(_code(v, "cell"), _code(v, "code")),
}
