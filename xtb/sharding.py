"""Weights spread over processes: fully sharded data parallelism (Zhao et al., 2023) of an encoder's layers.

Each layer of the encoder is sharded as torch's ``fully_shard`` does (FSDP2); embeddings and heads, which
robust training and tied outputs read from outside of a layer, are the same in every process. Everything
here is nothing at all for ordinary tensors.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor


def shard(encoder: nn.Module) -> None:
    """Spread the layers of an encoder over the processes of the default group."""
    from torch.distributed.fsdp import fully_shard

    for layer in layers(encoder):
        fully_shard(layer)


def layers(encoder: nn.Module) -> list[nn.Module]:
    """The layers of a transformers encoder: the longest list of modules in it."""
    lists = [list(module) for module in encoder.modules() if isinstance(module, nn.ModuleList)]
    return max(lists, key=len, default=[])


def is_sharded(tensor: Tensor | None) -> bool:
    """Is this tensor spread over processes?"""
    return isinstance(tensor, DTensor)


def whole(tensor: Tensor) -> Tensor:
    """The tensor itself, put together from all processes; every process has to call this."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def copy(target: Tensor, source: Tensor) -> None:
    """Put a whole tensor into the place of another, spread as that one is."""
    target.copy_(like(target, source))


def like(target: Tensor, source: Tensor) -> Tensor:
    """A whole tensor on the device of another, and spread as that one is."""
    moved = source.to(target.device, copy=True)
    if isinstance(target, DTensor):
        return distribute_tensor(moved, target.device_mesh, target.placements)
    return moved


def clip(parameters: Iterable[nn.Parameter], most: float) -> None:
    """``torch.nn.utils.clip_grad_norm_`` with the norm over all processes."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    local = [g.to_local() for g in gradients if isinstance(g, DTensor)]
    same = [g for g in gradients if not isinstance(g, DTensor)]
    total = sum((g.float().pow(2).sum() for g in local), start=torch.zeros((), device=gradients[0].device))
    torch.distributed.all_reduce(total)
    norm = (total + sum(g.float().pow(2).sum() for g in same)).sqrt()
    scale = (most / (norm + 1e-6)).clamp(max=1.0)
    for gradient in (*local, *same):
        gradient.mul_(scale.to(gradient.dtype))
