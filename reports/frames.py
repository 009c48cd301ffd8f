"""From the warehouse to frames: the queries of the reports, each a file in ``queries``."""

from importlib.resources import files

import polars as pl

from reports.answer import Data, Question
from warehouse.connect import Connection
from warehouse.query import query


def text(name: str) -> str:
    """The SQL of a report query; its first comment line says the grain."""
    return (files("reports") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def compared(question: Question, name: str) -> str:
    """A report query about the runs of a question, complete, so that it runs as it stands in ``xtb sql``."""
    comment, body = _split(text(name))
    runs = question.runs_sql.strip().replace("\n", "\n    ")
    return "".join((comment, "with compared as (\n    ", runs, "\n),\n", body))


def read(question: Question, con: Connection) -> Data:
    """What a question needs; columns as in ``queries/cells.sql``, ``coverage.sql`` and ``runs.sql``."""
    sql = {name: compared(question, name) for name in ("cells", "coverage", "runs")}
    frames = {name: query(con, text) for name, text in sql.items()}
    return Data(cells=coded(frames["cells"]), coverage=frames["coverage"], runs=frames["runs"], sql=sql)


def coded(frame: pl.DataFrame) -> pl.DataFrame:
    """Text columns as codes of their sorted values: millions of rows sort, group and join far faster so."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(
        pl.col(name).cast(pl.Enum(frame[name].unique().drop_nulls().sort())) for name in texts
    )


def _split(sql: str) -> tuple[str, str]:
    """The leading comment lines, and the rest."""
    lines = sql.splitlines(keepends=True)
    first = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return "".join(lines[:first]), "".join(lines[first:])
