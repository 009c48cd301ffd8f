"""Runs of letters: the parts of words that a typist sees as words."""

import numpy as np

from ingest.text.properties import in_scripts
from ingest.text.texts import Bools, Texts
from ingest.text.words import Words

SYLLABIC = ("Hani", "Hira", "Kana", "Bopo", "Yiii")
"""Scripts whose clusters are syllables or words: there is no inside of a word to scramble."""


def letter_runs(texts: Texts) -> Words:
    """Maximal runs of unprotected letters of scripts with an inside of words and blanks between them."""
    mask: Bools = texts.letter & ~texts.unspaced & ~in_scripts(*SYLLABIC)[texts.first]
    edge = np.diff(mask.astype(np.int8), prepend=0, append=0)
    return Words(texts, np.flatnonzero(edge == 1), np.flatnonzero(edge == -1))
