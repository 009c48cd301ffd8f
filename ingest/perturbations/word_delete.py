"""Words are dropped."""

import numpy as np
from numpy.typing import NDArray

from ingest.fields import FIELDS
from ingest.kept_words import kept_words
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise, choose, quota
from ingest.text.edits import Edits
from ingest.text.texts import Bools, Ints, Texts
from ingest.text.units import edits
from ingest.text.words import Words, chunks, cores


def edit(texts: Texts, noise: Noise) -> Edits:
    """Drop words, but no negator, numeral or last word of a text."""
    if texts.tokenised:
        return _tagged(texts, noise)
    units = cores(texts)
    kept = kept_words(noise.language)
    strings = units.strings(np.arange(len(units)))
    fixed = np.fromiter((string.lower() in kept for string in strings), bool, len(units))
    candidates = units.free & ~units.numeral & ~fixed & ~_last(units.text)
    chosen, eligible = units.pick(noise, candidates)
    start, end = _with_blank(texts, units, chosen)
    none = np.zeros(len(chosen), np.int64)
    return edits(
        texts,
        units.text[chosen],
        start,
        end,
        none,
        none[:0],
        eligible=eligible,
        reached=texts.letter & ~texts.unspaced,
    )


def _with_blank(texts: Texts, units: Words, chosen: Ints) -> tuple[Ints, Ints]:
    """The words with the blank before them, or with that after the first word of a text."""
    blank = texts.white & texts.free
    before, after = units.first[chosen] - 1, units.last[chosen]
    open_ = blank[before]
    start = np.where(open_, texts.starts_of(before), units.starts[chosen])
    head = ~open_ & texts.white[before] & blank[after]
    end = np.where(head, texts.ends_of(after), units.ends[chosen])
    if len(start):
        start[1:] = np.maximum(start[1:], end[:-1])
    return start, end


def _tagged(texts: Texts, noise: Noise) -> Edits:
    """Drop tokens with their tags; an entity of several tokens stays."""
    units = chunks(texts)
    kept = kept_words(noise.language)
    strings = [texts.string[a + 1 : b] for a, b in zip(units.start.tolist(), units.end.tolist(), strict=True)]
    fixed = np.fromiter((string.lower() in kept for string in strings), bool, len(strings))
    candidates = units.free & ~units.numeral & ~fixed & (units.tokens == 1) & ~_last(units.text)
    at = np.flatnonzero(candidates)
    eligible = np.bincount(units.text[at], minlength=len(texts))
    draws = noise.hash(texts, units.text[at], units.number[at])
    at = at[choose(draws, eligible, quota(eligible, noise.rate))]
    none = np.zeros(len(at), np.int64)
    return edits(
        texts,
        units.text[at],
        units.start[at],
        units.end[at],
        none,
        none[:0],
        eligible=eligible,
        reached=texts.letter,
    )


def _last(text: NDArray[np.integer]) -> Bools:
    """The last unit of each text."""
    return np.append(text[1:] != text[:-1], True)[: len(text)]


PERTURBATION = Perturbation(
    name="word_delete",
    family="word drop",
    definition="Delete a word with the blank before it; negators, numerals and the last word of a text stay.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="all with blanks between words; any where the text has tokens",
    kinds=tuple(FIELDS),
    risk="medium",
    not_for=("pawsx", "mini_para"),
    citation="Wei & Zou 2019 (EDA, random deletion)",
    sample=("en", "The old man did not walk home."),
    edit=edit,
)
