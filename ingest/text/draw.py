"""Draws without a generator: a stable hash of what the number is for.

The draw of a unit depends on the noise seed, the perturbation, the example's id, the field and the
number of the unit in its text, and on nothing else: not on the order of the examples, the batch or the
process. Severity is no part of it, only the cut (see ``choose``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.example import Example
from ingest.parallel import NOT_PARALLEL, Parallel
from ingest.text.edits import offsets, ragged, steps
from ingest.text.keys import Words32, mix, mix64, string_keys
from ingest.text.options import Lookup, Options
from ingest.text.texts import Texts

Ints = NDArray[np.int64]
LAST = np.uint32(0xFFFFFFFF)
"""The draw that is chosen last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What a perturbation is applied with.

    Attributes:
        name: of the perturbation, part of every draw.
        seed: the noise seed.
        severity: 1 to 5.
        rate: share of the eligible units to edit (or a count, for some perturbations).
        language: a benchmark's language code.
        cell: all examples of the cell, for perturbations that take text from other examples.
        parallel: the same examples in other languages.
        memo: what such a perturbation works out once for the whole cell.
    """

    name: str
    seed: int
    severity: int
    rate: float
    language: str
    cell: Sequence[Example] = ()
    parallel: Parallel = NOT_PARALLEL
    memo: dict[str, Any] = field(default_factory=dict, compare=False)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made at the first call and kept for the cell."""
        if name not in self.memo:
            self.memo[name] = make()
        return self.memo[name]

    def options(self, lookup: Lookup, name: str = "options") -> Options:
        """The table of replacements called ``name``, kept for the cell."""
        table: Options = self.once(name, lambda: Options(lookup))
        return table

    def hash(
        self, texts: Texts, text: NDArray[np.integer], unit: NDArray[np.integer], stream: str = ""
    ) -> Words32:
        """32 random bits for each unit.

        Args:
            text: the text of each unit.
            unit: the number of each unit within its text.
            stream: tells several draws for the same unit apart.
        """
        return _scrambled(unit, self._keys(texts, stream)[text])

    def clusters(self, texts: Texts, at: Ints, stream: str = "", sizes: Ints | None = None) -> Words32:
        """32 random bits for each of the clusters at these ascending indices.

        The unit's number is that of the cluster within its text.

        Args:
            sizes: how many of them lie in each text, where that is known.
        """
        keys = self._keys(texts, stream)
        keys -= texts.first_cluster.astype(np.uint32) * _STEP
        return _scrambled(at, np.repeat(keys, texts.sizes_of(at) if sizes is None else sizes))

    def _keys(self, texts: Texts, stream: str) -> Words32:
        salted = mix64(texts.keys ^ _salt(f"{self.seed}|{self.name}|{stream}"))
        keys: Words32 = (salted >> np.uint64(32)).astype(np.uint32)
        return keys


@lru_cache(256)
def _salt(named: str) -> np.uint64:
    salt: np.uint64 = string_keys([named])[0]
    return salt


_STEP = np.uint32(0x9E3779B9)  # 2**32 over the golden ratio: neighbouring units lie far apart


def _scrambled(unit: NDArray[np.integer], keys: Words32) -> Words32:
    x = unit.astype(np.uint32)
    x *= _STEP
    x += keys
    return mix(x)


def quota(eligible: Ints, rate: float) -> Ints:
    """How many units to edit in each text: ``max(1, round(rate * eligible))``, 0 where none is eligible."""
    count = np.maximum(np.rint(eligible * rate).astype(np.int64), 1)
    return np.where(eligible > 0, count, 0)


def choose(draws: Words32, sizes: Ints, count: Ints) -> Ints:
    """The units with the smallest draws in each text: exactly ``count`` of them, or all there are.

    A larger count chooses a superset, so severities are nested. Ties go to the earlier unit.

    Args:
        draws: one number per unit, in the order of the texts.
        sizes: how many units each text has.
        count: how many to choose, per text.

    Returns:
        Indices into ``draws``, ascending.
    """
    want = np.minimum(count, sizes)
    # Sorting is the dear part, so first drop what is surely above the cut (one text in a
    # hundred keeps too little, and is then taken whole).
    share = np.minimum((want + 2 * np.sqrt(want) + 2) / np.maximum(sizes, 1), 1.0)
    limit = (share * int(LAST)).astype(np.uint32)
    below = draws <= np.repeat(limit, sizes)
    kept = np.flatnonzero(below)
    found = tally(kept, sizes)
    short = np.flatnonzero(found < want)
    if len(short):
        below[ragged(offsets(sizes)[short], sizes[short])] = True
        kept = np.flatnonzero(below)
        found[short] = sizes[short]
    # One key of text and draw: a sort by two keys takes five times as long.
    key = np.repeat(np.arange(len(sizes), dtype=np.uint64) << np.uint64(32), found)
    key |= draws[kept]
    some = np.flatnonzero(want)
    cut = np.zeros(len(sizes), np.uint64)
    cut[some] = np.sort(key)[offsets(found)[some] + want[some] - 1]
    chosen = kept[key <= np.repeat(cut, found)]
    if len(chosen) > want.sum():  # equal draws at a cut
        least = np.argsort(key, kind="stable")[ragged(offsets(found), want)]
        chosen = kept[np.sort(least)]
    return chosen


def tally(units: Ints, sizes: Ints) -> Ints:
    """How many of the units, given by ascending indices, lie in each text.

    Args:
        sizes: how many units each text has in all.
    """
    return steps(np.searchsorted(units, np.cumsum(sizes)))
