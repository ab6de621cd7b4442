"""The report page: one HTML file with a map and a list, no network, no library."""

from __future__ import annotations

from collections import Counter
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridmap import crs
from gridmap.grid.defects import amount
from gridmap.messages import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridmap.grid.check import Check
    from gridmap.grid.defects import Defect

SIZE = 10_000
"""Units of the drawing along the longer side of the layer."""
MOST_CELLS = 3_000
"""Cells drawn; of a larger layer only the outline and the cells named in a defect."""


def page(check: Check, title: str, lang: str = "en") -> str:
    """Return the report of a check as a page.

    Parameters
    ----------
    check : Check
        The result of a check.
    title : str
        Name of the layer.
    lang : str
        Language of the reader.

    Returns
    -------
    str
        HTML that needs nothing else.
    """
    drawing = _Drawing(check)
    rows = [_row(number, each, lang) for number, each in enumerate(check.defects, 1)]
    errors = sum(each.is_error for each in check.defects)
    values = {"cells": len(check.grid.cells), "errors": errors}
    values["notices"] = len(check.defects) - errors
    verdict = "ok" if not check.defects else "ok_notices" if check.ok else "not_ok"
    template = Template((files("gridmap.files") / "report.html").read_text(encoding="utf-8"))
    names = ("number", "kind", "area", "width", "message", "whole", "map")
    words = {f"word_{name}": escape(text(f"check.word_{name}", lang=lang)) for name in names}
    return template.substitute(
        words,
        lang="zh-CN" if lang == "zh" else "en",
        title=escape(title),
        heading=escape(text("check.report_title", {"title": title}, lang)),
        verdict=escape(text(f"check.{verdict}", values, lang)),
        state="good" if check.ok else "bad",
        width=drawing.width,
        height=drawing.height,
        cells=drawing.cells(),
        defects=drawing.defects(lang),
        kinds="\n".join(_kinds(check.defects, lang)),
        rows="\n".join(rows),
    )


def _kinds(defects: Sequence[Defect], lang: str) -> list[str]:
    """Return a button for each kind found: how many there are, the most first."""
    counts = Counter((each.kind, each.severity) for each in defects)
    return [
        f'<button class="{severity}" data-kind="{kind}" aria-pressed="false">'
        f"{escape(text(f'check.kind_{kind}', lang=lang))} {count:,}</button>"
        for (kind, severity), count in counts.most_common()
    ]


def _row(number: int, each: Defect, lang: str) -> str:
    names = "、" if lang == "zh" else ", "
    area = escape(amount(each.area_m2)) if each.area_m2 else ""
    width = escape(amount(each.width_m)) if each.width_m else ""
    severity = text(f"check.{each.severity}", lang=lang)
    kind = text(f"check.kind_{each.kind}", lang=lang)
    cells = (
        f'<td class="n">{number}</td><td><button data-n="{number}">{escape(kind)}</button> '
        f'{escape(severity)} · <span class="codes">{escape(names.join(each.cells))}</span>'
        f"<p>{escape(each.text(lang))}</p></td>"
        f'<td class="n">{area}</td><td class="n">{width}</td>'
    )
    return f'<tr id="r{number}" class="{each.severity}" data-kind="{each.kind}">{cells}</tr>'


class _Drawing:
    """Turns geometries into paths of an SVG, north up."""

    def __init__(self, check: Check) -> None:
        self._check = check
        grid = check.grid
        held = grid.shapes[~shapely.is_missing(grid.shapes)]
        finite = held[np.isfinite(shapely.bounds(held)).all(axis=1)] if len(held) else held
        self._plane = crs.metric(grid.crs, shapely.total_bounds(finite))
        box = shapely.total_bounds(self._flat(finite))
        box = np.nan_to_num(box)
        self._low, self._high = box[:2], box[2:]
        self._unit = float((self._high - self._low).max() or 1.0) / SIZE
        self.width, self.height = (
            max(1, round(side / self._unit)) for side in self._high - self._low
        )

    def _flat(self, shapes: Any) -> Any:
        return crs.transform(shapes, self._check.grid.crs, self._plane)

    def _units(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        flipped = np.column_stack([xy[:, 0] - self._low[0], self._high[1] - xy[:, 1]])
        return np.round(flipped / self._unit, 2)

    def _path(self, shape: Any) -> str:
        """Return the rings or lines of a geometry as SVG path data."""
        parts = shapely.get_parts(shapely.get_parts(shape))
        kinds = shapely.get_type_id(parts)
        rings = shapely.get_rings(parts[kinds == 3])  # noqa: PLR2004 - Polygon
        lines = [*rings, *parts[kinds == 1]]
        out = []
        for line in lines:
            xy = shapely.get_coordinates(line)
            if np.isfinite(xy).all():
                out.append("M" + " ".join(f"{x:g},{y:g}" for x, y in self._units(xy)))
        return "".join(out)

    def cells(self) -> str:
        """Return the cells, simplified to what the drawing can show."""
        grid = self._check.grid
        rows = np.arange(len(grid.cells))
        if len(rows) > MOST_CELLS:
            rows = np.array(sorted({r for d in self._check.defects for r in d.rows})[:MOST_CELLS])
        shapes = grid.shapes[rows.astype(int)]
        codes = grid.codes[rows.astype(int)]
        keep = ~shapely.is_missing(shapes)
        flat = shapely.simplify(self._flat(shapes[keep]), self._unit, preserve_topology=False)
        paths = [
            f'<path d="{self._path(each)}"><title>{escape(str(code))}</title></path>'
            for each, code in zip(flat, codes[keep], strict=True)
        ]
        if self._check.outline is not None:
            outline = shapely.simplify(self._flat(self._check.outline), self._unit)
            paths.append(f'<path class="outline" d="{self._path(outline)}"/>')
        return "\n".join(paths)

    def defects(self, lang: str) -> str:
        """Return the defects: what each is, and a mark at its place that can be seen."""
        out = []
        for number, each in enumerate(self._check.defects, 1):
            if each.place.is_empty:
                continue
            x, y = self._units(shapely.get_coordinates(self._flat(each.place)))[0]
            big = each.kind == "multipart"
            path = "" if big else f'<path d="{self._path(self._flat(each.where))}"/>'
            kind = escape(text(f"check.kind_{each.kind}", lang=lang))
            mark = f'<circle cx="{x:g}" cy="{y:g}" r="1"/>'
            low_x, low_y, high_x, high_y = self._flat(each.where).bounds
            span = max(high_x - low_x, high_y - low_y) / self._unit
            out.append(
                f'<g id="d{number}" class="{each.severity}" data-kind="{each.kind}"'
                f' data-x="{x:g}" data-y="{y:g}" data-span="{span:g}">'
                f"<title>{number} {kind}</title>{path}{mark}</g>"
            )
        return "\n".join(out)
