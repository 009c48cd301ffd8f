"""Weighted replacements of code points, laid out so that a whole batch is drawn at once."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.text.edits import offsets
from ingest.text.keys import Words32
from ingest.text.properties import MARKER, Points

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Lookup = Callable[[str], Sequence[tuple[str, float]]]
_SLOTS = 256  # weights are rounded to 1/256
_UNKNOWN, _NONE = 0, 1  # rows: a table that begins as zeros takes no memory before it is touched


class Options:
    """Replacements of code points; it grows with the code points that occur, and is kept for a cell.

    Attributes:
        row: for every code point, its row of ``slots``: 0 before it was looked up, 1 without replacements.
        slots: for each row, 256 options that take turns by weight.
        first, size: where in ``pool`` the text of an option lies.
        pool: code points of all options.
    """

    def __init__(self, lookup: Lookup) -> None:
        """Start empty.

        Args:
            lookup: the replacements of a character with their weights, which need not sum to 1. Empty
                for most characters.
        """
        self._lookup = lookup
        self._texts: list[str] = []
        self._turns = [np.zeros(_SLOTS, np.int32)] * 2
        self.row = np.zeros(MARKER + 1, np.int32)
        self.row[0xD800:0xE000] = self.row[MARKER] = _NONE
        self._lay()

    def hold(self, points: Points) -> Bools:
        """Whether there is a replacement for each of the code points."""
        found: Bools = self._rows(points) > _NONE
        return found

    def _rows(self, points: Points) -> NDArray[np.int32]:
        """The rows of code points; what has not been looked up before now is."""
        rows: NDArray[np.int32] = self.row.take(points)
        new = np.flatnonzero(rows == _UNKNOWN)
        if len(new):
            self._cover(points[new])
            rows = self.row.take(points)
        return rows

    def _cover(self, points: Points) -> None:
        for point in np.unique(points).tolist():
            found = [option for option in self._lookup(chr(point)) if option[1] > 0]
            self.row[point] = len(self._turns) if found else _NONE
            if found:
                self._turns.append(_turns([weight for _, weight in found]) + np.int32(len(self._texts)))
                self._texts += [text for text, _ in found]
        self._lay()

    def _lay(self) -> None:
        self.slots = np.array(self._turns, np.int32)
        self.size: Ints = np.fromiter(map(len, self._texts), np.int64, len(self._texts))
        self.first = offsets(self.size)
        self.pool: Points = np.frombuffer(
            "".join(self._texts).encode("utf-32-le", "surrogatepass"), np.uint32
        )

    def draw(self, points: Points, bits: Words32) -> Ints:
        """An option for each code point, by the upper eight of its random bits."""
        rows = self._rows(points)
        drawn: Ints = self.slots[rows, bits >> np.uint32(24)].astype(np.int64)
        return drawn

    def only(self, points: Points) -> Ints:
        """The first option of each code point, for tables with one."""
        rows = self._rows(points)
        only: Ints = self.slots[rows, 0].astype(np.int64)
        return only


def _turns(weights: Sequence[float]) -> NDArray[np.int32]:
    """Numbers of options, each as often among 256 as its weight says (largest remainders first)."""
    exact = np.array(weights) * _SLOTS / sum(weights)
    count = np.floor(exact).astype(np.int64)
    rest = np.argsort(count - exact, kind="stable")[: _SLOTS - int(count.sum())]
    count[rest] += 1
    return np.repeat(np.arange(len(weights), dtype=np.int32), count)
