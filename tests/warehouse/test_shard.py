import hashlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import (
    attack_outcome_row,
    attack_row,
    break_file,
    outcome_row,
    scores_of,
    stage_row,
    write_shard,
)
from warehouse.connect import Connection
from warehouse.errors import BadShard
from warehouse.rows import FACTS, METRICS
from warehouse.rules import RULES
from warehouse.shard import Shard, decodes
from warehouse.shard import verify as verify_all

ROW = outcome_row("r1", "xnli", "en", "typo_mix", 1, 1, 1.0)
SCORE = scores_of([ROW])[0]
ROWS: Mapping[str, Mapping[str, Any]] = {
    "outcome": ROW,
    "score": SCORE,
    "stage": stage_row("r1", 0),
    "training_log": {"run_id": "r1", "position": 0, "step": 10, "loss": 1.0},
    "attack": attack_row("r1"),
    "attack_outcome": attack_outcome_row("r1", "e1", queries=7),
    "embedding_attack": {
        "run_id": "r1",
        "task": "xnli",
        "split": "test",
        "language": "de",
        "attack": "pgd_embedding",
        "settings": "steps=10",
        "seed": 0,
        "radius": 0.1,
        "norm": 2.0,
        "n": 4,
        "clean_right": 3,
        "fooled": 1,
        "loss": 1.5,
        "climbed_loss": 1.25,
    },
    "pointwise_information": {
        "run_id": "r1",
        "position": 0,
        "task": "mnli",
        "split": "validation",
        "language": "en",
        "example_id": "e1",
        "bits": 0.5,
        "null_bits": 1.0,
    },
    "retriever": {"run_id": "r1", "task": "tatoeba", "layer": 1, "layers": 2, "pooling": "mean"},
}


def verify(con: Connection, path: Path, run_id: str) -> Shard:
    """One shard by itself."""
    verified = verify_all(con, {path: run_id})
    if verified.faults:
        assert list(verified.faults) == [path]
        raise BadShard(verified.faults[path])
    return verified.sound[0]


def publish(folder: Path, name: str, data: bytes) -> Path:
    path = folder / f"{name}-{hashlib.sha256(data).hexdigest()}.parquet"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("table", list(FACTS))
def test_a_sound_shard_says_what_it_holds(con: Connection, tmp_path: Path, table: str) -> None:
    path = write_shard(tmp_path, table, [ROWS[table]])
    shard = verify(con, path, "r1")
    assert (shard.table.name, shard.rows, len(shard.groups)) == (table, 1, 1)
    assert shard.sha256 in path.name
    assert decodes(con, shard)


@pytest.mark.parametrize("table", list(FACTS))
def test_an_empty_shard_is_sound(con: Connection, tmp_path: Path, table: str) -> None:
    assert verify(con, write_shard(tmp_path, table, []), "r1").rows == 0


@pytest.mark.parametrize(
    ("table", "changes", "fault"),
    [
        ("score", {"value": math.nan}, "outside"),
        ("score", {"value": math.inf}, "outside"),
        ("score", {"value": 1.5}, "outside"),
        ("score", {"value": None}, "value and error"),
        ("score", {"error": "failed"}, "value and error"),
        ("score", {"metric": "bleu"}, "unknown metric"),
        ("score", {"n": -1, "unchanged": None}, "negative n"),
        ("score", {"n": 0, "unchanged": 0}, "no examples"),
        ("score", {"unchanged": 2}, "unchanged"),
        ("score", {"severity": 6}, "severity"),
        ("score", {"severity": 0}, "severity 0"),
        ("score", {"perturbation": "clean"}, "clean with"),
        ("score", {"language": None}, "incomplete key"),
        ("outcome", {"correct": None}, "correct missing"),
        ("outcome", {"correct": -0.1}, "outside"),
        ("outcome", {"exact": 1.1}, "outside"),
        ("outcome", {"edits": -1}, "negative"),
        ("outcome", {"hits": 2, "predicted": 1, "gold": 3}, "more hits"),
        ("stage", {"train_loss": math.inf}, "not finite"),
        ("stage", {"dev_score": 2.0}, "outside"),
        ("stage", {"position": -1}, "negative"),
        ("stage", {"steps": -5}, "negative"),
        ("training_log", {"loss": math.nan}, "not finite"),
        ("retriever", {"layer": 3}, "layer outside"),
        ("retriever", {"pooling": "max"}, "unknown pooling"),
        ("training_log", {"step": None}, "incomplete key"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named(
    con: Connection, tmp_path: Path, table: str, changes: Mapping[str, Any], fault: str
) -> None:
    path = write_shard(tmp_path, table, [{**ROWS[table], **changes}])
    with pytest.raises(BadShard, match=f"1 rows: .*{fault}"):
        verify(con, path, "r1")


def test_rows_of_another_run_are_named(con: Connection, tmp_path: Path) -> None:
    path = write_shard(tmp_path, "outcome", [ROW, {**ROW, "run_id": "r2"}])
    with pytest.raises(BadShard, match="run_id is r2, the folder's is r1"):
        verify(con, path, "r1")


def test_faults_of_one_shard_do_not_touch_the_others(con: Connection, tmp_path: Path) -> None:
    """One is broken Parquet under a fitting name, so the shards are looked at one by one."""
    good = [write_shard(tmp_path, "outcome", [{**ROW, "example_id": str(n)}]) for n in range(3)]
    bad = [
        publish(tmp_path, "outcome", b"PAR1 no PAR1"),
        write_shard(tmp_path, "outcome", [{**ROW, "edits": -1}]),
    ]
    verified = verify_all(con, dict.fromkeys([bad[0], *good, bad[1]], "r1"))
    assert [shard.path for shard in verified.sound] == good
    assert set(verified.faults) == set(bad)


def test_every_metric_is_known(con: Connection, tmp_path: Path) -> None:
    path = write_shard(tmp_path, "score", [{**SCORE, "metric": metric} for metric in METRICS])
    assert verify(con, path, "r1").rows == len(METRICS)


def test_every_fact_table_has_rules() -> None:
    assert set(RULES) == set(FACTS)


def test_a_row_that_is_there_twice_is_named(con: Connection, tmp_path: Path) -> None:
    path = write_shard(tmp_path, "outcome", [ROW, {**ROW, "prediction": "other"}])
    with pytest.raises(BadShard, match="twice"):
        verify(con, path, "r1")


def test_content_that_is_not_what_the_name_says_is_named(con: Connection, tmp_path: Path) -> None:
    path = write_shard(tmp_path, "outcome", [ROW])
    break_file(path)
    with pytest.raises(BadShard, match="damaged"):
        verify(con, path, "r1")


@pytest.mark.parametrize("name", ["outcome.parquet", "outcome-12.parquet", f"run-{'0' * 64}.parquet"])
def test_a_strange_name_is_named(con: Connection, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(BadShard, match="the name is not"):
        verify(con, tmp_path / name, "r1")


def test_columns_of_another_name_or_type_are_named(con: Connection, tmp_path: Path) -> None:
    frame = pl.DataFrame([SCORE], schema_overrides={"severity": pl.Int64}).with_columns(colour=pl.lit("red"))
    with pytest.raises(BadShard, match=r"severity TINYINT.*unknown colour"):
        verify(con, write_shard(tmp_path, "score", frame), "r1")


def test_the_order_of_columns_does_not_matter(con: Connection, tmp_path: Path) -> None:
    schema = FACTS["score"].schema
    frame = pl.DataFrame([{name: SCORE.get(name) for name in schema}], schema=schema)
    assert verify(con, write_shard(tmp_path, "score", frame.select(reversed(frame.columns))), "r1").rows == 1


def test_a_path_is_never_a_pattern_or_a_column(con: Connection, tmp_path: Path) -> None:
    for folder in ("a[b]c *?", "abc xx", "run_id=r9", "it's"):
        path = write_shard(tmp_path / folder, "score", [{**SCORE, "language": folder}])
        assert verify(con, path, "r1").groups == {("r1", "xnli", "test", folder, "typo_mix", 1, 1)}


def test_pages_that_cannot_be_read_are_found(con: Connection, tmp_path: Path) -> None:
    """A file whose name fits its damaged bytes: only reading every value tells."""
    rows = [outcome_row("r1", "xnli", "en", "clean", 0, number, 1.0) for number in range(2000)]
    rows = [{**row, "prediction": hashlib.sha256(row["example_id"].encode()).hexdigest()} for row in rows]
    data = bytearray(write_shard(tmp_path / "whole", "outcome", rows).read_bytes())
    found = 0
    for position in range(1000, len(data) - 3000, len(data) // 40):
        damaged = data.copy()
        damaged[position : position + 30] = bytes(30)
        path = publish(tmp_path, "outcome", bytes(damaged))
        try:
            found += not decodes(con, verify(con, path, "r1"))
        except BadShard:
            found += 1
    assert found > 20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.binary(max_size=300), cut=st.integers(0, 400))
def test_any_bytes_are_refused_in_one_line(con: Connection, tmp_path: Path, data: bytes, cut: int) -> None:
    whole = write_shard(tmp_path / "whole", "score", [SCORE]).read_bytes()
    for content in (
        data,
        whole[:cut],
        whole[:cut] + data,
        b"PAR1" + data + b"\x10\0\0\0PAR1",
    ):
        with pytest.raises(BadShard) as caught:
            verify(con, publish(tmp_path, "score", content), "r1")
        assert "\n" not in str(caught.value)
