"""What one training step descends: the plain loss, or the objective of a robust method."""

from collections.abc import Callable

import torch
from accelerate import Accelerator
from torch import Tensor

from xtb import heads
from xtb import seed as seeds
from xtb.batching import Batch, Feature
from xtb.model import TaskModel
from xtb.robust.fgm import fgm
from xtb.robust.freelb import freelb
from xtb.robust.pgd import pgd
from xtb.robust.problem import Backward, Problem, plain
from xtb.robust.r3f import r3f
from xtb.robust.smart import smart
from xtb.spec import Robust

Method = Callable[[Problem, Backward, torch.Generator], Tensor]

METHODS: dict[Robust, Method] = {
    "none": lambda problem, backward, rng: plain(problem, backward),
    "augment": lambda problem, backward, rng: plain(problem, backward),  # acts on the data
    "fgm": lambda problem, backward, rng: fgm(problem, backward),
    "pgd": lambda problem, backward, rng: pgd(problem, backward),
    "freelb": freelb,
    "smart": smart,
    "r3f": r3f,
}
"""How each method makes the gradients of a batch; all with the settings their papers publish."""


def add_gradients(
    model: TaskModel,
    features: list[Feature],
    robust: Robust,
    accelerator: Accelerator,
    *,
    seed: int,
    step: int,
) -> Tensor:
    """Add the gradients of one batch.

    Args:
        model: of the batch's task.
        features: the batch.
        robust: the method.
        accelerator: for mixed precision and the backward pass.
        seed, step: key the method's random numbers.

    Returns:
        The loss that plain training would report (scalar, detached, on the model's device).
    """
    batch = model.collate(features)
    rng = torch.Generator(device=batch["input_ids"].device)
    rng.manual_seed(seeds.integer(seed, "disturbance", step))
    return METHODS[robust](_problem(model, batch, accelerator), accelerator.backward, rng)


def _problem(model: TaskModel, batch: Batch, accelerator: Accelerator) -> Problem:
    def forward(embeddings: Tensor | None) -> Tensor:
        with accelerator.autocast():
            outputs: Tensor = model(batch if embeddings is None else batch | {"inputs_embeds": embeddings})
        return outputs

    def embed() -> Tensor:
        table: Callable[[Tensor], Tensor] = model.encoder.get_input_embeddings()  # type: ignore[operator]
        return table(batch["input_ids"])

    head = heads.head(model.kind)
    return Problem(
        embed=embed,
        forward=forward,
        loss=lambda outputs: heads.loss(model.kind, outputs, batch),
        log_probs=lambda outputs: head.log_probs(outputs, batch),
        mask=batch["attention_mask"],
    )
