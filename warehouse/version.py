"""Which schema a database has, and which this xtb knows."""

from pathlib import Path
from typing import Any, Protocol

from warehouse.errors import NewerSchema, NotAWarehouse, WarehouseError
from warehouse.sql import files


class Asks(Protocol):
    """As much of a connection as is needed here."""

    def execute(self, sql: str, /) -> Any:
        """Run a statement."""


def schema_version(con: Asks) -> int:
    """Number of the newest migration in the database's ledger; 0 when there is no ledger."""
    ledger = con.execute(
        "select count(*) from duckdb_tables() where schema_name = 'main' and table_name = 'migration'"
    )
    if ledger.fetchall() == [(0,)]:
        return 0
    newest = con.execute("select coalesce(max(version), 0) from migration").fetchall()
    return int(newest[0][0])


def latest_version() -> int:
    """Number of the newest migration this xtb knows."""
    return max(int(name.split("_")[0]) for name in files("migrations"))


def check_schema(con: Asks, path: Path) -> None:
    """See that a file can be read with the SQL of this xtb.

    Raises:
        NotAWarehouse: it holds no warehouse.
        NewerSchema: it was written by a newer xtb; WarehouseError when by an older one.
    """
    version = schema_version(con)
    if version == 0:
        raise NotAWarehouse(f"{path} is a DuckDB file but no warehouse; choose another --db")
    if version > latest_version():
        raise newer(path, version)
    if version < latest_version():
        raise WarehouseError(
            f"{path} has schema {version}, this xtb needs {latest_version()}; run: xtb migrate --db {path}"
        )


def newer(path: Path, version: int) -> NewerSchema:
    """The error for a file of a newer xtb."""
    return NewerSchema(
        f"{path} has schema {version}, this xtb knows {latest_version()}; "
        "update xtb, or ingest into a new file"
    )
