"""A result frame as a table on the page: numbers readable, their full precision kept for sorting."""

import re
from dataclasses import dataclass
from typing import Any

from reports.answer import Table
from reports.render import Dataset, dataset, dataset_name
from reports.wording import number

MOST_ROWS = 400
"""Rows that a table shows on the page; the CSV has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column's heading, and whether it holds numbers."""

    name: str
    number: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: what is read, and the value to sort by where that differs."""

    text: str
    value: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of the page; ``dataset`` names its data, ``file`` is the name of its download."""

    id: str
    title: str
    how: str
    sql_id: str
    columns: list[Column]
    rows: list[list[Cell]]
    height: int
    dataset: str
    file: str
    data: Dataset

    @property
    def cut(self) -> bool:
        """Whether the page shows fewer rows than there are."""
        return self.height > len(self.rows)


def sheet(name: str, table: Table, *, prefix: str, sql_id: str = "") -> Sheet:
    """The table of a frame.

    Args:
        name: short name, unique on the page.
        prefix: of the download's file name, e.g. the question.
    """
    frame = table.frame
    data = dataset(frame)
    numeric = [dtype.is_numeric() for dtype in frame.dtypes]
    return Sheet(
        id=f"table-{_slug(name)}",
        title=table.title,
        how=table.how,
        sql_id=sql_id if table.sql else "",
        columns=[
            Column(name=c.replace("_", " "), number=n) for c, n in zip(frame.columns, numeric, strict=True)
        ],
        rows=[
            [cell(column, value) for column, value in zip(frame.columns, row, strict=True)]
            for row in frame.head(MOST_ROWS).rows()
        ],
        height=frame.height,
        dataset=dataset_name(data),
        file=f"{prefix}_{_slug(name)}",
        data=data,
    )


def cell(column: str, value: Any) -> Cell:
    """A value as a reader wants it.

    >>> cell("p_value", 0.00004).text, cell("estimate", -0.01234).text, cell("n", 12000).text
    ('<.0001', '−0.0123', '12,000')
    """
    if value is None:
        return Cell(text="")
    if isinstance(value, bool):
        return Cell(text="yes" if value else "no")
    if isinstance(value, int):
        text = str(value) if column in ("seed", "severity") else f"{value:,}".replace("-", "−")
        return Cell(text=text, value=str(value), kind="number")
    if isinstance(value, float):
        return Cell(text=_float(column, value), value=repr(value), kind="number")
    text = str(value)
    return Cell(text=text, kind="long" if len(text) > 60 else "")


def _float(column: str, value: float) -> str:
    if value != value:
        return ""
    if column.startswith("p_"):
        return "<.0001" if value < 0.0001 else f"{value:.4f}".removeprefix("0")
    digits = {"df": 1, "seconds": 1, "statistic": 2, "distance": 2}.get(column, 4)
    return number(value, digits)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
