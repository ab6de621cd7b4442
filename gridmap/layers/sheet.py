"""The monthly ranking as a page that prints well on A4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from gridmap.incidents.service import DECIMALS
from gridmap.layers.escape import escape_value
from gridmap.messages import text

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = (
    "rank", "unit", "n", "n_before", "change", "sure", "response", "resolution", "on_time",
    "satisfaction", "median_hours", "open", "overdue",
)  # fmt: skip
STYLE = """
@page { size: A4 landscape; margin: 14mm; }
body { font: 13px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: #000; margin: 16px; font-variant-numeric: tabular-nums; }
h1 { font-size: 18px; margin: 0 0 4px; }
table { border-collapse: collapse; width: 100%; margin-top: 12px; }
th, td { border-bottom: 1px solid #bbb; padding: 4px 8px; text-align: right; }
.unit { text-align: left; }
th { border-bottom: 2px solid #000; font-weight: 600; vertical-align: bottom; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
"""


def sheet_table(sheet: pd.DataFrame, unit: str, lang: str) -> pd.DataFrame:
    """Return a ranking as people read it: columns in order, titled, what is too few in words.

    Parameters
    ----------
    sheet : DataFrame
        From :func:`gridmap.incidents.service.ranking`, less the columns to be left out.
    unit : str
        What the units are called.
    lang : str
        Language of the titles and words.

    Returns
    -------
    DataFrame
        One row a unit.
    """
    table = _ordered(sheet, lang)
    return table.set_axis([_heading(name, unit, lang) for name in table.columns], axis=1)


def _heading(column: str, unit: str, lang: str) -> str:
    return unit if column == "unit" else text(f"measure.{column}", lang=lang)


def _ordered(sheet: pd.DataFrame, lang: str) -> pd.DataFrame:
    whole = sheet.rename_axis("unit").reset_index()
    table = whole[[name for name in COLUMNS if name in whole]]
    table["unit"] = table["unit"].replace("", text("page.no_group", lang=lang))
    if "change" not in table:
        return table
    few = text("page.too_few", lang=lang)
    changes = table["change"].astype(object).where(table["change"].notna(), few)
    words = {kind: text(f"page.sure_{kind or 'no'}", lang=lang) for kind in table["sure"].unique()}
    words["few"] = "–"  # the change says so already
    return table.assign(change=changes, sure=table["sure"].map(words))


def sheet_html(sheet: pd.DataFrame, unit: str, title: str, notes: Sequence[str], lang: str) -> str:
    """Return a ranking as a page to print.

    Parameters
    ----------
    sheet : DataFrame
        From :func:`gridmap.incidents.service.ranking`, less the columns to be left out.
    unit : str
        What the units are called.
    title : str
        Title of the page.
    notes : sequence of str
        What was counted, up to when, and how it is ranked.
    lang : str
        Language of the texts.

    Returns
    -------
    str
        HTML in which every value is escaped; it fetches nothing.
    """
    table = _ordered(sheet, lang)
    head = "".join(
        f'<th scope="col"{_kind(name)}>{escape_value(_heading(name, unit, lang))}</th>'
        for name in table.columns
    )
    body = "".join(
        "<tr>" + "".join(map(_cell, table.columns, row)) + "</tr>"
        for row in table.itertuples(index=False)
    )
    below = "".join(f"<p>{escape_value(note)}</p>" for note in notes)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">'
        f"<title>{escape_value(title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape_value(title)}</h1>{below}"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></body></html>"
    )


def _kind(column: str) -> str:
    return ' class="unit"' if column == "unit" else ""


def _cell(column: str, value: Any) -> str:
    """Write a value as the page does: a change with its sign, what is no count with a decimal."""
    if isinstance(value, str):
        return f"<td{_kind(column)}>{escape_value(value)}</td>"
    if pd.isna(value):
        return "<td>–</td>"
    sign = "+" if column == "change" and value > 0 else ""
    decimals = DECIMALS if isinstance(value, float) else 0
    return f"<td>{sign}{value:,.{decimals}f}</td>".replace("-", "−")
