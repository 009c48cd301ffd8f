"""AdamW with a schedule, and its state as plain tensors.

The learning rate is a function of the step and nothing else, so there is no scheduler to save.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from xtb.sharding import is_sharded, like, whole
from xtb.spec import StageSpec

_STATE = ("exp_avg", "exp_avg_sq", "step")


def adamw(model: nn.Module, stage: StageSpec) -> torch.optim.AdamW:
    """AdamW (Loshchilov & Hutter, 2019), betas .9/.999, eps 1e-8; biases and norms are not decayed.

    The decay exemption is that of BERT's original code. The fused kernel is used on CPU and GPU.
    """
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    groups = [
        {"params": parameters, "weight_decay": stage.weight_decay if decays else 0.0}
        for decays in (True, False)
        for sharded in (False, True)  # the kernels take tensors of one kind
        if (parameters := [p for n, p in named if (_decays(n, p), is_sharded(p)) == (decays, sharded)])
    ]
    return torch.optim.AdamW(groups, lr=stage.learning_rate, fused=True)


def learning_rate(step: int, total: int, stage: StageSpec) -> float:
    """The rate of a step (0 is the first): a linear rise over the warm-up, then what ``stage.schedule`` says.

    ``linear`` falls to 0, as ``transformers.get_linear_schedule_with_warmup``; ``cosine`` along half a cosine
    (Loshchilov & Hutter, 2017, without restarts); ``constant`` stays.

    >>> stage = StageSpec(role="target", task="mnli", learning_rate=1.0, epochs=1, batch_tokens=1,
    ...     max_length=1, warmup=0.2)
    >>> [round(learning_rate(step, 10, stage), 3) for step in range(10)]
    [0.0, 0.5, 1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]
    """
    rise = round(stage.warmup * total)
    if step < rise:
        return stage.learning_rate * step / rise
    left = (total - step) / max(1, total - rise)
    if stage.schedule == "cosine":
        return stage.learning_rate * (1 - math.cos(math.pi * left)) / 2
    return stage.learning_rate * (left if stage.schedule == "linear" else 1)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Use a rate for the next step."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def optimizer_state(optimizer: torch.optim.Optimizer, model: nn.Module) -> dict[str, Tensor]:
    """The optimiser's memory, ``<parameter>/<quantity>``; parameters that had no gradient yet have none."""
    return {
        f"{name}/{quantity}": whole(optimizer.state[parameter][quantity])
        for name, parameter in model.named_parameters()
        if parameter in optimizer.state
        for quantity in _STATE
    }


def load_optimizer_state(
    optimizer: torch.optim.Optimizer, model: nn.Module, state: Mapping[str, Tensor]
) -> None:
    """The inverse of ``optimizer_state``, bit for bit."""
    for name, parameter in model.named_parameters():
        if f"{name}/step" in state:
            optimizer.state[parameter] = {
                quantity: _place(state[f"{name}/{quantity}"], parameter) for quantity in _STATE
            }


def _place(tensor: Tensor, parameter: Tensor) -> Tensor:
    if tensor.ndim == 0:  # the step count is no part of a sharded weight
        return tensor.to(parameter.device, copy=True)
    return like(parameter, tensor)


def _decays(name: str, parameter: Tensor) -> bool:
    return parameter.ndim > 1 and not name.endswith("bias")
