"""What a kind of task has to provide."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from ingest.example import Candidate, Example
from ingest.task import Task
from xtb.batching import Batch, Feature
from xtb.inputs import Inputs
from xtb.pooling import Pooling

__all__ = ["NEVER", "Head", "Outcome", "Pooling", "Results", "Vectors"]

NEVER = -1e9
"""The logit of what cannot be chosen; finite, so that 0 * log(p) stays 0."""

Results = Sequence[Sequence[NDArray[np.float32]]]
"""For each feature, what ``Head.results`` kept of each of its rows."""


class Vectors(NamedTuple):
    """A pool of candidates: ids, unit vectors [candidates, hidden], texts, and for mining the threshold.

    ``threshold`` is the least margin of a pair that counts as a translation (``xtb.mining``).
    """

    ids: Sequence[str]
    matrix: NDArray[np.float32]
    texts: Sequence[str] = ()
    threshold: float = 0.0


class Outcome(NamedTuple):
    """One example's result, as the columns of the warehouse table ``outcome`` define them."""

    correct: float
    prediction: str
    exact: float | None = None
    units: int = 1
    hits: int | None = None
    predicted: int | None = None
    gold: int | None = None


class Scored(Protocol):
    """What training needs of a kind: the probabilities of what is decided, and what is right."""

    def log_probs(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Log-probabilities [units, classes], float32.

        A unit is what is decided at once: a pair, a question, a word, an end of a span, a query.
        """

    def gold(self, batch: Batch) -> Tensor:
        """The right class of each unit [units]."""


class Head(Scored, Protocol):
    """What a kind of task needs for training, evaluation and attacks; a module of ``xtb.heads`` is one.

    Attributes:
        GOALS: what an attack may want to take away; '' stands for the first.
    """

    GOALS: Sequence[str]

    def layer(
        self, hidden: int, task: Task, *, dropout: float, inputs: Inputs, pooling: Pooling
    ) -> nn.Module:
        """The head's own weights: ``forward(hidden [rows, tokens, hidden], batch)`` gives the outputs."""

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

    def results(self, outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
        """What evaluation keeps of each row: small, on the CPU, and enough for ``outcomes``."""

    def outcomes(
        self,
        examples: Sequence[Example],
        features: Sequence[Feature],
        results: Results,
        task: Task,
        language: str,
        pool: Vectors | None = None,
    ) -> list[Outcome]:
        """Judges each example, in their order.

        Args:
            examples: what was evaluated.
            features: made from them by ``features`` without a pool.
            results: of each feature.
            task: gives labels and the headline metric.
            language: of the examples.
            pool: retrieval: the candidates.
        """

    def judged(
        self, examples: Sequence[Example], predictions: Sequence[str], task: Task, language: str
    ) -> list[Outcome]:
        """Judges predictions, ours or anybody's, written as the column ``prediction`` has them."""

    def evidence(self, outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
        """What an attack keeps of each row: enough for ``losses``."""

    def losses(
        self,
        examples: Sequence[Example],
        features: Sequence[Feature],
        evidence: Results,
        pool: Vectors | None = None,
        goal: str = "",
    ) -> NDArray[np.float64]:
        """What an attack maximises, for each example: higher is worse for the model.

        Args:
            examples: what was scored.
            features: made from them by ``features`` without a pool.
            evidence: of each feature.
            pool: retrieval: the candidates.
            goal: one of ``GOALS``.
        """

    def fooled(self, outcome: Outcome, goal: str = "") -> bool:
        """Does the outcome miss what an attack with this goal wants to take away?"""
