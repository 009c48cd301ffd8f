"""Runs of letters: the parts of words that a typist sees as words."""

import numpy as np

from ingest.text.properties import UNSPACED, in_scripts
from ingest.text.texts import Bools, Texts
from ingest.text.words import Words

SYLLABIC = ("Hani", "Hira", "Kana", "Bopo", "Yiii")
"""Scripts whose clusters are syllables or words: there is no inside of a word to scramble."""


def letter_runs(texts: Texts) -> Words:
    """Maximal runs of unprotected letters of scripts with an inside of words and blanks between them."""
    without = SYLLABIC if texts.tokenised else (*SYLLABIC, *UNSPACED)
    mask: Bools = texts.letter & ~in_scripts(*without).take(texts.first)
    edges = np.flatnonzero(mask[1:] != mask[:-1]) + 1  # the first and the last cluster are markers
    return Words(texts, edges[::2], edges[1::2], covered=mask)
