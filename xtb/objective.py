"""What one training step descends: the plain loss, or the objective of a robust method."""

from collections.abc import Callable

import torch
from accelerate import Accelerator
from torch import Tensor

from xtb import heads
from xtb import seed as seeds
from xtb.batching import Batch, Feature
from xtb.mlm import MaskedModel
from xtb.model import TaskModel
from xtb.robust.consistency import consistency
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
    "consistency": lambda problem, backward, rng: consistency(problem, backward),
}
"""How each method makes the gradients of a batch; all with the settings their papers publish."""


def add_gradients(
    model: TaskModel | MaskedModel,
    features: list[Feature],
    robust: Robust,
    accelerator: Accelerator,
    *,
    seed: int,
    key: tuple[int, ...],
    share: float = 1.0,
) -> Tensor:
    """Add the gradients of one batch, or of a part of one.

    Args:
        model: of the batch's task, or of masked language modelling, which is always trained plainly.
        features: the batch.
        robust: the method.
        accelerator: for mixed precision and the backward pass.
        seed, key: key the method's random numbers.
        share: what the batch is of the whole one; its gradients count so much.

    Returns:
        The loss that plain training would report, times ``share`` (scalar, detached, on the model's device).
    """
    batch = model.collate(features)
    rng = torch.Generator(device=batch["input_ids"].device)
    rng.manual_seed(seeds.integer(seed, "disturbance", *key))

    def backward(loss: Tensor) -> None:
        accelerator.backward(loss if share == 1.0 else loss * share)

    method = METHODS["none" if isinstance(model, MaskedModel) else robust]
    loss = method(_problem(model, batch, _copies(model, features), accelerator), backward, rng)
    return loss if share == 1.0 else loss * share


def _copies(model: TaskModel | MaskedModel, features: list[Feature]) -> Batch | None:
    """The batch of the features' noisy copies; None where none has one."""
    if all(feature.copy is None for feature in features):
        return None
    return model.collate([feature.copy or feature for feature in features])


def _problem(
    model: TaskModel | MaskedModel, batch: Batch, copies: Batch | None, accelerator: Accelerator
) -> Problem:
    def views(outputs: Tensor) -> tuple[Tensor, Tensor]:
        assert copies is not None
        with accelerator.autocast():
            noisy: Tensor = model(copies)
        return heads.view(model.kind, outputs, batch), heads.view(model.kind, noisy, copies)

    def forward(embeddings: Tensor | None) -> Tensor:
        with accelerator.autocast():
            outputs: Tensor = model(batch if embeddings is None else batch | {"inputs_embeds": embeddings})
        return outputs

    def embed() -> Tensor:
        table: Callable[[Tensor], Tensor] = model.encoder.get_input_embeddings()  # type: ignore[operator]
        return table(batch["input_ids"])

    return Problem(
        embed=embed,
        forward=forward,
        loss=lambda outputs: heads.loss(model.kind, outputs, batch),
        log_probs=lambda outputs: heads.log_probs(model.kind, outputs, batch),
        mask=batch["attention_mask"],
        views=None if copies is None else views,
    )
