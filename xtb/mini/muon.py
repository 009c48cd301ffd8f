"""Muon (Jordan et al., 2024) in float32, for the matrices inside the layers of the small encoder.

``torch.optim.Muon`` makes its updates orthogonal in bfloat16, which a CPU without such units works out thirty
times slower than float32: pretraining took eight minutes there instead of two.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the quintic Newton-Schulz iteration (Jordan et al.): steep at 0, near 1 after five steps."""
STEPS = 5
EPSILON = 1e-7


class Muon(torch.optim.Optimizer):
    """Momentum, made orthogonal, with decoupled weight decay.

    The step of a matrix [a, b] is ``lr * sqrt(max(1, a / b))`` times its update, as in ``torch.optim.Muon``.

    Args:
        matrices: parameters with two dimensions.
        lr: learning rate.
        weight_decay: share of a weight that goes at each step, in learning rates.
        momentum: of the running mean of gradients; Nesterov's.
    """

    def __init__(
        self, matrices: Iterable[nn.Parameter], *, lr: float, weight_decay: float, momentum: float = 0.95
    ) -> None:
        super().__init__(matrices, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step on the gradients that are there."""
        for group in self.param_groups:
            for matrix in group["params"]:
                if matrix.grad is None:
                    continue
                memory = self.state[matrix].setdefault("momentum_buffer", torch.zeros_like(matrix))
                memory.lerp_(matrix.grad, 1 - group["momentum"])
                update = orthogonal(matrix.grad.lerp(memory, group["momentum"]))
                rows, columns = matrix.shape
                matrix.mul_(1 - group["lr"] * group["weight_decay"])
                matrix.add_(update, alpha=-group["lr"] * max(1.0, rows / columns) ** 0.5)


def orthogonal(matrix: Tensor) -> Tensor:
    """A matrix of the same shape with its singular vectors, and singular values near 1 (about 0.7 to 1.2)."""
    a, b, c = COEFFICIENTS
    tall = matrix.size(0) > matrix.size(1)
    x = matrix.T if tall else matrix
    x = x / x.norm().clamp(min=EPSILON)
    for _ in range(STEPS):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x
