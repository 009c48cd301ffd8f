"""Bringing a database to the newest schema.

``migrations/NNNN_name.sql`` change the schema, each once and forward, in one transaction with its row
of the ledger ``migration``. Afterwards ``macros/*.sql`` and ``views/*.sql`` are laid anew: they hold no data.
Macros stand on tables and each other, views on tables, macros and other views, which are laid first.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter

from warehouse.connect import Connection, transaction
from warehouse.errors import NewerSchema, WarehouseError
from warehouse.rows import METRICS
from warehouse.sql import SqlFile, files, literal, quote
from warehouse.version import latest_version, schema_version

_LEDGER = """
create table if not exists migration (
    version integer primary key,
    name varchar not null,
    checksum varchar not null,
    applied_at timestamptz not null
);
comment on table migration is 'One row per change of the schema that this file has been through.';
comment on column migration.version is 'number of the change';
comment on column migration.name is 'its file';
comment on column migration.checksum is 'sha256 of its text; an applied migration is never edited';
comment on column migration.applied_at is 'when, UTC';
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """One migration that this call has applied."""

    version: int
    name: str


def migrate(con: Connection) -> list[Applied]:
    """Apply what is missing and lay the views anew.

    Args:
        con: a connection from ``open_for_writing`` or ``open_in_memory``.

    Returns:
        The migrations applied now, oldest first; empty when the schema was the newest.

    Raises:
        NewerSchema: the ledger holds a migration that this xtb does not know.
        WarehouseError: an applied migration was edited afterwards.
    """
    _check_ledger(con)
    now = schema_version(con)
    pending = [(number(file), file) for file in files("migrations").values() if number(file) > now]
    for version, file in pending:
        with transaction(con):
            con.execute(_LEDGER)
            con.execute(file.text)
            con.execute(
                "insert into migration values ($version, $name, $checksum, now())",
                {"version": version, "name": file.name, "checksum": checksum(file)},
            )
    lay_views(con)
    return [Applied(version=version, name=file.name) for version, file in pending]


def lay_views(con: Connection) -> None:
    """Create or replace macros and views with their comments, and the rows of ``metric``, as one."""
    with transaction(con):
        for file in files("macros").values():
            _lay_macro(con, file)
        for file in _in_order():
            con.execute(f"create or replace view {quote(file.name)} as\n{file.text}")
        con.execute(";\n".join(_comments(con)))  # at once: hundreds of small statements take their time
        con.execute(
            "insert or replace into metric select unnest($metrics), unnest($aggregates)",
            {"metrics": list(METRICS), "aggregates": list(METRICS.values())},
        )


def _lay_macro(con: Connection, file: SqlFile) -> None:
    """Create a macro: its arguments are those that the header explains; a query makes it a table function."""
    body = re.sub(r"\A(?:--.*\n)+", "", file.text)
    table = "table" if re.match(r"select\b|with\b|from\b", body) else ""
    arguments = ", ".join(quote(argument) for argument in file.columns)
    con.execute(f"create or replace macro {quote(file.name)}({arguments}) as {table}\n{body}")
    explained = "; ".join(f"{argument}: {text}" for argument, text in file.columns.items())
    con.execute(f"comment on macro {table} {quote(file.name)} is {literal(f'{file.grain} {explained}')}")


def _in_order() -> Iterator[SqlFile]:
    """The views, each after those that it reads."""
    views = files("views")
    read = {
        name: {other for other in re.findall(r"\b(?:from|join) (\w+)", file.text) if other in views}
        for name, file in views.items()
    }
    return (views[name] for name in TopologicalSorter(read).static_order())


def _comments(con: Connection) -> Iterator[str]:
    """Statements that explain the views and their columns.

    A column without words of its own has those of the tables, where the view passes it on under their name.
    """
    told: dict[str, dict[str, str]] = {}
    passed_on = """
        select shown.table_name, shown.column_name, held.comment
        from duckdb_columns() as shown
        inner join duckdb_columns() as held using (column_name)
        inner join duckdb_tables() as owner on owner.table_name = held.table_name
        where list_contains($views, shown.table_name) and held.comment is not null
        order by coalesce(list_position($ranked, owner.table_name), 0), owner.table_name
    """
    ranked = ["stage", "perturbation_level", "encoder", "run", "score"]
    found = con.execute(passed_on, {"views": list(files("views")), "ranked": ranked}).fetchall()
    for view, column, text in found:
        told.setdefault(view, {})[column] = text
    for view, file in files("views").items():
        yield f"comment on view {quote(view)} is {literal(file.grain)}"
        for column, text in (told.get(view, {}) | dict(file.columns)).items():
            yield f"comment on column {quote(view)}.{quote(column)} is {literal(text)}"


def number(file: SqlFile) -> int:
    """The number a migration's name begins with."""
    return int(file.name.split("_")[0])


def checksum(file: SqlFile) -> str:
    """sha256 of a migration's text."""
    return hashlib.sha256(file.text.encode()).hexdigest()


def _check_ledger(con: Connection) -> None:
    version = schema_version(con)
    if version == 0:
        return
    if version > latest_version():
        raise NewerSchema(f"the file has schema {version}, this xtb knows {latest_version()}; update xtb")
    known = {number(file): file for file in files("migrations").values()}
    for applied, name, stored in con.execute("select version, name, checksum from migration").fetchall():
        if checksum(known[applied]) != stored:
            raise WarehouseError(
                f"migration {name} was edited after it had been applied to this file; "
                "restore its text and put the change into a new migration"
            )
