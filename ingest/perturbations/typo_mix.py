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
_LIMITS = [np.uint32(limit) for limit in np.ceil(np.cumsum(SHARES)[:3] / sum(SHARES) * 2.0**32)]
_NEVER = np.float32(2.0**-24 - 1)  # the rounding of what is nearest to -1, whose logarithm is infinite
_LAST_WEIGHT = 10  # positions further along a word (or a run without blanks) count as the tenth


def edit(texts: Texts, noise: Noise) -> Edits:
    """Mistype letters that are not the first of their word, later ones more often."""
    found = reach(texts, noise, keyboard(noise.language).slips, texts.letter)
    place = _place_in_word(texts)
    later = np.flatnonzero(place > 0)
    at, place = texts.letters[later], place[later]
    sizes = texts.sizes_of(at)
    draws = _weighted(noise.clusters(texts, at, sizes=sizes), place)
    kind, kept = _kinds(texts, noise, found, at, draws, sizes)
    at = at[kept]
    eligible = texts.sizes_of(at)
    chosen = choose(draws[kept], eligible, quota(eligible, noise.rate))
    return _write(texts, noise, found, at[chosen], kind[kept[chosen]], eligible)


def _place_in_word(texts: Texts) -> NDArray[np.int32]:
    """The number of each letter among the letters of its word, from 0."""
    before = np.cumsum(texts.letter, dtype=np.int32)  # one more at the letters themselves
    starts = texts.word_starts
    first = before[starts] - texts.letter[starts]
    words = np.diff(before[np.append(starts[1:] - 1, texts.count - 1)], prepend=0)
    place: NDArray[np.int32] = np.arange(len(texts.letters), dtype=np.int32)
    place -= np.repeat(first, words)
    return place


def _weighted(draws: Words32, place: NDArray[np.int32]) -> Words32:
    """Draws whose smallest are chosen in proportion to the weights (Efraimidis & Spirakis 2006)."""
    least = (~draws).astype(np.float32)  # 1 - u keeps its digits where u is near 1 and the score near 0
    least += np.float32(0.5)
    least *= np.float32(-(2.0**-32))
    np.maximum(least, _NEVER, out=least)
    score = np.log1p(least, out=least)
    score /= np.minimum(place, _LAST_WEIGHT).astype(np.float32)
    bits: Words32 = np.negative(score, out=score).view(np.uint32)  # positive floats order like their bits
    return bits


def _kinds(
    texts: Texts, noise: Noise, found: Reach, at: Ints, draws: Words32, sizes: Ints
) -> tuple[NDArray[np.int8], Ints]:
    """The error each letter would suffer, the same at every severity; and which letters are left.

    A swap takes the next letter along. If that one has the larger draw it is no candidate of its own; if it
    has the smaller one, it would be edited first, and the swap becomes a wrong key.
    """
    drawn = noise.clusters(texts, at, "kind", sizes)
    kind = np.zeros(len(at), np.int8)
    for limit in _LIMITS:
        kind += drawn >= limit
    if not len(at):
        return kind, at
    code = texts.code[at]
    later = np.zeros(len(at), bool)  # the next letter follows at once, differs, and has the larger draw
    later[:-1] = (np.diff(at) == 1) & (code[1:] != code[:-1]) & (draws[:-1] <= draws[1:])
    kind[(kind == SWAP) & ~later] = SUBSTITUTE
    kind[(kind < DELETE) & ~found.clusters[at]] = DELETE
    kept = np.ones(len(at), bool)
    kept[1:] = kind[:-1] != SWAP
    return kind, np.flatnonzero(kept)


def _write(
    texts: Texts, noise: Noise, found: Reach, at: Ints, kind: NDArray[np.int8], eligible: Ints
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
