import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.results import formats, mlflow
from tests.ingest.results.foreign import NASTY, assert_sound, read, scores
from warehouse.connect import Connection

RUN_ID = "a" * 32
META = f"""artifact_uri: file:///somewhere
end_time: 1700000100500
experiment_id: '0'
lifecycle_stage: active
run_id: {RUN_ID}
run_name: able-ox-1
start_time: 1700000000000
status: 3
"""
PARAMS = {"model_name_or_path": "xlm-roberta-base", "seed": "7", "task_name": "xnli", "language": "de"}
METRICS = {
    "eval_accuracy": ["1700000001000 0.5 10", "1700000003000 0.75 30", "1700000002000 0.25 20"],
    "eval_samples": ["1700000003000 4 30"],
    "eval_loss": ["1700000003000 1.5 30"],
    "train_loss": ["1700000003000 1.5 30"],
    "system/cpu_utilization_percentage": ["1700000003000 90 30"],
    "test/xquad_el/f1": ["1700000003000 0.6 30"],
    "epoch": ["1700000003000 3.0 30"],
}


CELLS = (
    *(None, 0, 1, -1.5, 0.5, 1e308, float("inf"), "x", b"\xff\x00", "active", "FINISHED", "eval_accuracy"),
    *("<script>", "'; drop table score; --", "test_../../etc/passwd_f1", "9" * 400),
)


def write(folder: Path, meta: str = META, metrics: Any = METRICS, params: Any = PARAMS) -> Path:
    run = folder / "0" / RUN_ID
    (run / "metrics").mkdir(parents=True, exist_ok=True)
    (run / "params").mkdir(exist_ok=True)
    (folder / "0" / "meta.yaml").write_text("experiment_id: '0'\nname: Default\n")
    (run / "meta.yaml").write_text(meta)
    for name, lines in metrics.items():
        (run / "metrics" / name).parent.mkdir(parents=True, exist_ok=True)
        (run / "metrics" / name).write_text("".join(f"{line}\n" for line in lines))
    for name, value in params.items():
        (run / "params" / name).write_text(value)
    return folder


def write_database(
    file: Path, runs: list[tuple[Any, ...]], metrics: list[tuple[Any, ...]], params: list[tuple[Any, ...]]
) -> Path:
    with closing(sqlite3.connect(file)) as con:
        con.executescript(
            """
            create table runs (run_uuid, name, status, start_time, end_time, lifecycle_stage);
            create table params (key, value, run_uuid);
            create table tags (key, value, run_uuid);
            create table latest_metrics (key, value, timestamp, step, is_nan, run_uuid);
            """
        )
        con.executemany("insert into runs values (?, ?, ?, ?, ?, ?)", runs)
        con.executemany("insert into latest_metrics values (?, ?, 0, 0, ?, ?)", metrics)
        con.executemany("insert into params values (?, ?, ?)", params)
        con.commit()
    return file


def test_the_last_step_counts_and_what_is_no_score_is_passed_over(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "mlruns"), "mlflow")
    assert reading.rejects == []
    assert sorted(scores(reading)) == [
        ("xnli", "validation", "de", "accuracy", 0.75, 4),
        ("xquad", "test", "el", "f1", 0.6, None),
    ]
    record = reading.runs()[0].record
    assert (record["encoder"], record["seed"], record["seconds"]) == ("xlm-roberta-base", 7, 100.5)
    assert record["started_at"] == "2023-11-14T22:13:20+00:00"


def test_a_database_gives_the_same(tmp_path: Path) -> None:
    metrics = [("eval_accuracy", 0.75, 0, "r"), ("test/xquad_el/f1", 0, 1, "r"), ("accuracy", 0.5, 0, "r")]
    runs = [
        ("r", "n", "FINISHED", 1700000000000, 1700000100500, "active"),
        ("s", "n", "FINISHED", 1, 2, "deleted"),
        ("t", "n", "RUNNING", 1, None, "active"),
    ]
    params = [(key, value, "r") for key, value in PARAMS.items()]
    file = write_database(tmp_path / "mlflow.db", runs, metrics, params)
    assert formats.recognise(file) == "mlflow"
    reading = read(file, "mlflow")
    assert scores(reading) == [("xnli", "validation", "de", "accuracy", 0.75, None)]
    assert reading.runs()[0].record["seconds"] == 100.5
    assert sorted(one.reason for one in reading.rejects) == [
        "f1 nan lies outside [0, 1]",
        "run 's' was deleted",
        "run 't' has not finished",
        "the name 'accuracy' says no split, as eval_accuracy does; give it with --set split=NAME",
    ]
    said = read(file, "mlflow", split="validation")
    assert "validation" in {row[1] for row in scores(said)}


def test_another_database_is_refused(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "x.db").executescript("create table t (a); insert into t values (1)")
    (tmp_path / "y.db").write_bytes(b"no database at all" * 100)
    reading = read(tmp_path, "mlflow")
    reasons = sorted(one.reason for one in reading.rejects)
    assert "cannot be read as SQLite" in reasons[0]
    assert "is no database of MLflow" in reasons[1]


def test_a_view_that_never_ends_is_no_table(tmp_path: Path) -> None:
    endless = "with recursive t(i) as (select 1 union all select i + 1 from t) select i from t"
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as con:
        con.executescript(
            "create table params (key); create table tags (key); create table latest_metrics (key);"
        )
        con.execute(f"create view runs (run_uuid) as {endless}")
    (refused,) = read(tmp_path / "mlflow.db", "mlflow").rejects
    assert "it has no table runs" in refused.reason


def test_a_query_that_runs_away_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlflow, "_STEPS", 20_000)
    rows = [(f"eval_{number}", 0.5, 0, "r") for number in range(20_000)]
    file = write_database(tmp_path / "mlflow.db", [("r", "n", "FINISHED", 1, 2, "active")], rows, [])
    (refused,) = read(file, "mlflow").rejects
    assert "interrupted" in refused.reason


def test_links_and_aliases_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "model_name_or_path").write_text("stolen")
    folder = write(tmp_path / "mlruns", params={})
    params = folder / "0" / RUN_ID / "params"
    params.rmdir()
    params.symlink_to(secret)
    reasons = [one.reason for one in read(folder, "mlflow").rejects]
    assert reasons[0] == "is a link, which is not followed"
    assert "stolen" not in str(read(folder, "mlflow").runs())
    bomb = "a: &a {k: 1}\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} {{<<: [*{chr(97 + n)}, *{chr(97 + n)}]}}\n" for n in range(20)
    )
    (refused,) = read(write(tmp_path / "bomb", meta=bomb), "mlflow").rejects
    assert "aliases" in refused.reason


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    meta=st.one_of(st.text(max_size=200), st.sampled_from([META.replace(str(3), str(one)) for one in NASTY])),
    line=st.one_of(
        st.text(max_size=60),
        st.sampled_from([f"1 {one} 2" for one in NASTY if isinstance(one, int | float | str)]),
    ),
)
def test_spoilt_files_give_sound_rows_or_reasons(
    con: Connection, tmp_path: Path, meta: str, line: str
) -> None:
    try:
        folder = write(tmp_path / "mlruns", meta=meta, metrics={**METRICS, "eval_f1": [line]})
    except UnicodeEncodeError:  # half a surrogate pair has no bytes
        return
    assert_sound(con, folder, "mlflow")


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    row=st.lists(st.sampled_from(CELLS), min_size=6, max_size=6),
    metric=st.tuples(st.sampled_from(CELLS), st.sampled_from(CELLS)),
)
def test_spoilt_databases_give_sound_rows_or_reasons(
    con: Connection, tmp_path: Path, row: list[Any], metric: tuple[Any, Any]
) -> None:
    file = tmp_path / "mlflow.db"
    file.unlink(missing_ok=True)
    sound = ("r", "n", "FINISHED", 1700000000000, 1700000100500, "active")
    params = [(key, value, "r") for key, value in PARAMS.items()]
    write_database(file, [sound, tuple(row)], [(*metric, 0, "r"), ("eval_f1", 0.5, 0, "r")], params)
    assert_sound(con, file, "mlflow")
