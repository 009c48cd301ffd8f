"""The model under attack: losses, outcomes and gradients of many examples at once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ingest.example import Candidate, Example
from ingest.task import Task
from xtb import heads
from xtb.adversarial.attack import Slope
from xtb.batching import Batch, Feature, token_batches
from xtb.heads import Outcome, head
from xtb.judge import Judge
from xtb.model import TaskModel
from xtb.once import CPU_TOKENS, GPU_TOKENS, OnBatch, Once

DECIMALS = 5
"""Losses are rounded, or the rounding of differently padded batches would decide between equal texts."""

Kept = tuple[NDArray[np.float32], NDArray[np.float32]]


class Seen(NamedTuple):
    """What the model makes of one example: its loss, its outcome, and whether it is fooled."""

    loss: float
    outcome: Outcome
    fooled: bool


class Victim:
    """A model with the settings it is evaluated with, for one language.

    Args:
        model: its head fits the task.
        task: gives labels and metrics; where pairs are mined, the goal is the first rank of the pool.
        language: of the examples.
        pool: candidates of a retrieval task.
        goal: what is to be taken away, one of the ``GOALS`` of its head; '' for the first.
        max_length, stride, batch_tokens, bf16, on_batch: as ``xtb.evaluate.evaluate`` takes them.
    """

    def __init__(
        self,
        model: TaskModel,
        task: Task,
        language: str,
        *,
        pool: Sequence[Candidate] = (),
        max_length: int | None = None,
        stride: int | None = None,
        batch_tokens: int | None = None,
        bf16: bool = False,
        on_batch: OnBatch | None = None,
        goal: str = "",
    ) -> None:
        if task.metric == "bucc_f1":
            # Mined pairs compete with one another; attacked texts, which come several at a time, must not.
            task = replace(task, metrics=("accuracy",))
        self.model, self.task, self.language = model, task, language
        self._judge = Judge(
            model, task, max_length=max_length, stride=stride, batch_tokens=batch_tokens, bf16=bf16
        )
        self._head, self._goal = head(task.kind), goal
        self.pool = self._judge.vectors(pool)
        self._batch_tokens, self._bf16, self._on_batch = batch_tokens, bf16, on_batch

    @property
    def unreachable(self) -> str | None:
        """Why no text at all can reach the goal, as a sentence."""
        return heads.unreachable(self.task.kind, self._goal, self.pool)

    def see(self, examples: Sequence[Example]) -> list[Seen]:
        """One forward pass over examples, equal rows once; nothing is remembered from earlier calls."""
        if not examples:
            return []
        features = self._judge.features(examples)
        once = Once[Kept](
            self.model,
            self.keep,
            batch_tokens=self._batch_tokens,
            bf16=self._bf16,
            on_batch=self._on_batch,
        )
        once.compute(features)
        return self.seen(examples, features, once.results(features))

    def features(self, examples: Sequence[Example]) -> list[Feature]:
        """The encoder inputs of examples."""
        return self._judge.features(examples)

    def seen(
        self, examples: Sequence[Example], features: Sequence[Feature], kept: Sequence[Sequence[Kept]]
    ) -> list[Seen]:
        """Judges examples by what ``keep`` gave for the rows of their features."""
        results = [[result for result, _ in rows] for rows in kept]
        evidence = [[shown for _, shown in rows] for rows in kept]
        outcomes = self._head.outcomes(examples, features, results, self.task, self.language, self.pool)
        losses = (
            self._head.losses(examples, features, evidence, self.pool, self._goal).round(DECIMALS).tolist()
        )
        return [
            Seen(loss, outcome, self._head.fooled(outcome, self._goal))
            for loss, outcome in zip(losses, outcomes, strict=True)
        ]

    def keep(self, outputs: torch.Tensor, batch: Batch) -> list[Kept]:
        """What ``seen`` needs of each row of a batch."""
        kept = zip(self._head.results(outputs, batch), self._head.evidence(outputs, batch), strict=True)
        return list(kept)

    def embed(self, batch: Batch) -> torch.Tensor:
        """The word embeddings [rows, tokens, hidden] of a batch, detached."""
        table = self.model.encoder.get_input_embeddings()  # type: ignore[operator]
        embedded: torch.Tensor = table(batch["input_ids"]).detach()
        return embedded

    def ascend(
        self, batch: Batch, embedded: torch.Tensor, examples: Sequence[Example]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Outputs at embeddings, and the gradient of the attacked loss there.

        Args:
            batch: of features of these examples.
            embedded: [rows, tokens, hidden].
            examples: of each feature.

        Returns:
            The head's outputs, detached, and the gradient [rows, tokens, hidden].
        """
        point = embedded.detach().requires_grad_()
        with torch.enable_grad(), torch.autocast(point.device.type, torch.bfloat16, enabled=self._bf16):
            outputs = self.model(batch | {"inputs_embeds": point})
            height = heads.ascent(self.task.kind, outputs, batch, examples, self.pool, self._goal)
        (gradient,) = torch.autograd.grad(height, point)
        return outputs.detach(), gradient.float()

    def batches(self, features: Sequence[Feature]) -> list[list[int]]:
        """Features in batches for gradients, which take about four times the memory of scores."""
        suitable = CPU_TOKENS if self.model.device.type == "cpu" else GPU_TOKENS
        return token_batches(features, (self._batch_tokens or suitable) // 4)

    def slopes(self, examples: Sequence[Example]) -> list[list[Slope]]:
        """For each example the gradient of the loss at the word embeddings of its rows."""
        found: list[list[Slope]] = [[] for _ in examples]
        if not examples:
            return found
        features = self._judge.features(examples)
        self.model.eval()
        for indices in self.batches(features):
            chosen = [features[i] for i in indices]
            batch = self.model.collate(chosen)
            _, gradient = self.ascend(batch, self.embed(batch), [examples[f.example] for f in chosen])
            lines = iter(gradient.cpu().numpy())
            for feature in chosen:
                for row in feature.rows:
                    found[feature.example].append(Slope(row, next(lines)[: len(row.ids)]))
        return found
