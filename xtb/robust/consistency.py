"""Consistency: a text and its noisy copy should get the same prediction."""

from torch import Tensor

from xtb.robust.problem import Backward, Problem, plain


def consistency(problem: Problem, backward: Backward, *, weight: float = 5.0) -> Tensor:
    """Adds the gradients of ``loss + weight * KL_S(f(x), f(noisy x))``.

    Example consistency of xTune (Zheng et al., 2021, section 3.1): the task's loss on the clean text alone,
    and ``KL_S(P, Q) = KL(stopgrad(P) || Q) + KL(stopgrad(Q) || P)``; ``weight`` 5.0 is their R1. The second
    view is a noisy copy, drawn anew every epoch (theirs: code-switching of 30 % of words, which is
    ``code_mix`` at severity 4; subword sampling; machine translation). An example without a copy that
    lines up is its own second view, so that only dropout differs (R-Drop; Liang et al., 2021). Costs one
    forward and backward pass more.
    """
    if weight == 0 or problem.views is None:
        return plain(problem, backward)
    outputs = problem.forward(None)
    loss = problem.loss(outputs)
    clean, noisy = problem.views(outputs)
    backward(loss + weight * (_towards(clean, noisy) + _towards(noisy, clean)))
    return loss.detach()


def _towards(fixed: Tensor, moving: Tensor) -> Tensor:
    """``KL(stopgrad(fixed) || moving)``, unit mean, of log-probabilities [units, classes]."""
    target = fixed.detach()
    return (target.exp() * (target - moving)).sum(-1).mean()
