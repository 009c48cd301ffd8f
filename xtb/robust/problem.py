"""What robust training disturbs: one batch of one task as a function of its input embeddings.

The methods in this folder are functions of a ``Problem`` and nothing else. Each adds the gradients of
its objective to the parameters' ``.grad`` through ``backward`` and returns the value of the loss that
plain training would report, so a training loop can swap one for another. A method whose strength is
zero *is* plain training: it makes the same single forward and backward pass, bit for bit.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Backward = Callable[[Tensor], None]
"""``loss.backward()``, or Accelerate's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A batch as a function of its embeddings.

    Attributes:
        embed: the word embeddings [rows, tokens, hidden] of the batch, each time with a new graph.
        forward: head outputs from embeddings; None looks the embeddings up itself.
        loss: mean negative log-likelihood (scalar) of outputs.
        log_probs: log-probabilities [units, classes] of outputs, float32.
        mask: [rows, tokens], 1 at real tokens; padding is never disturbed.
        views: from the outputs of the batch, log-probabilities [units, classes] of it and of the batch of
            its noisy copies, unit by unit; None where there are no copies.
    """

    embed: Callable[[], Tensor]
    forward: Callable[[Tensor | None], Tensor]
    loss: Callable[[Tensor], Tensor]
    log_probs: Callable[[Tensor], Tensor]
    mask: Tensor
    views: Callable[[Tensor], tuple[Tensor, Tensor]] | None = None

    @property
    def spread(self) -> Tensor:
        """The mask as [rows, tokens, 1] in float32."""
        return self.mask.unsqueeze(-1).to(torch.float32)


def plain(problem: Problem, backward: Backward) -> Tensor:
    """Ordinary training: one forward pass, one backward pass."""
    loss = problem.loss(problem.forward(None))
    backward(loss)
    return loss.detach()


def row_norm(tensor: Tensor) -> Tensor:
    """L2 norm over tokens and hidden units of each row, [rows, 1, 1], at least 1e-8 (as in FreeLB's code)."""
    norms: Tensor = torch.linalg.vector_norm(tensor.flatten(1), dim=1)
    return norms.clamp(min=1e-8).view(-1, 1, 1)


def into_ball(delta: Tensor, radius: float) -> Tensor:
    """Shrinks each row's disturbance to L2 norm ``radius`` where it is longer; 0 means no bound."""
    if radius <= 0:
        return delta
    shrunk: Tensor = delta * (radius / row_norm(delta)).clamp(max=1.0)
    return shrunk


def symmetric_kl(first: Tensor, second: Tensor) -> Tensor:
    """``KL(first || second) + KL(second || first)``, unit mean, of log-probabilities [units, classes]."""
    difference = first - second
    return ((first.exp() - second.exp()) * difference).sum(-1).mean()
