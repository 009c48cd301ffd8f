"""Encoder inputs of many cells, each distinct one through the model once."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

import torch

from xtb.batching import IGNORE, Batch, Feature, Row, token_batches
from xtb.errors import XtbError
from xtb.model import TaskModel

CPU_TOKENS = 8192
"""Tokens of a batch on a CPU: a tenth to a fifth faster than 2,048 or 32,768 (2 layers of 128)."""

GPU_TOKENS = 65_536
"""Tokens of a batch on a GPU: 128 rows of 512."""

K = TypeVar("K")
Key = tuple[bytes, int, int]
OnBatch = Callable[[int, int], None]
"""Called after each batch with the rows done and the rows to do."""


class Once(Generic[K]):
    """What is kept of each distinct row, computed once.

    Rows with equal ids get the very same numbers, whatever else is in their batches: a perturbation
    that the tokenizer undoes cannot change a score.

    Args:
        model: put into evaluation mode while it computes.
        keep: what is kept of each row of a batch, from the outputs; ``Head.results`` for evaluation.
        batch_tokens: tokens of a batch, padding counted; None for what suits the device.
        bf16: autocast to bfloat16.
        on_batch: hears of progress; an exception it raises ends the computation.
    """

    def __init__(
        self,
        model: TaskModel,
        keep: Callable[[torch.Tensor, Batch], Sequence[K]],
        *,
        batch_tokens: int | None = None,
        bf16: bool = False,
        on_batch: OnBatch | None = None,
    ) -> None:
        suitable = CPU_TOKENS if model.device.type == "cpu" else GPU_TOKENS
        self._batch_tokens = batch_tokens or suitable
        self._model, self._keep, self._bf16, self._on_batch = model, keep, bf16, on_batch
        self._kept: dict[Key, K] = {}

    def compute(self, features: Iterable[Feature]) -> None:
        """Puts all rows through the model that have not been there.

        Raises:
            XtbError: the model gives numbers that are not finite.
        """
        rows = {row.key: row for feature in features for row in feature.rows}
        new = [_alone(row) for key, row in rows.items() if key not in self._kept]
        batches = [[new[i] for i in batch] for batch in token_batches(new, self._batch_tokens)]
        training = self._model.training
        self._model.eval()
        try:
            self._run(batches, len(new))
        finally:
            self._model.train(training)

    def results(self, features: Iterable[Feature]) -> list[list[K]]:
        """What was kept of the rows of each feature."""
        return [[self._kept[row.key] for row in feature.rows] for feature in features]

    def keep(self, features: Iterable[Feature]) -> None:
        """Forgets all rows but those of these features."""
        keys = {row.key for feature in features for row in feature.rows}
        self._kept = {key: kept for key, kept in self._kept.items() if key in keys}

    @torch.inference_mode()
    def _run(self, batches: Sequence[list[Feature]], rows: int) -> None:
        model, done = self._model, 0
        coming = model.collate(batches[0]) if batches else {}
        for number, features in enumerate(batches):
            batch = coming
            with torch.autocast(model.device.type, dtype=torch.bfloat16, enabled=self._bf16):
                outputs = model(batch)
            if number + 1 < len(batches):
                # Made while a GPU is still busy with the batch before.
                coming = model.collate(batches[number + 1])
            self._take(features, outputs, batch)
            done += len(features)
            if self._on_batch is not None:
                self._on_batch(done, rows)

    def _take(self, features: list[Feature], outputs: torch.Tensor, batch: Batch) -> None:
        if not bool(torch.isfinite(outputs).all()):
            raise XtbError(
                "the model's outputs are not finite: its training diverged or its weights are damaged;"
                " train it again, with a lower learning rate"
            )
        for feature, result in zip(features, self._keep(outputs, batch), strict=True):
            self._kept[feature.rows[0].key] = result


def _alone(row: Row) -> Feature:
    return Feature(0, (row,), (IGNORE,), 0)
