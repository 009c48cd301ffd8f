"""Other letters of the same text, of the same script and case."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ingest.text.keys import Words32
from ingest.text.properties import LOWER, UPPER, scripts
from ingest.text.texts import Bools, Ints, Texts

Classes = NDArray[np.int16]


def classes(texts: Texts, *, case: bool) -> Classes:
    """A number for each cluster: its script, and its case where asked for; -1 for what is no letter."""
    out = scripts()[texts.first].astype(np.int16) * np.int16(4)
    if case:
        out += ((texts.bits & UPPER) != 0).astype(np.int16) + 2 * ((texts.bits & LOWER) != 0).astype(np.int16)
    out[~texts.letter] = -1
    return out


def any_of(texts: Texts, at: Ints, bits: Words32, of: Classes) -> Ints:
    """For each of the clusters, one of its class in its text, drawn evenly; it may be equal."""
    out = at.copy()
    for mine, pool, first, size in _pools(texts, at, of):
        out[mine] = pool[first + bits[mine] % size.astype(np.uint32)]
    return out


def other_of(texts: Texts, at: Ints, bits: Words32, of: Classes) -> Ints:
    """For each of the clusters, a different one of its class in its text.

    It is drawn evenly; where it happens to be equal, the next different one takes its place.

    Args:
        at: clusters that have another (see ``has_other``).
    """
    out = any_of(texts, at, bits, of)
    code = texts.code
    for mine, pool, first, size in _pools(texts, at, of):
        place = np.searchsorted(pool, out[mine]) - first
        same = code[out[mine]] == code[at[mine]]
        while same.any():
            mine, first, size, place = mine[same], first[same], size[same], place[same] + 1
            out[mine] = pool[first + place % size]
            same = code[out[mine]] == code[at[mine]]
    return out


def _pools(texts: Texts, at: Ints, of: Classes) -> Iterator[tuple[Ints, Ints, Ints, Ints]]:
    """By class: which of the clusters are of it, all of the batch, and where those of the same text lie."""
    for kind in np.unique(of[at]).tolist():
        pool = np.flatnonzero(of == kind)
        mine = np.flatnonzero(of[at] == kind)
        owner = texts.text_of_cluster[pool]
        text = texts.text_of_cluster[at[mine]]
        first = np.searchsorted(owner, text)
        yield mine, pool, first, np.searchsorted(owner, text, "right") - first


def has_other(texts: Texts, of: Classes) -> Bools:
    """Clusters whose class has two different members in their text."""
    found = np.zeros(texts.count, bool)
    for kind in np.unique(of).tolist():
        if kind < 0:
            continue
        pool = np.flatnonzero(of == kind)
        text = texts.text_of_cluster[pool]
        begins = np.flatnonzero(np.diff(text, prepend=-1))
        code = texts.code[pool]
        varied = np.minimum.reduceat(code, begins) != np.maximum.reduceat(code, begins)
        found[pool] = np.repeat(varied, np.diff(begins, append=len(pool)))
    return found
