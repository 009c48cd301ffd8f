"""Taking in and migrating, as ordeals for ``tests.killing``."""

from pathlib import Path

from tests.killing import Ordeal
from tests.support import dimensions, tables, write_run_folder
from warehouse.check import check
from warehouse.connect import Connection, open_for_writing, open_in_memory
from warehouse.load import load_dimensions, load_runs
from warehouse.migrate import migrate
from warehouse.version import latest_version, schema_version

RUNS = 4


def reset(folder: Path) -> None:
    """Some runs, and no warehouse."""
    folder.mkdir(exist_ok=True)
    for path in folder.glob("xtb.duckdb*"):
        path.unlink()
    if not (folder / "runs").exists():
        for number in range(RUNS):
            write_run_folder(folder / "runs", f"r{number}", seed=number, examples=20, shards=2)


def take_in(folder: Path) -> None:
    """As ``xtb ingest`` does."""
    with open_for_writing(folder / "xtb.duckdb", wait_seconds=120) as con:
        _fill(con, folder / "runs")


def sound(folder: Path) -> None:
    """Every run is there whole or not at all, and the checks are clean."""
    if not (folder / "xtb.duckdb").exists():
        return
    with open_for_writing(folder / "xtb.duckdb", wait_seconds=120) as con:
        migrate(con)
        load_dimensions(con, dimensions())
        assert check(con) == []
        files = "select count(*) from shard where table_name <> 'encoder' group by run_id"
        assert {row[0] for row in con.execute(files).fetchall()} <= {1 + 6}  # run.json and six shards


def whole(folder: Path) -> None:
    """The warehouse is what one load makes of the runs."""
    with open_for_writing(folder / "xtb.duckdb", wait_seconds=120) as con:
        assert check(con) == []
        found = tables(con)
    with open_in_memory() as con:
        _fill(con, folder / "runs")
        assert found == tables(con)


def _fill(con: Connection, runs: Path) -> None:
    migrate(con)
    load_dimensions(con, dimensions())
    assert load_runs(con, runs).problems == ()


def bring_up(folder: Path) -> None:
    """As ``xtb migrate`` does."""
    with open_for_writing(folder / "xtb.duckdb", wait_seconds=120) as con:
        migrate(con)


def at_some_schema(folder: Path) -> None:
    """The ledger names every change once, up to some version."""
    if not (folder / "xtb.duckdb").exists():
        return
    with open_for_writing(folder / "xtb.duckdb", wait_seconds=120) as con:
        version = schema_version(con)
        if version:
            rows = con.execute("select version from migration order by version").fetchall()
            assert rows == [(number,) for number in range(1, version + 1)]


def at_the_newest(folder: Path) -> None:
    """Tables, views, columns and comments are those of a file that was never disturbed."""
    with open_for_writing(folder / "xtb.duckdb", wait_seconds=120) as con:
        assert schema_version(con) == latest_version()
        found = _catalogue(con)
    fresh = folder / "fresh" / "xtb.duckdb"  # of the same name: it stands in the text of views
    if not fresh.exists():
        fresh.parent.mkdir()
        bring_up(fresh.parent)
    with open_for_writing(fresh) as con:
        assert found == _catalogue(con)


def _catalogue(con: Connection) -> object:
    columns = "select table_name, column_name, data_type, comment from duckdb_columns() where not internal"
    views = "select view_name, sql, comment from duckdb_views() where not internal"
    return [con.execute(f"{query} order by all").fetchall() for query in (columns, views)]


INGEST = Ordeal(reset=reset, work=take_in, sound=sound, whole=whole)
MIGRATION = Ordeal(reset=reset, work=bring_up, sound=at_some_schema, whole=at_the_newest)
