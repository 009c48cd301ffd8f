"""Query results as files and text: csv, json, parquet, xlsx, markdown, latex and a plain table.

Rows are written as they come, so a result need not fit into memory (but ``parquet`` makes a frame of it, and
``table`` looks at all it shows, to align it). CSV, JSON and Parquet keep every digit; the formats for reading
show six.

CSV is not altered by default, so that R and pandas read back what was there. A text cell that begins with
``=``, ``+``, ``-`` or ``@`` is a formula to a spreadsheet, and predictions come from data of others:
``spreadsheet=True`` puts an apostrophe before such cells.
"""

import io
import os
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from warehouse.connect import Connection, Sandbox
from warehouse.errors import UsageError
from warehouse.query import Rows, query, rows
from warehouse.render import WRITERS, write_csv

if TYPE_CHECKING:
    import polars as pl

FORMATS = {
    ".csv": "csv",
    ".json": "json",
    ".md": "markdown",
    ".parquet": "parquet",
    ".tex": "latex",
    ".txt": "table",
    ".xlsx": "xlsx",
}
"""Suffix of a file -> format."""

BINARY = ("parquet", "xlsx")
"""Formats that are no text."""


def write(
    result: Rows, form: str, out: TextIO, *, spreadsheet: bool = False, limit: int | None = None
) -> bool:
    """Write a result as text.

    Args:
        result: read to its end, or to ``limit``.
        form: one of ``FORMATS`` but those of ``BINARY``.
        out: where to.
        spreadsheet: csv: disarm cells that a spreadsheet would run.
        limit: rows written at most.

    Returns:
        Were there more rows than ``limit``?
    """
    stream = (row for batch in result.batches for row in batch)
    shown = stream if limit is None else islice(stream, limit)
    if form == "csv":
        write_csv(result.columns, shown, out, spreadsheet=spreadsheet)
    else:
        WRITERS[form](result.columns, shown, out)
    return next(stream, None) is not None


def write_file(
    con: Connection | Sandbox,
    sql: str,
    parameters: Mapping[str, Any],
    path: Path,
    *,
    form: str | None = None,
    spreadsheet: bool = False,
) -> None:
    """Write the result of a query to a file, which appears whole or not at all.

    Args:
        con: an open connection.
        sql: one query.
        parameters: its values.
        path: the file.
        form: one of ``FORMATS``; what the suffix of ``path`` says when None.
        spreadsheet: as in ``write``.

    Raises:
        UsageError: the suffix says no format, or the folder is missing.
    """
    form = form or form_of(path)
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {path.parent}")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        if form == "parquet":
            _write_parquet(query(con, sql, parameters), temporary)
        elif form == "xlsx":
            from warehouse.workbook import write_workbook  # imported where it is used: it is seldom

            write_workbook(rows(con, sql, parameters), temporary)
        else:
            with temporary.open("w", encoding="utf-8", newline="") as out:
                write(rows(con, sql, parameters), form, out, spreadsheet=spreadsheet)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def form_of(path: Path) -> str:
    """The format that a file's suffix means.

    Raises:
        UsageError: it means none.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        known = ", ".join(FORMATS)
        raise UsageError(
            f"the suffix of '{path.name}' says no format; end it in one of {known}, or give --format"
        )
    return form


def _write_parquet(frame: "pl.DataFrame", path: Path) -> None:
    """Through a buffer, so that a full disk is an ``OSError`` as everywhere else."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    path.write_bytes(buffer.getbuffer())
