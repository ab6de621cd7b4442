"""Tables without geometry, to Arrow tables of text, every value as it stands in the file.

The schema's metadata hold ``first_row`` (number of the first data row in the file), ``encoding``,
``sheet`` and ``faults``: JSON rows of ``[row, key, value]`` for rows that could not be taken apart.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from gridmap.errors import FileError
from gridmap.files.child import packed
from gridmap.files.child.limits import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

CHUNK = 20_000
TELL_AFTER = 5_000
"""Rows between two reports of progress."""
LOOK_FOR_HEADER = 10
COLUMNS_MOST = 512
EMPTY_ROWS_MOST = 1000
DELIMITERS = ",\t;|"
ENCODINGS = ("utf-8-sig", "gb18030")
ZEROS = re.compile(r"0+")
ROW = "row of the file"
"""Name of the column that holds the number of each row in the file, first row 1."""


class Rows:
    """Rows of text gathered into Arrow, with the number each has in the file.

    Parameters
    ----------
    header : sequence of str
        Names of the columns, as in the file.
    """

    def __init__(self, header: Iterable[str]) -> None:
        self.names = _unique(header)
        self.faults: list[tuple[int, str, str]] = []
        self._rows: list[list[str]] = []
        self._numbers: list[int] = []
        self._batches: list[pa.RecordBatch] = []

    def add(self, number: int, row: list[str]) -> None:
        """Take a row; one with other than the header's number of values is a fault.

        Parameters
        ----------
        number : int
            Its number in the file, first row 1.
        row : list of str
            Its values.
        """
        short = len(self.names) - len(row)
        if short > 0:
            row = row + [""] * short
        if any(value.strip() for value in row[len(self.names) :]):
            self.faults.append((number, "files.row_long", str(len(row))))
            return
        self._rows.append(row[: len(self.names)])
        self._numbers.append(number)
        if len(self._rows) >= CHUNK:
            self._flush()

    def _flush(self) -> None:
        columns = list(zip(*self._rows, strict=True)) or [()] * len(self.names)
        arrays = [pa.array(column, pa.large_string()) for column in columns]
        arrays.append(pa.array(self._numbers, pa.int64()))
        self._batches.append(pa.RecordBatch.from_arrays(arrays, names=[*self.names, ROW]))
        self._rows, self._numbers = [], []

    def table(self, **said: str) -> pa.Table:
        """Return all rows.

        Parameters
        ----------
        **said : str
            What else is to be told of the file.

        Returns
        -------
        Table
            Columns of text, and :data:`ROW`.
        """
        self._flush()
        faults = json.dumps(self.faults, ensure_ascii=False)
        return pa.Table.from_batches(self._batches).replace_schema_metadata(
            {"faults": faults, **said}
        )


def _unique(header: Iterable[str]) -> list[str]:
    """Name columns without a name by their number, and repeated ones by a number behind."""
    names: list[str] = []
    for place, raw in enumerate(header, start=1):
        name = " ".join(str(raw).split()) or f"column {place}"
        number = 1
        while name in names:
            number += 1
            name = f"{' '.join(str(raw).split()) or 'column'} {number}"
        names.append(name)
    return names


def _header_at(rows: list[list[str]]) -> int:
    """Return which of the first rows is the header: titles above it fill few columns."""
    widths = [sum(bool(value.strip()) for value in row) for row in rows]
    widest = max(widths, default=0)
    if not widest:
        raise FileError("files.no_rows")
    return next(place for place, width in enumerate(widths) if 2 * width > widest)


def _gather(numbered: Iterator[tuple[int, list[str]]], share: Callable[[int], float]) -> Rows:
    first: list[tuple[int, list[str]]] = []
    for pair in numbered:
        first.append(pair)
        if len(first) == LOOK_FOR_HEADER:
            break
    place = _header_at([row for _, row in first])
    header = first[place][1]
    while header and not header[-1].strip():
        header = header[:-1]
    if len(header) > COLUMNS_MOST:
        raise FileError("files.many_columns", count=len(header), most=COLUMNS_MOST)
    rows = Rows(header)
    for number, row in first[place + 1 :]:
        if any(row):
            rows.add(number, row)
    for number, row in numbered:
        if any(row):
            rows.add(number, row)
        if number % TELL_AFTER == 0:
            tell({"share": share(number)})
    return rows


def read_csv(path: Path) -> pa.Table:
    """Read comma-, semicolon- or tab-separated text in UTF-8, UTF-16 or GB 18030 (GBK).

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Table
        See the module.

    Raises
    ------
    FileError
        If its encoding or its quoting is broken.
    """
    encoding = _text_encoding(path)
    try:
        with path.open("rb") as raw, io.TextIOWrapper(raw, encoding, newline="") as lines:
            sample = lines.readline()
            lines.seek(0)
            delimiter = max(DELIMITERS, key=sample.count)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            size = path.stat().st_size
            rows = _gather(_csv_rows(reader), lambda _: raw.tell() / size)
    except csv.Error as cause:
        raise FileError("files.csv_broken", reason=str(cause)) from cause
    return rows.table(encoding=encoding)


def _csv_rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    number = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as cause:
            raise FileError("files.csv_row", row=number, reason=str(cause)) from cause
        yield number, row
        number += 1


def _text_encoding(path: Path) -> str:
    with path.open("rb") as source:
        mark = source.read(2)
    if mark in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for encoding in ENCODINGS:
        try:
            with path.open(encoding=encoding) as lines:
                while lines.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileError("files.encoding")


def read_xlsx(path: Path) -> pa.Table:
    """Read the first sheet with rows, values as text, codes with the zeros their format shows.

    Parameters
    ----------
    path : Path
        The workbook.

    Returns
    -------
    Table
        See the module.

    Raises
    ------
    FileError
        If it is broken, too wide or full of holes.
    """
    packed.opened(path).close()
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible" and (sheet.max_row or 2) > 1:
                rows = _sheet(sheet)
                return rows.table(sheet=sheet.title, sheets=str(len(book.worksheets)))
    except (InvalidFileException, KeyError, ValueError, AttributeError, TypeError) as cause:
        raise FileError("files.unreadable", reason=str(cause)[:200]) from cause
    raise FileError("files.no_rows")


def _sheet(sheet: Any) -> Rows:
    if (sheet.max_column or 0) > COLUMNS_MOST:
        raise FileError("files.many_columns", count=sheet.max_column, most=COLUMNS_MOST)
    last = sheet.max_row or EMPTY_ROWS_MOST
    return _gather(_sheet_rows(sheet), lambda number: min(1, number / last))


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    empty = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS_MOST), start=1):
        row = [_cell_text(cell) for cell in cells]
        if any(row):
            if empty > EMPTY_ROWS_MOST:
                raise FileError("files.sheet_holes", row=number, empty=empty)
            empty = 0
            yield number, row
        else:
            empty += 1


def _cell_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004
        value = int(value)
    if isinstance(value, int) and ZEROS.fullmatch(str(cell.number_format)):
        return str(value).zfill(len(cell.number_format))
    return str(value)


READERS = {
    "csv": read_csv,
    "xlsx": read_xlsx,
}
