"""Weights spread over processes: fully sharded data parallelism (Zhao et al., 2023) of an encoder's layers.

Each layer of the encoder is sharded as torch's ``fully_shard`` does (FSDP2); embeddings and heads, which
robust training and tied outputs read from outside of a layer, are the same in every process. Everything
here is nothing at all for ordinary tensors. ``torch.distributed.tensor`` is a quarter of what every process
would import (sympy and more), so it is left to ``shard``: before that no tensor can be sharded.
"""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeGuard

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from torch.distributed.tensor import DTensor


def shard(encoder: nn.Module) -> None:
    """Spread the layers of an encoder over the processes of the default group."""
    from torch.distributed.fsdp import fully_shard

    for layer in layers(encoder):
        fully_shard(layer)


def layers(encoder: nn.Module) -> list[nn.Module]:
    """The layers of a transformers encoder: the longest list of modules in it."""
    lists = [list(module) for module in encoder.modules() if isinstance(module, nn.ModuleList)]
    return max(lists, key=len, default=[])


def is_sharded(tensor: Tensor | None) -> "TypeGuard[DTensor]":
    """Is this tensor spread over processes?"""
    kinds = sys.modules.get("torch.distributed.tensor")
    return kinds is not None and isinstance(tensor, kinds.DTensor)


def whole(tensor: Tensor) -> Tensor:
    """The tensor itself, put together from all processes; every process has to call this."""
    return tensor.full_tensor() if is_sharded(tensor) else tensor


def copy(target: Tensor, source: Tensor) -> None:
    """Put a whole tensor into the place of another, spread as that one is."""
    target.copy_(like(target, source))


def like(target: Tensor, source: Tensor) -> Tensor:
    """A whole tensor on the device of another, and spread as that one is."""
    moved = source.to(target.device, copy=True)
    if is_sharded(target):
        from torch.distributed.tensor import distribute_tensor

        return distribute_tensor(moved, target.device_mesh, target.placements)
    return moved


def clip(parameters: Iterable[nn.Parameter], most: float) -> None:
    """``torch.nn.utils.clip_grad_norm_`` with the norm over all processes."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    local = [g.to_local() for g in gradients if is_sharded(g)]
    same = [g for g in gradients if not is_sharded(g)]
    total = sum((g.float().pow(2).sum() for g in local), start=torch.zeros((), device=gradients[0].device))
    torch.distributed.all_reduce(total)
    norm = (total + sum(g.float().pow(2).sum() for g in same)).sqrt()
    scale = (most / (norm + 1e-6)).clamp(max=1.0)
    for gradient in (*local, *same):
        gradient.mul_(scale.to(gradient.dtype))
