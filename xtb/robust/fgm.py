"""Fast gradient method: one step along the gradient of the embeddings, then a second backward pass."""

from torch import Tensor
from torch.autograd import grad

from xtb.robust.problem import Backward, Problem, plain, row_norm


def fgm(problem: Problem, backward: Backward, *, epsilon: float = 1.0) -> Tensor:
    """Adds the gradients of the loss at ``E`` and at ``E + epsilon * g / ||g||_2``, where ``g = dL/dE``.

    Miyato, Dai & Goodfellow (2017, section 3, eq. 5-6), with the L2 norm taken over all embeddings of
    one row. Unlike there the embeddings are not normalised first, as is usual with pretrained
    encoders; ``epsilon`` 1.0 is the customary value there. Costs two more forward and backward passes.
    """
    loss = plain(problem, backward)
    if epsilon == 0:
        return loss
    embeddings = problem.embed().detach().requires_grad_()
    (gradient,) = grad(problem.loss(problem.forward(embeddings)), embeddings)
    delta = epsilon * gradient / row_norm(gradient) * problem.spread
    backward(problem.loss(problem.forward(problem.embed() + delta)))
    return loss
