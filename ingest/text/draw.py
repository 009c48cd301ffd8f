"""Draws without a generator: a stable hash of what the number is for.

The draw of a unit depends on the noise seed, the perturbation, the example's id, the field and the
number of the unit in its text, and on nothing else: not on the order of the examples, the batch or the
process. Severity is no part of it, only the cut (see ``choose``).
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.example import Example
from ingest.text.texts import Texts

Ints = NDArray[np.int64]
Words32 = NDArray[np.uint32]


def text_key(example: str, field: str) -> int:
    """64 bits for one text of one example."""
    named = f"{example}\x1f{field}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(named, digest_size=8).digest(), "little")


def text_keys(names: Iterable[tuple[str, str]]) -> NDArray[np.uint64]:
    """``text_key`` of many (example id, field)."""
    return np.array([text_key(*name) for name in names], np.uint64)


def mix(x: Words32) -> Words32:
    """Scramble 32-bit words in place and return them.

    The bijection ``lowbias32`` of Chris Wellons' hash prospector (public domain), whose bias is
    0.17 % of an ideal random function's.
    """
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x


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
        memo: what such a perturbation works out once for the whole cell.
    """

    name: str
    seed: int
    severity: int
    rate: float
    language: str
    cell: Sequence[Example] = ()
    memo: dict[str, Any] = field(default_factory=dict, compare=False)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made at the first call and kept for the cell."""
        if name not in self.memo:
            self.memo[name] = make()
        return self.memo[name]

    def hash(
        self, texts: Texts, text: NDArray[np.integer], unit: NDArray[np.integer], stream: str = ""
    ) -> Words32:
        """32 random bits for each unit.

        Args:
            text: the text of each unit.
            unit: the number of each unit within its text.
            stream: tells several draws for the same unit apart.
        """
        named = f"{self.seed}|{self.name}|{stream}".encode()
        salt = np.uint32(int.from_bytes(hashlib.blake2b(named, digest_size=4).digest(), "little"))
        low = texts.keys.astype(np.uint32)
        high = (texts.keys >> np.uint64(32)).astype(np.uint32) ^ salt
        x = unit.astype(np.uint32)
        x *= np.uint32(0x9E3779B9)
        x += low[text]
        mix(x)
        x ^= high[text]
        return mix(x)

    def clusters(self, texts: Texts, at: Ints, stream: str = "") -> Words32:
        """32 random bits for each of the clusters at these indices."""
        return self.hash(texts, texts.text_of_cluster[at], texts.place[at], stream)


def quota(eligible: Ints, rate: float) -> Ints:
    """How many units to edit in each text: ``max(1, round(rate * eligible))``, 0 where none is eligible."""
    count = np.maximum(np.rint(eligible * rate).astype(np.int64), 1)
    return np.where(eligible > 0, count, 0)


def choose(draws: Words32, text: NDArray[np.integer], count: Ints) -> Ints:
    """The units with the smallest draws in each text: exactly ``count`` of them, or all there are.

    A larger count chooses a superset, so severities are nested. Ties go to the earlier unit.

    Args:
        draws: one number per unit, in the order of the texts.
        text: the text of each unit, ascending.
        count: how many to choose, per text.

    Returns:
        Indices into ``draws``, ascending.
    """
    if not len(draws):
        return np.zeros(0, np.int64)
    sizes = np.bincount(text, minlength=len(count))
    # Sorting is the dear part, so first drop what is surely above the cut (a few in 10,000
    # texts keep too little, and are then taken whole).
    want = np.minimum(count, sizes)
    share = np.minimum((want + 4 * np.sqrt(want) + 4) / np.maximum(sizes, 1), 1.0)
    limit = (share * 0xFFFFFFFF).astype(np.uint32)
    below = draws <= np.repeat(limit, sizes)
    found = np.add.reduceat(below, _offsets(sizes)[sizes > 0], dtype=np.int64)
    short = np.zeros(len(count), bool)
    short[sizes > 0] = found < want[sizes > 0]
    if short.any():
        below |= np.repeat(short, sizes)
    kept = np.flatnonzero(below)
    order = np.argsort((text[kept].astype(np.uint64) << np.uint64(32)) | draws[kept], kind="stable")
    sizes = np.bincount(text[kept], minlength=len(count))
    rank = np.arange(len(kept)) - np.repeat(_offsets(sizes), sizes)
    chosen = kept[order[rank < np.repeat(want, sizes)]]
    chosen.sort()
    return chosen


def _offsets(sizes: Ints) -> Ints:
    return np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
