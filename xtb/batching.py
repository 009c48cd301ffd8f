"""Encoder inputs as features, and features as batches under a token budget that counts padding.

A row is what goes through the encoder once; a feature is what must stay together in one training
batch (the options of a question, a query and its passage; one row elsewhere). Nothing here knows
the kind of a task.
"""

from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

IGNORE = -100
"""A target that no loss counts."""

NOTHING = array("i", [IGNORE])
"""The targets of a feature without any."""

POOL = 32
"""Training batches that are sorted by length together: enough to waste under a twentieth on padding."""

Batch = dict[str, Tensor]

Places = tuple["array[int]", "array[int]"]
"""Two numbers for each of some tokens: all the first ones, all the second ones."""

NOWHERE: Places = (array("i"), array("i"))


class Row(NamedTuple):
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


class Feature(NamedTuple):
    """Rows of one example that belong together.

    Attributes:
        example: index of the example among those the feature was made from.
        rows: the encoder inputs.
        targets: what the head's ``gold`` reads: a label, an option, (start, end), a tag for each
            token with ``IGNORE`` between, the key of a passage.
        tokens: subword tokens of the texts, without special tokens, before truncation.
        layout: where outputs belong: code points (first; past the last) of each token of the second
            text for spans; (token position; word index) for tags; empty elsewhere.
        copy: the same example with noise, for training that compares the two.
    """

    example: int
    rows: tuple[Row, ...]
    targets: "array[int]"
    tokens: int
    layout: Places = NOWHERE
    copy: "Feature | None" = None

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
            at random into pools of about ``POOL`` batches, sorted inside a pool, and the batches of
            all pools shuffled.

    Returns:
        Indices into ``features``; each exactly once.
    """
    lengths = [feature.length for feature in features]
    rows = [len(feature.rows) for feature in features]
    if rng is None:
        order = sorted(range(len(features)), key=lambda i: (lengths[i], i))
        return _cut(order, lengths, rows, batch_tokens)
    shuffled = rng.permutation(len(features)).tolist()
    batches: list[list[int]] = []
    for pool in _pools(shuffled, lengths, rows, batch_tokens * POOL):
        # Python's sort is stable: equal lengths stay in their random order.
        batches += _cut(sorted(pool, key=lengths.__getitem__), lengths, rows, batch_tokens)
    return [batches[i] for i in rng.permutation(len(batches)).tolist()]


def _cut(order: Sequence[int], lengths: Sequence[int], rows: Sequence[int], budget: int) -> list[list[int]]:
    batches: list[list[int]] = []
    longest = count = 0
    for i in order:
        longest, count = max(longest, lengths[i]), count + rows[i]
        if batches and longest * count <= budget:
            batches[-1].append(i)
        else:
            batches.append([i])
            longest, count = lengths[i], rows[i]
    return batches


def _pools(
    order: Sequence[int], lengths: Sequence[int], rows: Sequence[int], budget: int
) -> Iterator[list[int]]:
    pool: list[int] = []
    tokens = 0
    for i in order:
        pool.append(i)
        tokens += lengths[i] * rows[i]
        if tokens >= budget:
            yield pool
            pool, tokens = [], 0
    if pool:
        yield pool


def collate(features: Sequence[Feature], *, pad_id: int, token_types: bool = False) -> Batch:
    """Pads features to one batch.

    Returns:
        ``input_ids`` and ``attention_mask`` [rows, tokens] (and ``token_type_ids`` where asked for),
        ``span`` [rows, 2] (``second`` and ``end`` of each row), ``feature`` [rows] (index of the
        feature a row belongs to), ``targets`` [features, longest], padded with ``IGNORE``.
    """
    rows = [row for feature in features for row in feature.rows]
    lengths = np.array([len(row.ids) for row in rows])
    width = int(lengths.max())
    ids = np.full((len(rows), width), pad_id, dtype=np.int64)
    for line, row in zip(ids, rows, strict=True):
        line[: len(row.ids)] = row.ids
    targets = np.full((len(features), max(len(f.targets) for f in features)), IGNORE, dtype=np.int64)
    for line, feature in zip(targets, features, strict=True):
        line[: len(feature.targets)] = feature.targets
    span = np.array([(row.second, row.end) for row in rows])
    places = np.arange(width)
    arrays = {
        "input_ids": ids,
        "attention_mask": (places < lengths[:, None]).astype(np.int64),
        "span": span,
        "feature": np.repeat(np.arange(len(features)), [len(feature.rows) for feature in features]),
        "targets": targets,
    }
    if token_types:
        second = (places >= span[:, :1]) & (places < lengths[:, None])
        arrays["token_type_ids"] = second.astype(np.int64)
    return {name: torch.from_numpy(array) for name, array in arrays.items()}
