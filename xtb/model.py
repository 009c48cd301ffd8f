"""An encoder with the head of one task."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from ingest.example import Kind
from ingest.task import Task
from xtb.batching import Batch, Feature, collate
from xtb.encoder import Encoder
from xtb.heads import Pooling, head
from xtb.inputs import Inputs
from xtb.shortcuts import can_skip, first_token_only, layers_up_to

__all__ = ["Pooling", "TaskModel", "build_model", "default_layer"]

DEEP = 12
"""Encoders of fewer layers are pooled at their last one."""


class TaskModel(nn.Module):
    """An encoder and the head of one task.

    Attributes:
        encoder: the transformers model (``get_input_embeddings`` gives the table that adversarial
            training disturbs).
        layer: the head's own weights.
        kind: kind of the task, for ``xtb.heads.head``.
        labels: labels of the task.
        inputs: the tokenised texts.
        max_length: most tokens the encoder takes.
        token_types: whether the encoder tells a second text by token types.
        pooling: of a retriever, with its layer stated.
    """

    def __init__(
        self, encoder: Encoder, task: Task, layer: nn.Module, inputs: Inputs, pooling: Pooling
    ) -> None:
        super().__init__()
        self.encoder = encoder.model
        self.layer = layer
        self.kind: Kind = task.kind
        self.labels = task.labels
        self.inputs = inputs
        self.max_length = encoder.max_length
        self.pooling = pooling
        self._pad_id: int = encoder.tokenizer.pad_token_id
        self.token_types = encoder.token_types

    def forward(self, batch: Batch) -> Tensor:
        """Head outputs of a batch made by ``collate``.

        ``inputs_embeds`` [rows, tokens, hidden] in the batch takes the place of ``input_ids``.

        Returns:
            pair [rows, labels]; choice [rows, 1]; tags [rows, tokens, labels]; span [rows, tokens, 2]
            (begin, end); retrieval [rows, hidden].
        """
        text = "inputs_embeds" if "inputs_embeds" in batch else "input_ids"
        names = (text, "attention_mask", "token_type_ids")
        given: dict[str, Any] = {name: batch[name] for name in names if name in batch}
        with self._no_more_than_needed():
            if self._state is None or can_skip(self.encoder):
                hidden = self.encoder(**given).last_hidden_state
            else:
                hidden = self.encoder(**given, output_hidden_states=True).hidden_states[self._state]
        outputs: Tensor = self.layer(hidden, batch)
        return outputs

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """Evaluation mode, in which several threads may call the model at once."""
        training = self.training
        self.eval()
        try:
            with self._no_more_than_needed():
                yield
        finally:
            self.train(training)

    def _no_more_than_needed(self) -> AbstractContextManager[None]:
        if self._state is not None:
            return layers_up_to(self.encoder, self._state)
        return first_token_only(self.encoder) if getattr(self.layer, "first_token", False) else nullcontext()

    @property
    def _state(self) -> int | None:
        """The hidden state that the head reads where that need not be the last."""
        state: int | None = getattr(self.layer, "hidden_state", None)
        return state

    def collate(self, features: Sequence[Feature]) -> Batch:
        """``batching.collate`` with this model's padding, on this model's device."""
        batch = collate(features, pad_id=self._pad_id, token_types=self.token_types)
        return {name: tensor.to(self.device, non_blocking=True) for name, tensor in batch.items()}

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.encoder.parameters()).device


def build_model(encoder: Encoder, task: Task, *, seed: int, pooling: Pooling | None = None) -> TaskModel:
    """The encoder with a fresh head for a task.

    Args:
        encoder: a loaded encoder; its weights are used, not copied.
        task: gives kind and labels.
        seed: of the generator that draws the head's weights; the global generators are untouched.
        pooling: retrieval only.

    Returns:
        The model in evaluation mode, on the encoder's device.
    """
    config: Any = encoder.model.config
    pooling = pooling or Pooling()
    if pooling.layer is None:
        layer_number = default_layer(config.num_hidden_layers, trained="train" in task.splits)
        pooling = replace(pooling, layer=layer_number)
    if task.kind == "retrieval":
        pooling.check(config.num_hidden_layers)
    inputs = Inputs(encoder.tokenizer)
    # Layers draw weights when they are made; these are thrown away and must not move the global generator.
    with torch.random.fork_rng(devices=[]):
        layer = head(task.kind).layer(
            config.hidden_size, task, dropout=_dropout(config), inputs=inputs, pooling=pooling
        )
    _draw_weights(layer, seed, getattr(config, "initializer_range", 0.02))
    device = next(encoder.model.parameters()).device
    return TaskModel(encoder, task, layer.to(device), inputs, pooling).eval()


def default_layer(layers: int, *, trained: bool) -> int:
    """The hidden state that a retriever pools when nothing else is asked for.

    A retriever that is trained uses the last one. Without training it is 14 of 24 as XTREME has it for
    XLM-R Large, in proportion for other depths, and the last for encoders of fewer than ``DEEP`` layers.

    >>> default_layer(24, trained=False), default_layer(12, trained=False), default_layer(2, trained=False)
    (14, 7, 2)
    """
    if trained or layers < DEEP:
        return layers
    return round(layers * 14 / 24)


def _dropout(config: Any) -> float:
    for name in ("classifier_dropout", "hidden_dropout_prob", "dropout"):
        value = getattr(config, name, None)
        if value is not None:
            return float(value)
    return 0.1


def _draw_weights(layer: nn.Module, seed: int, std: float) -> None:
    """Normal weights, zero biases (Devlin et al., 2019), from a generator of its own."""
    generator = torch.Generator().manual_seed(seed)
    for module in layer.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=std, generator=generator)
            nn.init.zeros_(module.bias)
