from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings

from ingest.results import formats
from tests.ingest.results.foreign import assert_sound, dumped, read, scores, spoilt
from warehouse.connect import Connection

METRICS: dict[str, Any] = {
    "aggregated": 0.7,
    "xnli_de": {"loss": 0.6, "metrics": {"major": 0.75, "minor": {"acc": 0.75}}},
    "panx_sw": {
        "loss": 0.4,
        "metrics": {"major": 0.5, "minor": {"precision": 0.6, "recall": 0.43, "f1": 0.5}},
    },
    "mlqa_hi_hi": {"metrics": {"major": 55.0, "minor": {"exact_match": 50.0, "f1": 60.0}}},
    "xquad_el": {
        "metrics": {"major": 65.0, "minor": {"exact": 60.0, "f1": 70.0, "total": 9, "HasAns_f1": 70.0}}
    },
    "bucc2018_fr": {"metrics": {"major": 0.9, "minor": {"best-threshold": 1.01, "F1": 0.9}}},
}
ARGUMENTS = {"hf_pretrained_model_name_or_path": "xlm-roberta-large", "seed": 3, "learning_rate": 1e-5}


def write(folder: Path, metrics: Any = METRICS, arguments: Any = ARGUMENTS) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "val_metrics.json").write_text(dumped(metrics))
    (folder / "args.json").write_text(dumped(arguments))
    return folder


def test_each_task_becomes_a_run_with_values_in_0_to_1(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "run"), "jiant")
    assert reading.rejects == []
    assert sorted(scores(reading)) == [
        ("bucc2018", "validation", "fr", "bucc_f1", 0.9, None),
        ("mlqa", "validation", "hi", "mlqa_exact_match", 0.5, None),
        ("mlqa", "validation", "hi", "mlqa_f1", 0.6, None),
        ("panx", "validation", "sw", "seqeval_f1", 0.5, None),
        ("xnli", "validation", "de", "accuracy", 0.75, None),
        ("xquad", "validation", "el", "exact_match", 0.6, None),
        ("xquad", "validation", "el", "f1", 0.7, None),
    ]
    assert {(run.record["encoder"], run.record["seed"]) for run in reading.runs()} == {
        ("xlm-roberta-large", 3)
    }


def test_pickles_are_refused_unopened(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    (folder / "val_preds.p").write_bytes(b"cos\nsystem\n(S'touch pwned'\ntR.")
    (refused,) = read(folder, "jiant").rejects
    assert refused.file.endswith("val_preds.p")
    assert "runs code" in refused.reason


def test_a_task_without_metrics_is_named(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "run", {"xnli_de": {"loss": 1.0}, "x": 3}), "jiant")
    assert [one.reason for one in reading.rejects] == [
        "the results of 'xnli_de' have no metrics",
        "the results of 'x' have no metrics",
    ]


def test_it_is_recognised(tmp_path: Path) -> None:
    assert formats.recognise(write(tmp_path / "run")) == "jiant"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(metrics=spoilt(METRICS), arguments=spoilt(ARGUMENTS))
def test_any_content_gives_sound_rows_or_reasons(
    tmp_path: Path, con: Connection, metrics: Any, arguments: Any
) -> None:
    assert_sound(con, write(tmp_path / "run", metrics, arguments), "jiant")
