"""Pretrained encoders, loaded from a folder or the hub.

Weights are read from safetensors only, and no code that comes with a checkpoint is ever run.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from torch import nn

from warehouse.dimensions import ENCODER
from xtb.encoder_files import encoder_fingerprint, find_encoder, folder_fingerprint
from xtb.errors import BadEncoder
from xtb.normalizer import compose_first

__all__ = ["Encoder", "encoder_fingerprint", "encoder_row", "load_encoder", "quiet"]

HIDDEN_MAXIMUM = 1 << 20
"""Tokenizers without a limit state an astronomical one."""


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

    Attention is SDPA where the architecture has it.

    Args:
        name: a folder, or ``owner/model`` or ``owner/model@revision`` of the hub (its local cache
            when ``HF_HUB_OFFLINE`` is set).

    Raises:
        BadEncoder: no such folder or hub id, no safetensors weights, weights that do not fill the
            architecture, an architecture that needs its own code, or no fast tokenizer.
    """
    from transformers import AutoConfig, AutoTokenizer

    path = find_encoder(name)
    with translated(name):
        config = AutoConfig.from_pretrained(path, trust_remote_code=False)
        model = _load_model(name, path, config)
        tokenizer = AutoTokenizer.from_pretrained(path, trust_remote_code=False)
    if not getattr(tokenizer, "is_fast", False):
        raise BadEncoder(
            f"encoder '{name}' has no fast tokenizer, which tagging and question answering need for"
            " offsets; save it with a tokenizer.json"
        )
    if tokenizer.pad_token_id is None:
        raise BadEncoder(f"the tokenizer of encoder '{name}' has no padding token; set one and save it again")
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        raise BadEncoder(
            f"the tokenizer of encoder '{name}' has {len(tokenizer)} tokens but the model only"
            f" {model.get_input_embeddings().num_embeddings}; they do not belong together"
        )
    compose_first(tokenizer)
    return Encoder(
        name=name,
        path=path,
        fingerprint=folder_fingerprint(path),
        model=model.eval(),
        tokenizer=tokenizer,
        max_length=_max_length(model, tokenizer),
        token_types=_token_types(model),
    )


def encoder_row(encoder: Encoder) -> pl.DataFrame:
    """The encoder's row of the warehouse table ``encoder``."""
    config: Any = encoder.model.config
    row = {
        "encoder": encoder.name,
        "encoder_fingerprint": encoder.fingerprint,
        "architecture": config.model_type,
        "parameters": sum(weight.numel() for weight in encoder.model.parameters()),
        "layers": config.num_hidden_layers,
        "hidden": config.hidden_size,
        "vocabulary": encoder.model.get_input_embeddings().num_embeddings,  # type: ignore[operator]
    }
    return pl.DataFrame([row], schema=ENCODER.schema)


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Loading errors of transformers as ``BadEncoder``."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError, SafetensorError) as e:
        # transformers raises all of these for checkpoints that are damaged, unknown or need their own code.
        reason = " ".join(str(e).split())[:300]
        raise BadEncoder(f"encoder '{name}' cannot be loaded: {reason}") from e


def _load_model(name: str, path: Path, config: Any) -> Any:
    import torch
    from transformers import AutoModel

    if getattr(config, "is_encoder_decoder", False):
        raise BadEncoder(
            f"'{name}' is an encoder-decoder ({config.model_type}); give an encoder such as XLM-R"
        )
    if type(config) not in AutoModel._model_mapping:
        raise BadEncoder(f"'{name}' has an unknown architecture '{config.model_type}'")
    architecture: Any = AutoModel._model_mapping[type(config)]
    # A pooler would be a fresh random layer in most multilingual checkpoints, and nobody reads it.
    known = inspect.signature(architecture.__init__).parameters
    options = {"add_pooling_layer": False} if "add_pooling_layer" in known else {}
    attention = "sdpa" if getattr(architecture, "_supports_sdpa", False) else "eager"
    with quiet():
        model, report = AutoModel.from_pretrained(
            path,
            config=config,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=torch.float32,
            attn_implementation=attention,
            output_loading_info=True,
            **options,
        )
    missing = sorted(key for key in report["missing_keys"] if "pooler" not in key)
    if missing:
        raise BadEncoder(
            f"the weights of encoder '{name}' do not fill a {config.model_type} model: {len(missing)} tensors"
            f" are missing, such as {missing[0]}; is this the checkpoint of another model?"
        )
    return model


@contextmanager
def quiet() -> Iterator[None]:
    """Silences transformers' load report: what matters of it becomes an error."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _max_length(model: nn.Module, tokenizer: Any) -> int:
    """Position limit of the model and limit of the tokenizer, whichever is lower.

    RoBERTa-like models begin to count positions after the padding id: a table of 514 holds 512 tokens.
    """
    config: Any = model.config
    limits = [HIDDEN_MAXIMUM, int(min(tokenizer.model_max_length, HIDDEN_MAXIMUM))]
    tables = [
        module
        for name, module in model.named_modules()
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding)
    ]
    if tables:
        limits += [
            table.num_embeddings - (table.padding_idx + 1 if table.padding_idx is not None else 0)
            for table in tables
        ]
    elif getattr(config, "max_position_embeddings", None):
        limits.append(config.max_position_embeddings)
    return min(limits)


def _token_types(model: nn.Module) -> bool:
    config: Any = model.config
    accepted = inspect.signature(model.forward).parameters
    return (getattr(config, "type_vocab_size", 0) or 0) > 1 and "token_type_ids" in accepted
