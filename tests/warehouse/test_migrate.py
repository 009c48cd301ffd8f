from pathlib import Path

import pytest

from warehouse import connect, migrate, version
from warehouse.connect import Connection, open_for_reading, open_for_writing, open_in_memory
from warehouse.errors import BadQuery, NewerSchema, NotAWarehouse, WarehouseError
from warehouse.sql import SqlFile, files, parse
from warehouse.version import latest_version, schema_version

NEXT = latest_version() + 1


def known(monkeypatch: pytest.MonkeyPatch, *extra: SqlFile) -> None:
    """Pretend that there are more migrations."""
    more = {**files("migrations"), **{file.name: file for file in extra}}

    def patched(folder: str) -> object:
        return more if folder == "migrations" else files(folder)  # type: ignore[arg-type]

    monkeypatch.setattr(version, "files", patched)
    monkeypatch.setattr(migrate, "files", patched)


def test_a_new_file_gets_every_migration_once() -> None:
    with open_in_memory() as con:
        assert [applied.name for applied in migrate.migrate(con)] == list(files("migrations"))
        assert migrate.migrate(con) == []


def test_an_older_file_gets_what_is_missing(con: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    con.execute("insert into metric values ('kept', 'mean_correct')")
    known(monkeypatch, parse(f"{NEXT:04}_more", "-- More.\nalter table task add column more varchar;"))
    assert [applied.name for applied in migrate.migrate(con)] == [f"{NEXT:04}_more"]
    assert schema_version(con) == NEXT
    assert con.execute("select count(*) from metric where metric = 'kept'").fetchall() == [(1,)]


def test_a_migration_that_fails_leaves_nothing(con: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    known(
        monkeypatch,
        parse(f"{NEXT:04}_bad", "-- Bad.\ncreate table half (a int);\ncreate table half (a int);"),
    )
    with pytest.raises(connect.DatabaseError):
        migrate.migrate(con)
    assert schema_version(con) == NEXT - 1
    assert con.execute("select count(*) from duckdb_tables() where table_name = 'half'").fetchall() == [(0,)]


def test_an_edited_migration_is_an_error(con: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    name = next(iter(files("migrations")))
    known(monkeypatch, parse(name, files("migrations")[name].text + "\n-- edited"))
    with pytest.raises(WarehouseError, match=f"{name} was edited"):
        migrate.migrate(con)


def test_a_newer_file_is_refused_by_every_door(db: Path) -> None:
    with open_for_writing(db) as con:
        con.execute("insert into migration values (9999, 'later', '', now())")
        with pytest.raises(NewerSchema):
            migrate.migrate(con)
    with pytest.raises(NewerSchema, match="9999"), open_for_writing(db):
        pass
    with pytest.raises(NewerSchema, match="update xtb"), open_for_reading(db):
        pass


def test_an_older_file_is_not_read_but_migrated(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, parse(f"{NEXT:04}_more", "-- More.\nselect 1;"))
    with pytest.raises(WarehouseError, match="xtb migrate"), open_for_reading(db):
        pass


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    db = tmp_path / "theirs.duckdb"
    with open_for_writing(db) as con:
        con.execute("create table theirs (a int)")
    with pytest.raises(NotAWarehouse, match="other tables"), open_for_writing(db):
        pass
    with pytest.raises(NotAWarehouse, match="no warehouse"), open_for_reading(db):
        pass


def test_views_are_laid_anew(con: Connection) -> None:
    con.execute("create or replace view run_flat as select 1 as old")
    con.execute("create view mine as select 1 as kept")
    migrate.migrate(con)
    assert con.execute("select count(run_id) from run_flat").fetchall() == [(0,)]
    assert con.execute("from mine").fetchall() == [(1,)]


@pytest.mark.parametrize("cut", [0, 0.3, 0.7])
def test_migration_is_whole_or_not_there_after_an_error(cut: float) -> None:
    """A migration cut off in the middle of its text is no migration."""
    text = files("migrations")["0001_tables"].text
    with open_in_memory() as con:
        broken = parse("0001_tables", text[: 200 + int(len(text) * cut)] + "\nselect * from nothing;")
        with pytest.MonkeyPatch.context() as patch:
            known(patch, broken)
            with pytest.raises((connect.DatabaseError, BadQuery)):
                migrate.migrate(con)
        assert con.execute("select count(*) from duckdb_tables()").fetchall() == [(0,)]
