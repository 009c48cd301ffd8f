"""Our encoder and head in the class that transformers has for the kind, where it can hold them exactly.

Heads here are few and plain (``xtb.heads.layers``), and most architectures have the same: a dense layer with
tanh and a linear one for texts (RoBERTa's head, BERT's pooler, DeBERTa's with its activation set), one linear
layer for tokens. Some have another (ModernBERT normalises in between). So the weights are put where they
belong by name, and then both models are run: what does not give the same is not used.
"""

from typing import Any

import torch
from torch import Tensor, nn

from xtb.batching import Batch
from xtb.heads.native import NATIVE, native_outputs
from xtb.model import TaskModel

TOLERANCE = 1e-4
"""Largest difference of a logit, relative to the largest one; float32 in another order of operations."""

_DENSE = ("classifier.dense", "pooler.dense", "{base}.pooler.dense")
_OUT = ("classifier.out_proj", "classifier", "qa_outputs")
_ROWS, _TOKENS = 2, 9


def transplant(model: TaskModel, labels: tuple[str, ...]) -> Any | None:
    """The model as a transformers model with a head.

    Args:
        model: a trained model, on the CPU, in evaluation mode.
        labels: names of the outputs; () where they have none.

    Returns:
        A ``PreTrainedModel``; None where the architecture has no class that computes the same.
    """
    native = _empty(model, labels)
    if native is None:
        return None
    base = native.base_model_prefix
    left, placed = _fill(native, base, model.encoder), _place(native, base, model.layer)
    if left is None or placed is None or left != placed:
        return None
    native = native.eval()
    return native if _agree(model, native) else None


def _empty(model: TaskModel, labels: tuple[str, ...]) -> Any | None:
    """A model of the native class with random weights; None where the architecture has none."""
    import transformers

    auto: Any = getattr(transformers, NATIVE[model.kind].auto)
    encoder: Any = model.encoder
    if type(encoder.config) not in auto._model_mapping:
        return None
    config = type(encoder.config).from_dict(encoder.config.to_dict())
    if labels:
        config.id2label = dict(enumerate(labels))
        config.label2id = {label: index for index, label in enumerate(labels)}
    if model.kind == "span":
        config.num_labels = 2
    if model.kind == "pair":
        config.problem_type = "single_label_classification"
    if hasattr(config, "pooler_hidden_act"):
        config.pooler_hidden_act = "tanh"
    with torch.random.fork_rng(devices=[]):
        return auto.from_config(config, attn_implementation=encoder.config._attn_implementation)


def _fill(native: Any, base: str, encoder: nn.Module) -> set[str] | None:
    """Copies the encoder; returns the parameters it leaves as they were drawn, None where it does not fit."""
    unknown = getattr(native, base).load_state_dict(encoder.state_dict(), strict=False).unexpected_keys
    if unknown:
        return None
    filled = {f"{base}.{name}" for name in encoder.state_dict()}
    return {name for name, _ in native.named_parameters()} - filled


def _place(native: Any, base: str, layer: nn.Module) -> set[str] | None:
    """Copies the head; returns the parameters it sets, None where the native model has no place for it."""
    modules = dict(native.named_modules())
    placed: set[str] = set()
    for name, part in layer.named_children():
        if not isinstance(part, nn.Linear):
            continue
        homes = [home.format(base=base) for home in (_DENSE if name == "dense" else _OUT)]
        fits = [home for home in homes if _same_shape(modules.get(home), part)]
        if len(fits) != 1:
            return None
        modules[fits[0]].load_state_dict(part.state_dict())
        placed |= {f"{fits[0]}.weight", f"{fits[0]}.bias"}
    return placed


def _same_shape(home: nn.Module | None, part: nn.Linear) -> bool:
    return isinstance(home, nn.Linear) and home.weight.shape == part.weight.shape and home.bias is not None


@torch.no_grad()
def _agree(model: TaskModel, native: Any) -> bool:
    """Do both give the same for random tokens, padding among them?"""
    rng = torch.Generator().manual_seed(0)
    batch: Batch = {
        "input_ids": torch.randint(5, native.config.vocab_size, (_ROWS, _TOKENS), generator=rng),
        "attention_mask": torch.ones(_ROWS, _TOKENS, dtype=torch.long),
    }
    batch["attention_mask"][1, _TOKENS // 2 :] = 0
    batch["input_ids"][1, _TOKENS // 2 :] = native.config.pad_token_id or 0
    if model.token_types:
        batch["token_type_ids"] = torch.zeros(_ROWS, _TOKENS, dtype=torch.long)
        batch["token_type_ids"][:, 3:] = 1
    ours, theirs = model(batch), native_outputs(model.kind, native, batch)
    return _close(ours, theirs, batch["attention_mask"])


def _close(ours: Tensor, theirs: Tensor, mask: Tensor) -> bool:
    if ours.shape != theirs.shape:
        return False
    if ours.dim() == 3:  # outputs at padding are nobody's
        ours, theirs = ours[mask == 1], theirs[mask == 1]
    return bool((ours - theirs).abs().max() <= TOLERANCE * ours.abs().max().clamp(min=1.0))
