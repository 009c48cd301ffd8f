"""A model with the settings it is evaluated with."""

import hashlib
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ingest.example import Candidate, Example
from ingest.task import Task
from xtb.batching import Feature
from xtb.errors import BadRun
from xtb.featurecache import FeatureCache, digest
from xtb.heads import Outcome, Vectors, head, tuned
from xtb.model import TaskModel
from xtb.once import OnBatch, Once

POOL_BLOCK = 20_000
"""Candidates of a retrieval pool that are tokenised and encoded at a time."""


class Judge:
    """Turns examples into inputs, and what the model makes of them into outcomes.

    Args:
        model: its head has to fit the task.
        task: gives labels and metrics.
        max_length: most tokens of a row; None for the task's default. The encoder's own limit holds too.
        stride: overlap of windows; None for the task's default.
        batch_tokens: tokens of a batch, padding counted; None for what suits the device.
        bf16: autocast to bfloat16.
        on_batch: hears of each batch.

    Raises:
        BadRun: the model's head does not fit the task.
    """

    def __init__(
        self,
        model: TaskModel,
        task: Task,
        *,
        max_length: int | None,
        stride: int | None,
        batch_tokens: int | None,
        bf16: bool,
        on_batch: OnBatch | None = None,
    ) -> None:
        if (model.kind, model.labels) != (task.kind, task.labels):
            raise BadRun(
                f"the model cannot do task '{task.name}' ({task.kind}: {', '.join(task.labels) or '-'}):"
                f" its head is for {model.kind}: {', '.join(model.labels) or '-'}"
            )
        self._inputs, self._task, self._head = model.inputs, task, head(task.kind)
        self._max_length = min(max_length or task.defaults.max_length, model.max_length)
        self._stride = task.defaults.stride if stride is None else stride
        keep = self._head.results
        self._once = partial(Once, model, keep, batch_tokens=batch_tokens, bf16=bf16, on_batch=on_batch)
        self._tokenizer = ""
        self._pool: tuple[Sequence[Candidate], Vectors | None] = ((), None)
        self.once = self._once()

    def features(self, examples: Sequence[Example] | Sequence[Candidate]) -> list[Feature]:
        """Encoder inputs of examples."""
        return self._head.features(
            examples, self._inputs, self._task, max_length=self._max_length, stride=self._stride
        )

    def stored(self, cache: FeatureCache, examples: Sequence[Example]) -> Sequence[Feature]:
        """``features``, from a cache when they are there."""
        if not self._tokenizer:
            self._tokenizer = hashlib.sha256(self._inputs.backend.to_str().encode()).hexdigest()
        key = [self._task.name, digest(examples), self._tokenizer, self._max_length, self._stride]
        return cache.features(key, lambda: self.features(examples))

    def outcomes(
        self, examples: Sequence[Example], features: Sequence[Feature], language: str, pool: Vectors | None
    ) -> list[Outcome]:
        """Outcomes of examples whose features ``once`` has computed."""
        results = self.once.results(features)
        return self._head.outcomes(examples, features, results, self._task, language, pool)

    def vectors(self, pool: Sequence[Candidate]) -> Vectors | None:
        """The vectors of a retrieval pool; None for no pool.

        The last pool is remembered: cells of one language, or of one multilingual pool, share it.
        """
        if pool != self._pool[0]:
            texts = [candidate.text for candidate in pool]
            ids = [candidate.id for candidate in pool]
            self._pool = pool, Vectors(ids, self._encode(pool), texts)
        return self._pool[1]

    def threshold(self, examples: Sequence[Example], pool: Sequence[Candidate]) -> float:
        """The least margin of a mined pair that serves these examples best."""
        vectors = self.vectors(pool)
        if vectors is None or not examples:
            return 0.0
        features, once = self.features(examples), self._once()
        once.compute(features)
        return tuned(examples, np.stack([rows[0] for rows in once.results(features)]), vectors)

    def _encode(self, pool: Sequence[Candidate]) -> NDArray[np.float32]:
        matrix = np.empty((len(pool), 0), dtype=np.float32)
        for at in range(0, len(pool), POOL_BLOCK):
            features = self.features(pool[at : at + POOL_BLOCK])
            once = self._once()
            once.compute(features)
            block = np.stack([rows[0] for rows in once.results(features)])
            if at == 0:  # the first block tells the width
                matrix = np.empty((len(pool), block.shape[1]), dtype=np.float32)
            matrix[at : at + len(block)] = block
        return matrix
