"""AdamW, its schedule, and its state as tensors."""

import pytest
import torch
from torch import nn

from tests.xtb.test_spec import STAGE
from xtb.optim import adamw, learning_rate, load_optimizer_state, optimizer_state, set_learning_rate


def layers() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 2))


def one_step(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    model(torch.ones(5, 3)).square().sum().backward()
    optimizer.step()
    optimizer.zero_grad()


def test_the_schedule_is_that_of_transformers() -> None:
    from dataclasses import replace

    from transformers import get_linear_schedule_with_warmup

    stage = replace(STAGE, learning_rate=3e-4, warmup=0.1)
    optimizer = torch.optim.SGD(layers().parameters(), lr=stage.learning_rate)
    schedule = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=5, num_training_steps=50)
    for step in range(50):
        assert learning_rate(step, 50, stage) == pytest.approx(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()


def test_only_matrices_decay() -> None:
    from dataclasses import replace

    decayed, rest = adamw(layers(), replace(STAGE, weight_decay=0.1)).param_groups
    assert [tuple(p.shape) for p in decayed["params"]] == [(4, 3), (2, 4)]
    assert (decayed["weight_decay"], rest["weight_decay"], len(rest["params"])) == (0.1, 0.0, 4)


def test_the_state_comes_back_bit_for_bit() -> None:
    models = [layers(), layers()]
    optimizers = [adamw(model, STAGE) for model in models]
    for model, optimizer in zip(models, optimizers, strict=True):
        set_learning_rate(optimizer, 0.1)
        one_step(model, optimizer)
    state = {name: tensor.clone() for name, tensor in optimizer_state(optimizers[0], models[0]).items()}
    fresh = adamw(models[1], STAGE)
    load_optimizer_state(fresh, models[1], state)
    one_step(models[0], optimizers[0])
    set_learning_rate(fresh, 0.1)
    one_step(models[1], fresh)
    pairs = zip(models[0].parameters(), models[1].parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
