"""The warehouse file made anew from run folders, in place of the old one.

The new file grows beside the old one and takes its place by one rename, so that a kill leaves the old
file whole. What the folders do not hold is carried over from the old file: runs whose folder is
elsewhere or gone, published numbers, rows of dimensions, and when each file was first taken in. Hence
the result is the old warehouse, table by table, but for what was damaged in it.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from warehouse.connect import Connection, transaction
from warehouse.errors import WarehouseError
from warehouse.load import LoadReport, load_runs
from warehouse.rows import FACTS
from warehouse.sql import literal, quote
from warehouse.version import latest_version

_OLD = "before"
_NOT_COPIED = ("migration", "metric")  # what the new file's own migration writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What the folders gave, and how many runs of the old file they do not hold."""

    reports: tuple[LoadReport, ...]
    carried: int


def rebuild(
    con: Connection,
    folders: Sequence[Path],
    old: Path | None,
    *,
    on_folder: Callable[[int, int, Path], None] | None = None,
) -> Rebuilt:
    """Fill a new warehouse from run folders, and carry over what only the old one holds.

    Args:
        con: the new file, migrated and with its dimensions.
        folders: run folders, or folders above some.
        old: the old file, None where there is none.
        on_folder: as in ``load_runs``.

    Raises:
        WarehouseError: files that the old warehouse has taken in are gone from a run folder that is there, or
            the old file has another schema.
    """
    reports = tuple(load_runs(con, folder, on_folder=on_folder) for folder in folders)
    carried = 0
    if old is not None:
        con.execute(
            f"attach {literal(str(old))} as {_OLD}"
        )  # for writing: nobody else may change it meanwhile
        try:
            carried = _carry_over(con, old)
        finally:
            con.execute(f"detach {_OLD}")
    return Rebuilt(reports=reports, carried=carried)


@contextmanager
def in_place_of(path: Path) -> Iterator[Path]:
    """A path beside the file, which takes its place when the block ends well."""
    new = path.with_name(f".{path.name}.{os.getpid()}.rebuilt")
    try:
        yield new
        new.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        for leftover in (new, new.with_name(f"{new.name}.wal")):
            with suppress(FileNotFoundError):
                leftover.unlink()


def _carry_over(con: Connection, old: Path) -> int:
    version = con.execute(f"select coalesce(max(version), 0) from {_OLD}.migration").fetchall()[0][0]
    if version != latest_version():
        raise WarehouseError(
            f"{old} has schema {version}, not {latest_version()}; first: xtb migrate --db {old}"
        )
    _refuse_to_lose(con, old)
    missing = f"select run_id from {_OLD}.run anti join run using (run_id)"
    with transaction(con):
        con.execute(f"create temp table carried as {missing}")
        for table, columns in _tables(con).items():
            if table in _NOT_COPIED:
                continue
            source = f"{_OLD}.{quote(table)}"
            if table in (*FACTS, "run", "shard") or (columns & {"run_id"} and not _is_keyed(con, table)):
                con.execute(
                    f"""
                    insert into {quote(table)} by name from {source}
                    where run_id is null or run_id in (select run_id from carried)
                    """
                )
            elif _is_keyed(con, table):
                con.execute(f"insert or ignore into {quote(table)} by name from {source}")
            else:
                con.execute(f"insert into {quote(table)} by name from {source}")
        con.execute(
            f"""
            insert or ignore into shard by name
            from {_OLD}.shard where table_name in ('run', 'encoder')
            """
        )
        _keep_ledger(con)
        carried = con.execute("select count(*) from carried").fetchall()[0][0]
        con.execute("drop table carried")
    con.execute(f"checkpoint {_OLD}")  # its log would be taken for the new file's
    return int(carried)


def _keep_ledger(con: Connection) -> None:
    """When each file was first taken in, and which of files that overlap brought a row they share."""
    totals = "select run_id, table_name, sum(rows) as total from {} group by all"
    con.execute(
        f"""
        update shard
        set loaded_at = known.loaded_at, rows = if(same.run_id is null, shard.rows, known.rows)
        from {_OLD}.shard as known
        left join (
            {totals.format("shard")} intersect {totals.format(f"{_OLD}.shard")}
        ) as same using (run_id, table_name)
        where known.sha256 = shard.sha256
        """
    )


def _refuse_to_lose(con: Connection, old: Path) -> None:
    lost = con.execute(
        f"""
        select known.run_id, count(*), sum(known.rows)
        from {_OLD}.shard as known
        semi join run using (run_id)
        anti join shard using (sha256)
        where known.table_name not in ('run', 'encoder') and known.rows > 0
        group by all
        order by all
        """
    ).fetchall()
    if lost:
        run_id, files, rows = lost[0]
        raise WarehouseError(
            f"{sum(one[1] for one in lost)} files that {old} has taken in are gone from their run "
            f"folders, such as {files} of run {run_id} with {rows:,} rows; nothing was changed. Give all "
            "folders, or put the files back"
        )


def _tables(con: Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    here = "database_name = current_database() and not internal"
    for table, column in con.execute(
        "select table_name, column_name from duckdb_columns() "
        f"where {here} and table_name in "
        f"(select table_name from duckdb_tables() where {here} and not temporary)"
    ).fetchall():
        found.setdefault(table, set()).add(column)
    return found


def _is_keyed(con: Connection, table: str) -> bool:
    found = con.execute(
        "select count(*) from duckdb_constraints() where database_name = current_database() "
        "and constraint_type = 'PRIMARY KEY' and table_name = $table",
        {"table": table},
    ).fetchall()
    return bool(found[0][0])
