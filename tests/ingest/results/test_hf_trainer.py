"""Files in the layout of transformers' Trainer; a slow test lets the real one write them."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ingest.results import formats
from tests.ingest.results.foreign import assert_sound, dumped, read, scores, spoilt
from warehouse.connect import Connection

RESULTS: dict[str, Any] = {
    "epoch": 2.0,
    "eval_accuracy": 0.75,
    "eval_loss": 0.6,
    "eval_runtime": 1.2,
    "eval_samples": 40,
    "eval_steps_per_second": 3.0,
    "total_flos": 1e15,
    "train_loss": 0.9,
    "train_runtime": 60.5,
    "train_samples": 100,
}
STATE: dict[str, Any] = {
    "best_global_step": 10,
    "best_metric": 0.8,
    "epoch": 2.0,
    "global_step": 20,
    "log_history": [
        {"epoch": 0.5, "grad_norm": 1.0, "learning_rate": 2e-5, "loss": 1.1, "step": 5},
        {"epoch": 1.0, "eval_accuracy": 0.8, "eval_loss": 0.7, "eval_runtime": 1.0, "step": 10},
        {"epoch": 1.0, "learning_rate": 1e-5, "loss": 0.8, "step": 10},
        {"epoch": 2.0, "eval_accuracy": 0.75, "eval_loss": 0.6, "eval_runtime": 1.0, "step": 20},
        {"epoch": 2.0, "step": 20, "total_flos": 1e15, "train_loss": 0.9, "train_runtime": 60.5},
    ],
    "max_steps": 20,
}
CARD = "---\nbase_model: org/enc\n---\n\n- learning_rate: 2e-05\n- seed: 42\n"
SAID: dict[str, Any] = {"task": "xnli", "language": "en"}


def write(folder: Path, results: Any = RESULTS, state: Any = STATE, card: str = CARD) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    for name, found in (("all_results.json", results), ("trainer_state.json", state)):
        if found is not None:
            (folder / name).write_text(dumped(found))
    (folder / "README.md").write_text(card)
    return folder


def test_scores_stage_and_curve_become_a_run(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "out"), "hf-trainer", **SAID, regime="stilts", intermediate="mnli")
    assert reading.rejects == []
    assert scores(reading) == [("xnli", "validation", "en", "accuracy", 0.75, 40)]
    (run,) = reading.runs()
    assert {name: run.record[name] for name in ("encoder", "seed", "regime", "seconds")} == {
        "encoder": "org/enc",
        "seed": 42,
        "regime": "stilts",
        "seconds": 60.5,
    }
    (stage,) = run.tables["stage"]
    assert (stage["steps"], stage["train_examples"], stage["learning_rate"]) == (20, 100, 2e-5)
    assert (stage["dev_metric"], stage["dev_score"], stage["role"]) == ("accuracy", 0.75, "target")
    curve = [(row["step"], row.get("loss"), row.get("dev_score")) for row in run.tables["training_log"]]
    assert curve == [(5, 1.1, None), (10, 0.8, 0.8), (20, None, 0.75)]


def test_without_a_summary_the_best_evaluation_counts_else_the_last(tmp_path: Path) -> None:
    assert scores(read(write(tmp_path / "a", None), "hf-trainer", **SAID))[0][4] == 0.8
    state = {**STATE, "best_global_step": None}
    assert scores(read(write(tmp_path / "b", None, state), "hf-trainer", **SAID))[0][4] == 0.75


def test_names_of_evaluation_sets_say_the_language(tmp_path: Path) -> None:
    results = {
        "eval_de_accuracy": 0.5,
        "eval_sw_accuracy": 0.25,
        "eval_de_loss": 1.0,
        "predict_fr_accuracy": 1,
    }
    found = scores(read(write(tmp_path / "out", results, None), "hf-trainer", task="xnli"))
    assert sorted(found) == [
        ("xnli", "test", "fr", "accuracy", 1.0, None),
        ("xnli", "validation", "de", "accuracy", 0.5, None),
        ("xnli", "validation", "sw", "accuracy", 0.25, None),
    ]


def test_of_checkpoints_only_the_last_is_taken(tmp_path: Path) -> None:
    for step in (9, 10):
        write(tmp_path / "out" / f"checkpoint-{step}", None, {**STATE, "global_step": step})
    (run,) = read(tmp_path / "out", "hf-trainer", **SAID).runs()
    assert run.tables["stage"][0]["steps"] == 10
    write(tmp_path / "out")
    (run,) = read(tmp_path / "out", "hf-trainer", **SAID).runs()
    assert run.tables["stage"][0]["steps"] == 20


def test_what_nobody_says_is_asked_for(tmp_path: Path) -> None:
    folder = write(tmp_path / "out", card="")
    assert "--set encoder=NAME" in read(folder, "hf-trainer", **SAID).rejects[0].reason
    reasons = [one.reason for one in read(folder, "hf-trainer", encoder="m").rejects]
    assert any("--set task=NAME" in reason for reason in reasons)
    reasons = [one.reason for one in read(folder, "hf-trainer", encoder="m", task="xnli").rejects]
    assert any("--set language=CODE" in reason for reason in reasons)


def test_a_loss_that_is_no_number_is_refused_and_the_rest_stays(tmp_path: Path) -> None:
    state = {**STATE, "log_history": [{"step": 1, "loss": math.nan}, {"step": 2, "loss": 1.0}]}
    reading = read(write(tmp_path / "out", state=state), "hf-trainer", **SAID)
    assert [row["step"] for row in reading.runs()[0].tables["training_log"]] == [2]
    assert "loss is nan" in reading.rejects[0].reason


def test_it_is_recognised(tmp_path: Path) -> None:
    assert formats.recognise(write(tmp_path / "out")) == "hf-trainer"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(results=spoilt(RESULTS), state=spoilt(STATE, 5))
def test_any_content_gives_sound_rows_or_reasons(
    tmp_path: Path, con: Connection, results: Any, state: Any
) -> None:
    assert_sound(con, write(tmp_path / "out", results, state), "hf-trainer", **SAID)


@pytest.mark.slow
def test_what_the_real_trainer_writes_is_read(tmp_path: Path) -> None:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

    config = BertConfig(
        vocab_size=50, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8
    )
    data = [{"input_ids": torch.tensor([1, n % 7, 2]), "labels": torch.tensor(n % 2)} for n in range(16)]
    trainer = Trainer(
        model=BertForSequenceClassification(config),
        args=TrainingArguments(
            output_dir=str(tmp_path / "out"),
            max_steps=4,
            logging_steps=2,
            eval_steps=2,
            eval_strategy="steps",
            use_cpu=True,
            seed=5,
            report_to=[],
        ),
        train_dataset=data,
        eval_dataset=data,
        compute_metrics=lambda found: {"accuracy": float((found[0].argmax(-1) == found[1]).mean())},
    )
    trained = trainer.train()
    trainer.save_metrics("train", {**trained.metrics, "train_samples": 16})
    trainer.save_metrics("eval", {**trainer.evaluate(), "eval_samples": 16})
    trainer.save_state()
    trainer.create_model_card()
    stated = json.loads((tmp_path / "out" / "all_results.json").read_text())
    reading = read(tmp_path / "out", "hf-trainer", task="qqp", encoder="tiny")
    assert reading.rejects == []
    assert scores(reading) == [("qqp", "validation", "en", "accuracy", stated["eval_accuracy"], 16)]
    (run,) = reading.runs()
    assert run.record["seed"] == 5
    assert run.tables["stage"][0]["steps"] == 4
    assert [row["step"] for row in run.tables["training_log"]] == [2, 4]
