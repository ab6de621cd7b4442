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
    "rank", "unit", "n", "n_before", "change", "response", "resolution", "on_time",
    "satisfaction", "median_hours", "open", "overdue",
)  # fmt: skip
STYLE = """
@page { size: A4 landscape; margin: 14mm; }
body { font: 13px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: #000; margin: 16px; font-variant-numeric: tabular-nums; }
h1 { font-size: 18px; margin: 0 0 4px; }
table { border-collapse: collapse; width: 100%; margin-top: 12px; }
th, td { border-bottom: 1px solid #bbb; padding: 4px 8px; text-align: right; }
th:nth-child(2), td:nth-child(2) { text-align: left; }
th { border-bottom: 2px solid #000; font-weight: 600; vertical-align: bottom; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
"""


def sheet_table(sheet: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return a ranking as people read it: columns in order, titled.

    Parameters
    ----------
    sheet : DataFrame
        From :func:`gridmap.incidents.service.ranking`.
    lang : str
        Language of the titles.

    Returns
    -------
    DataFrame
        One row a unit.
    """
    table = sheet.rename_axis("unit").reset_index()[list(COLUMNS)]
    return table.rename(columns={name: text(f"measure.{name}", lang=lang) for name in COLUMNS})


def sheet_html(sheet: pd.DataFrame, title: str, notes: Sequence[str], lang: str) -> str:
    """Return a ranking as a page to print.

    Parameters
    ----------
    sheet : DataFrame
        From :func:`gridmap.incidents.service.ranking`.
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
    table = sheet_table(sheet, lang)
    head = "".join(f'<th scope="col">{escape_value(name)}</th>' for name in table.columns)
    body = "".join(
        "<tr>" + "".join(map(_cell, COLUMNS, row)) + "</tr>"
        for row in table.itertuples(index=False)
    )
    below = "".join(f"<p>{escape_value(note)}</p>" for note in notes)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">'
        f"<title>{escape_value(title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape_value(title)}</h1>{below}"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></body></html>"
    )


def _cell(column: str, value: Any) -> str:
    """Write a value as the page does: a change with its sign, what is no count with a decimal."""
    if isinstance(value, str):
        return f"<td>{escape_value(value)}</td>"
    if pd.isna(value):
        return "<td>–</td>"
    sign = "+" if column == "change" and value > 0 else ""
    decimals = DECIMALS if isinstance(value, float) else 0
    return f"<td>{sign}{value:,.{decimals}f}</td>".replace("-", "−")
