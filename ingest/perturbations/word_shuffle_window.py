"""Words are scrambled within a window."""

from itertools import pairwise

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits, ragged
from ingest.text.texts import Ints, Texts
from ingest.text.units import edits
from ingest.text.words import chunks, cores

WHOLE = 1000  # words; a window that takes the whole text


def edit(texts: Texts, noise: Noise) -> Edits:
    """Permute the words of each window; entities of tags move whole."""
    if texts.tokenised:
        parts = chunks(texts)
        keep = parts.free & ~parts.numeral
        start, end, text, number = parts.start[keep], parts.end[keep], parts.text[keep], parts.number[keep]
        reached = texts.letter
    else:
        units = cores(texts)
        keep = units.free & ~units.numeral
        start, end, number = units.starts[keep], units.ends[keep], units.number[keep]
        text = units.text[keep].astype(np.int64)
        reached = texts.letter & ~texts.unspaced
    eligible = np.bincount(text, minlength=len(texts))
    order = _permuted(texts, noise, start, end, text, number)
    moved = np.flatnonzero(order != np.arange(len(order)))
    size = (end - start)[order[moved]]
    return edits(
        texts,
        text[moved],
        start[moved],
        end[moved],
        size,
        ragged(start[order[moved]], size),
        eligible=eligible,
        reached=reached,
    )


def _permuted(texts: Texts, noise: Noise, start: Ints, end: Ints, text: Ints, number: Ints) -> Ints:
    """For each place, the word that comes to it; no window of different words stays as it was."""
    count = np.bincount(text, minlength=len(texts))
    rank = np.arange(len(text)) - (np.cumsum(count) - count)[text]
    window = text * (WHOLE * 100) + rank // max(round(noise.rate), 2)
    draws = noise.hash(texts, text, number, "order")
    order = np.lexsort((draws, window))
    strings = [texts.string[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)]
    edges = np.flatnonzero(np.diff(window, prepend=-1, append=-1)).tolist()
    for first, last in pairwise(edges):
        if all(strings[order[at]] == strings[at] for at in range(first, last)):
            order[first:last] = np.roll(np.arange(first, last), 1)
    same = np.array([strings[a] == strings[b] for a, b in enumerate(order.tolist())], bool)
    order[same] = np.flatnonzero(same)
    return order


PERTURBATION = Perturbation(
    name="word_shuffle_window",
    family="word order",
    definition="Permute the words within windows of 2, 3, 4, 6 and all words; words with digits stay.",
    levels=(2.0, 3.0, 4.0, 6.0, float(WHOLE)),
    scripts="all with blanks between words; any where the text has tokens",
    kinds=tuple(FIELDS),
    risk="medium",
    not_for=("pawsx", "mini_para"),
    citation="Sinha et al. 2021",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
