"""Heads: all that depends on the kind of a task, one file a kind.

A head is a module with the functions of ``Head``; nothing outside this folder asks for a kind.
"""

from collections.abc import Sequence
from typing import Literal

from torch import Tensor
from torch.nn.functional import nll_loss

from ingest.example import Example, Kind
from xtb.batching import IGNORE, Batch, Feature
from xtb.heads import choice, masked, pair, retrieval, rivals, span, tags
from xtb.heads.base import Head, Outcome, Pooling, Results, Scored, Vectors
from xtb.heads.retrieval import tuned

__all__ = [
    "Head",
    "Outcome",
    "Pooling",
    "Results",
    "Trained",
    "Vectors",
    "ascent",
    "comparable",
    "head",
    "log_probs",
    "loss",
    "tuned",
    "units",
    "unreachable",
    "view",
]

Trained = Kind | Literal["masked"]
"""What can be trained: the kinds of tasks, and masked tokens."""

_HEADS: dict[Kind, Head] = {
    "pair": pair,
    "choice": choice,
    "tags": tags,
    "span": span,
    "retrieval": retrieval,
}


_SCORED: dict[Trained, Scored] = {
    "pair": pair,
    "choice": choice,
    "tags": tags,
    "span": span,
    "retrieval": retrieval,
    "masked": masked,
}


def head(kind: Kind) -> Head:
    """The head of a kind."""
    return _HEADS[kind]


def log_probs(kind: Trained, outputs: Tensor, batch: Batch) -> Tensor:
    """Log-probabilities [units, classes] of outputs, float32."""
    return _SCORED[kind].log_probs(outputs, batch)


def loss(kind: Trained, outputs: Tensor, batch: Batch) -> Tensor:
    """Mean negative log-likelihood over the units of a batch (scalar, float32).

    Units are pairs, questions, words, the two ends of each span, queries, masked tokens. To accumulate
    over micro-batches weight each by ``units(kind, batch)``.
    """
    return nll_loss(log_probs(kind, outputs, batch), _SCORED[kind].gold(batch))


def ascent(
    kind: Kind,
    outputs: Tensor,
    batch: Batch,
    examples: Sequence[Example],
    pool: Vectors | None,
    goal: str = "",
) -> Tensor:
    """What a white-box attack ascends: a scalar, the sum over the rows of a batch.

    Each row's gradient is its own, so how rows are weighted does not matter. It is the training loss of
    each unit; for retrieval, where that needs other queries, what ``Head.losses`` measures.

    Args:
        examples: of each feature of the batch.
        pool: retrieval: the candidates.
        goal: retrieval: one of its goals.
    """
    if kind == "retrieval":
        assert pool is not None
        return retrieval.ascent(outputs, examples, pool, goal)
    return nll_loss(head(kind).log_probs(outputs, batch), head(kind).gold(batch), reduction="sum")


def unreachable(kind: Kind, goal: str, pool: Vectors | None) -> str | None:
    """Why no text at all can reach the goal of an attack, as a sentence."""
    if kind != "retrieval" or pool is None:
        return None
    return rivals.unreachable(rivals.named(goal), pool)


def view(kind: Trained, outputs: Tensor, batch: Batch) -> Tensor:
    """Log-probabilities [units, classes] that can be held against those of noisy copies (``comparable``).

    They are ``log_probs``, but for spans, whose classes are counted from the first token of the context.
    """
    return span.view(outputs, batch) if kind == "span" else log_probs(kind, outputs, batch)


def comparable(kind: Kind, one: Feature, other: Feature) -> bool:
    """Have a feature and its noisy copy the same units and classes?"""
    if kind == "span":
        return span.comparable(one, other)
    targets = [[target for target in each.targets if target != IGNORE] for each in (one, other)]
    return targets[0] == targets[1]


def units(kind: Trained, batch: Batch) -> int:
    """How many units ``loss`` is the mean over."""
    return len(_SCORED[kind].gold(batch))
