"""R3F: the output should not change under small random noise on the embeddings."""

from typing import Literal

import torch
from torch import Tensor

from xtb.robust.problem import Backward, Problem, plain, symmetric_kl


def r3f(
    problem: Problem,
    backward: Backward,
    generator: torch.Generator,
    *,
    epsilon: float = 1e-5,
    weight: float = 1.0,
    noise: Literal["uniform", "normal"] = "uniform",
) -> Tensor:
    """Adds the gradients of ``loss + weight * symmetric KL(f(x), f(x + z))``.

    Aghajanyan et al. (2021, section 2.1, eq. 3): ``z`` uniform in [-epsilon, epsilon] or normal with that
    standard deviation. As in the authors' code the noisy copy starts from detached embeddings, so
    the divergence does not train the embedding table through it. Costs one forward and backward pass more.
    """
    if weight == 0 or epsilon == 0:
        return plain(problem, backward)
    outputs = problem.forward(None)
    loss = problem.loss(outputs)
    embeddings = problem.embed().detach()
    shape, device = embeddings.shape, generator.device
    if noise == "uniform":
        z = 2 * torch.rand(shape, generator=generator, device=device) - 1
    else:
        z = torch.randn(shape, generator=generator, device=device)
    disturbed = problem.forward(embeddings + epsilon * z.to(embeddings) * problem.spread)
    backward(loss + weight * symmetric_kl(problem.log_probs(disturbed), problem.log_probs(outputs)))
    return loss.detach()
