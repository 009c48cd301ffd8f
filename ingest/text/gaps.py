"""The blanks between two words of a text."""

from dataclasses import dataclass

import numpy as np

from ingest.text.properties import NUMBER
from ingest.text.texts import Bools, Ints, Texts


@dataclass(frozen=True, slots=True)
class Gaps:
    """Blanks with a word on both sides, and nothing protected.

    Attributes:
        first, last: first cluster of each gap, and one past its last.
        numbers: it separates two digits.
        single: it is one ordinary blank.
    """

    first: Ints
    last: Ints
    numbers: Bools
    single: Bools


def gaps(texts: Texts) -> Gaps:
    """The gaps of a batch, in order."""
    first, last = texts.word_ends[:-1], texts.word_starts[1:]
    inside = np.concatenate(([0], np.cumsum(~texts.free, dtype=np.int32)))
    # The words on both sides count, too: a mail address must not grow together with its neighbour.
    open_ = inside[last + 1] == inside[first - 1]
    first, last = first[open_], last[open_]
    digit = (texts.bits & NUMBER) != 0
    single = (last - first == 1) & (texts.first[first] == ord(" "))
    single &= texts.ends_of(first) - texts.starts_of(first) == 1
    return Gaps(first, last, digit[first - 1] & digit[last], single)
