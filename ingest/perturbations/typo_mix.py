"""The typing errors of hands: wrong key, extra key, missing key, keys in the wrong order."""

import numpy as np
from numpy.typing import NDArray

from ingest.fields import FIELDS
from ingest.keyboard import keyboard, no_layout
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise, choose, quota
from ingest.text.edits import Edits, ragged
from ingest.text.keys import Words32
from ingest.text.texts import Bools, Ints, Texts
from ingest.text.units import Reach, edits, exchange, reach

SUBSTITUTE, INSERT, DELETE, SWAP = range(4)
SHARES = (0.28, 0.15, 0.28, 0.28)
"""How often each error is made, as MulTypo has them; scaled to a sum of 1."""
_LAST_WEIGHT = 10  # positions further along a word (or a run without blanks) count as the tenth


def edit(texts: Texts, noise: Noise) -> Edits:
    """Mistype letters that are not the first of their word, later ones more often."""
    found = reach(texts, noise, keyboard(noise.language).slips, texts.letter)
    at = np.flatnonzero(texts.letter)
    place = _place_in_word(texts, at)
    at, place = at[place > 0], place[place > 0]
    draws = _weighted(noise.clusters(texts, at), place)
    kind, draws, at = _kinds(texts, noise, found, at, draws)
    eligible = texts.sizes_of(at)
    chosen = choose(draws, eligible, quota(eligible, noise.rate))
    return _write(texts, noise, found, at[chosen], kind[chosen], eligible)


def _place_in_word(texts: Texts, at: Ints) -> Ints:
    """The number of each letter among the letters of its word, from 0."""
    first = np.flatnonzero(np.diff(texts.word[at], prepend=-1))
    return np.arange(len(at)) - np.repeat(first, np.diff(first, append=len(at)))


def _weighted(draws: Words32, place: Ints) -> Words32:
    """Draws whose smallest are chosen in proportion to the weights (Efraimidis & Spirakis 2006)."""
    weight = np.minimum(place, _LAST_WEIGHT).astype(np.float32)
    score = -np.log((draws + 0.5) / 2.0**32).astype(np.float32) / weight
    bits: Words32 = score.view(np.uint32)  # positive floats have the order of their bits
    return bits


def _kinds(
    texts: Texts, noise: Noise, found: Reach, at: Ints, draws: Words32
) -> tuple[NDArray[np.int64], Words32, Ints]:
    """The error each letter would suffer, the same at every severity; and the letters left to choose from.

    A swap takes the next letter along. If that one has the larger draw it is no candidate of its own; if it
    has the smaller one, it would be edited first, and the swap becomes a wrong key.
    """
    limits = np.cumsum(SHARES) / sum(SHARES) * 2.0**32
    kind = np.searchsorted(limits[:3], noise.clusters(texts, at, "kind"), "right")
    follows = np.append(np.diff(at) == 1, False) & (
        texts.code[at] != texts.code[np.minimum(at + 1, len(texts.code) - 1)]
    )
    later = follows & np.append(draws[:-1] <= draws[1:], False)
    kind[(kind == SWAP) & ~later] = SUBSTITUTE
    kind[(kind < DELETE) & ~found.clusters[at]] = DELETE
    kept = np.ones(len(at), bool)
    kept[1:] = kind[:-1] != SWAP
    return kind[kept], draws[kept], at[kept]


def _write(
    texts: Texts, noise: Noise, found: Reach, at: Ints, kind: NDArray[np.int64], eligible: Ints
) -> Edits:
    start, end = texts.starts_of(at).copy(), texts.ends_of(at).copy()
    typed = kind < DELETE
    places = start.copy()
    places[typed] = found.within(texts, at[typed], noise.clusters(texts, at[typed], "point"))
    option = found.options.draw(texts.points[places[typed]], noise.clusters(texts, at[typed], "option"))
    first = np.zeros(len(at), np.int64)
    size = np.zeros(len(at), np.int64)
    first[typed] = found.options.first[option] + len(texts.points)
    size[typed] = found.options.size[option]
    wrong = kind == SUBSTITUTE
    start[wrong], end[wrong] = places[wrong], places[wrong] + 1
    extra = kind == INSERT
    after = (noise.clusters(texts, at, "side") >> np.uint32(31)).astype(bool)
    start[extra] = end[extra] = np.where(after, end, start)[extra]
    source = ragged(first, size)
    swapped = np.flatnonzero(kind == SWAP)
    a = at[swapped]
    left = (texts.starts_of(a), texts.ends_of(a))
    right = (texts.starts_of(a + 1), texts.ends_of(a + 1))
    start[swapped], end[swapped], size[swapped], moved = exchange(left, right)
    return edits(
        texts,
        texts.text_of_cluster[at],
        start,
        end,
        size,
        _woven(source, size, kind == SWAP, moved),
        found.options.pool,
        eligible=eligible,
        reached=found.clusters,
    )


def _woven(source: Ints, size: Ints, swapped: Bools, moved: Ints) -> Ints:
    """The replacements in order: those of swaps in among the others."""
    out = np.empty(int(size.sum()), np.int64)
    of_swap = np.repeat(swapped, size)
    out[of_swap] = moved
    out[~of_swap] = source
    return out


PERTURBATION = Perturbation(
    name="typo_mix",
    family="keyboard",
    definition=(
        "One of wrong key, extra key, missing key and swapped keys (.28 .15 .28 .28) on a letter that is not "
        "the first of its word; weight rises along the word; keys as in keyboard_substitute."
    ),
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="all with a keyboard layout",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Liu et al. 2025 (MulTypo, 2510.09536)",
    sample=("ru", "Старик медленно шёл домой."),
    edit=edit,
    lacks=no_layout,
)
