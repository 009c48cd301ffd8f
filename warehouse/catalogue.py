"""What the database holds, as it says itself: tables, views, functions, columns, comments, and counts."""

from dataclasses import dataclass

from warehouse.connect import Connection, Sandbox
from warehouse.errors import UnknownName
from warehouse.query import Rows
from warehouse.sql import files, quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; ``comment`` is empty for those of a view that say by their name what they are."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One table, view or function; the kind of a function names its arguments, its comment explains them."""

    name: str
    kind: str
    comment: str
    columns: tuple[Column, ...]


def describe(con: Connection | Sandbox) -> list[Relation]:
    """Views, then functions (SQL macros), then tables, each with its columns in order."""
    relations = con.execute("""
        select view_name, 'view', coalesce(comment, ''), 0 from duckdb_views() where not internal
        union all
        select
            function_name,
            concat(
                if(function_type = 'macro', 'function', 'table function'),
                ' (', array_to_string(parameters, ', '), ')'
            ),
            coalesce(comment, ''),
            1
        from duckdb_functions() where not internal
        union all
        select table_name, 'table', coalesce(comment, ''), 2 from duckdb_tables() where not internal
        order by 4, 1
    """).fetchall()
    columns: dict[str, list[Column]] = {}
    for relation, name, kind, comment in con.execute("""
        select table_name, column_name, lower(data_type), coalesce(comment, '')
        from duckdb_columns()
        where not internal
        order by table_name, column_index
    """).fetchall():
        columns.setdefault(relation, []).append(Column(name=name, type=kind, comment=comment))
    return [
        Relation(name=name, kind=kind, comment=comment, columns=tuple(columns.get(name, ())))
        for name, kind, comment, _ in relations
    ]


def row_counts(con: Connection | Sandbox) -> dict[str, int]:
    """Rows of every table."""
    tables = [relation.name for relation in describe(con) if relation.kind == "table"]
    union = " union all ".join(f"select '{name}', count(*) from {quote(name)}" for name in tables)  # noqa: S608
    return {name: int(count) for name, count in con.execute(union).fetchall()} if tables else {}


def list_schema(con: Connection | Sandbox, name: str = "") -> Rows:
    """Every column of every view and table, and every function, or the one named, with type and meaning.

    Raises:
        UnknownName: there is no view, function or table of that name.
    """
    relations = describe(con)
    if name:
        known = [relation.name for relation in relations]
        if name not in known:
            raise UnknownName("view, function or table", name, known, "xtb sql --schema")
        relations = [relation for relation in relations if relation.name == name]
    lines = []
    for relation in relations:
        lines.append((relation.name, "", relation.kind, relation.comment))
        lines += [(relation.name, column.name, column.type, column.comment) for column in relation.columns]
    return Rows(
        columns=("relation", "column", "type", "meaning"), types=("VARCHAR",) * 4, batches=iter([lines])
    )


def list_queries() -> Rows:
    """Every named query and its parameters."""
    lines = []
    for file in files("queries").values():
        lines.append((file.name, "", "", file.grain))
        for parameter in file.parameters:
            default = "must be given" if parameter.required else parameter.default or ""
            lines.append((file.name, parameter.name, default, parameter.help))
    columns = ("query", "parameter", "default", "meaning")
    return Rows(columns=columns, types=("VARCHAR",) * 4, batches=iter([lines]))
