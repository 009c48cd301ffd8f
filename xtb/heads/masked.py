"""Masked tokens: the token that stood there. Trained only; no task is of this kind."""

from torch import Tensor

from xtb.batching import IGNORE, Batch


def log_probs(outputs: Tensor, batch: Batch) -> Tensor:
    """[masked tokens, vocabulary], rows in order."""
    return outputs.float().log_softmax(-1)


def gold(batch: Batch) -> Tensor:
    """The token that was masked."""
    targets = batch["targets"]
    return targets[targets != IGNORE]
