import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import (
    break_file,
    dimensions,
    outcome_row,
    scores_of,
    stage_row,
    tables,
    write_record,
    write_run_folder,
    write_shard,
)
from warehouse import intake
from warehouse.check import check
from warehouse.connect import Connection, open_for_writing
from warehouse.errors import UsageError
from warehouse.load import load_dimensions, load_run_folder, load_runs
from warehouse.shard import Shard

UNUSED = ("retriever", "pointwise_information", "attack", "attack_outcome", "embedding_attack")
"""Tables that the run folders of these tests have nothing for."""


def two_runs(root: Path) -> Path:
    write_run_folder(root, "r1")
    stages = [{"role": "intermediate", "task": "mnli"}, {"role": "target"}]
    write_run_folder(root, "r2", regime="stilts", intermediate="mnli", stages=stages)
    return root


def test_a_folder_of_runs_is_taken_in(con: Connection, tmp_path: Path) -> None:
    report = load_runs(con, two_runs(tmp_path / "runs"))
    assert (report.runs, report.new, report.known, report.problems) == (2, 10, 0, ())
    assert report.rows == {
        "stage": 3,
        "score": 12,
        "outcome": 48,
        "training_log": 4,
        **dict.fromkeys(UNUSED, 0),
    }
    assert check(con) == []


def test_a_second_load_changes_nothing(con: Connection, tmp_path: Path) -> None:
    load_runs(con, two_runs(tmp_path / "runs"))
    before = tables(con)
    report = load_runs(con, tmp_path / "runs")
    assert (report.new, report.known) == (0, 10)
    assert tables(con) == before


def test_new_shards_of_a_known_run_are_added(con: Connection, tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path, "r1")
    load_runs(con, tmp_path)
    rows = [outcome_row("r1", "xnli", "sw", "clean", 0, number, 1.0) for number in range(4)]
    write_shard(folder, "outcome", rows)
    write_shard(folder, "score", scores_of(rows))
    assert load_run_folder(con, folder).rows == {"outcome": 4, "score": 1}
    assert check(con) == []


def test_one_run_folder_can_be_the_root(con: Connection, tmp_path: Path) -> None:
    assert load_runs(con, write_run_folder(tmp_path, "r1")).runs == 1


def test_runs_are_found_below_and_checkpoints_are_not_runs(con: Connection, tmp_path: Path) -> None:
    write_run_folder(tmp_path / "study" / "deep", "r1")
    write_run_folder(tmp_path / "checkpoints", "r2")
    write_run_folder(tmp_path / ".trash", "r3")
    assert load_runs(con, tmp_path).runs == 1


def test_a_run_in_training_is_counted_not_loaded(con: Connection, tmp_path: Path) -> None:
    (write_run_folder(tmp_path, "r1") / "run.json").unlink()
    report = load_runs(con, tmp_path)
    assert (report.runs, report.unfinished, report.new, report.problems) == (0, 1, 0, ())


def test_temporary_files_are_passed_over(con: Connection, tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path, "r1")
    (folder / ".tmp-host-1-outcome.parquet").write_bytes(b"half")
    (folder / "notes.txt").write_text("mine")
    assert load_runs(con, tmp_path).problems == ()


def test_a_missing_folder_is_a_usage_error(con: Connection, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        load_runs(con, tmp_path / "none")


def test_a_damaged_shard_is_named_and_the_rest_goes_in(con: Connection, tmp_path: Path) -> None:
    two_runs(tmp_path)
    damaged = next(iter((tmp_path / "r1").glob("outcome-*")))
    whole = damaged.read_bytes()
    break_file(damaged)
    report = load_runs(con, tmp_path)
    assert report.new == 9
    assert len(report.problems) == 1
    assert str(damaged) in report.problems[0]
    damaged.write_bytes(whole)
    assert load_runs(con, tmp_path).new == 1
    assert check(con) == []


def test_a_damaged_run_json_costs_its_folder_only(con: Connection, tmp_path: Path) -> None:
    two_runs(tmp_path)
    (tmp_path / "r1" / "run.json").write_text("{")
    report = load_runs(con, tmp_path)
    assert report.new == 5
    assert "r1" in report.problems[0]


def test_pages_that_cannot_be_read_cost_their_shard_only(
    con: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The insert fails after the checks have passed: the folder goes in without that shard."""
    folder = write_run_folder(tmp_path, "r1")
    bad = next(iter(folder.glob("outcome-*")))
    append = intake._append

    def failing(con: Connection, shards: Sequence[Shard]) -> None:
        if bad in [shard.path for shard in shards]:
            con.execute("select error('snappy decompression failure')").fetchall()
        append(con, shards)

    monkeypatch.setattr(intake, "_append", failing)
    monkeypatch.setattr(intake, "decodes", lambda con, shard: shard.path != bad)
    report = load_runs(con, tmp_path)
    assert report.new == 4
    assert report.problems == (f"{bad}: damaged, its pages cannot be read",)
    assert con.execute("select count(*) from outcome").fetchall() == [(0,)]
    assert con.execute("select count(*) from score").fetchall() == [(6,)]


def test_a_failed_insert_leaves_nothing_of_the_folder(
    con: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run_folder(tmp_path, "r1")
    before = tables(con)

    def failing(con: Connection, shards: Sequence[Shard]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(intake, "_append", failing)
    with pytest.raises(KeyboardInterrupt):
        load_runs(con, tmp_path)
    assert tables(con) == before


def test_the_same_cell_again_is_not_doubled(con: Connection, tmp_path: Path) -> None:
    """Two evaluations of one run at once: other shards, the same rows."""
    folder = write_run_folder(tmp_path, "r1")
    load_runs(con, tmp_path)
    before = con.execute("select * from outcome order by all").fetchall()
    rows = [outcome_row("r1", "xnli", "de", "clean", 0, n, float(v)) for *_, n, v in _results(con, "de")]
    extra = [outcome_row("r1", "xnli", "sw", "clean", 0, number, 1.0) for number in range(4)]
    write_shard(folder, "outcome", rows + extra)
    write_shard(folder, "score", scores_of(rows + extra))
    report = load_runs(con, tmp_path)
    assert report.problems == ()
    assert report.rows["outcome"] == 4
    assert report.rows["score"] == 1
    assert con.execute("select * from outcome where language <> 'sw' order by all").fetchall() == before
    assert check(con) == []


def _results(con: Connection, language: str) -> list[tuple[str, int, float]]:
    sql = (
        "select example_id, correct from outcome where language = $l and perturbation = 'clean' order by all"
    )
    return [(name, int(name[-4:]), value) for name, value in con.execute(sql, {"l": language}).fetchall()]


def test_a_contradicting_cell_is_named_and_the_first_stays(con: Connection, tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path, "r1", correct=lambda *_: 1.0)
    load_runs(con, tmp_path)
    before = tables(con)
    rows = [outcome_row("r1", "xnli", "de", "clean", 0, number, 0.0) for number in range(4)]
    path = write_shard(folder, "outcome", rows)
    for _ in range(2):  # it is not in the ledger, so it is named every time
        report = load_runs(con, tmp_path)
        assert len(report.problems) == 1
        assert report.problems[0].startswith(f"{path}: 4 rows contradict")
    assert tables(con) == before


def test_two_shards_of_one_load_can_contradict_each_other(con: Connection, tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path, "r1", languages=["en"])
    for value in (0.0, 1.0):
        rows = [outcome_row("r1", "xnli", "de", "clean", 0, number, value) for number in range(4)]
        write_shard(folder, "outcome", rows)
    report = load_runs(con, tmp_path)
    assert len(report.problems) == 1
    assert "contradict" in report.problems[0]


def test_a_stage_trained_again_in_another_time_is_the_same_stage(con: Connection, tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path, "r1")
    load_runs(con, tmp_path)
    write_shard(folder, "stage", [stage_row("r1", 0, seconds=99.0)])
    assert load_runs(con, tmp_path).problems == ()
    assert con.execute("select count(*) from stage").fetchall() == [(1,)]


def test_a_failed_run_that_was_trained_again_is_trained(con: Connection, tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path, "r1")
    trained = (folder / "run.json").read_text()
    write_record(folder, status="failed", error="out of memory", started_at="2027-01-01T00:00:00+00:00")
    load_runs(con, tmp_path)
    assert con.execute("select status from run").fetchall() == [("failed",)]
    (folder / "run.json").write_text(trained)
    load_runs(con, tmp_path)
    assert con.execute("select status, error from run").fetchall() == [("trained", None)]


@pytest.mark.parametrize("field", ["status", "regime", "seed", "source"])
def test_a_run_without_its_fields_is_named(con: Connection, tmp_path: Path, field: str) -> None:
    write_record(tmp_path / "r1", **{field: None})
    assert field in load_runs(con, tmp_path).problems[0]


def test_encoder_json_fills_the_encoder(con: Connection, tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path, "r1")
    load_runs(con, tmp_path)
    assert con.execute("from encoder").fetchall() == [("mini", "f0", None, None, None, None, None)]
    (folder / "encoder.json").write_text(
        '{"encoder": "mini", "encoder_fingerprint": "f0", "architecture": "xlm-roberta", '
        '"parameters": 850000, "layers": 2, "hidden": 128, "vocabulary": 4000}'
    )
    load_runs(con, tmp_path)
    load_runs(con, tmp_path)
    assert con.execute("from encoder").fetchall() == [("mini", "f0", "xlm-roberta", 850000, 2, 128, 4000)]


def test_dimension_rows_are_replaced_by_key_and_kept_otherwise(con: Connection) -> None:
    changed = (
        dimensions()["language"].head(1).with_columns(name=dimensions()["language"]["code"].head(1) + "!")
    )
    load_dimensions(con, {"language": changed})
    assert con.execute("select name from language order by code").fetchall() == [
        ("de",),
        ("en!",),
        ("sw",),
        ("zh",),
    ]


def test_folders_are_announced(con: Connection, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    load_runs(con, two_runs(tmp_path), on_folder=lambda i, n, folder: seen.append((i, n, folder.name)))
    assert seen == [(0, 2, "r1"), (1, 2, "r2")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=3, deadline=None)
@given(seed=st.integers(0, 10**6), steps=st.integers(2, 4))
def test_any_order_of_loading_gives_the_same_tables(
    template: Path, tmp_path_factory: pytest.TempPathFactory, seed: int, steps: int
) -> None:
    """Files arrive one by one in any order, with loads in between; at the end all is as if loaded at once."""
    place = tmp_path_factory.mktemp("order")
    whole, growing = place / "whole", place / "growing"
    two_runs(whole)
    write_run_folder(whole, "r3", shards=3, seed=2)
    files = [path for path in whole.rglob("*") if path.is_file()]
    draw = random.Random(seed)
    draw.shuffle(files)
    results = []
    for root in (whole, growing):
        db = Path(shutil.copy(template, place / f"{root.name}.duckdb"))
        with open_for_writing(db) as con:
            if root is growing:
                for step in range(steps):
                    for path in files[step::steps]:
                        target = growing / path.relative_to(whole)
                        target.parent.mkdir(parents=True, exist_ok=True)
                        shutil.copy(path, target)
                    load_runs(con, growing)
            load_runs(con, root)
            results.append(tables(con))
            assert check(con) == []
    assert results[0] == results[1]
