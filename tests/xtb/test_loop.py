"""Options of the training loop: each does what it says, and none breaks the exact resume."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.xtb.conftest import SHAPE
from tests.xtb.test_train import StopAfter, train_with_stops
from tests.xtb.tiny import make_xlmr
from tests.xtb.toys import TEXTS
from tests.xtb.workshop import SMALL, place_in, small_spec, weights
from warehouse.errors import UsageError
from xtb.checkpoint import read_finished
from xtb.encoder import load_encoder
from xtb.errors import Interrupted
from xtb.fit import train_run, train_stage
from xtb.recipe import Masking, Settings
from xtb.run import read_table
from xtb.spec import RunSpec

MASKED: dict[str, Any] = {
    "regime": "stilts_mlm",
    "intermediate": ("mini_copa",),
    "masking": Masking(rate=0.5, languages=("en", "qle"), texts=40),
}

MIXED: dict[str, Any] = {"regime": "multitask", "intermediate": ("mini_copa", "mini_para")}


def stage_weights(spec: RunSpec, encoder: Path, runs: Path, **place: Any) -> dict[str, bytes]:
    train_stage(spec, 0, str(encoder), place_in(runs, **place))
    return weights(runs, spec.stage_id(0))


@pytest.mark.parametrize(
    ("settings", "more"),
    [
        ({"accumulation": 3}, {}),
        ({"lora_rank": 4, "lora_dropout": 0.1}, {}),
        ({}, MASKED),
        ({"lora_rank": 2, "accumulation": 2}, MASKED),
        ({"mixing": "uniform"}, MIXED),
        ({"mixing": "temperature", "mixing_temperature": 3.0, "mixing_cap": 20, "accumulation": 2}, MIXED),
        ({"patience": 1, "evaluations": 6, "learning_rate": 1e-9}, {}),
    ],
    ids=[
        "accumulation",
        "lora",
        "mlm",
        "lora, accumulation and mlm",
        "uniform mixture",
        "tempered mixture",
        "early stopping",
    ],
)
def test_a_stopped_training_goes_on_to_the_same_bits(
    settings: dict[str, Any], more: dict[str, Any], tiny_encoder: Path, tmp_path: Path
) -> None:
    spec = small_spec(tiny_encoder, settings=replace(SMALL, **settings), **more)
    stops = [1] if "patience" in settings else sorted(random.sample(range(1, 6), 2))
    train_with_stops(spec, tiny_encoder, tmp_path / "stopped", stops)
    whole = stage_weights(spec, tiny_encoder, tmp_path / "whole")
    assert weights(tmp_path / "stopped", spec.stage_id(0)) == whole


def test_micro_batches_descend_the_loss_of_the_whole_batch(
    tmp_path: Path,
) -> None:
    shape = SHAPE | {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}  # drawn by micro-batch
    encoder = make_xlmr(tmp_path / "encoder", TEXTS, vocabulary=300, positions=128, **shape)
    for task in ("mini_pos", "mini_copa"):  # units that are not rows
        found = []
        for parts in (1, 3):
            settings = replace(SMALL, accumulation=parts, learning_rate=1e-4)
            run = train_run(
                small_spec(encoder, task, settings=settings), str(encoder), place_in(tmp_path / str(parts))
            )
            found.append(read_table(run.folder, "training_log").sort("step")["loss"].to_list())
        assert found[0] == pytest.approx(found[1], rel=1e-4)


@pytest.mark.parametrize("task", ["mini_nli", "mini_pos"])
def test_gradient_checkpointing_changes_no_bit(task: str, tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, task)
    plain = stage_weights(spec, tiny_encoder, tmp_path / "plain")
    assert stage_weights(spec, tiny_encoder, tmp_path / "again", recompute=True) == plain


def test_gradient_checkpointing_computes_layers_twice(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers.models.xlm_roberta.modeling_xlm_roberta import XLMRobertaIntermediate

    calls = []
    real = XLMRobertaIntermediate.forward

    def counted(self: Any, *given: Any, **named: Any) -> Any:
        calls.append(self)
        return real(self, *given, **named)

    monkeypatch.setattr(XLMRobertaIntermediate, "forward", counted)
    settings = replace(SMALL, steps=1, evaluations=0)
    spec = small_spec(tiny_encoder, "mini_pos", settings=settings)
    stage_weights(spec, tiny_encoder, tmp_path / "plain")
    plain = len(calls)
    stage_weights(spec, tiny_encoder, tmp_path / "again", recompute=True)
    assert len(calls) - plain == 2 * plain


@pytest.mark.slow
def test_a_norm_of_nought_leaves_gradients_as_they_are(tiny_encoder: Path, tmp_path: Path) -> None:
    found = []
    for norm in (0.0, 1e9):
        spec = small_spec(tiny_encoder, settings=replace(SMALL, max_grad_norm=norm))
        found.append(stage_weights(spec, tiny_encoder, tmp_path / str(norm)))
    assert found[0] == found[1]


def test_patience_ends_a_stage_and_the_rule_says_so(tiny_encoder: Path, tmp_path: Path) -> None:
    # Nothing is learnt, so that the first evaluation stays the best one.
    settings = replace(SMALL, steps=None, epochs=1.2, evaluations=6, patience=2, learning_rate=0.0)
    found = train_run(small_spec(tiny_encoder, settings=settings), str(tiny_encoder), place_in(tmp_path))
    (stage,) = read_table(found.folder, "stage").to_dicts()
    assert (stage["steps"], stage["best_step"]) == (6, 2)
    assert stage["selection"].endswith("; patience 2, ended at step 6 of 12")
    assert stage["epochs"] == pytest.approx(0.6)
    log = read_table(found.folder, "training_log").sort("step")
    assert log["step"].max() == 6
    assert log["learning_rate"].to_list() == [0.0] * 6


def test_adapters_are_trained_and_added_to_the_weights(tiny_encoder: Path, tmp_path: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModel

    settings = replace(SMALL, lora_rank=4, lora_alpha=8.0, learning_rate=1e-2)
    spec = small_spec(tiny_encoder, settings=settings)
    folder = train_stage(spec, 0, str(tiny_encoder), place_in(tmp_path)).folder
    merged: Any = load_encoder(str(folder / "encoder")).model
    base: Any = load_encoder(str(tiny_encoder)).model
    names = {name for name, p in base.named_parameters() if not torch.equal(p, merged.get_parameter(name))}
    assert names
    assert all(name.endswith("weight") and base.get_parameter(name).ndim == 2 for name in names)
    assert not any("embeddings" in name for name in names)
    for name in names:  # peft itself, from its own file, gets the same weights; their change has rank 4
        change = merged.get_parameter(name) - base.get_parameter(name)
        assert torch.linalg.matrix_rank(change.double(), rtol=1e-4) <= 4
    adapted: Any = PeftModel.from_pretrained(
        AutoModel.from_pretrained(tiny_encoder, add_pooling_layer=False), folder / "adapter"
    ).merge_and_unload()
    for name, parameter in adapted.named_parameters():
        torch.testing.assert_close(parameter, merged.get_parameter(name))


def test_the_next_stage_goes_on_from_the_merged_weights(tiny_encoder: Path, tmp_path: Path) -> None:
    settings = replace(SMALL, lora_rank=2)
    spec = small_spec(tiny_encoder, "mini_nli", ("mini_copa",), regime="stilts", settings=settings)
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    assert found.trained
    assert (tmp_path / "checkpoints" / spec.stage_id(1) / "adapter" / "adapter_model.safetensors").is_file()


def test_a_saved_state_of_adapters_leaves_the_fixed_weights_out(tiny_encoder: Path, tmp_path: Path) -> None:

    spec = small_spec(tiny_encoder, settings=replace(SMALL, lora_rank=2))
    report = StopAfter(2)
    with pytest.raises(Interrupted):
        train_stage(spec, 0, str(tiny_encoder), place_in(tmp_path, stop=report.stop, report=report))
    (state,) = (tmp_path / "checkpoints").glob("*.partial/step-*/model.safetensors")
    names = set(load_file(state))
    assert any("lora_A" in name for name in names)
    assert any(name.startswith("heads.") for name in names)
    assert not any("word_embeddings" in name or "base_layer" in name for name in names)


def test_the_last_weights_are_kept_where_asked_for(tiny_encoder: Path, tmp_path: Path) -> None:
    settings = replace(SMALL, learning_rate=0.3, evaluations=6, dev_limit=40)
    spec = small_spec(tiny_encoder, settings=settings)
    finished = train_stage(spec, 0, str(tiny_encoder), place_in(tmp_path, keep_last=True))
    kept = finished.folder / "last.safetensors"
    if finished.record["row"]["best_step"] == 6:
        assert not kept.exists()
    else:
        last = load_file(kept)
        best = load_file(finished.folder / "encoder" / "model.safetensors")
        assert any(not torch.equal(last[f"encoder.{name}"], tensor) for name, tensor in best.items())
    assert read_finished(tmp_path, spec.stage_id(0)).record == finished.record


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"accumulation": 2}, {"accumulation": 1}),
        ({"schedule": "cosine"}, {"schedule": "linear"}),
        ({"patience": 2}, {"patience": None}),
        ({"compiled": True}, {"compiled": False}),
        ({"lora_rank": 2}, {"lora_rank": None, "lora_alpha": 3.0}),
        ({"max_grad_norm": 0.5}, {"max_grad_norm": 1.0}),
        ({"precision": "fp16"}, {"precision": "fp32"}),
    ],
)
def test_what_changes_weights_names_another_run(
    changed: dict[str, Any], same: dict[str, Any], tiny_encoder: Path
) -> None:
    def run_id(settings: Settings) -> str:
        return small_spec(tiny_encoder, settings=settings).run_id

    assert run_id(replace(SMALL, **changed)) != run_id(SMALL)
    assert run_id(replace(SMALL, **same)) == run_id(SMALL)


def test_half_precision_is_refused_where_it_cannot_be(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, settings=replace(SMALL, precision="fp16"))
    with pytest.raises(UsageError, match="precision fp16 needs a GPU; use bf16 or fp32"):
        train_run(spec, str(tiny_encoder), place_in(tmp_path))


@pytest.mark.slow
def test_a_compiled_encoder_learns_the_same(tiny_encoder: Path, tmp_path: Path) -> None:
    losses = []
    for compiled in (False, True):
        settings = replace(SMALL, compiled=compiled, learning_rate=1e-4, steps=3, evaluations=1)
        run = train_run(
            small_spec(tiny_encoder, "mini_pos", settings=settings), str(tiny_encoder), place_in(tmp_path)
        )
        losses.append(read_table(run.folder, "training_log").sort("step")["loss"].to_list())
    assert losses[0] == pytest.approx(losses[1], rel=0.05)  # dropout is drawn by other calls
