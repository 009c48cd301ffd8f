"""Choosing pairs of neighbours that do not overlap."""

import numpy as np
from numpy.typing import NDArray

from ingest.text.draw import choose, tally
from ingest.text.keys import Words32

Ints = NDArray[np.int64]


def choose_apart(draws: Words32, at: Ints, sizes: Ints, count: Ints) -> Ints:
    """Choose ``count`` pairs per text, in the order of their draws, none sharing a unit.

    The set is built greedily: a pair is taken unless a neighbouring pair with a smaller draw was. So
    a smaller count gives a subset.

    Args:
        draws: one number per pair.
        at: the place of each pair's left unit, ascending; pair 3 is units 3 and 4.
        sizes: how many pairs each text has.
        count: how many to choose per text; fewer where the set is exhausted.

    Returns:
        Indices of the chosen pairs, ascending.
    """
    # Whether a pair is taken depends on pairs with smaller draws only, so a prefix of the
    # ranking (2.5 times the count, 60 % of which a greedy choice takes) settles most texts.
    prefix = choose(draws, sizes, np.ceil(2.5 * count).astype(np.int64) + 2)
    taken = prefix[_apart(draws[prefix], at[prefix])]
    found = tally(taken, sizes)
    short = (found < count) & (tally(prefix, sizes) < sizes)
    if short.any():
        whole = np.flatnonzero(np.repeat(short, sizes))
        rest = whole[_apart(draws[whole], at[whole])]
        taken = np.sort(np.concatenate((taken[~np.repeat(short, found)], rest)))
        found = tally(taken, sizes)
    return taken[choose(draws[taken], found, count)]


def _apart(draws: Words32, at: Ints) -> Ints:
    """The greedy choice among all the pairs given."""
    taken: list[Ints] = []
    open_ = np.arange(len(at))
    while len(open_):
        u = draws[open_]
        touches = np.diff(at[open_]) == 1
        left_smaller = np.concatenate(([False], touches & (u[:-1] <= u[1:])))
        right_smaller = np.concatenate((touches & (u[1:] < u[:-1]), [False]))
        least = ~left_smaller & ~right_smaller
        taken.append(open_[least])
        blocked = least.copy()
        blocked[1:] |= least[:-1] & touches
        blocked[:-1] |= least[1:] & touches
        open_ = open_[~blocked]
    return np.sort(np.concatenate(taken)) if taken else np.zeros(0, np.int64)
