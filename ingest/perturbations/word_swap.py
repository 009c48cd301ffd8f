"""Two neighbouring words change places."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise, quota
from ingest.text.edits import Edits
from ingest.text.pairs import choose_apart
from ingest.text.texts import Bools, Ints, Texts
from ingest.text.units import edits, exchange
from ingest.text.words import chunks, cores

Ranges = tuple[Ints, Ints, NDArray[np.integer], Ints, Bools]


def edit(texts: Texts, noise: Noise) -> Edits:
    """Exchange words with nothing but blanks between them; entities of tags move whole."""
    if texts.tokenised:
        start, end, text, number, pair = _tagged(texts)
        reached = texts.letter
    else:
        start, end, text, number, pair = _plain(texts)
        reached = texts.letter & ~texts.unspaced
    within = np.zeros(len(start), bool)
    at = np.flatnonzero(pair)
    within[at] = within[at + 1] = True
    eligible = np.bincount(text[within], minlength=len(texts))
    draws = noise.hash(texts, text[at], number[at])
    pairs = np.bincount(text[at], minlength=len(texts))
    at = at[choose_apart(draws, at, pairs, quota(eligible, noise.rate))]
    first, last, length, source = exchange((start[at], end[at]), (start[at + 1], end[at + 1]))
    return edits(texts, text[at], first, last, length, source, eligible=eligible, reached=reached)


def _plain(texts: Texts) -> Ranges:
    units = cores(texts)
    free = units.free & ~units.numeral
    blanks = np.concatenate(([0], np.cumsum(~(texts.white & texts.free), dtype=np.int32)))
    touching = blanks[units.first[1:]] == blanks[units.last[:-1]]
    pair = free[1:] & free[:-1] & touching & (units.text[1:] == units.text[:-1])
    pair &= _differ(texts, units.starts, units.ends)
    return units.starts, units.ends, units.text, units.number, pair


def _tagged(texts: Texts) -> Ranges:
    units = chunks(texts)
    free = units.free & ~units.numeral
    pair = free[1:] & free[:-1] & (units.text[1:] == units.text[:-1])
    pair &= _differ(texts, units.start, units.end)
    return units.start, units.end, units.text, units.number, pair


def _differ(texts: Texts, start: Ints, end: Ints) -> NDArray[np.bool_]:
    """For each stretch and the next, whether they hold different text."""
    strings = [texts.string[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)]
    return np.array([a != b for a, b in pairwise(strings)], bool)


PERTURBATION = Perturbation(
    name="word_swap",
    family="word order",
    definition="Exchange two adjacent words that differ, without digits; no pairs overlap; two units a pair.",
    levels=(0.025, 0.05, 0.1, 0.15, 0.25),
    scripts="all with blanks between words; any where the text has tokens",
    kinds=tuple(FIELDS),
    risk="medium",
    not_for=("pawsx", "mini_para"),
    citation="Wei & Zou 2019 (EDA, random swap); Sinha et al. 2021",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
