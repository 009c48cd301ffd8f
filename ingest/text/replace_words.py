"""Putting other words in the place of words."""

from collections.abc import Sequence

import numpy as np

from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Bools, Ints, Texts
from ingest.text.units import edits
from ingest.text.words import Words


def replace_words(
    texts: Texts, units: Words, at: Ints, new: Sequence[str], *, eligible: Ints, reached: Bools
) -> Edits:
    """Replace the words at ``at``; a capital at the head of a word is kept.

    Args:
        reached: for each word, whether the perturbation can replace it.
    """
    cased = [_like(old, word) for old, word in zip(units.strings(at), new, strict=True)]
    size = np.fromiter(map(len, cased), np.int64, len(cased))
    pool = np.frombuffer("".join(cased).encode("utf-32-le", "surrogatepass"), np.uint32)
    return edits(
        texts,
        units.text[at],
        units.starts[at],
        units.ends[at],
        size,
        len(texts.points) + np.arange(len(pool)),
        pool,
        eligible=eligible,
        reached=units.clusters(np.flatnonzero(reached)),
    )


def draw_words(
    texts: Texts, noise: Noise, units: Words, options: Sequence[Sequence[tuple[str, float]]], allowed: Bools
) -> Edits:
    """Replace words at the noise's rate, each by one of its weighted options.

    Args:
        options: of each word; it stays as it is if it has none.
        allowed: for each word, whether it may be replaced at all.
    """
    known = np.fromiter(map(bool, options), bool, len(units)) & allowed
    at, eligible = units.pick(noise, known)
    draws = noise.hash(texts, units.text[at], units.number[at], "option").tolist()
    new = [_drawn(options[unit], draw / 2**32) for unit, draw in zip(at.tolist(), draws, strict=True)]
    return replace_words(texts, units, at, new, eligible=eligible, reached=known)


def _drawn(options: Sequence[tuple[str, float]], share: float) -> str:
    left = share * sum(weight for _, weight in options)
    for word, weight in options:
        left -= weight
        if left < 0:
            return word
    return options[-1][0]


def _like(old: str, new: str) -> str:
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new[:1].upper() + new[1:] if old[:1].isupper() else new
