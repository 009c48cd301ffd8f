"""Run folders: shards named by their content, a record that is replaced whole, cells that are done."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.xtb.test_spec import RUN
from tests.xtb.workshop import flip_a_bit
from warehouse.rows import RUN as RUN_TABLE
from warehouse.rows import SCORE
from xtb import run
from xtb.errors import BadRun, XtbError
from xtb.spec import Cell

CELL = {
    "task": "xnli",
    "split": "test",
    "language": "sw",
    "perturbation": "clean",
    "severity": 0,
    "noise_seed": 0,
}


def scores(language: str = "sw") -> pl.DataFrame:
    row = {
        "run_id": "r",
        **CELL,
        "language": language,
        "metric": "accuracy",
        "value": 0.5,
        "n": 4,
        "unchanged": 4,
    }
    return run.frame("score", [row])


def record(folder: Path, status: str = "trained") -> None:
    run.write_record(
        folder,
        RUN,
        status=status,
        error=None,
        started=datetime(2026, 1, 2, tzinfo=UTC),
        seconds=1.5,
        device="cpu",
    )


def test_a_shard_is_named_by_the_hash_of_its_bytes(tmp_path: Path) -> None:
    shard = run.publish(tmp_path / "r", "score", scores(), {"limit": "5"})
    assert shard.name == f"score-{hashlib.sha256(shard.read_bytes()).hexdigest()}.parquet"
    assert pl.read_parquet(shard).schema == SCORE.schema
    assert run.metadata(tmp_path / "r", "score")[0]["limit"] == "5"


def test_the_same_rows_are_the_same_shard(tmp_path: Path) -> None:
    assert run.publish(tmp_path, "score", scores()) == run.publish(tmp_path, "score", scores())
    assert len(list(tmp_path.iterdir())) == 1


def test_the_record_has_the_columns_of_the_run_table(tmp_path: Path) -> None:
    record(tmp_path)
    values = json.loads((tmp_path / "run.json").read_text())
    assert list(values) == list(RUN_TABLE.columns)
    assert values["run_id"] == RUN.run_id
    assert values["started_at"] == "2026-01-02T00:00:00+00:00"
    assert run.read_run(tmp_path).spec == RUN


def test_cells_are_done_when_their_scores_are_published(tmp_path: Path) -> None:
    assert run.cells_done(tmp_path) == set()
    run.publish(tmp_path, "score", scores("sw"))
    run.publish(tmp_path, "score", scores("de"))
    assert run.cells_done(tmp_path) == {Cell(**CELL), Cell(**{**CELL, "language": "de"})}
    assert run.scores_of(tmp_path, [Cell(**CELL)])["language"].to_list() == ["sw"]


def test_a_run_is_found_by_folder_id_or_beginning(tmp_path: Path) -> None:
    for name in ("abc1", "abc2"):
        record(tmp_path / name)
    assert run.find_run(tmp_path, "abc1").folder == tmp_path / "abc1"
    assert run.find_run(tmp_path, str(tmp_path / "abc2")).folder == tmp_path / "abc2"
    with pytest.raises(BadRun, match="'abc' begins 2 run ids"):
        run.find_run(tmp_path, "abc")
    with pytest.raises(BadRun, match=r"no run 'x' in .* which has 2 runs"):
        run.find_run(tmp_path, "x")


def test_damage_is_told_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(BadRun, match="is no run folder"):
        run.read_run(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(BadRun, match=r"run.json is damaged"):
        run.read_run(tmp_path)
    (tmp_path / "score-0.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(BadRun, match=r"score-0.parquet is damaged"):
        run.read_table(tmp_path, "score")


def test_a_damaged_shard_counts_for_nothing_and_costs_no_other(tmp_path: Path) -> None:
    sound, broken = run.publish(tmp_path, "score", scores("sw")), run.publish(tmp_path, "score", scores("de"))
    assert len(run.cells_done(tmp_path)) == 2
    flip_a_bit(broken)
    assert (run.shards(tmp_path, "score"), run.damaged(tmp_path, "score")) == ([sound], [broken])
    assert [cell.language for cell in run.cells_done(tmp_path)] == ["sw"]
    assert len(run.metadata(tmp_path, "score")) == 1


def test_a_failed_run_says_why(tmp_path: Path) -> None:
    run.record_failure(RUN, XtbError("the disk of the data is gone"), tmp_path, "cpu", run.now())
    found = run.read_run(tmp_path / RUN.run_id)
    assert (found.trained, found.record["error"]) == (False, "the disk of the data is gone")
    run.record_failure(RUN, ValueError("odd"), tmp_path, "cpu", run.now())
    assert run.read_run(tmp_path / RUN.run_id).record["error"] == "ValueError: odd"
