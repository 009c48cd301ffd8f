"""Every check finds the fault it is for, and nothing in a sound warehouse."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import write_run_folder
from warehouse.check import check, check_names
from warehouse.connect import Connection, open_for_writing
from warehouse.load import load_runs
from warehouse.sql import files

CURVE = """
    'r1' as run_id, 'xnli' as task, 'test' as split, 'de' as language, 'a' as attack, '' as settings,
    0 as seed
"""
ATTACK = f"{CURVE}, 500 as budget, 'r1' as victim_run_id"
FAULTS = {
    "stage_rows": "update stage set dev_score = 2",
    "score_rows": "update score set value = 'nan'::double where language = 'de' and severity = 3",
    "outcome_rows": "update outcome set edits = -1 where language = 'de'",
    "training_log_rows": "update training_log set loss = 'inf'::double",
    "attack_rows": f"""
        insert into attack by name select {ATTACK}, 1 as n, 2 as clean_right, 0 as fooled, 0 as verified
    """,
    "attack_outcome_rows": f"insert into attack_outcome by name select {ATTACK}, 'e' as example_id",
    "attack_counts": f"""
        insert into attack by name select {ATTACK}, 1 as n, 1 as clean_right, 0 as fooled, 0 as verified
    """,
    "attack_key": f"""
        insert into attack_outcome by name
        select {ATTACK}, 'e' as example_id, false as clean_right, false as fooled from range(2)
    """,
    "embedding_attack_rows": f"""
        insert into embedding_attack by name
        select {CURVE}, 1 as radius, 1 as n, 1 as clean_right, 2 as fooled
    """,
    "pointwise_information_rows": """
        insert into pointwise_information values ('r1', 0, 'mnli', 'validation', 'en', 'e', -1, 0)
    """,
    "retriever_rows": "insert into retriever values ('r1', 'xnli', 3, 2, 'mean', true)",
    "clean_twin": "delete from score where perturbation = 'clean' and language = 'de'",
    "score_key": "insert into score from score where language = 'de' and severity = 1",
    "outcome_key": "insert into outcome from outcome where language = 'de' and severity = 1 limit 1",
    "stage_key": "insert into training_log from training_log",
    "stage_order": "update stage set position = 1",
    "score_aggregate": "update score set value = value + 1e-11 where language = 'de' and severity = 3",
    "outcome_without_score": "delete from score where perturbation <> 'clean' and language = 'de'",
    "foreign_key": "delete from language where code = 'de'",
    "versions": "update run set versions = null",
    "run_state": "update run set status = 'failed'",
    "ledger": "delete from training_log where step = 10",
    "published": "insert into published_table values ('x', '', 1, now())",
    "shared_stage": "insert into stage by name select * replace ('r2' as run_id, 5 as steps) from stage",
    "same_weights": """
        insert into stage by name select * replace ('r2' as run_id) from stage;
        insert into score
        select * replace ('r2' as run_id, value + if(language = 'de', 1e-11, 1e-13) as value) from score
    """,
}


@pytest.fixture(scope="module")
def whole(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound warehouse of one run, to be copied."""
    place = tmp_path_factory.mktemp("sound")
    db = Path(shutil.copy(template, place / "xtb.duckdb"))
    runs = place / "runs"
    write_run_folder(runs, "r1", correct=lambda language, p, severity, number: float(number >= severity))
    with open_for_writing(db) as con:
        load_runs(con, runs)
    return db


@pytest.fixture
def sound(whole: Path, tmp_path: Path) -> Iterator[Connection]:
    with open_for_writing(Path(shutil.copy(whole, tmp_path / "xtb.duckdb"))) as con:
        yield con


def test_a_sound_warehouse_passes(sound: Connection) -> None:
    assert check(sound) == []


@pytest.mark.parametrize("name", list(FAULTS))
def test_the_check_finds_its_fault(sound: Connection, name: str) -> None:
    sound.execute(FAULTS[name])
    found = {violation.check: violation for violation in check(sound)}
    assert name in found
    assert found[name].count >= 1
    assert 1 <= len(found[name].examples) <= 5


@pytest.mark.parametrize("batch", [1, 50, 1000])
def test_batches_of_runs_find_the_same_faults(
    sound: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    for run_id in ("r0", "r2", "r3"):
        write_run_folder(tmp_path, run_id)
    load_runs(sound, tmp_path)
    sound.execute("insert into outcome from outcome where run_id in ('r0', 'r3') and severity = 1")
    sound.execute("insert into outcome select * replace ('zz' as run_id) from outcome where run_id = 'r3'")
    monkeypatch.setattr("warehouse.check.BATCH", batch)
    [twice] = [one for one in check(sound, examples=9) if one.check == "outcome_key"]
    assert twice.count == 6  # two languages of r0, r3 and of a run that the ledger does not know
    assert {row["run_id"] for row in twice.examples} == {"r0", "r3", "zz"}


def test_only_a_retriever_without_training_data_may_end_with_the_intermediate_task(sound: Connection) -> None:
    sound.execute(
        "update stage set role = 'intermediate'; update task set kind = 'retrieval', trained_on = ''"
    )
    assert check(sound) == []
    sound.execute("update task set trained_on = 'xnli'")
    assert [violation.check for violation in check(sound)] == ["stage_order"]


def test_every_check_has_a_fault_here_and_all_were_run() -> None:
    assert set(FAULTS) == set(check_names())
    assert len(check_names()) >= len(files("checks")) + 4


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("run_id", "update training_log set run_id = 'r9'"),
        ("task", "delete from task where task = 'xnli'"),
        ("perturbation", "delete from perturbation where perturbation = 'typo_mix'"),
        ("severity", "delete from perturbation_level where severity = 3"),
        ("metric", "delete from metric where metric = 'accuracy'"),
        ("encoder", "delete from encoder"),
    ],
)
def test_every_foreign_key_is_looked_up(sound: Connection, column: str, change: str) -> None:
    sound.execute(change)
    [violation] = [one for one in check(sound, examples=20) if one.check == "foreign_key"]
    assert column in {row["column_name"] for row in violation.examples}


def test_a_mixtures_tasks_and_metrics_are_looked_up_one_by_one(sound: Connection) -> None:
    mixture = "update stage set task = 'xnli+{}', dev_metric = 'accuracy+accuracy'"
    sound.execute(mixture.format("xnli"))
    assert check(sound) == []
    sound.execute(mixture.format("xnil"))
    [violation] = check(sound, examples=20)
    assert {row["unknown"] for row in violation.examples} == {"xnil"}


@pytest.mark.parametrize(
    "change",
    [
        "update score set n = n + 1",
        "update score set unchanged = 0",
        "delete from outcome where severity = 3",
    ],
)
def test_counts_of_a_score_are_those_of_its_outcomes(sound: Connection, change: str) -> None:
    sound.execute(change)
    assert "score_aggregate" in {violation.check for violation in check(sound)}


def test_runs_of_the_same_weights_agree_but_for_other_vectors(sound: Connection, tmp_path: Path) -> None:
    """Two targets that are trained on the same task share weights; so do two ways to pool."""
    write_run_folder(tmp_path, "r2", stages=[{"stage_id": "r1-0"}], correct=lambda *_: 1.0)
    load_runs(sound, tmp_path)
    [violation] = check(sound, examples=9)
    assert (violation.check, violation.count) == ("same_weights", 4)  # the noisy and clean cells that lost
    sound.execute("insert into retriever values ('r2', 'xnli', 2, 2, 'mean', true)")
    sound.execute("update retriever set layer = 1")
    assert "same_weights" not in {one.check for one in check(sound)}


def test_published_scores_need_no_outcomes_and_no_versions(sound: Connection) -> None:
    sound.execute(
        "update run set source = 'published:x', versions = null, code_version = null, config = null, "
        "seed = null"
    )
    sound.execute("delete from outcome")
    sound.execute("delete from shard where table_name = 'outcome'")
    assert check(sound) == []


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("f1", "avg(correct)"),
        ("exact_match", "avg(exact)"),
        ("token_accuracy", "sum(correct * units) / sum(units)"),
        ("seqeval_f1", "2 * sum(hits) / (sum(predicted) + sum(gold))"),
    ],
)
def test_each_aggregate_is_computed_again(sound: Connection, metric: str, value: str) -> None:
    sound.execute(
        """
        update outcome set
            exact = (correct > 0.5)::int, units = 3 + hash(example_id) % 5, gold = 3, predicted = 2,
            hits = hash(example_id) % 3
        """
    )
    sound.execute(
        f"""
        update score set metric = $metric, value = (
            select {value} from outcome
            where (outcome.language, outcome.perturbation, outcome.severity)
                = (score.language, score.perturbation, score.severity)
        )
        """,
        {"metric": metric},
    )
    assert check(sound) == []
    sound.execute(
        "update outcome set exact = 0.5, correct = 0.25, hits = 2, units = 1 where example_id = 'xnli-0001'"
    )
    assert "score_aggregate" in {violation.check for violation in check(sound)}


def test_checks_are_announced(sound: Connection) -> None:
    seen: list[str] = []
    check(sound, on_check=lambda number, total, name: seen.append(f"{number}/{total} {name}"))
    total = len(check_names())
    assert seen == [f"{number}/{total} {name}" for number, name in enumerate(check_names())]
