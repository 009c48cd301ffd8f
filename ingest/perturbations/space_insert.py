"""A word is broken in two."""

import numpy as np

from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Bools, Texts
from ingest.text.units import edits, pick


def edit(texts: Texts, noise: Noise) -> Edits:
    """Insert a blank between two letters: at one place of a word, at any in text without blanks."""
    at, eligible = pick(texts, noise, _places(texts, noise))
    start = texts.starts_of(at)
    one = np.ones(len(at), np.int64)
    source = np.full(len(at), len(texts.points))
    blank = np.array([ord(" ")], np.uint32)
    return edits(
        texts,
        texts.text_of_cluster[at],
        start,
        start,
        one,
        source,
        blank,
        eligible=eligible,
        reached=texts.letter,
    )


def _places(texts: Texts, noise: Noise) -> Bools:
    """Clusters before which a blank may go."""
    places = texts.letter.copy()
    places[1:] &= texts.letter[:-1]
    spaced = np.flatnonzero(places & ~texts.unspaced)
    if len(spaced):
        draws = noise.clusters(texts, spaced, "place")
        first = np.flatnonzero(np.diff(texts.word[spaced], prepend=-1))
        least = np.minimum.reduceat(draws, first)
        beaten = draws != np.repeat(least, np.diff(first, append=len(spaced)))
        places[spaced[beaten]] = False
    return places


PERTURBATION = Perturbation(
    name="space_insert",
    family="whitespace",
    definition="Split a word between two letters; in scripts without blanks, put blanks between clusters.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="any",
    kinds=("pair", "choice", "span", "retrieval"),
    risk="low",
    citation="NL-Augmenter (whitespace_perturbation); Eger & Benz 2020 (Zeroe, segmentation)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
