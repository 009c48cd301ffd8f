"""What a step descends."""

from pathlib import Path

import pytest
import torch

from tests.xtb.test_spec import STAGE
from tests.xtb.workshop import mini, small_spec
from xtb import heads
from xtb.encoder import Encoder
from xtb.model import TaskModel, build_model
from xtb.objective import METHODS, add_gradients
from xtb.recipe import ROBUST, robustness
from xtb.train import make_accelerator
from xtb.trainset import Trainset, read_parts


@pytest.fixture
def step(tiny_encoder: Path, encoder: Encoder) -> tuple[TaskModel, list[object]]:
    stage = small_spec(tiny_encoder).stages[0]
    (part,) = read_parts(stage, mini())
    model = build_model(encoder, part.task, seed=1).eval()  # no dropout
    data = Trainset(stage=stage, parts=[part], models={"mini_nli": model}, seed=1)
    return model, next(data.steps(0)).features  # type: ignore[return-value]


def gradients(model: TaskModel, features: list[object], robust: str) -> dict[str, torch.Tensor]:
    model.zero_grad()
    accelerator = make_accelerator(STAGE, "cpu")
    add_gradients(model, features, robust, accelerator, seed=1, key=(3,))  # type: ignore[arg-type]
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def test_plain_training_descends_the_loss(step: tuple[TaskModel, list[object]]) -> None:
    model, features = step
    found = gradients(model, features, "none")
    model.zero_grad()
    batch = model.collate(features)  # type: ignore[arg-type]
    heads.loss(model.kind, model(batch), batch).backward()
    assert all(torch.equal(found[name], p.grad) for name, p in model.named_parameters() if p.grad is not None)


@pytest.mark.parametrize("robust", ["fgm", "pgd", "freelb", "smart", "r3f"])
def test_robust_methods_descend_something_else_and_the_same_again(
    robust: str, step: tuple[TaskModel, list[object]]
) -> None:
    plain, found, again = (gradients(*step, name) for name in ("none", robust, robust))
    assert found.keys() == plain.keys()
    assert not all(torch.equal(found[name], plain[name]) for name in plain)
    assert all(torch.equal(found[name], again[name]) for name in found)
    assert all(gradient.isfinite().all() for gradient in found.values())


@pytest.mark.parametrize(
    ("target", "noise"),
    [
        ("mini_nli", "typo_mix"),
        pytest.param("mini_ner", "char_swap", marks=pytest.mark.slow),
        pytest.param("mini_qa", "char_delete", marks=pytest.mark.slow),
    ],
)
def test_consistency_holds_each_example_against_its_noisy_copy(
    target: str, noise: str, tiny_encoder: Path, encoder: Encoder
) -> None:
    robust = robustness("consistency", "target", noise, 5, 1.0)
    stage = small_spec(tiny_encoder, target, robust=robust).stages[0]
    (part,) = read_parts(stage, mini())
    model = build_model(encoder, part.task, seed=1).eval()
    data = Trainset(stage=stage, parts=[part], models={target: model}, seed=1)
    features = next(data.steps(0)).features
    copies = [feature.copy or feature for feature in features]
    assert sum(one.rows != other.rows for one, other in zip(features, copies, strict=True)) >= len(copies) / 2
    assert next(data.steps(0)).features == features
    assert [each.copy for each in next(data.steps(1)).features] != [each.copy for each in features]
    found = gradients(model, features, "consistency")  # type: ignore[arg-type]
    model.zero_grad()
    batch, noisy = model.collate(features), model.collate(copies)
    one, two = heads.view(model.kind, model(batch), batch), heads.view(model.kind, model(noisy), noisy)
    assert one.shape == two.shape
    apart = sum((p.detach().exp() * (p.detach() - q)).sum(-1).mean() for p, q in ((one, two), (two, one)))
    (heads.loss(model.kind, model(batch), batch) + 5.0 * apart).backward()
    for name, parameter in model.named_parameters():
        if parameter.grad is not None:
            torch.testing.assert_close(found[name], parameter.grad, rtol=1e-4, atol=1e-6)


def test_every_method_of_the_specification_is_there() -> None:
    assert tuple(METHODS) == ROBUST
