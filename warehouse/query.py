"""Asking the warehouse: SQL or a named query in, a polars frame or plain rows out.

polars is imported inside ``query`` only: ``xtb sql "select 1"`` answers without it, which saves a third
of its CPU time (0.2 of 0.6 s).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.connect import Connection, Sandbox, open_for_reading
from warehouse.errors import UnknownName, UsageError
from warehouse.sql import SqlFile, files, quote

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

_BATCH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A result that is read once: names and DuckDB types of the columns, and the rows in batches."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    batches: Iterator[list[tuple[Any, ...]]]

    def all(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        return [row for batch in self.batches for row in batch]


def query(con: Connection | Sandbox, sql: str, parameters: Mapping[str, Any] | None = None) -> "pl.DataFrame":
    """The result of one query as a polars frame.

    Sums of integers (HUGEINT in DuckDB) come back as Int64, or as Decimal where one does not fit.

    Args:
        con: an open connection.
        sql: one statement; values as ``$name``.
        parameters: the values.
    """
    import polars as pl

    relation = con.sql(sql, params=dict(parameters or {}))
    wide = [n for n, t in zip(relation.columns, relation.types, strict=True) if str(t) == "HUGEINT"]
    frame: pl.DataFrame = relation.pl()  # pl.DataFrame(relation) makes DuckDB 2.0 complain at exit
    narrow = frame.select(pl.col(wide).cast(pl.Int64, strict=False))
    fitting = [name for name in wide if narrow[name].null_count() == frame[name].null_count()]
    return frame.with_columns(narrow.select(fitting))


def rows(con: Connection | Sandbox, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
    """The result of one query as plain Python rows, streamed.

    A column name that comes twice is numbered (``a``, ``a_1``), as polars does.
    """
    result = con.execute(sql, dict(parameters or {}))
    described = result.description or []
    types = tuple(str(column[1]) for column in described)
    if "TIMESTAMP WITH TIME ZONE" in types:  # DuckDB would need pytz to make Python values of them
        result.abort()
        frame = query(con, sql, parameters)
        return Rows(columns=tuple(frame.columns), types=types, batches=iter([frame.rows()]))
    return Rows(
        columns=_distinct(str(column[0]) for column in described),
        types=types,
        batches=iter(lambda: result.fetchmany(_BATCH), []),
    )


def query_names() -> list[str]:
    """The named queries."""
    return list(files("queries"))


def named(name: str) -> SqlFile:
    """A named query: its text, grain and parameters.

    Raises:
        UnknownName: there is none of that name.
    """
    if name not in files("queries"):
        raise UnknownName("query", name, query_names(), "xtb sql --list")
    return files("queries")[name]


def bind(file: SqlFile, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a named query's parameters: those given, else the defaults.

    Raises:
        UsageError: one is missing.
        UnknownName: the query has no parameter of that name.
    """
    known = [parameter.name for parameter in file.parameters]
    for name in given:
        if name not in known:
            raise UnknownName(f"parameter of query {file.name}", name, known, "xtb sql --list")
    missing = [p for p in file.parameters if p.required and p.name not in given]
    if missing:
        wanted = " ".join(f"--param {p.name}=..." for p in missing)
        raise UsageError(f"query {file.name} needs {wanted} ({missing[0].help})")
    return {p.name: given.get(p.name, p.default) for p in file.parameters}


def resolve(
    con: Connection | Sandbox, text: str, given: Mapping[str, Any] | None = None
) -> tuple[str, dict[str, Any]]:
    """SQL and parameters of what a person asked for.

    Args:
        con: the warehouse.
        text: SQL, or the name of a named query, view or table.
        given: parameters by name.

    Raises:
        UnknownName: a single word that names nothing.
        UsageError: the parameters do not fit the named query.
    """
    word = text.strip()
    if not word.isidentifier():
        return text, dict(given or {})
    if word in files("queries"):
        return files("queries")[word].text, bind(named(word), given or {})
    relations = relation_names(con)
    if word not in relations:
        raise UnknownName("query, view or table", word, [*query_names(), *relations], "xtb sql --list")
    return f"from {quote(word)}", {}


def relation_names(con: Connection | Sandbox) -> list[str]:
    """Views and tables of the file, views first."""
    views = "select view_name from duckdb_views() where not internal order by all"
    tables = "select table_name from duckdb_tables() where not internal order by all"
    return [str(row[0]) for sql in (views, tables) for row in con.execute(sql).fetchall()]


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in names:
        number, free = 0, name
        while free in found:
            number += 1
            free = f"{name}_{number}"
        found[free] = None
    return tuple(found)


class Warehouse:
    """A warehouse file for notebooks: opened for each question and closed again, so it blocks nobody."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with open_for_reading(path):
            pass

    def query(self, sql: str, **parameters: Any) -> "pl.DataFrame":
        """The result of SQL, or of a named query, view or table, as a polars frame.

        Raises:
            BadQuery: DuckDB refuses the SQL.
        """
        with open_for_reading(self.path) as con:
            text, values = resolve(con, sql, parameters)
            return query(con, text, values)

    def arrow(self, sql: str, **parameters: Any) -> "pa.Table":
        """As ``query``, as a pyarrow table of the same columns and types.

        Raises:
            BadQuery: DuckDB refuses the SQL.
        """
        return self.query(sql, **parameters).to_arrow()

    def schema(self, name: str = "") -> "pl.DataFrame":
        """Every column of every view and table, or of the one named: ``relation, column, type, meaning``.

        Raises:
            UnknownName: there is no view, function or table of that name.
        """
        import polars as pl

        from warehouse.catalogue import list_schema

        with open_for_reading(self.path) as con:
            found = list_schema(con, name)
            return pl.DataFrame(found.all(), schema=dict.fromkeys(found.columns, pl.String), orient="row")
