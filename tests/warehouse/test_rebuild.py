"""A warehouse grown step by step and one made anew from the same folders."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import dimensions, tables, write_record, write_run_folder
from warehouse.check import check
from warehouse.connect import open_for_reading, open_for_writing
from warehouse.errors import WarehouseError
from warehouse.load import load_dimensions, load_runs
from warehouse.migrate import migrate
from warehouse.rebuild import Rebuilt, in_place_of, rebuild


def make_anew(db: Path, *folders: Path) -> Rebuilt:
    with in_place_of(db) as new, open_for_writing(new) as con:
        migrate(con)
        load_dimensions(con, dimensions())
        return rebuild(con, folders, db)


def everything(db: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, but when migrations were applied."""
    with open_for_reading(db) as con:
        found = tables(con)
        rest = con.execute(
            "select table_name from duckdb_tables() where not internal order by all"
        ).fetchall()
        for (name,) in rest:
            if name not in (*found, "migration"):
                found[name] = con.execute(f'select * from "{name}" order by all').fetchall()
        found["loaded_at"] = con.execute(
            "select sha256, epoch_us(loaded_at) from shard order by all"
        ).fetchall()
        return found


Step = tuple[int, int, bool]
"""Number of a run, shards it is measured in, and whether its record is written again, later."""


def grow_and_make_anew(template: Path, folder: Path, steps: list[Step], elsewhere: bool) -> None:
    for name in ("runs", "other"):
        shutil.rmtree(folder / name, ignore_errors=True)
    db = Path(shutil.copy(template, folder / "xtb.duckdb"))
    written_again: set[int] = set()
    for number, shards, again in steps:
        run_id = f"r{number}"
        write_run_folder(folder / "runs", run_id, shards=shards, seed=number)
        written_again |= {number} if again else set()
        if number in written_again:  # a record on disk never goes back to an earlier one
            later = "2026-02-01T00:00:00"
            write_record(folder / "runs" / run_id, run_id=run_id, seed=number, started_at=later)
        with open_for_writing(db) as con:
            load_runs(con, folder / "runs")
    if elsewhere:
        write_run_folder(folder / "other", "r9", source="lm-eval")
        with open_for_writing(db) as con:
            load_runs(con, folder / "other")
    before = everything(db)
    done = make_anew(db, folder / "runs")
    assert everything(db) == before
    assert done.carried == int(elsewhere)
    assert list(folder.glob("*rebuilt*")) == []
    with open_for_reading(db) as con:
        assert [found for found in check(con) if "foreign" not in found.check] == []


def test_it_is_the_same_table_by_table(template: Path, tmp_path: Path) -> None:
    grow_and_make_anew(template, tmp_path, [(1, 1, False), (2, 1, True), (1, 2, True)], elsewhere=True)


@pytest.mark.slow
def test_published_numbers_stay_also_those_that_are_no_score(published_db: Path, tmp_path: Path) -> None:
    db = Path(shutil.copy(published_db, tmp_path / "xtb.duckdb"))
    write_run_folder(tmp_path / "runs")
    with open_for_writing(db) as con:
        load_runs(con, tmp_path / "runs")
        numbers = "select count(*), count(run_id) from published"
        [(every, scored)] = con.execute(numbers).fetchall()
        assert every > scored > 0
    make_anew(db, tmp_path / "runs")
    with open_for_reading(db) as con:
        assert con.execute(numbers).fetchall() == [(every, scored)]
        assert [found.check for found in check(con) if found.check == "published"] == []


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.booleans()), min_size=1, max_size=5),
    elsewhere=st.booleans(),
)
def test_it_is_the_same_however_it_grew(
    template: Path, tmp_path: Path, steps: list[Step], elsewhere: bool
) -> None:
    grow_and_make_anew(template, tmp_path, steps, elsewhere)


def test_files_that_are_gone_stop_it_and_the_old_file_stays(db: Path, tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path / "runs")
    with open_for_writing(db) as con:
        load_runs(con, tmp_path / "runs")
    before = everything(db)
    next(folder.glob("outcome-*")).unlink()
    with pytest.raises(WarehouseError, match=r"1 files that .* are gone .* run r1 with 24 rows"):
        make_anew(db, tmp_path / "runs")
    assert everything(db) == before
    assert list(tmp_path.glob(".xtb*")) == []


@pytest.mark.slow
def test_damage_in_the_old_file_does_not_come_back(db: Path, tmp_path: Path) -> None:
    write_run_folder(tmp_path / "runs")
    with open_for_writing(db) as con:
        load_runs(con, tmp_path / "runs")
    before = everything(db)
    with open_for_writing(db) as con:
        con.execute("delete from score where language = 'de'")
        con.execute("update outcome set correct = 0.5")
    make_anew(db, tmp_path / "runs")
    assert everything(db) == before
