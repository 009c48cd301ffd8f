"""The door to the database file: the only import of duckdb.

    open_for_reading   trusted SQL of xtb itself; other readers may be there too
    open_for_writing   the one writer; waits for the lock and says who holds it
    open_sandboxed     SQL typed by people: reads the warehouse and nothing else
    open_in_memory     an empty database without a file

Each is a context manager that closes the file, and within it a DuckDB error becomes one of
``warehouse.errors``. Memory is limited to half of the machine's, at most 3 GiB, so that a process with a
large file stays below 4 GB; what needs more spills beside the file. A DuckDB writer shuts out every other
process, readers too, so the file is opened for as short as possible.
"""

import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from warehouse.errors import BadQuery, NotAWarehouse, WarehouseLocked
from warehouse.faults import HOLDER, explain
from warehouse.version import check_schema, latest_version, newer, schema_version

Connection: TypeAlias = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error

STORAGE = "v1.4.0"
"""The oldest DuckDB that can read our files. Its format costs no more than 2.0's, which no 1.x reads."""

_CONFIG: dict[str, Any] = {
    "autoinstall_known_extensions": False,  # a query that needs one would wait for a server
    "autoload_known_extensions": False,
    "python_enable_replacements": False,  # SQL sees registered frames only, not Python variables
    "storage_compatibility_version": STORAGE,
}
_READS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI)
READ_WAIT = 10.0
WRITE_WAIT = 60.0


_TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".gz", ".zst")


@contextmanager
def open_for_reading(
    path: Path, *, wait_seconds: float = READ_WAIT, on_wait: Callable[[str], None] | None = None
) -> Iterator[Connection]:
    """A connection that cannot change the warehouse; other readers may be open beside it.

    Args:
        path: the warehouse file.
        wait_seconds: how long to wait for a writer to finish.
        on_wait: called once with a sentence that names the holder, if there is waiting to do.

    Raises:
        NotAWarehouse: the file is missing or something else.
        NewerSchema: it was written by a newer xtb; WarehouseError when by an older one.
        WarehouseLocked: another process still writes after ``wait_seconds``.
    """
    with _connection(path, wait_seconds, on_wait, read_only=True) as con:
        check_schema(con, path)
        yield con


@contextmanager
def open_for_writing(
    path: Path,
    *,
    make: bool = True,
    wait_seconds: float = WRITE_WAIT,
    on_wait: Callable[[str], None] | None = None,
) -> Iterator[Connection]:
    """The one connection that may write.

    Args:
        path: the warehouse file.
        make: make the file when there is none (``migrate`` fills it).
        wait_seconds: how long to wait for other processes to close it.
        on_wait: as in ``open_for_reading``.

    Raises:
        WarehouseLocked: another process holds the file after ``wait_seconds``.
        NewerSchema: written by a newer xtb.
        NotAWarehouse: the file holds something else.
    """
    _must_not_be_a_table(path)
    if not make:
        _must_exist(path)
    elif not path.parent.is_dir():
        raise NotAWarehouse(f"cannot make {path}: there is no folder {path.parent}")
    elif not path.exists():
        _make(path)
    with _connection(path, wait_seconds, on_wait, read_only=False) as con:
        version = schema_version(con)
        if version == 0 and con.execute("select count(*) from duckdb_tables()").fetchall() != [(0,)]:
            raise NotAWarehouse(f"{path} is a DuckDB file with other tables; choose another --db")
        if version > latest_version():
            raise newer(path, version)
        yield con


@contextmanager
def open_in_memory() -> Iterator[Connection]:
    """An empty database that lives as long as the block; ``migrate`` makes it a warehouse."""
    with _translated(Path(":memory:")):
        con = duckdb.connect(config=_CONFIG)
        try:
            _settle(con)
            yield con
        finally:
            con.close()


class Sandbox:
    """A connection for SQL that people type: it reads the warehouse and does nothing else.

    ``read_only`` and ``enable_external_access=false`` are not enough. DuckDB 2.0 still lets COPY write
    beside the file (its ``.wal`` and spill folder stay allowed, so ``copy ... to 'x.duckdb.wal'`` ruins
    the warehouse), also inside ``with``. Hence statements other than queries are refused, and so is
    the word COPY outside quotes.
    """

    def __init__(self, con: Connection) -> None:
        self._con = con

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Connection:
        """As ``Connection.execute``.

        Raises:
            BadQuery: the statement would do more than read.
        """
        self._refuse_all_but_reading(sql)
        return self._con.execute(sql, parameters)

    def sql(self, sql: str, params: Mapping[str, Any] | None = None) -> duckdb.DuckDBPyRelation:
        """As ``Connection.sql``.

        Raises:
            BadQuery: the statement would do more than read.
        """
        self._refuse_all_but_reading(sql)
        return self._con.sql(sql, params=params)

    def interrupt(self) -> None:
        """End the query that runs in another thread."""
        self._con.interrupt()

    def _refuse_all_but_reading(self, sql: str) -> None:
        statements = self._con.extract_statements(sql)
        if len(statements) != 1:
            raise BadQuery(f"one statement at a time, this has {len(statements)}")
        if statements[0].type not in _READS:
            kind = statements[0].type.name.replace("_", " ")
            raise BadQuery(
                f"{kind} does not read: only SELECT, WITH, FROM, VALUES, PIVOT, DESCRIBE, SHOW, SUMMARIZE "
                "and EXPLAIN run here (xtb sql --unsafe lifts this)"
            )
        if "copy" in _bare_words(sql):
            raise BadQuery('COPY does not read; a column of that name is written "copy"')


@contextmanager
def open_sandboxed(
    path: Path, *, wait_seconds: float = READ_WAIT, on_wait: Callable[[str], None] | None = None
) -> Iterator[Sandbox]:
    """A ``Sandbox``: cannot write, read files, load extensions, change settings or see Python variables.

    Raises:
        NotAWarehouse, NewerSchema, WarehouseLocked: as ``open_for_reading``.
    """
    config = {"enable_external_access": False}
    with _connection(path, wait_seconds, on_wait, read_only=True, config=config) as con:
        check_schema(con, path)
        con.execute("set lock_configuration = true")
        yield Sandbox(con)


@contextmanager
def transaction(con: Connection) -> Iterator[None]:
    """Commit what the block did, or undo all of it."""
    con.begin()
    try:
        yield
        con.commit()
    except BaseException:
        with suppress(duckdb.Error):  # a failed commit has ended the transaction already
            con.rollback()
        raise


def is_exhausted(error: DatabaseError) -> bool:
    """Did a statement fail for want of memory or disk, rather than for what it read?"""
    return isinstance(error, duckdb.OutOfMemoryException) or "No space left" in str(error)


@contextmanager
def _connection(
    path: Path,
    wait_seconds: float,
    on_wait: Callable[[str], None] | None,
    *,
    read_only: bool,
    config: Mapping[str, Any] | None = None,
) -> Iterator[Connection]:
    if read_only:
        _must_exist(path)
    with _translated(path):
        limit = {"memory_limit": f"{_memory_mib()}MiB"}
        con = _wait_for(path, wait_seconds, on_wait, read_only, {**_CONFIG, **limit, **(config or {})})
        try:
            _settle(con)
            yield con
        finally:
            con.close()


def _settle(con: Connection) -> None:
    con.execute("set TimeZone = 'UTC'")
    con.execute("set enable_progress_bar = false")  # it would be drawn on standard output, into the result


def _wait_for(
    path: Path,
    wait_seconds: float,
    on_wait: Callable[[str], None] | None,
    read_only: bool,
    config: dict[str, Any],
) -> Connection:
    deadline = time.monotonic() + wait_seconds
    pause = 0.02
    told = False
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.IOException as error:
            holder = HOLDER.search(str(error))
            if holder is None:
                raise
            who = f"{path} is in use by process {holder[2]} ({holder[1]})"
            if time.monotonic() >= deadline:
                waited = f" after {wait_seconds:g} s" if wait_seconds else ""
                raise WarehouseLocked(
                    f"{who}{waited}; wait for it to end, or close the program that has it open"
                ) from error
        if on_wait is not None and not told:
            on_wait(f"{who}; waiting up to {wait_seconds:g} s")
            told = True
        time.sleep(min(pause * random.uniform(0.5, 1.5), max(deadline - time.monotonic(), 0)))
        pause = min(pause * 1.5, 0.5)


def _make(path: Path) -> None:
    """Make an empty database that appears whole: one half made is no database to another process."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with _translated(path):
            duckdb.connect(str(temporary), config=_CONFIG).close()
        with suppress(FileExistsError):  # another process was first
            os.link(temporary, path)
    finally:
        with suppress(OSError):  # none was made, or the file system is read-only
            temporary.unlink()


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise NotAWarehouse(f"there is no warehouse at {path}; make one: xtb ingest runs/ --db {path}")
    _must_not_be_a_table(path)


def _must_not_be_a_table(path: Path) -> None:
    """DuckDB opens no file of such a name: it works in memory beside it, and all is lost in the end."""
    if path.suffix.lower() in _TABLES:
        raise NotAWarehouse(f"{path} is named as a table, not a warehouse; choose another --db, as x.duckdb")


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # how DuckDB 2.0 reports Ctrl-C
            raise KeyboardInterrupt from error
        raise
    except duckdb.Error as error:
        raise explain(type(error).__name__, str(error), path) from error


def _bare_words(sql: str) -> set[str]:
    encoded = sql.encode()
    tokens = duckdb.tokenize(sql)
    ends = [start for start, _ in tokens[1:]] + [len(encoded)]
    quoted = (duckdb.token_type.string_const, duckdb.token_type.comment)
    return {
        encoded[start:end].decode().strip().lower()
        for (start, kind), end in zip(tokens, ends, strict=True)
        if kind not in quoted
    }


def _memory_mib() -> int:
    half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    return min(half, 3 * 2**30) // 2**20
