"""Extended grapheme clusters (UAX #29, with GB9c) of a whole buffer at once.

Rules are numbered as in Unicode Standard Annex #29, section 3.1.1. Most follow from two neighbouring
code points and are one look-up in a table of pairs; GB9c, GB11 and GB12/13 look further back and
are worked out only where their classes occur.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ingest.text.properties import CLUSTER, CLUSTER_MASK, CONJUNCT_SHIFT, JOINS, PICTURE

Bools = NDArray[np.bool_]
_CONTROLS = ("CR", "LF", "Control")


@cache
def _joined_pairs() -> Bools:
    """For class before * 16 + class after: no boundary between them (GB3 to GB9b)."""
    joined = np.zeros((16, 16), bool)
    for before, b in CLUSTER.items():
        for after, a in CLUSTER.items():
            if before in _CONTROLS or after in _CONTROLS:
                joined[b, a] = (before, after) == ("CR", "LF")  # GB3, GB4, GB5
            elif before == "L":
                joined[b, a] = after in ("L", "V", "LV", "LVT")  # GB6
            elif before in ("LV", "V"):
                joined[b, a] = after in ("V", "T")  # GB7
            elif before in ("LVT", "T"):
                joined[b, a] = after == "T"  # GB8
            if before not in _CONTROLS and after in ("Extend", "ZWJ", "SpacingMark"):
                joined[b, a] = True  # GB9, GB9a
            if before == "Prepend" and after not in _CONTROLS:
                joined[b, a] = True  # GB9b
    return joined.ravel()


def may_join(bits: NDArray[np.uint16]) -> bool:
    """Whether any code point is of a class that can stand in a cluster with others."""
    return bool(np.bitwise_or.reduce(bits, initial=0) & JOINS)


def boundaries(bits: NDArray[np.uint16]) -> Bools:
    """For each code point, whether an extended grapheme cluster begins there.

    Args:
        bits: ``properties`` of the code points; texts are kept apart by ``MARKER``, which breaks on
            both sides.
    """
    kinds = (bits & CLUSTER_MASK).astype(np.uint8)
    starts = np.ones(len(bits), bool)
    starts[1:] = ~_joined_pairs()[(kinds[:-1] << 4) | kinds[1:]]
    _join_flags(kinds, starts)
    _join_pictures(bits, kinds, starts)
    _join_conjuncts(bits, starts)
    return starts


def _join_flags(kinds: NDArray[np.uint8], starts: Bools) -> None:
    """GB12, GB13: flags are pairs of regional indicators, counted from the start of their run."""
    flag = kinds == CLUSTER["Regional_Indicator"]
    where = np.flatnonzero(flag)
    if not len(where):
        return
    first = np.diff(where, prepend=-2) > 1
    place = np.arange(len(where)) - np.maximum.accumulate(np.where(first, np.arange(len(where)), 0))
    starts[where[place % 2 == 1]] = False


def _join_pictures(bits: NDArray[np.uint16], kinds: NDArray[np.uint8], starts: Bools) -> None:
    """GB11: picture, any Extend, ZWJ, picture stay together."""
    joiner = np.flatnonzero(kinds[:-1] == CLUSTER["ZWJ"])
    joiner = joiner[(bits[joiner + 1] & PICTURE) != 0]
    for at in joiner:  # rare: one per member of a family emoji
        before = at - 1
        while before >= 0 and kinds[before] == CLUSTER["Extend"]:
            before -= 1
        if before >= 0 and bits[before] & PICTURE:
            starts[at + 1] = False


def _join_conjuncts(bits: NDArray[np.uint16], starts: Bools) -> None:
    """GB9c: consonant, extenders with at least one linker, consonant stay together."""
    conjunct = (bits >> CONJUNCT_SHIFT) & 3
    if not (conjunct == 3).any():
        return
    linkers = np.cumsum(conjunct == 3, dtype=np.int32)
    here = np.flatnonzero((conjunct[1:] == 1) & (conjunct[:-1] >= 2)) + 1
    body = np.flatnonzero(conjunct < 2)  # code points that neither extend nor link
    last = body[np.searchsorted(body, here) - 1]
    joined = (last < here) & (conjunct[last] == 1) & (linkers[here] > linkers[last])
    starts[here[joined]] = False
