from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from ingest.results import formats
from tests.ingest.results.foreign import assert_sound, dumped, read, scores, spoilt
from warehouse.connect import Connection

TIME = "2026-03-04T05-06-07.890123"
RESULTS: dict[str, Any] = {
    "config_general": {
        "lighteval_sha": "abc123",
        "model_name": "org/model",
        "total_evaluation_time_secondes": "12.5",
    },
    "results": {
        "xnli_deu_cf|0": {"acc_norm": 0.75, "acc_norm_stderr": 0.2, "acc_norm_token": 0.5},
        "mlqa_hin|5": {"f1_hin": 0.6, "f1_hin_stderr": 0.1, "exact_match_hin_full": 0.5},
        "lighteval|xcopa_swa_mcf|0|0": {"acc": 1.0},
        "mmlu:_average|5": {"acc": 0.3},
        "all": {"acc": 0.5},
    },
    "config_tasks": {
        "xnli_deu_cf|0": {"evaluation_splits": ["validation"], "effective_num_docs": 4},
        "mlqa_hin|5": {"evaluation_splits": ["test"], "effective_num_docs": 2},
        "lighteval|xcopa_swa_mcf": {"evaluation_splits": ["test"], "effective_num_docs": -1},
    },
}


def detail(identity: str, **measured: float) -> dict[str, Any]:
    response = {"text": [], "text_post_processed": None, "logprobs": [-3.0, -1.0, -2.0]}
    return {"doc": {"id": identity, "query": "?"}, "metric": measured, "model_response": response}


def write(folder: Path, results: Any = RESULTS, rows: list[dict[str, Any]] | None = None) -> Path:
    place = folder / "results" / "org" / "model"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"results_{TIME}.json").write_text(dumped(results))
    details = folder / "details" / "org" / "model" / TIME
    details.mkdir(parents=True, exist_ok=True)
    rows = rows or [detail(str(number), acc_norm=float(number > 0)) for number in range(4)]
    pl.DataFrame(rows).write_parquet(details / f"details_xnli_deu_cf|0_{TIME}.parquet")
    return folder


def test_scores_and_details_are_taken_and_averages_are_not(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "out"), "lighteval")
    assert [one.reason for one in reading.rejects] == [
        "the warehouse has no metric 'acc_norm_token' (see: xtb names metrics)"
    ]
    assert sorted(scores(reading)) == [
        ("mlqa", "test", "hi", "mlqa_exact_match", 0.5, 2),
        ("mlqa", "test", "hi", "mlqa_f1", 0.6, 2),
        ("xcopa", "test", "sw", "accuracy", 1.0, None),
        ("xnli", "validation", "de", "acc_norm", 0.75, 4),
    ]
    (xnli,) = (run for run in reading.runs() if run.record["target"] == "xnli")
    assert xnli.record["started_at"] == "2026-03-04T05:06:07.890123+00:00"
    assert (xnli.record["seconds"], xnli.record["encoder"]) == (12.5, "org/model")
    assert '"n-shot": "0"' in xnli.record["config"]
    outcomes = xnli.tables["outcome"]
    assert [(row["example_id"], row["correct"], row["prediction"]) for row in outcomes] == [
        ("0", 0.0, "1"),
        ("1", 1.0, "1"),
        ("2", 1.0, "1"),
        ("3", 1.0, "1"),
    ]


def test_shots_and_ways_of_asking_are_apart(tmp_path: Path) -> None:
    found = {"acc": 0.5}
    results = {"results": {"xnli_deu_cf|0": found, "xnli_deu_cf|5": found, "xnli_deu_mcf|0": found}}
    reading = read(write(tmp_path / "out", {**RESULTS, **results}), "lighteval")
    assert len({run.run_id for run in reading.runs()}) == 3


def test_details_without_their_results_are_named(tmp_path: Path) -> None:
    reading = read(
        write(tmp_path / "out", {**RESULTS, "results": {"xquad_deu|0": {"f1_deu": 0.5}}}), "lighteval"
    )
    (refused,) = reading.rejects
    assert refused.file.endswith(".parquet")
    assert "its results file is not here" in refused.reason


def test_it_is_recognised(tmp_path: Path) -> None:
    assert formats.recognise(write(tmp_path / "out")) == "lighteval"


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(results=spoilt(RESULTS))
def test_spoilt_results_give_sound_rows_or_reasons(con: Connection, tmp_path: Path, results: Any) -> None:
    assert_sound(con, write(tmp_path / "out", results), "lighteval")


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=spoilt(detail("x", acc_norm=1.0)))
def test_spoilt_details_give_sound_rows_or_reasons(con: Connection, tmp_path: Path, row: Any) -> None:
    try:
        folder = write(tmp_path / "out", rows=[row])
    except Exception:  # noqa: BLE001  polars cannot write every one
        return
    assert_sound(con, folder, "lighteval")
