"""Tokenised examples on disk, so that a benchmark is read and tokenised once.

An entry is named by all that decides its content: the code, the source's fingerprint, task, split,
language and sample, the tokenizer, and the lengths. It is a safetensors file of flat int32 arrays,
without any pickle; what cannot be read is made again. Only a mirror names its content, so only a mirror
is cached; and only for a checkout without changes, whose commit names the code.
"""

import hashlib
import json
from array import array
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ingest.source import Source
from xtb import files
from xtb.batching import Feature, Row
from xtb.versions import code_version

Ints = NDArray[np.int32]
FORMAT = 1


class FeatureCache:
    """Features by what they were made from.

    Args:
        folder: where they lie; made when first needed.
        code: names the code that made them; None for this checkout.
    """

    def __init__(self, folder: Path, code: str | None = None) -> None:
        self._folder, self._code = folder, code_version() if code is None else code

    def serves(self, source: Source) -> bool:
        """Do the source and the code have names that stand for their content?"""
        return source.name.startswith("mirror:") and not self._code.endswith("+")

    def features(self, key: Sequence[object], make: Callable[[], Sequence[Feature]]) -> Sequence[Feature]:
        """The features of a key, made now if they are not there.

        Args:
            key: source, task, split, language, sample, tokenizer, lengths: whatever decides the features.
            make: makes them.
        """
        name = hashlib.sha256(json.dumps([FORMAT, self._code, *key]).encode()).hexdigest()[:32]
        path = self._folder / f"{name}.safetensors"
        try:
            return Stored(load(path.read_bytes()))
        except (FileNotFoundError, SafetensorError, KeyError, ValueError):
            made = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_file(path, save(packed(made)))
        return made


def packed(features: Sequence[Feature]) -> dict[str, Ints]:
    """Features as flat arrays: numbers of each, and behind one another what they hold."""
    rows = [row for feature in features for row in feature.rows]
    ids: array[int] = array("i")
    for row in rows:
        ids += row.ids
    layout = [number for feature in features for pair in feature.layout for number in pair]
    heads = [(f.example, f.tokens, len(f.rows), len(f.targets), len(f.layout)) for f in features]
    return {
        "features": np.array(heads, np.int32).reshape(-1, 5),
        "rows": np.array([(len(row.ids), row.second, row.end) for row in rows], np.int32).reshape(-1, 3),
        "ids": np.array(ids, np.int32),
        "targets": np.array([target for feature in features for target in feature.targets], np.int32),
        "layout": np.array(layout, np.int32),
    }


class Stored(Sequence[Feature]):
    """The features of ``packed`` arrays, each put together when it is asked for.

    Raises:
        KeyError, ValueError: the arrays are not such ones.
    """

    def __init__(self, arrays: Mapping[str, Ints]) -> None:
        self._features, self._rows = arrays["features"], arrays["rows"]
        self._ids, self._targets, self._layout = arrays["ids"], arrays["targets"], arrays["layout"]
        ends = self._features[:, 2:].cumsum(0, dtype=np.int64)
        self._starts = np.concatenate([np.zeros((1, 3), np.int64), ends])
        self._row_starts = np.concatenate([[0], self._rows[:, 0].cumsum(dtype=np.int64)])
        held = (len(self._rows), len(self._targets), len(self._layout) // 2, len(self._ids))
        if (*self._starts[-1].tolist(), int(self._row_starts[-1])) != held:
            raise ValueError("the arrays do not fit together")

    def __len__(self) -> int:
        return len(self._features)

    @overload
    def __getitem__(self, place: int) -> Feature: ...
    @overload
    def __getitem__(self, place: slice) -> list[Feature]: ...
    def __getitem__(self, place: int | slice) -> Feature | list[Feature]:
        if isinstance(place, slice):
            return [self._feature(one) for one in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(f"no feature {place} among {len(self)}")
        return self._feature(place % len(self))

    def _feature(self, place: int) -> Feature:
        example, tokens = self._features[place, :2].tolist()
        (row, target, layout), (row_end, target_end, layout_end) = self._starts[place : place + 2].tolist()
        pairs = self._layout[2 * layout : 2 * layout_end].tolist()
        return Feature(
            example,
            tuple(map(self._row, range(row, row_end))),
            tuple(self._targets[target:target_end].tolist()),
            tokens,
            tuple(zip(pairs[::2], pairs[1::2], strict=True)),
        )

    def _row(self, place: int) -> Row:
        first, past = self._row_starts[place : place + 2].tolist()
        _, second, end = self._rows[place].tolist()
        return Row(array("i", self._ids[first:past].tobytes()), second, end)
