"""Projected gradient descent: several ascent steps inside a ball, then a backward pass at the end point."""

from torch import Tensor
from torch.autograd import grad

from xtb.robust.problem import Backward, Problem, into_ball, plain, row_norm


def pgd(
    problem: Problem, backward: Backward, *, epsilon: float = 1.0, alpha: float = 0.3, steps: int = 3
) -> Tensor:
    """Adds the gradients of the clean loss and of the loss at the end of ``steps`` ascent steps.

    Madry et al. (2018, section 2.1), in the L2 ball of radius ``epsilon`` around the embeddings of a
    row, each step ``alpha * g / ||g||_2`` followed by projection. The defaults are the customary ones of
    text classification with pretrained encoders. Costs ``steps + 1`` more forward and backward passes.
    """
    loss = plain(problem, backward)
    if epsilon == 0 or steps == 0:
        return loss
    clean = problem.embed().detach()
    delta = clean.new_zeros(clean.shape)
    for _ in range(steps):
        delta.requires_grad_()
        (gradient,) = grad(problem.loss(problem.forward(clean + delta)), delta)
        moved = delta.detach() + alpha * gradient / row_norm(gradient) * problem.spread
        delta = into_ball(moved, epsilon)
    backward(problem.loss(problem.forward(problem.embed() + delta)))
    return loss
