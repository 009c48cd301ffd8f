"""Tokenised examples on disk, so that a benchmark is read and tokenised once.

An entry is named by all that decides its content: the code, the examples themselves, the tokenizer, and
the lengths. It is a safetensors file of flat int32 arrays, without any pickle; what cannot be read is made
again. Nothing is cached for a checkout with changes, whose commit does not name the code.
"""

import hashlib
import json
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from itertools import repeat
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ingest import collector
from ingest.example import Example
from xtb import files
from xtb.batching import Feature, Row
from xtb.versions import code_version

Ints = NDArray[np.int32]
Named = TypeVar("Named", Row, Feature)
Whole = TypeVar("Whole", "array[int]", tuple[Row, ...])

FORMAT = 2


class FeatureCache:
    """Features by what they were made from.

    Args:
        folder: where they lie; made when first needed.
        code: names the code that made them; None for this checkout.
    """

    def __init__(self, folder: Path, code: str | None = None) -> None:
        self._folder, self._code = folder, code_version() if code is None else code

    @property
    def serves(self) -> bool:
        """Does the code have a name that stands for its content?"""
        return not self._code.endswith("+")

    def features(self, key: Sequence[object], make: Callable[[], Sequence[Feature]]) -> Sequence[Feature]:
        """The features of a key, made now if they are not there.

        Args:
            key: task, ``digest`` of the examples, tokenizer, lengths: whatever decides the features.
            make: makes them.
        """
        name = hashlib.sha256(json.dumps([FORMAT, self._code, *key]).encode()).hexdigest()[:32]
        path = self._folder / f"{name}.safetensors"
        try:
            with collector.paused():
                return unpacked(load(path.read_bytes()))
        except (FileNotFoundError, SafetensorError, KeyError, ValueError):
            made = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_file(path, save(packed(made)))
        return made


def digest(examples: Sequence[Example]) -> str:
    """A name for examples of one kind: equal for equal ones, whatever source they come from."""
    values = attrgetter(*(field.name for field in fields(examples[0]))) if examples else repr
    return hashlib.sha256(repr([values(example) for example in examples]).encode()).hexdigest()


def packed(features: Sequence[Feature]) -> dict[str, Ints]:
    """Features, without noisy copies, as flat arrays: how many of each, then what they hold."""
    rows = [row for feature in features for row in feature.rows]
    heads = [(f.example, f.tokens, len(f.rows), len(f.targets), len(f.layout[0])) for f in features]
    return {
        "features": np.array(heads, np.int32).reshape(-1, 5),
        "rows": np.array([(len(row.ids), row.second, row.end) for row in rows], np.int32).reshape(-1, 3),
        "ids": _joined(row.ids for row in rows),
        "targets": _joined(feature.targets for feature in features),
        "layout": np.stack([_joined(feature.layout[side] for feature in features) for side in (0, 1)]),
    }


def unpacked(arrays: Mapping[str, Ints]) -> list[Feature]:
    """The features of ``packed`` arrays.

    Raises:
        KeyError, ValueError: the arrays are not such ones.
    """
    rows, targets, (firsts, pasts) = arrays["rows"], arrays["targets"], arrays["layout"]
    examples, tokens, n_rows, n_targets, n_places = arrays["features"].T
    ids = _cut(array("i", arrays["ids"].tobytes()), rows[:, 0])
    parts = tuple(_tuples(Row, ids, rows[:, 1].tolist(), rows[:, 2].tolist()))
    places = (_cut(array("i", side.tobytes()), n_places) for side in (firsts, pasts))
    return list(
        _tuples(
            Feature,
            examples.tolist(),
            _cut(parts, n_rows),
            _cut(array("i", targets.tobytes()), n_targets),
            tokens.tolist(),
            zip(*places, strict=True),
            repeat(None, len(examples)),
        )
    )


def _joined(parts: Iterable["array[int]"]) -> Ints:
    whole: array[int] = array("i")
    for part in parts:
        whole += part
    return np.array(whole, np.int32)


def _tuples(kind: type[Named], *columns: Iterable[Any]) -> Iterable[Named]:
    """Named tuples from columns, one for each field, made without a call of Python code for each."""
    if len(columns) != len(kind._fields):  # a tuple that is too short would be made without a word
        raise TypeError(f"{kind.__name__} has {len(kind._fields)} fields, not {len(columns)}")
    return map(tuple.__new__, repeat(kind), zip(*columns, strict=True))


def _cut(whole: Whole, lengths: Ints) -> list[Whole]:
    """A sequence as one part after another of these lengths."""
    ends: list[int] = lengths.cumsum(dtype=np.int64).tolist()
    if (ends[-1] if ends else 0) != len(whole) or bool((lengths < 0).any()):
        raise ValueError("the arrays do not fit together")
    return [whole[first:past] for first, past in zip([0, *ends], ends, strict=False)]
