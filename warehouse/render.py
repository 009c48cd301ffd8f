"""Rows as text, one function a format; names of columns and cells may hold anything."""

import csv
import json
import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TextIO, TypeAlias
from uuid import UUID

Shown: TypeAlias = Iterable[Sequence[Any]]

_WIDEST = 60
_LAST = 400  # the last column has nothing to its right that must stay aligned
_MARKDOWN = str.maketrans({"\\": "\\\\", "|": "\\|", "<": "&lt;", "`": "\\`", "*": "\\*", "_": "\\_"})
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def write_csv(columns: Sequence[str], rows: Shown, out: TextIO, *, spreadsheet: bool = False) -> None:
    """RFC 4180 with line feeds; NULL is an empty cell."""
    writer = csv.writer(_LineFeeds(out), lineterminator="\r\n")
    guard: Callable[[Any], Any] = _disarmed if spreadsheet else lambda cell: cell
    writer.writerow([guard(column) for column in columns])
    writer.writerows([guard(_nested(cell)) for cell in row] for row in rows)


class _LineFeeds:
    """Takes the csv module's lines and ends them with a line feed.

    The module quotes a cell with a lone carriage return only where its own line ends have one.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, line: str) -> int:
        return self._out.write(line.removesuffix("\r\n") + "\n")


def write_json(columns: Sequence[str], rows: Shown, out: TextIO) -> None:
    """A list of objects, one a line; NULL and NaN are null."""
    out.write("[")
    for number, row in enumerate(rows):
        out.write(",\n " if number else "\n ")
        record = {column: plain(cell) for column, cell in zip(columns, row, strict=True)}
        out.write(json.dumps(record, ensure_ascii=False, allow_nan=False))
    out.write("\n]\n")


def write_markdown(columns: Sequence[str], rows: Shown, out: TextIO) -> None:
    """A table of GitHub's Markdown; NULL is an empty cell."""

    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.translate(_MARKDOWN) for cell in cells) + " |\n"

    out.write(line(visible(column) for column in columns))
    out.write("|" + " --- |" * len(columns) + "\n")
    for row in rows:
        out.write(line("" if cell is None else short(cell) for cell in row))


def write_latex(columns: Sequence[str], rows: Shown, out: TextIO) -> None:
    """A tabular for the package booktabs; NULL is a dash."""
    body = [list(row) for row in rows]
    right = [all(cell is None or _is_number(cell) for cell in column) for column in zip(*body, strict=True)]
    align = "".join("r" if numeric else "l" for numeric in right) or "l" * len(columns)

    def line(cells: Iterable[str]) -> str:
        return " & ".join(cell.translate(_LATEX) for cell in cells) + r" \\" + "\n"

    out.write(f"\\begin{{tabular}}{{{align}}}\n\\toprule\n")
    out.write(line(visible(column) for column in columns) + "\\midrule\n")
    out.writelines(line("--" if cell is None else short(cell) for cell in row) for row in body)
    out.write("\\bottomrule\n\\end{tabular}\n")


def escaped(text: str, form: str) -> str:
    """Text as it stands in a paragraph of ``markdown`` or ``latex``: no sign of it means anything there."""
    return text.translate({"markdown": _MARKDOWN, "latex": _LATEX}[form])


def write_table(columns: Sequence[str], rows: Shown, out: TextIO) -> None:
    """Aligned columns for a terminal; long cells are cut, control characters are shown, never sent."""
    body = [list(row) for row in rows]
    head = [visible(column) for column in columns]
    rooms = [_WIDEST] * (len(head) - 1) + [_LAST]
    cells = [
        ["NULL" if cell is None else _cut(short(cell), room) for cell, room in zip(row, rooms, strict=True)]
        for row in body
    ]
    right = [any(map(_is_number, column)) for column in zip(*body, strict=True)] or [False] * len(head)
    widths = [max(map(width, column)) for column in zip(head, *cells, strict=True)]

    def line(texts: Sequence[str]) -> str:
        padded = [
            " " * (room - width(text)) + text if numeric else text + " " * (room - width(text))
            for text, room, numeric in zip(texts, widths, right, strict=True)
        ]
        return "  ".join(padded).rstrip() + "\n"

    out.write(line(head))
    out.write("  ".join("-" * room for room in widths) + "\n")
    out.writelines(line(texts) for texts in cells)


WRITERS: Mapping[str, Callable[[Sequence[str], Shown, TextIO], None]] = {
    "csv": write_csv,
    "json": write_json,
    "markdown": write_markdown,
    "latex": write_latex,
    "table": write_table,
}


def plain(cell: Any) -> Any:
    """A cell as JSON knows it."""
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if cell is None or isinstance(cell, str | int):
        return cell
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, Mapping):
        return {str(key): plain(value) for key, value in cell.items()}
    if isinstance(cell, list | tuple):
        return [plain(value) for value in cell]
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return cell.hex()
    assert isinstance(cell, timedelta | UUID), type(cell)
    return str(cell)


def short(cell: Any) -> str:
    """A cell for reading: six significant digits, one line."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return f"{cell:.6g}"
    return visible(str(_nested(cell)))


def visible(text: str) -> str:
    """A text without anything that a terminal or a page would act on: line breaks, escapes, bidi marks."""
    return "".join(_escape(char) if unicodedata.category(char) in _ACTING else char for char in text)


_ACTING = ("Cc", "Cf", "Zl", "Zp", "Cs")
_KEPT = "\u200c\u200d\u2060\u00ad"  # joiners and the like are part of words


def _escape(char: str) -> str:
    return char if char in _KEPT else char.encode("unicode_escape", "surrogatepass").decode()


def width(text: str) -> int:
    """Columns that a text takes in a terminal: two for wide characters, none for marks that combine."""
    return sum(
        0
        if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


def _nested(cell: Any) -> Any:
    if isinstance(cell, Mapping | list | tuple | bytes):
        return json.dumps(plain(cell), ensure_ascii=False)
    return cell.isoformat() if isinstance(cell, datetime) else cell


def _disarmed(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
