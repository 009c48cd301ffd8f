import os
import shutil
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.support import write_run_folder
from warehouse import open_warehouse
from warehouse.connect import Connection, open_for_reading, open_for_writing, open_sandboxed
from warehouse.errors import BadQuery, NotAWarehouse, UnknownName, UsageError
from warehouse.load import load_runs
from warehouse.query import bind, named, query, query_names, relation_names, resolve, rows
from warehouse.sql import files

ASK_FOR_MORE = ("attack_success_by_regime", "behaviour", "coverage", "gradient_masking")
"""Queries that find nothing in the filled warehouse."""

GIVEN = {
    "a": "r1",
    "attack": "greedy_char",
    "b": "r2",
    "encoder": "XLM-R Base",
    "k": "1",
    "language": "de",
    "least": "0.001",
    "limit": "3",
    "perturbation": "typo_mix",
    "regime": "stilts",
    "risks": "none",
    "run": "r",
    "severity": "1",
    "split": "test",
    "target": "xnli",
    "task": "xnli",
}

OF_PUBLISHED = {
    "editions",
    "seed_spread_published",
    "stilts_headline_gains",
    "training_mix_published",
    "transfer_published",
    "xnli_published",
}
"""Queries that own runs do not answer; tests/ingest/test_published_queries.py has their numbers."""


@pytest.fixture(scope="module")
def filled(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of two runs; nobody writes to it."""
    place = tmp_path_factory.mktemp("filled")
    db = Path(shutil.copy(template, place / "xtb.duckdb"))
    write_run_folder(place / "runs", "r1", perturbations={"typo_mix": [1, 2], "unicode_nfd": [1]})
    write_run_folder(
        place / "runs",
        "r2",
        perturbations={"typo_mix": [1, 2], "unicode_nfd": [1]},
        regime="stilts",
        intermediate="mnli",
        correct=lambda language, perturbation, severity, number: float(number >= severity),
    )
    with open_for_writing(db) as con:
        load_runs(con, place / "runs")
    return db


def test_frames_have_typed_columns(filled: Path) -> None:
    with open_sandboxed(filled) as con:
        frame = query(con, "select started_at, seed, sum(seed) as total from run group by all")
    assert dict(frame.schema) == {
        "started_at": pl.Datetime("us", "UTC"),
        "seed": pl.Int64,
        "total": pl.Int64,
    }


def test_rows_come_as_python_values(filled: Path) -> None:
    with open_sandboxed(filled) as con:
        result = rows(con, "select run_id, started_at from run order by run_id limit 1")
        assert result.columns == ("run_id", "started_at")
        assert result.all() == [("r1", datetime(2026, 1, 1, tzinfo=UTC))]
        assert len(rows(con, "from range(25000)").all()) == 25000


def test_names_that_come_twice_are_numbered(con: Connection) -> None:
    sql = "select 1 as a, 2 as a, 3 as a_1"
    result = rows(con, sql)
    assert (result.columns, result.all()) == (("a", "a_1", "a_1_1"), [(1, 2, 3)])
    assert query(con, sql).row(0) == (1, 2, 3)


def test_a_value_is_a_parameter(con: Connection) -> None:
    hostile = "x'; drop table run; --"
    assert query(con, "select $a as a", {"a": hostile}).item() == hostile


@pytest.mark.parametrize("name", list(files("queries")))
def test_every_named_query_answers_in_the_sandbox(filled: Path, name: str) -> None:
    file = named(name)
    needed = {one.name: GIVEN[one.name] for one in file.parameters if one.required}
    with open_sandboxed(filled) as con:
        plain = rows(con, *resolve(con, name, needed)).all()
        assert bool(plain) == (name not in OF_PUBLISHED) or name in ASK_FOR_MORE
        rows(con, *resolve(con, name, {one.name: GIVEN[one.name] for one in file.parameters})).all()


def test_queries_by_regime_keep_ways_of_training_apart(filled: Path) -> None:
    """Data of another language, or robust training in another stage, are another way; coverage aside."""
    way = {"regime", "intermediate", "intermediate_language", "robust", "robust_stage"}
    pooled = []
    with open_sandboxed(filled) as con:
        for name in sorted(set(query_names()) - OF_PUBLISHED):
            needed = {one.name: GIVEN[one.name] for one in named(name).parameters if one.required}
            columns = set(query(con, *resolve(con, name, needed)).columns)
            if {"regime", "robust"} <= columns and "run_id" not in columns and not way <= columns:
                pooled.append(name)
    assert pooled == ["coverage_by_regime"]


def test_no_query_hides_a_view_or_table(con: Connection) -> None:
    assert not set(query_names()) & set(relation_names(con))


@pytest.mark.parametrize("name", list(files("queries")))
def test_the_first_line_of_a_query_says_its_grain(name: str) -> None:
    file = named(name)
    assert file.grain.startswith("One row per ")
    assert all(f"${one.name}" in file.text for one in file.parameters)


def test_drop_by_language_is_the_mean_of_the_drops(filled: Path) -> None:
    with open_sandboxed(filled) as con:
        sql, values = resolve(con, "drop_by_language", {"severity": "2"})
        [german] = [row for row in query(con, sql, values).to_dicts() if row["regime"] == "stilts"][:1]
    assert german["drop"] == pytest.approx(0.5)
    assert german["clean"] == 1.0


def test_compare_pairs_two_runs_by_example(filled: Path) -> None:
    with open_sandboxed(filled) as con:
        frame = query(con, *resolve(con, "compare", {"a": "r2", "b": "r2"}))
    assert frame["difference"].to_list() == [0.0] * frame.height
    assert frame["examples"].to_list() == [4] * frame.height


def test_compare_takes_one_run_for_each_beginning_and_counts_an_example_once(
    filled: Path, tmp_path: Path
) -> None:
    db = Path(shutil.copy(filled, tmp_path / "xtb.duckdb"))
    with open_for_writing(db) as con:
        con.execute("insert into outcome select * replace (7 as noise_seed) from outcome where severity > 0")
    with open_sandboxed(db) as con:
        frame = query(con, *resolve(con, "compare", {"a": "r", "b": "r2"}))
    assert frame["examples"].to_list() == [4] * frame.height


def test_severity_curve_sets_each_level_beside_clean(filled: Path) -> None:
    with open_sandboxed(filled) as con:
        frame = query(con, *resolve(con, "severity_curve", {"language": "de"}))
    stilts = frame.filter(pl.col("regime") == "stilts").sort("severity")
    assert stilts["clean"].to_list() == [1.0, 1.0]
    assert stilts["value"].to_list() == [0.75, 0.5]
    assert stilts["mean_rate"].to_list() == pytest.approx([0.1, 0.2])


def test_resolve_knows_queries_views_tables_and_sql(con: Connection) -> None:
    assert resolve(con, "runs")[1] == {"regime": None, "target": None}
    assert resolve(con, " leaderboard\n") == ('from "leaderboard"', {})
    assert resolve(con, "select $x", {"x": "1"}) == ("select $x", {"x": "1"})
    with pytest.raises(UnknownName, match="Did you mean 'leaderboard'"):
        resolve(con, "leaderbord")


def test_parameters_must_fit_the_query() -> None:
    with pytest.raises(UsageError, match="--param b="):
        bind(named("compare"), {"a": "r1"})
    with pytest.raises(UnknownName, match="Did you mean 'severity'"):
        bind(named("drop_by_language"), {"severty": "1"})
    assert bind(named("hard_examples"), {"task": "t", "language": "de"})["limit"] == "20"


def test_an_open_warehouse_blocks_nobody(filled: Path) -> None:
    warehouse = open_warehouse(filled)
    with open_for_writing(filled, wait_seconds=0) as con:
        con.execute("select 1")
    assert warehouse.query("select count(*) as n from run").item() == 2
    assert warehouse.query("hard_examples", task="xnli", language="de", limit=1).height == 1
    assert warehouse.query("leaderboard").height == 2
    with pytest.raises(BadQuery):
        warehouse.query("select x")


def test_a_missing_warehouse_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(NotAWarehouse):
        open_warehouse(tmp_path / "none.duckdb")


@pytest.mark.slow
@pytest.mark.parametrize("release", ["1.4.4", "1.5.4"])
def test_every_view_works_in_an_older_client(filled: Path, release: str, tmp_path: Path) -> None:
    client = tmp_path / "client"
    wheel = [f"duckdb=={release}", "--target", str(client), "--no-deps", "--quiet"]
    got = subprocess.run([sys.executable, "-m", "pip", "install", *wheel], capture_output=True, check=False)
    if got.returncode:
        pytest.skip("no package index in reach")
    views = "select view_name from duckdb_views() where not internal order by all"
    count = "select count(*) from {}"
    code = f"""
        import duckdb
        con = duckdb.connect({str(filled)!r}, read_only=True)
        for [view] in con.execute({views!r}).fetchall():
            print(view, con.execute({count!r}.format(view)).fetchone()[0])
    """
    environment = {**os.environ, "PYTHONPATH": str(client)}
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    with open_for_reading(filled) as con:
        names = [row[0] for row in con.execute(views).fetchall()]
        ours = [f"{name} {con.execute(count.format(name)).fetchall()[0][0]}" for name in names]
    assert told.stdout.split("\n")[:-1] == ours
    assert len(ours) > 20
