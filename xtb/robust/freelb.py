"""FreeLB: the parameters' gradients are accumulated along the ascent steps instead of thrown away."""

import torch
from torch import Tensor

from xtb.robust.problem import Backward, Problem, into_ball, plain, row_norm


def freelb(
    problem: Problem,
    backward: Backward,
    generator: torch.Generator,
    *,
    step_size: float = 1e-1,
    steps: int = 2,
    initial: float = 1e-1,
    radius: float = 3e-1,
) -> Tensor:
    """Adds the mean over ``steps`` of the gradients at the disturbed embeddings.

    Zhu et al. (2020, algorithm 1). The disturbance starts uniform in [-1, 1] times
    ``initial / sqrt(tokens * hidden)`` at real tokens, moves by ``step_size * g / ||g||_2`` for each row
    and is kept within L2 norm ``radius`` (0: no bound). The defaults are the authors' settings for
    RoBERTa-large on MNLI. Costs ``steps`` forward and backward passes in place of one.

    Returns:
        The mean of the losses along the way.
    """
    if step_size == 0 and initial == 0:
        return plain(problem, backward)
    embeddings = problem.embed()
    delta = _start(embeddings, problem.spread, initial, generator)
    total = embeddings.new_zeros(())
    for step in range(steps):
        delta.requires_grad_()
        loss = problem.loss(problem.forward(embeddings + delta)) / steps
        backward(loss)
        total = total + loss.detach()
        if step == steps - 1 or delta.grad is None:
            break
        gradient = delta.grad.detach()
        moved = delta.detach() + step_size * gradient / row_norm(gradient) * problem.spread
        delta = into_ball(moved, radius)
        embeddings = problem.embed()
    return total


def _start(embeddings: Tensor, spread: Tensor, initial: float, generator: torch.Generator) -> Tensor:
    uniform = torch.rand(embeddings.shape, generator=generator, device=generator.device).to(embeddings)
    dimensions = spread.to(embeddings).sum(dim=(1, 2), keepdim=True) * embeddings.shape[-1]
    return ((2 * uniform - 1) * spread * (initial / dimensions.sqrt())).detach()
