"""Heads: all that depends on the kind of a task, one file a kind.

A head is a module with the functions of ``Head``; nothing outside this folder asks for a kind.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from ingest.example import Candidate, Example, Kind
from ingest.task import Task
from xtb.batching import Batch, Feature
from xtb.inputs import Inputs


class Outcome(NamedTuple):
    """One example's result, as the columns of the warehouse table ``outcome`` define them."""

    correct: float
    prediction: str
    exact: float | None = None
    units: int = 1
    hits: int | None = None
    predicted: int | None = None
    gold: int | None = None


class Head(Protocol):
    """What a kind of task needs for training and evaluation."""

    def features(
        self,
        examples: Sequence[Example] | Sequence[Candidate],
        inputs: Inputs,
        task: Task,
        *,
        max_length: int,
        stride: int = 128,
        pool: Sequence[Candidate] = (),
    ) -> list[Feature]:
        """Encoder inputs with targets, in the order of the examples.

        Args:
            examples: of the head's kind; retrieval also takes candidates.
            inputs: the model's tokenised texts.
            task: gives the labels.
            max_length: most tokens of a row.
            stride: tokens that two windows of a long context share (span).
            pool: training a retriever: the candidates; each query then comes with its first positive.
        """

    def log_probs(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Log-probabilities [units, classes], float32: what is decided once per pair, question, word, span end or query."""

    def gold(self, batch: Batch) -> Tensor:
        """The right class of each unit [units]."""

    def results(self, outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
        """What evaluation keeps of each row: small, on the CPU, and enough for ``outcomes``."""


def head(kind: Kind) -> Head:
    """The head of a kind."""
    raise NotImplementedError


def loss(kind: Kind, outputs: Tensor, batch: Batch) -> Tensor:
    """Mean negative log-likelihood over the units of a batch (scalar).

    Units are pairs, questions, words, the two ends of each span, queries. To accumulate over
    micro-batches weight each by ``units(kind, batch)``.
    """
    raise NotImplementedError


def units(kind: Kind, batch: Batch) -> int:
    """How many units ``loss`` is the mean over."""
    raise NotImplementedError
