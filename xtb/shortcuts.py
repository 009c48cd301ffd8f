"""What a head does not read of an encoder need not be computed.

A classifier reads one token, yet the last layer computes all of them: of a 2-layer encoder that is two
fifths of the work. Here the last layer takes keys and values of all tokens, and everything else of the
first. The numbers are those of the whole layer up to rounding. A retriever that reads the hidden state
in the middle (14 of 24, as XTREME) needs no layer above it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

ARCHITECTURES = ("bert", "roberta", "xlm-roberta", "camembert", "electra")
"""Encoders with the layer of BERT; a test compares each with its whole layer."""


def can_skip(encoder: nn.Module) -> bool:
    """Whether the shortcuts know this encoder as it is set up now."""
    config: Any = encoder.config
    return (
        config.model_type in ARCHITECTURES
        and config._attn_implementation == "sdpa"
        and not config.is_decoder
        # Each call makes the function anew, for which a compiled encoder would be compiled anew.
        and getattr(encoder, "_compiled_call_impl", None) is None
    )


@contextmanager
def first_token_only(encoder: nn.Module) -> Iterator[None]:
    """Within, the encoder's last hidden state has one token, the first: [rows, 1, hidden].

    Does nothing for encoders that it does not know, nor within another one: threads that call the encoder
    at once share one around them all.
    """
    last: Any = encoder.encoder.layer[-1] if can_skip(encoder) else None  # type: ignore[union-attr,index]
    if last is None or "forward" in vars(last):
        yield
        return

    def forward(hidden: Tensor, attention_mask: Tensor | None = None, *_: Any, **__: Any) -> Tensor:
        return _first_token(last, hidden, attention_mask)

    last.forward = forward  # an attribute of this layer, in front of its class's method
    try:
        yield
    finally:
        del last.forward


@contextmanager
def layers_up_to(encoder: nn.Module, count: int) -> Iterator[None]:
    """Within, the encoder ends with its first ``count`` layers: its last hidden state is the one above them.

    Ask for no hidden states within, for which transformers would mark the layers that are there for good.
    Does nothing for encoders that it does not know, nor within another one.
    """
    whole: Any = encoder.encoder.layer if can_skip(encoder) else ()  # type: ignore[union-attr]
    if len(whole) <= count:
        yield
        return
    stack: Any = encoder.encoder
    stack.layer = whole[:count]
    try:
        yield
    finally:
        stack.layer = whole


def _first_token(layer: Any, hidden: Tensor, mask: Tensor | None) -> Tensor:
    attention = layer.attention.self
    heads = (attention.num_attention_heads, attention.attention_head_size)
    first = hidden[:, :1]
    found = scaled_dot_product_attention(
        attention.query(first).unflatten(-1, heads).transpose(1, 2),
        attention.key(hidden).unflatten(-1, heads).transpose(1, 2),
        attention.value(hidden).unflatten(-1, heads).transpose(1, 2),
        attn_mask=None if mask is None else mask[:, :, :1],
        dropout_p=attention.dropout.p if attention.training else 0.0,
    )
    attended = layer.attention.output(found.transpose(1, 2).flatten(-2), first)
    token: Tensor = layer.feed_forward_chunk(attended)
    return token
