"""Weighted replacements of code points, laid out so that a whole batch is drawn at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.text.edits import offsets
from ingest.text.keys import Words32
from ingest.text.properties import MARKER, Points

Ints = NDArray[np.int64]
Lookup = Callable[[str], Sequence[tuple[str, float]]]
_SLOTS = 256  # weights are rounded to 1/256


@dataclass(frozen=True, slots=True)
class Options:
    """Replacements of the code points of a batch.

    Attributes:
        row: for every code point, its row of ``slots``; -1 without replacements.
        slots: for each row, 256 options that take turns by weight.
        first, size: where in ``pool`` the text of an option lies.
        pool: code points of all options.
    """

    row: NDArray[np.int32]
    slots: NDArray[np.int32]
    first: Ints
    size: Ints
    pool: Points

    def draw(self, points: Points, bits: Words32) -> Ints:
        """An option for each code point, by the upper eight of its random bits."""
        drawn: Ints = self.slots[self.row[points], bits >> np.uint32(24)].astype(np.int64)
        return drawn


def options(points: Points, lookup: Lookup) -> Options:
    """Collect the replacements of every code point that occurs.

    Args:
        lookup: the replacements of a character with their weights; they need not sum to 1. Empty
            for most characters.
    """
    seen = np.zeros(MARKER + 1, bool)
    seen[points] = True
    seen[0xD800:0xE000] = False
    row = np.full(MARKER + 1, -1, np.int32)
    slots: list[NDArray[np.int32]] = []
    texts: list[str] = []
    for point in np.flatnonzero(seen[:MARKER]).tolist():
        found = [option for option in lookup(chr(point)) if option[1] > 0]
        if found:
            row[point] = len(slots)
            slots.append(_turns([weight for _, weight in found]) + np.int32(len(texts)))
            texts += [text for text, _ in found]
    size = np.fromiter(map(len, texts), np.int64, len(texts))
    pool = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    table = np.array(slots, np.int32) if slots else np.zeros((0, _SLOTS), np.int32)
    return Options(row, table, offsets(size), size, pool)


def _turns(weights: Sequence[float]) -> NDArray[np.int32]:
    """Numbers of options, each as often among 256 as its weight says (largest remainders first)."""
    exact = np.array(weights) * _SLOTS / sum(weights)
    count = np.floor(exact).astype(np.int64)
    rest = np.argsort(count - exact, kind="stable")[: _SLOTS - int(count.sum())]
    count[rest] += 1
    return np.repeat(np.arange(len(weights), dtype=np.int32), count)
