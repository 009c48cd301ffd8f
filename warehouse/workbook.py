"""A result as an Excel workbook: the only import of xlsxwriter.

Texts are written as texts, so that none is ever taken for a formula or a link. What a sheet cannot hold is an
error, not cut off. Numbers keep 16 digits; Excel itself counts with 15.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from warehouse.errors import UsageError
from warehouse.query import Rows
from warehouse.render import plain, short

_ROWS, _COLUMNS, _TEXT = 1_048_576, 16_384, 32_767
_WHOLE = 2**53  # a cell is a double


def write_workbook(result: Rows, path: Path) -> None:
    """Write a result as one sheet; NULL is an empty cell, NaN and infinities are text.

    Args:
        result: read to its end.
        path: the file.

    Raises:
        UsageError: more rows, columns or text than a sheet holds.
        OSError: the file cannot be written.
    """
    if len(result.columns) > _COLUMNS:
        raise UsageError(f"{len(result.columns):,} columns; a sheet has at most {_COLUMNS:,}")
    book = Workbook(str(path), {"constant_memory": True, "remove_timezone": True})
    try:
        _fill(book, result.columns, (row for batch in result.batches for row in batch))
    finally:
        try:
            book.close()
        except XlsxWriterException as error:
            raise OSError(f"the workbook cannot be written: {error}") from error


def _fill(book: Workbook, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    sheet = book.add_worksheet("result")
    head = book.add_format({"bold": True, "bottom": 1})
    dated = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.freeze_panes(1, 0)
    for at, name in enumerate(columns):
        sheet.set_column(at, at, min(max(len(name) + 2, 9), 40))
        sheet.write_string(0, at, name, head)
    for number, row in enumerate(rows, start=1):
        if number >= _ROWS:
            raise UsageError(
                f"more than {_ROWS - 1:,} rows, which is what a sheet holds; choose .parquet or .csv"
            )
        for at, cell in enumerate(row):
            _write(sheet, number, at, cell, dated)
    if columns:
        sheet.autofilter(0, 0, sheet.dim_rowmax or 0, len(columns) - 1)


def _write(sheet: Worksheet, row: int, column: int, cell: Any, dated: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, datetime | date) and cell.year >= 1900:
        sheet.write_datetime(row, column, cell, dated)
    elif isinstance(number := plain(cell), int | float) and abs(number) <= _WHOLE and math.isfinite(number):
        sheet.write_number(row, column, number)
    else:
        text = cell if isinstance(cell, str) else short(cell)
        if len(text) > _TEXT:
            raise UsageError(
                f"row {row:,} has a text of {len(text):,} characters; a cell holds {_TEXT:,}; "
                "choose .parquet or .csv"
            )
        sheet.write_string(row, column, text)
