"""Other letters of the same text, of the same script and case."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ingest.text.edits import offsets, ragged, steps
from ingest.text.keys import Words32
from ingest.text.properties import LOWER, UPPER, properties, scripts
from ingest.text.texts import Bools, Ints, Texts


@dataclass(frozen=True, slots=True)
class _Class:
    """The letters of one class.

    Attributes:
        letters: their clusters, ascending.
        first, size: for each text, where in ``letters`` its own begin, and how many they are.
    """

    letters: Ints
    first: Ints
    size: Ints


@cache
def classes(*, case: bool) -> NDArray[np.uint16]:
    """The class of every code point: its script, and whether it is capital or small if ``case``."""
    out = scripts().astype(np.uint16) * np.uint16(4)
    if case:
        out += ((properties() & UPPER) != 0) + ((properties() & LOWER) != 0) * np.uint16(2)
    return out


class Alike:
    """The letters of a batch by class: script, and case where asked for."""

    def __init__(self, texts: Texts, *, case: bool) -> None:
        self._texts = texts
        self._of = classes(case=case)
        of = self._of.take(texts.first[texts.letters])
        if len(of) and of.min() == of.max():
            self._groups = {int(of[0]): _Class(texts.letters, offsets(texts.letters_in), texts.letters_in)}
        else:
            ends = np.cumsum(texts.letters_in)
            self._groups = {kind: self._group(np.flatnonzero(of == kind), ends) for kind in _distinct(of)}

    def _group(self, members: Ints, ends: Ints) -> _Class:
        """The class of the letters with these indices; ``ends`` are those of the texts' letters."""
        last = np.searchsorted(members, ends)
        size = steps(last)
        return _Class(self._texts.letters[members], last - size, size)

    def varied(self) -> Bools:
        """Letters whose class has two different members in their text."""
        texts = self._texts
        found = texts.letter.copy()
        for group in self._groups.values():
            text = np.flatnonzero(group.size)
            first = group.first[text]
            code = texts.code[group.letters]
            same = np.minimum.reduceat(code, first) == np.maximum.reduceat(code, first)
            found[group.letters[ragged(first[same], group.size[text[same]])]] = False
        return found

    def any_of(self, at: Ints, bits: Words32) -> Ints:
        """For each of the letters, one of its class in its text, drawn evenly; it may be equal."""
        return self._drawn(at, bits, differ=False)

    def other_of(self, at: Ints, bits: Words32) -> Ints:
        """For each of the letters, a different one of its class in its text.

        It is drawn evenly; where it happens to be equal, the next different one takes its place.

        Args:
            at: letters that have another (see ``varied``).
        """
        return self._drawn(at, bits, differ=True)

    def _drawn(self, at: Ints, bits: Words32, *, differ: bool) -> Ints:
        out = at.copy()
        of, owner = self._of.take(self._texts.first[at]), self._texts.text_of_cluster[at]
        for kind, group in self._groups.items():
            mine = np.flatnonzero(of == kind)
            text = owner[mine]
            first, size = group.first[text], group.size[text]
            place = (bits[mine] % size.astype(np.uint32)).astype(np.int64)
            out[mine] = group.letters[first + place]
            if differ:
                self._pass_by(at, out, group.letters, (mine, first, size, place))
        return out

    def _pass_by(self, at: Ints, out: Ints, letters: Ints, drawn: tuple[Ints, Ints, Ints, Ints]) -> None:
        """Goes on to the next of the class as long as what was drawn is equal."""
        code = self._texts.code
        mine, first, size, place = drawn
        while len(same := np.flatnonzero(code[out[mine]] == code[at[mine]])):
            mine, first, size, place = mine[same], first[same], size[same], place[same] + 1
            out[mine] = letters[first + place % size]


def _distinct(values: NDArray[np.uint16]) -> Iterator[int]:
    """The values that occur. They are few: ``np.unique`` and ``np.bincount`` take longer."""
    while len(values):
        value = values[len(values) // 2]
        yield int(value)
        values = values[values != value]
