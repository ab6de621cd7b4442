"""A table as a workbook to hand over: titled, with room for its columns, its head held."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from gridmap.files.tables import guarded, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

WIDEST = 28
"""Width of a column at most, in digits; longer titles are wrapped."""


def titled_book(frame: pd.DataFrame, title: str, notes: Sequence[str], *, hold: int) -> bytes:
    """Return a table as a workbook people read, print and pass on.

    Parameters
    ----------
    frame : DataFrame
        The table; its index is not written. Numbers that are no counts have one decimal.
    title : str
        First line.
    notes : sequence of str
        Lines between the title and the headings.
    hold : int
        Columns that stay in view, like the headings, when the rest is scrolled.

    Returns
    -------
    bytes
        An XLSX file; formulas are guarded.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "gridmap"
    lines = guarded(frame)
    for line in ([title], *([note] for note in notes), [str(name) for name in lines.columns]):
        sheet.append(line)
    head = sheet.max_row
    sheet["A1"].font = Font(bold=True, size=14)
    for cell in sheet[head]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="bottom")
    for row in lines.itertuples(index=False):
        sheet.append([value_of(value) for value in row])
    for row in sheet.iter_rows(min_row=head + 1):
        for cell in row:
            if isinstance(cell.value, int | float):
                cell.number_format = "#,##0.0" if isinstance(cell.value, float) else "#,##0"
    for at, name in enumerate(lines.columns):
        longest = max([_width(str(name)), *(_width(str(value)) for value in lines.iloc[:, at])])
        sheet.column_dimensions[get_column_letter(at + 1)].width = min(longest, WIDEST) + 2
    sheet.freeze_panes = sheet.cell(head + 1, hold + 1)
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation = "landscape"
    result = BytesIO()
    book.save(result)
    return result.getvalue()


def _width(text: str) -> int:
    """Return the width of a text in digits; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
