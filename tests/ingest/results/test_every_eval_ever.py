import copy
import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.results import formats
from tests.ingest.results.foreign import assert_sound, dumped, read, scores, spoilt
from warehouse.connect import Connection

NAME = "0b4fb1d0-5a5c-4a9e-8f31-9a3f5b6c7d8e"


def result(name: str, metric: str, score: Any, **config: Any) -> dict[str, Any]:
    return {
        "evaluation_result_id": f"{name}:{metric}",
        "evaluation_name": name,
        "source_data": {
            "dataset_name": name,
            "source_type": "hf_dataset",
            "hf_split": "val",
            "samples_number": 2,
        },
        "metric_config": {
            "metric_id": metric,
            "lower_is_better": False,
            "min_score": 0,
            "max_score": 1,
            **config,
        },
        "score_details": {"score": score},
    }


DOCUMENT: dict[str, Any] = {
    "schema_version": "0.3.0",
    "evaluation_id": "xnli_de/org/model/1700000000",
    "evaluation_timestamp": "1700000000",
    "retrieved_timestamp": "1700000001",
    "source_metadata": {"source_name": "lm_eval", "source_type": "evaluation_run"},
    "eval_library": {"name": "lm_eval", "version": "0.4.9"},
    "model_info": {"name": "model", "id": "org/model", "additional_details": {"seed": "3"}},
    "evaluation_results": [
        result("xnli_de", "accuracy", 0.5),
        result("mlqa_hi_hi", "f1", 75.0, max_score=100),
        result("mlqa_hi_hi", "exact_match", 50.0, max_score=100),
        result("hellaswag", "lm_eval.brier_score", 0.5),
        result("copa", "accuracy", 0.5, lower_is_better=True),
        result("copa", "accuracy", 0.5, min_score=-1),
    ],
}


def sample(name: str, metric: str, identity: str, score: Any, answer: str = "yes") -> dict[str, Any]:
    return {
        "schema_version": "0.3.0",
        "evaluation_id": DOCUMENT["evaluation_id"],
        "model_id": "org/model",
        "evaluation_name": name,
        "evaluation_result_id": f"{name}:{metric}",
        "sample_id": identity,
        "interaction_type": "single_turn",
        "output": {"raw": [f"well, {answer}"]},
        "answer_attribution": [{"extracted_value": answer, "is_terminal": True}],
        "evaluation": {"score": score, "is_correct": score == 1},
    }


SAMPLES = [
    sample("xnli_de", "accuracy", "a", 1.0),
    sample("xnli_de", "accuracy", "b", 0.0),
    sample("mlqa_hi_hi", "f1", "q", 100.0),
    sample("mlqa_hi_hi", "exact_match", "q", 100.0),
    sample("mlqa_hi_hi", "f1", "r", 50.0),
    sample("mlqa_hi_hi", "exact_match", "r", 0.0),
]


def write(folder: Path, document: Any = DOCUMENT, lines: list[Any] = SAMPLES) -> Path:
    folder.mkdir(exist_ok=True)
    text = "".join(dumped(one) + "\n" for one in lines)
    (folder / f"{NAME}_samples.jsonl").write_text(text)
    (folder / f"{NAME}.json").write_text(dumped(document))
    return folder


def test_results_and_samples_become_scores_and_outcomes(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "eee"), "every-eval-ever")
    assert sorted(scores(reading)) == [
        ("mlqa", "validation", "hi", "mlqa_exact_match", 0.5, 2),
        ("mlqa", "validation", "hi", "mlqa_f1", 0.75, 2),
        ("xnli", "validation", "de", "accuracy", 0.5, 2),
    ]
    assert [(one.line, one.reason) for one in reading.rejects] == [
        (4, "the warehouse has no metric 'lm_eval.brier_score'"),
        (5, "accuracy: lower is better; the warehouse has none such"),
        (6, "its values begin at -1, not at 0"),
    ]
    runs = {run.record["target"]: run for run in reading.runs()}
    assert [
        (row["example_id"], row["correct"], row["exact"], row["prediction"])
        for row in runs["mlqa"].tables["outcome"]
    ] == [("q", 1.0, 1.0, "yes"), ("r", 0.5, 0.0, "yes")]
    record = runs["xnli"].record
    assert (record["encoder"], record["seed"], record["code_version"]) == ("org/model", 3, "lm_eval 0.4.9")
    assert record["started_at"] == "2023-11-14T22:13:20+00:00"


@pytest.mark.parametrize(
    ("stated", "ours"),
    [
        ({"metric_id": "exact-match", "metric_name": "exact_match"}, "exact_match"),
        ({"metric_id": "f1-macro", "metric_name": None}, "macro_f1"),
        ({"metric_id": "accuracy", "metric_name": "acc_norm"}, "acc_norm"),
        ({"metric_id": "x.quasi", "metric_name": "Exact Match"}, "exact_match"),
        ({"metric_id": "x.pass@1", "metric_name": "pass@1", "metric_kind": "accuracy"}, None),
    ],
)
def test_metrics_go_by_their_tools_name_and_never_by_their_kind(
    tmp_path: Path, stated: dict[str, Any], ours: str | None
) -> None:
    one = result("gsm_sw/strict-match", "accuracy", 0.5, **stated)
    one["source_data"]["dataset_name"] = "gsm_sw"
    reading = read(write(tmp_path / "eee", {**DOCUMENT, "evaluation_results": [one]}, []), "every-eval-ever")
    assert [(row[2], row[3]) for row in scores(reading)] == ([("sw", ours)] if ours else [])


def test_samples_are_found_beside_the_results_only(tmp_path: Path) -> None:
    folder = write(tmp_path / "eee")
    (folder / f"{NAME}_samples.jsonl").rename(tmp_path / "secret.jsonl")
    for stated in ("../secret.jsonl", str(tmp_path / "secret.jsonl"), "a/../../secret.jsonl"):
        told = {"detailed_evaluation_results": {"format": "jsonl", "file_path": stated}}
        reading = read(write_document(folder, {**DOCUMENT, **told}), "every-eval-ever")
        assert "the file of its examples is not beside it" in [one.reason for one in reading.rejects]
        assert all("outcome" not in run.tables for run in reading.runs())


def write_document(folder: Path, document: Any) -> Path:
    (folder / f"{NAME}.json").write_text(dumped(document))
    return folder


def test_the_checksum_is_held_against_the_samples(tmp_path: Path) -> None:
    folder = write(tmp_path / "eee")
    file = folder / f"{NAME}_samples.jsonl"
    told = {"format": "jsonl", "file_path": f"data/a/b/c/{file.name}"}
    right = hashlib.sha256(file.read_bytes()).hexdigest()
    for checksum, taken in ((right, True), ("0" * 64, False)):
        stated = {"detailed_evaluation_results": {**told, "checksum": checksum}}
        reading = read(write_document(folder, {**DOCUMENT, **stated}), "every-eval-ever")
        assert all(("outcome" in run.tables) is taken for run in reading.runs())


def test_lines_that_belong_nowhere_are_refused_with_their_number(tmp_path: Path) -> None:
    strange = {**sample("xnli_de", "accuracy", "c", 1.0), "evaluation_id": "another"}
    lost = sample("xquad_de", "f1", "c", 1.0)
    reading = read(
        write(tmp_path / "eee", lines=[strange, lost, 7, SAMPLES[0], SAMPLES[0]]), "every-eval-ever"
    )
    refused = {one.line: one.reason for one in reading.rejects if one.file.endswith("jsonl")}
    assert refused[1] == "belongs to another evaluation than the results beside it"
    assert refused[2] == "belongs to none of the results that were taken"
    assert refused[3] == "holds a int, not one JSON object"
    assert refused[5] == "accuracy of sample 'a' is there again; the first is kept"


def test_it_is_recognised(tmp_path: Path) -> None:
    assert formats.recognise(write(tmp_path / "eee")) == "every-eval-ever"


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=spoilt(DOCUMENT), lines=spoilt(SAMPLES))
def test_spoilt_files_give_sound_rows_or_reasons(
    con: Connection, tmp_path: Path, document: Any, lines: Any
) -> None:
    some = lines if isinstance(lines, list) else [lines]
    assert_sound(con, write(tmp_path / "eee", document, some), "every-eval-ever")


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), at=st.integers(0, 3000))
def test_bytes_in_the_middle_give_sound_rows_or_reasons(
    con: Connection, tmp_path: Path, data: bytes, at: int
) -> None:
    folder = write(tmp_path / "eee", copy.deepcopy(DOCUMENT))
    for file in folder.iterdir():
        whole = file.read_bytes()
        file.write_bytes(whole[:at] + data + whole[at + len(data) :])
    assert_sound(con, folder, "every-eval-ever")
