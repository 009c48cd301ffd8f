"""An encoder with the head of one task."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from ingest.example import Kind
from ingest.task import Task
from xtb.batching import Batch, Feature
from xtb.encoder import Encoder
from xtb.inputs import Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """How retrieval makes a vector of a text. ``layer`` counts hidden states, 0 is the embeddings; None is the default of ``default_layer``."""

    layer: int | None = None
    over: Literal["mean", "cls"] = "mean"
    special_tokens: bool = True


class TaskModel(nn.Module):
    """An encoder and the head of one task.

    Attributes:
        encoder: the transformers model (``get_input_embeddings`` gives the table that adversarial training disturbs).
        layer: the head's own weights.
        kind: kind of the task, for ``xtb.heads.head``.
        inputs: the tokenised texts.
        max_length: most tokens the encoder takes.
    """

    encoder: nn.Module
    layer: nn.Module
    kind: Kind
    inputs: Inputs
    max_length: int

    def forward(self, batch: Batch) -> Tensor:
        """Head outputs of a batch made by ``collate``.

        ``inputs_embeds`` [rows, tokens, hidden] in the batch takes the place of ``input_ids``.

        Returns:
            pair [rows, labels]; choice [rows]; tags [rows, tokens, labels]; span [rows, tokens, 2]
            (start, end); retrieval [rows, hidden].
        """
        raise NotImplementedError

    def collate(self, features: list[Feature]) -> Batch:
        """``batching.collate`` with this model's padding, on this model's device."""
        raise NotImplementedError


def build_model(encoder: Encoder, task: Task, *, seed: int, pooling: Pooling | None = None) -> TaskModel:
    """The encoder with a fresh head for a task.

    Args:
        encoder: a loaded encoder; its weights are used, not copied.
        task: gives kind and labels.
        seed: of the generator that draws the head's weights; the global generators are untouched.
        pooling: retrieval only.
    """
    raise NotImplementedError
