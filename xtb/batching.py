"""Encoder inputs as features, and features as batches under a token budget that counts padding.

A row is what goes through the encoder once; a feature is what must stay together in one training
batch (the options of a question, a query and its passage; one row elsewhere). Nothing here knows
the kind of a task.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

IGNORE = -100
"""A target that no loss counts."""

Batch = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Row:
    """One encoder input, special tokens included.

    Attributes:
        ids: token ids, ``array('i')``.
        second: position of the first token of the second text; ``len(ids)`` where there is none.
        end: position after the last token of the second text.
    """

    ids: "array[int]"
    second: int
    end: int

    @property
    def key(self) -> tuple[bytes, int, int]:
        """Equal for rows that give equal outputs."""
        return self.ids.tobytes(), self.second, self.end


@dataclass(frozen=True, slots=True)
class Feature:
    """Rows of one example that belong together.

    Attributes:
        example: index of the example among those the feature was made from.
        rows: the encoder inputs.
        targets: what the head's ``gold`` reads: a label, an option, (start, end), a tag for each
            token with ``IGNORE`` between, the key of a passage.
        tokens: subword tokens of the texts, without special tokens, before truncation.
        layout: where outputs belong: code points (first, past the last) of each token of the second
            text for spans; (token position, word index) for tags; empty elsewhere.
    """

    example: int
    rows: tuple[Row, ...]
    targets: tuple[int, ...]
    tokens: int
    layout: tuple[tuple[int, int], ...] = ()

    @property
    def length(self) -> int:
        """Tokens of the longest row."""
        return max(len(row.ids) for row in self.rows)


def token_batches(
    features: Sequence[Feature], batch_tokens: int, rng: np.random.Generator | None = None
) -> list[list[int]]:
    """Cuts features into batches of about equal length whose padded size stays within the budget.

    Args:
        features: what to batch.
        batch_tokens: most tokens, padding counted, of a batch (rows x longest row); a single
            feature above it is a batch of its own.
        rng: None sorts by length (evaluation). A generator shuffles (training): features are drawn
            at random into pools of about 32 batches, sorted inside a pool, and the batches shuffled.

    Returns:
        Indices into ``features``; each exactly once.
    """
    raise NotImplementedError


def collate(features: Sequence[Feature], *, pad_id: int, token_types: bool = False) -> Batch:
    """Pads features to one batch.

    Returns:
        ``input_ids`` and ``attention_mask`` [rows, tokens] (and ``token_type_ids`` where asked for),
        ``span`` [rows, 2] (``second`` and ``end`` of each row), ``feature`` [rows] (index of the
        feature a row belongs to), ``targets`` [features, longest], padded with ``IGNORE``.
    """
    raise NotImplementedError
