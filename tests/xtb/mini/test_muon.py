"""Muon in float32 against torch's in bfloat16."""

import pytest
import torch
from torch import nn

from xtb.mini.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(16, 16), (32, 8), (8, 32)])
def test_singular_values_come_near_one_and_vectors_stay(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    inside = left.T @ orthogonal(matrix) @ right.T
    values = inside.diagonal()
    assert values.min() > 0.6
    assert values.max() < 1.3
    assert torch.allclose(inside, torch.diag(values), atol=1e-4)


@pytest.mark.parametrize("shape", [(24, 24), (48, 12), (12, 48)])
def test_it_steps_as_torchs_does_but_for_the_rounding(shape: tuple[int, int]) -> None:
    draw = torch.Generator().manual_seed(2)
    start = torch.randn(shape, generator=draw)
    ours, theirs = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    optimizers: tuple[torch.optim.Optimizer, ...] = (
        Muon([ours], lr=0.02, weight_decay=0.1, momentum=0.95),
        torch.optim.Muon([theirs], lr=0.02, weight_decay=0.1, momentum=0.95),
    )
    for _ in range(4):
        gradient = torch.randn(shape, generator=draw)
        for parameter, optimizer in zip((ours, theirs), optimizers, strict=True):
            parameter.grad = gradient.clone()
            optimizer.step()
    moved, expected = ours.detach() - start, theirs.detach() - start
    assert (moved - expected).norm() < 0.02 * expected.norm()
