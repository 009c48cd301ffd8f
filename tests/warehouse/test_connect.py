import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from warehouse.connect import (
    DatabaseError,
    open_for_reading,
    open_for_writing,
    open_in_memory,
    open_sandboxed,
    transaction,
)
from warehouse.errors import BadQuery, NotAWarehouse, WarehouseError, WarehouseLocked
from warehouse.query import query
from warehouse.rows import METRICS


@contextmanager
def held(db: Path, *, door: str = "open_for_writing", seconds: float = 60) -> Iterator[int]:
    """Another process that has the file open for a while; gives its PID."""
    code = f"""
        import time
        from pathlib import Path
        from warehouse.connect import {door}
        with {door}(Path({str(db)!r})) as con:
            print("open", flush=True)
            time.sleep({seconds})
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        try:
            yield process.pid
        finally:
            process.kill()


@pytest.mark.parametrize("door", [open_for_reading, open_for_writing, open_sandboxed])
def test_a_held_file_names_the_holder(db: Path, door: object) -> None:
    said: list[str] = []
    with held(db) as pid:
        began = time.monotonic()
        with (
            pytest.raises(WarehouseLocked, match=rf"process {pid} .*after 0.3 s.*close"),
            door(db, wait_seconds=0.3, on_wait=said.append),  # type: ignore[operator]
        ):
            pass
        assert 0.3 <= time.monotonic() - began < 10
    assert len(said) == 1
    assert str(pid) in said[0]


def test_a_writer_waits_until_the_holder_is_gone(db: Path) -> None:
    with held(db, seconds=0.5), open_for_writing(db, wait_seconds=60) as con:
        assert con.execute("select count(*) from run").fetchall() == [(0,)]


def test_readers_do_not_disturb_each_other_but_keep_a_writer_out(db: Path) -> None:
    with held(db, door="open_for_reading") as pid:
        with open_for_reading(db, wait_seconds=0) as con:
            assert con.execute("select 1").fetchall() == [(1,)]
        with pytest.raises(WarehouseLocked, match=str(pid)), open_for_writing(db, wait_seconds=0):
            pass


def test_two_modes_in_one_process_are_told_apart_from_damage(db: Path) -> None:
    with open_for_reading(db), pytest.raises(WarehouseLocked), open_for_writing(db, wait_seconds=0):
        pass


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    for door in (open_for_reading, open_sandboxed):
        with pytest.raises(NotAWarehouse, match="xtb ingest"), door(tmp_path / "none.duckdb"):
            pass
    with (
        pytest.raises(NotAWarehouse, match="xtb ingest"),
        open_for_writing(tmp_path / "none.duckdb", make=False),
    ):
        pass
    with pytest.raises(NotAWarehouse, match="no folder"), open_for_writing(tmp_path / "no" / "x.duckdb"):
        pass


@pytest.mark.parametrize("content", [b"", b"hello world" * 1000, os.urandom(20000)])
def test_a_file_that_is_no_database_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "junk.duckdb"
    path.write_bytes(content)
    with pytest.raises(NotAWarehouse, match=r"junk\.duckdb"), open_for_reading(path):
        pass


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(NotAWarehouse, match="no DuckDB file"), open_for_reading(tmp_path):
        pass


@pytest.mark.parametrize("cut", [5000, 14000])
def test_a_truncated_database_is_one_line(db: Path, cut: int) -> None:
    db.write_bytes(db.read_bytes()[:cut])
    with pytest.raises(WarehouseError) as caught, open_for_reading(db) as con:
        con.execute("select count(*), max(task) from task").fetchall()
    assert "\n" not in str(caught.value)


def test_bad_sql_is_one_line(db: Path) -> None:
    with (
        pytest.raises(BadQuery, match=r"Candidate bindings.*\(line 2: from") as caught,
        open_for_reading(db) as con,
    ):
        con.execute("select 1,\nfrom run where runid = 1")
    assert "\n" not in str(caught.value)
    assert "http" not in str(caught.value)


def test_a_full_disk_is_one_line_and_keeps_the_old_rows(db: Path) -> None:
    """A limit on the size of files, set in a process of its own, stands for the full disk."""
    code = f"""
        import resource
        from pathlib import Path
        from warehouse.connect import open_for_writing
        from warehouse.errors import WarehouseError
        size = {db.stat().st_size} + 100_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            with open_for_writing(Path({str(db)!r})) as con:
                noise = "select md5(r::varchar), md5(random()::varchar) from range(200000) as t(r)"
                con.execute("insert into metric " + noise)
        except WarehouseError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )
    assert "no space left" in done.stdout, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 1
    with open_for_reading(db) as con:
        assert con.execute("select count(*) from metric").fetchall() == [(len(METRICS),)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_one_line(db: Path) -> None:
    db.parent.chmod(0o500)
    try:
        with pytest.raises(WarehouseError, match="no permission"), open_for_writing(db) as con:
            con.execute("insert into metric values ('x', 'mean_correct')")
        with (
            pytest.raises(WarehouseError, match="no permission"),
            open_for_writing(db.with_name("new.duckdb")),
        ):
            pass
    finally:
        db.parent.chmod(0o700)


def test_a_transaction_is_undone_by_an_error(db: Path) -> None:
    with open_for_writing(db) as con:
        with pytest.raises(DatabaseError), transaction(con):
            con.execute(
                "insert into metric values ('x', 'mean_correct'); select error('too late')"
            ).fetchall()
        assert con.execute("select count(*) from metric where metric = 'x'").fetchall() == [(0,)]


def test_sandbox_reads(db: Path) -> None:
    with open_sandboxed(db) as con:
        for sql in (
            "select 1",
            "with t as (select 1 as a) select a from t",
            "from metric",
            "values (1)",
            "pivot metric on aggregate using count(*)",
            "describe run",
            "show tables",
            "summarize metric",
            "explain select 1",
            "explain analyze select 1",
            "select 'copy' as \"copy\" -- copy",
            "select $$ copy $$",
        ):
            assert con.execute(sql).fetchall(), sql
        assert query(con, "select $a::int + 1 as b", {"a": "1"}).item() == 2


ATTACKS = (
    "insert into metric values ('x', 'y')",
    "create table t (a int)",
    "create temp table t (a int)",
    "drop table score",
    "update metric set metric = 'x'",
    "with gone as (delete from metric returning *) select * from gone",
    "copy metric to '{folder}/out.csv'",
    "copy (select 1) to '{db}.wal'",
    "with c as (copy metric to '{db}.wal') select * from c",
    "WITH c AS (/**/COPY\nmetric to '{db}.wal' (use_tmp_file false)) select * from c",
    "explain analyze copy metric to '{db}.wal'",
    "explain analyze with c as (copy metric to '{db}.wal') select * from c",
    "copy (select 1) to '{db}.tmp/out.csv'",
    "export database '{db}.tmp'",
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from glob('/etc/*')",
    "attach '{folder}/other.duckdb'",
    "attach '{db}.wal' as w",
    "install httpfs",
    "load '{folder}/x.duckdb_extension'",
    "set enable_external_access = true",
    "reset lock_configuration",
    "set memory_limit = '1TB'",
    "pragma enable_profiling",
    "from enable_logging(storage = 'file', storage_path = '{folder}/log')",
    "from enable_profiling(save_location = '{db}.wal')",
    "checkpoint",
    "begin",
    "use memory",
    "prepare p as select 1",
    "call pragma_version()",
    "select 1; select 2",
    "select 1; copy metric to '{db}.wal'",
    "from query('with c as (copy metric to ''{db}.wal'') from c')",
    "pivot (with c as (copy metric to '{db}.wal') from c) on metric",
    "select * from secret_frame",
    "vacuum",
    "",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_sandbox_does_nothing_but_read(db: Path, attack: str) -> None:
    secret_frame = pl.DataFrame({"a": [1]})
    assert secret_frame.height == 1
    before = {path: path.read_bytes() for path in db.parent.iterdir()}
    with pytest.raises((BadQuery, WarehouseError)), open_sandboxed(db) as con:
        con.execute(attack.format(folder=db.parent, db=db)).fetchall()
    assert {path: path.read_bytes() for path in db.parent.iterdir()} == before


def test_sandbox_spills_beside_the_file_when_memory_ends(db: Path) -> None:
    with open_sandboxed(db) as con:
        limit = con.execute("select current_setting('memory_limit')").fetchall()[0][0]
        folder = con.execute("select current_setting('temp_directory')").fetchall()[0][0]
    assert limit.endswith("GiB")
    assert folder == f"{db}.tmp"


def test_memory_database_sees_no_python_variables() -> None:
    frame = pl.DataFrame({"a": [1]})
    assert frame.height == 1
    with pytest.raises(BadQuery), open_in_memory() as con:
        con.execute("from frame")


@pytest.mark.parametrize("delay", [0.0, 0.003, 0.05, 0.3])
def test_an_interrupt_ends_a_long_query(db: Path, delay: float) -> None:
    code = f"""
        from pathlib import Path
        from warehouse.connect import open_sandboxed
        from warehouse.interrupt import interruptibly
        endless = "select count(*) from range(100000000000) as t(a) where a % 7 = 3"
        try:
            with open_sandboxed(Path({str(db)!r})) as con:
                print("asking", flush=True)
                interruptibly(con, lambda: con.execute(endless).fetchall())
        except KeyboardInterrupt:
            print("interrupted")
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "asking\n"
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=60)[0] == "interrupted\n"
        finally:
            process.kill()


def test_duckdb_errors_below_are_chained(db: Path) -> None:
    with pytest.raises(BadQuery) as caught, open_for_reading(db) as con:
        con.execute("select x")
    assert isinstance(caught.value.__cause__, DatabaseError)


def test_the_file_is_one_that_older_clients_can_open(db: Path) -> None:
    # After its checksum and "DUCK" a file has the version of its format; 1.4 reads up to 67, 2.0 writes 69.
    head = db.read_bytes()[8:20]
    assert head[:4] == b"DUCK"
    assert int.from_bytes(head[4:], "little") == 67


def test_a_name_that_duckdb_takes_for_a_table_is_refused_before_work_is_lost(tmp_path: Path) -> None:
    with pytest.raises(NotAWarehouse, match="named as a table"), open_for_writing(tmp_path / "x.csv"):
        pass
    assert not list(tmp_path.iterdir())
