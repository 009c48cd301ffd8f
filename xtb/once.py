"""Encoder inputs of many cells, each distinct one through the model once.

On a CPU as many batches go through at a time as torch has threads, each computed by one thread: quicker
than all threads on each batch, and its numbers are the same for any number of threads.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from typing import Generic, TypeVar

import torch

from xtb.abreast import abreast
from xtb.batching import NOTHING, Batch, Feature, Row, token_batches
from xtb.errors import XtbError
from xtb.model import TaskModel

CPU_TOKENS = 4096
"""Tokens of a batch on a CPU, where each thread holds one; 1,024 and 16,384 are slower (2 layers of 128)."""

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
        with self._model.evaluating(), closing(self._each(batches)) as each:
            done = 0
            for features, kept in zip(batches, each, strict=True):
                self._kept.update(zip((feature.rows[0].key for feature in features), kept, strict=True))
                done += len(features)
                if self._on_batch is not None:
                    self._on_batch(done, len(new))

    def results(self, features: Iterable[Feature]) -> list[list[K]]:
        """What was kept of the rows of each feature."""
        return [[self._kept[row.key] for row in feature.rows] for feature in features]

    def keep(self, features: Iterable[Feature]) -> None:
        """Forgets all rows but those of these features."""
        keys = {row.key for feature in features for row in feature.rows}
        self._kept = {key: kept for key, kept in self._kept.items() if key in keys}

    def _each(self, batches: Sequence[list[Feature]]) -> Generator[Sequence[K], None, None]:
        """What is kept of the rows of each batch."""
        if self._model.device.type == "cpu":
            yield from abreast(self._batch, batches)
            return
        coming = self._model.collate(batches[0]) if batches else {}
        for number in range(len(batches)):
            batch, outputs = coming, self._outputs(coming)
            if number + 1 < len(batches):
                # Made while the GPU is still busy with the batch before.
                coming = self._model.collate(batches[number + 1])
            yield self._take(outputs, batch)

    def _batch(self, features: list[Feature]) -> Sequence[K]:
        batch = self._model.collate(features)
        return self._take(self._outputs(batch), batch)

    @torch.inference_mode()
    def _outputs(self, batch: Batch) -> torch.Tensor:
        with torch.autocast(self._model.device.type, dtype=torch.bfloat16, enabled=self._bf16):
            return self._model(batch)  # type: ignore[no-any-return]

    @torch.inference_mode()
    def _take(self, outputs: torch.Tensor, batch: Batch) -> Sequence[K]:
        if not bool(torch.isfinite(outputs).all()):
            raise XtbError(
                "the model's outputs are not finite: its training diverged or its weights are damaged;"
                " train it again, with a lower learning rate"
            )
        return self._keep(outputs, batch)


def _alone(row: Row) -> Feature:
    return Feature(0, (row,), NOTHING, 0)
