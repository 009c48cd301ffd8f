"""Heads in transformers' own classes: they compute the same, or are not used."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.xtb.toys import EXAMPLES, toy_task
from xtb.encoder import load_encoder
from xtb.heads import head
from xtb.heads.native import native_outputs
from xtb.hub.transplant import transplant
from xtb.model import TaskModel, build_model


def model_of(kind: Any, encoder: Path) -> TaskModel:
    return build_model(load_encoder(str(encoder)), toy_task(kind), seed=1)


@pytest.mark.parametrize("kind", ["pair", "choice", "tags", "span"])
@pytest.mark.parametrize("architecture", ["encoder", "bert", "deberta"])
@torch.no_grad()
def test_the_logits_of_real_inputs_are_the_same(
    kind: Any, architecture: str, request: pytest.FixtureRequest
) -> None:
    model = model_of(kind, request.getfixturevalue(f"tiny_{architecture}"))
    task = toy_task(kind)
    native = transplant(model, task.labels)
    assert native is not None
    examples = list(EXAMPLES[kind])[:1] if kind == "choice" else list(EXAMPLES[kind])[:4]
    features = head(kind).features(examples, model.inputs, task, max_length=64, stride=16)
    batch = model.collate(features)
    given = {name: batch[name] for name in ("input_ids", "attention_mask", "token_type_ids") if name in batch}
    ours, theirs = model(batch), native_outputs(kind, native, given)
    if ours.dim() == 3:
        ours, theirs = ours[batch["attention_mask"] == 1], theirs[batch["attention_mask"] == 1]
    assert torch.allclose(ours, theirs, atol=1e-4)
    assert tuple(native.config.id2label.values())[: len(task.labels)] == task.labels


@pytest.mark.parametrize("kind", ["pair", "tags"])
def test_a_class_that_computes_something_else_is_not_used(kind: Any, tiny_modernbert: Path) -> None:
    assert transplant(model_of(kind, tiny_modernbert), toy_task(kind).labels) is None


def test_it_leaves_model_and_global_generator_alone(tiny_encoder: Path) -> None:
    model = model_of("pair", tiny_encoder)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    torch.manual_seed(5)
    state = torch.random.get_rng_state()
    transplant(model, toy_task("pair").labels)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
