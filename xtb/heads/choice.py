"""Multiple choice: every option is read with its context and question, and gets one score."""

from array import array
from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ingest.example import Candidate, Choice, Example
from ingest.task import Task
from xtb.batching import Batch, Feature
from xtb.heads.base import NEVER, Outcome, Pooling, Results, Vectors
from xtb.heads.layers import FirstToken
from xtb.inputs import Inputs

GOALS: Sequence[str] = ("label",)
"""Another option is the highest."""


def layer(hidden: int, task: Task, *, dropout: float, inputs: Inputs, pooling: Pooling) -> nn.Module:
    """One score an option."""
    return FirstToken(hidden, 1, dropout)


def features(
    examples: Sequence[Example] | Sequence[Candidate],
    inputs: Inputs,
    task: Task,
    *,
    max_length: int,
    stride: int = 128,
    pool: Sequence[Candidate] = (),
) -> list[Feature]:
    """One row an option: context and question, then the option (as XTREME-R's run_xcopa.py)."""
    choices = cast(Sequence[Choice], examples)
    prompts = inputs.ids([prompt(choice) for choice in choices])
    options = inputs.ids([option for choice in choices for option in choice.options])
    made = []
    place = 0
    for i, (choice, first) in enumerate(zip(choices, prompts, strict=True)):
        seconds = options[place : place + len(choice.options)]
        place += len(seconds)
        rows = tuple(inputs.fit(first, second, max_length) for second in seconds)
        made.append(Feature(i, rows, array("i", [choice.label]), len(first) + sum(map(len, seconds))))
    return made


def prompt(choice: Choice) -> str:
    """Context and question, as one text; either may be empty.

    >>> prompt(Choice(id="1", context="It rained.", question="What was the effect?", options=(), label=0))
    'It rained. What was the effect?'
    """
    return " ".join(part for part in (choice.context, choice.question) if part)


def log_probs(outputs: Tensor, batch: Batch) -> Tensor:
    """[questions, most options], ``NEVER`` where a question has fewer."""
    feature = batch["feature"]
    counts = feature.bincount()
    starts = counts.cumsum(0) - counts
    place = torch.arange(len(feature), device=feature.device) - starts[feature]
    table = outputs.new_full((len(counts), int(counts.max())), NEVER, dtype=torch.float32)
    table[feature, place] = outputs[:, 0].float()
    return table.log_softmax(-1)


def gold(batch: Batch) -> Tensor:
    """The right option of each question."""
    return batch["targets"][:, 0]


def results(outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
    """The score of each row."""
    return list(outputs.float().cpu().numpy())


def outcomes(
    examples: Sequence[Example],
    features: Sequence[Feature],
    results: Results,
    task: Task,
    language: str,
    pool: Vectors | None = None,
) -> list[Outcome]:
    """Correct is whether the highest option is right, the first of equals; the prediction is its index."""
    chosen = [str(int(np.argmax([row[0] for row in rows]))) for rows in results]
    return judged(examples, chosen, task, language)


def evidence(outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
    """The score of each row."""
    return results(outputs, batch)


def losses(
    examples: Sequence[Example],
    features: Sequence[Feature],
    evidence: Results,
    pool: Vectors | None = None,
    goal: str = "",
) -> NDArray[np.float64]:
    """``-log p(gold)`` over the options."""
    made = np.empty(len(features))
    for i, (feature, rows) in enumerate(zip(features, evidence, strict=True)):
        scores = np.array([row[0] for row in rows], dtype=np.float64)
        made[i] = np.logaddexp.reduce(scores) - scores[feature.targets[0]]
    return made


def fooled(outcome: Outcome, goal: str = "") -> bool:
    """Another option is the highest."""
    return outcome.correct < 1


def judged(
    examples: Sequence[Example], predictions: Sequence[str], task: Task, language: str
) -> list[Outcome]:
    """Judges indices of options."""
    return [
        Outcome(correct=float(option == str(choice.label)), prediction=option)
        for choice, option in zip(cast(Sequence[Choice], examples), predictions, strict=True)
    ]
