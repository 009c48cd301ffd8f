"""Keeping one letter of every word."""

import numpy as np
from numpy.typing import NDArray

from ingest.text.draw import Words32


def spare_one(word: NDArray[np.integer], draws: Words32) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which letters share their word with another, and which one of each word is to stay.

    The one that stays has the largest draw of its word, so that it is also the last that a growing
    severity would come to.

    Args:
        word: the word of each letter, ascending.
        draws: the draw of each letter.
    """
    if not len(word):
        return np.zeros(0, bool), np.zeros(0, bool)
    first = np.flatnonzero(np.diff(word, prepend=-1))
    sizes = np.diff(first, append=len(word))
    spare = draws == np.repeat(np.maximum.reduceat(draws, first), sizes)
    return np.repeat(sizes > 1, sizes), spare
