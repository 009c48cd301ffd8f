"""Pairs of texts: a label from the first token of both texts together."""

from array import array
from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from ingest.example import Candidate, Example, Pair
from ingest.task import Task
from xtb.batching import Batch, Feature
from xtb.heads.base import Outcome, Pooling, Results, Vectors
from xtb.heads.layers import FirstToken
from xtb.inputs import Inputs

GOALS: Sequence[str] = ("label",)
"""Another label is the highest."""


def layer(hidden: int, task: Task, *, dropout: float, inputs: Inputs, pooling: Pooling) -> nn.Module:
    """One class a label."""
    return FirstToken(hidden, len(task.labels), dropout)


def features(
    examples: Sequence[Example] | Sequence[Candidate],
    inputs: Inputs,
    task: Task,
    *,
    max_length: int,
    stride: int = 128,
    pool: Sequence[Candidate] = (),
) -> list[Feature]:
    """One row a pair; where both texts do not fit, the longer one loses its end."""
    pairs = cast(Sequence[Pair], examples)
    firsts = inputs.ids([pair.first for pair in pairs])
    seconds = inputs.ids([pair.second for pair in pairs])
    rows = [inputs.fit(first, second, max_length) for first, second in zip(firsts, seconds, strict=True)]
    return [
        Feature(i, (row,), array("i", [pair.label]), len(first) + len(second))
        for i, (pair, row, first, second) in enumerate(zip(pairs, rows, firsts, seconds, strict=True))
    ]


def log_probs(outputs: Tensor, batch: Batch) -> Tensor:
    """[pairs, labels]."""
    return outputs.float().log_softmax(-1)


def gold(batch: Batch) -> Tensor:
    """The label of each pair."""
    return batch["targets"][:, 0]


def results(outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
    """The logits of each row."""
    return list(outputs.float().cpu().numpy())


def outcomes(
    examples: Sequence[Example],
    features: Sequence[Feature],
    results: Results,
    task: Task,
    language: str,
    pool: Vectors | None = None,
) -> list[Outcome]:
    """Correct is whether the highest label is right; the prediction is its name."""
    names = [task.labels[int(rows[0].argmax())] for rows in results]
    return judged(examples, names, task, language)


def evidence(outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
    """The logits of each row."""
    return results(outputs, batch)


def losses(
    examples: Sequence[Example],
    features: Sequence[Feature],
    evidence: Results,
    pool: Vectors | None = None,
    goal: str = "",
) -> NDArray[np.float64]:
    """``-log p(gold)``."""
    logits = np.stack([rows[0] for rows in evidence]).astype(np.float64)
    gold = np.array([feature.targets[0] for feature in features])
    right: NDArray[np.float64] = logits[np.arange(len(gold)), gold]
    every: NDArray[np.float64] = np.logaddexp.reduce(logits, axis=1)
    return every - right


def fooled(outcome: Outcome, goal: str = "") -> bool:
    """Another label is the highest."""
    return outcome.correct < 1


def judged(
    examples: Sequence[Example], predictions: Sequence[str], task: Task, language: str
) -> list[Outcome]:
    """Judges names of labels. Of two labels the second is the positive one, which F1 counts."""
    made = []
    for pair, name in zip(cast(Sequence[Pair], examples), predictions, strict=True):
        right = name == task.labels[pair.label]
        outcome = Outcome(correct=float(right), prediction=name)
        if len(task.labels) == 2:
            found, there = int(name == task.labels[1]), pair.label
            outcome = outcome._replace(hits=found & there, predicted=found, gold=there)
        made.append(outcome)
    return made
