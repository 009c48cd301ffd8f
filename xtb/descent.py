"""One optimiser step: the gradients of a batch, in micro-batches and by several processes, then the step."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from xtb import heads, sharding
from xtb import seed as seeds
from xtb.batching import Feature
from xtb.dropout import Masks
from xtb.learner import Learner
from xtb.objective import add_gradients
from xtb.processes import Processes
from xtb.spec import StageSpec
from xtb.trainset import Step


def descend(
    learner: Learner,
    optimizer: torch.optim.Optimizer,
    accelerator: Accelerator,
    processes: Processes,
    masks: Masks,
    step: Step,
    stage: StageSpec,
    *,
    seed: int,
    number: int,
) -> Tensor:
    """Do a step.

    Args:
        masks: of the fast dropout, keyed here.
        step: the task and its batch; every process gets the same.
        seed, number: key everything that is drawn.

    Returns:
        The loss, still on the device, so that a GPU is not waited for; with several processes this one's
        share of it (they sum to the loss).
    """
    model = learner.model(step.task)
    parts = micro_batches(step.features, max(stage.accumulation, processes.count))
    sizes = [1] if len(parts) == 1 else [heads.units(model.kind, model.collate(part)) for part in parts]
    shares = [size / sum(sizes) for size in sizes]
    values = []
    # A process that gets no part goes through the first one for nothing: all take part in all messages.
    for part_number, part in processes.mine(parts) or [(0, parts[0])]:
        key = (number, part_number) if part_number else (number,)
        seeds.seed_step(seed, "dropout", *key)
        masks.key(seeds.integer(seed, "dropout masks", *key))
        share = shares[part_number] if processes.mine(parts) else 0.0
        values.append(add_gradients(model, part, stage.robust, accelerator, seed=seed, key=key, share=share))
    processes.sum_gradients(learner.parameters())
    _step(learner, optimizer, accelerator, processes, stage.max_grad_norm)
    return torch.stack(values).sum() if len(values) > 1 else values[0]


def micro_batches(features: Sequence[Feature], parts: int) -> list[list[Feature]]:
    """A batch in so many parts of about equal size, in their order; fewer where it has fewer features.

    >>> micro_batches([1, 2, 3, 4, 5], 2)
    [[1, 2], [3, 4, 5]]
    """
    parts = min(parts, len(features))
    cuts = [len(features) * number // parts for number in range(parts + 1)]
    return [list(features[first:past]) for first, past in pairwise(cuts)]


def _step(
    learner: Learner,
    optimizer: torch.optim.Optimizer,
    accelerator: Accelerator,
    processes: Processes,
    most: float,
) -> None:
    scaler: Any = accelerator.scaler
    if scaler is not None:  # fp16: gradients were scaled up, so that small ones are not lost
        scaler.unscale_(optimizer)
    clip: Any = sharding.clip if processes.sharded else accelerator.clip_grad_norm_
    if most:
        clip(learner.parameters(), most)
    if scaler is not None:
        scaler.step(optimizer)
        scaler.update()
    else:
        optimizer.step()
    optimizer.zero_grad()
