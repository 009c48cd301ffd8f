"""SMART: smoothness of the output under the worst small disturbance of the embeddings."""

import torch
from torch import Tensor
from torch.autograd import grad

from xtb.robust.problem import Backward, Problem, plain, symmetric_kl


def smart(
    problem: Problem,
    backward: Backward,
    generator: torch.Generator,
    *,
    weight: float = 1.0,
    step_size: float = 1e-5,
    noise: float = 1e-5,
    steps: int = 1,
    radius: float = 1.0,
    smallest: float = 1e-6,
) -> Tensor:
    """Adds the gradients of ``loss + weight * symmetric KL(clean, disturbed)``.

    The smoothness-inducing regulariser of Jiang et al. (2020, section 2.1, eq. 1-2) as the authors' code
    has it: start normal with standard deviation ``noise``, ``steps`` ascent steps of ``step_size`` on
    KL(disturbed || clean), after each of which every token's disturbance is scaled to maximum norm ``radius``
    (1 there; ``smallest`` keeps the division finite). The paper's Bregman proximal term (section 2.2) is
    left out, as in that code. For tagging and spans, which it lacks, the divergence is taken over words and
    span ends; padding is never disturbed.
    """
    if weight == 0:
        return plain(problem, backward)
    outputs = problem.forward(None)
    loss = problem.loss(outputs)
    clean = problem.log_probs(outputs)
    delta = _worst(problem, clean.detach(), generator, step_size, noise, steps, radius, smallest)
    disturbed = problem.log_probs(problem.forward(problem.embed() + delta))
    backward(loss + weight * symmetric_kl(disturbed, clean))
    return loss.detach()


def _worst(
    problem: Problem,
    clean: Tensor,
    generator: torch.Generator,
    step_size: float,
    noise: float,
    steps: int,
    radius: float,
    smallest: float,
) -> Tensor:
    embeddings = problem.embed().detach()
    normal = torch.randn(embeddings.shape, generator=generator, device=generator.device).to(embeddings)
    delta = normal * noise * problem.spread
    for _ in range(steps):
        delta.requires_grad_()
        disturbed = problem.log_probs(problem.forward(embeddings + delta))
        divergence = (disturbed.exp() * (disturbed - clean)).sum(-1).mean()
        (gradient,) = grad(divergence, delta)
        moved = delta.detach() + step_size * gradient
        largest = moved.abs().amax(dim=-1, keepdim=True)
        delta = radius * moved / (largest + smallest) * problem.spread
    return delta
