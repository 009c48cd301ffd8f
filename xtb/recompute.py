"""Gradient checkpointing: activations of a layer are computed again in the backward pass, to save memory.

The dropout of ``xtb.dropout`` is drawn from a counter that torch knows nothing of; here it is set back before
a layer is computed again, so that the second time gives the first time's bits, and the weights are those of
training without checkpointing. A last layer of which one token is read (``xtb.shortcuts``) is computed once.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from torch import nn

from warehouse.errors import UsageError
from xtb.dropout import Masks


@contextmanager
def recomputing(encoder: nn.Module, masks: Masks, *, on: bool) -> Iterator[None]:
    """Within, an encoder that is trained keeps the inputs of its layers only.

    Raises:
        UsageError: the architecture cannot.
    """
    if not on:
        yield
        return
    model: Any = encoder
    if not getattr(model, "supports_gradient_checkpointing", False):
        raise UsageError(
            f"encoder of type '{model.config.model_type}' has no gradient checkpointing in transformers"
        )

    def contexts() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        state: dict[str, Any] = {}
        return _remembering(masks, state), _again(masks, state)

    caches = getattr(model.config, "use_cache", None)
    if caches is not None:
        model.config.use_cache = False  # of decoders; transformers warns where it is left on
    model.activation_checkpointing_enable({"use_reentrant": False, "context_fn": contexts})
    try:
        yield
    finally:
        model.activation_checkpointing_disable()
        if caches is not None:
            model.config.use_cache = caches


@contextmanager
def _remembering(masks: Masks, state: dict[str, Any]) -> Iterator[None]:
    state["masks"] = masks.state
    yield


@contextmanager
def _again(masks: Masks, state: dict[str, Any]) -> Iterator[None]:
    now = masks.state
    masks.state = state["masks"]
    try:
        yield
    finally:
        masks.state = now
