"""Pretrained encoders: loading them from a folder or the hub, and their identity by content.

Weights are read from safetensors only, and no code that comes with a checkpoint is ever run.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from torch import nn


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """A loaded encoder.

    Attributes:
        name: what the user called it: a folder, or a hub id with an optional ``@revision``.
        path: the folder its files were read from.
        fingerprint: sha256 over weights, configuration and tokenizer files.
        model: the transformers model, float32, in evaluation mode.
        tokenizer: its fast tokenizer.
        max_length: most tokens of one input, special tokens included.
        token_types: whether the model tells a second text by ``token_type_ids``.
    """

    name: str
    path: Path
    fingerprint: str
    model: nn.Module
    tokenizer: Any
    max_length: int
    token_types: bool


def load_encoder(name: str) -> Encoder:
    """Loads any ``AutoModel`` encoder from a folder or a hub id.

    Raises:
        BadEncoder: no such folder or hub id, no safetensors weights, weights that do not fill the
            architecture, an architecture that needs its own code, or no fast tokenizer.
    """
    raise NotImplementedError


def encoder_fingerprint(name: str) -> str:
    """The content identity of an encoder, without loading it (see ``Encoder.fingerprint``).

    Raises:
        BadEncoder: no such folder or hub id, or no safetensors weights.
    """
    raise NotImplementedError


def encoder_row(encoder: Encoder) -> pl.DataFrame:
    """The encoder's row of the warehouse table ``encoder``."""
    raise NotImplementedError
