"""Inserting a character that is not seen between letters."""

import numpy as np

from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Bools, Texts
from ingest.text.units import edits, pick


def insert_between_letters(texts: Texts, noise: Noise, char: str, within: Bools | None = None) -> Edits:
    """Insert a character before letters that follow a letter.

    Args:
        within: restricts the clusters it may be inserted before.
    """
    inner = texts.letter.copy()
    inner[1:] &= texts.letter[:-1]
    if within is not None:
        inner &= within
    at, eligible = pick(texts, noise, inner)
    start = texts.starts_of(at)
    one = np.ones(len(at), np.int64)
    source = np.full(len(at), len(texts.points))
    extra = np.array([ord(char)], np.uint32)
    return edits(
        texts, texts.text_of_cluster[at], start, start, one, source, extra, eligible=eligible, reached=inner
    )
