"""Words without their vowels."""

import unicodedata

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.runs import letter_runs
from ingest.text.texts import Bools, Texts
from ingest.text.units import edits

_LETTERS = frozenset("aeiouyæøœıəɛɔɪʊ" + "аеёиоуыэюяіїєўөүұәѝ" + "αεηιουω")
_SCRIPTS = ("Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh")
_BLOCKS = frozenset(0x0900 + 0x80 * at for at in range(len(_SCRIPTS) - 1)) | {0x0D80}


def is_vowel(char: str) -> bool:
    """Vowel letters of Latin, Cyrillic and Greek, and dependent vowel signs of the Indic scripts.

    >>> [char for char in "éйαब" + "िाy" if is_vowel(char)]
    ['é', 'α', 'ि', 'ा', 'y']
    """
    if char.lower() == "й":
        return False
    base = unicodedata.normalize("NFD", char)[:1].lower()
    if base in _LETTERS:
        return True
    return ord(char) & ~0x7F in _BLOCKS and "VOWEL SIGN" in unicodedata.name(char, "")


def edit(texts: Texts, noise: Noise) -> Edits:
    """Drop the vowels of words but that of their head: whole letters, or the signs on consonants."""
    runs = letter_runs(texts)
    table = noise.options(_lookup)
    vowel = table.hold(texts.points)
    heads = np.zeros(texts.count, bool)
    heads[runs.first] = True
    whole = vowel[texts.starts_of(np.arange(texts.count))] if not texts.simple else vowel
    droppable: Bools = whole & ~heads  # letters that are vowels go with all their marks
    inside = texts.spread(runs.covered)
    places = (vowel | texts.spread(droppable)) & inside
    places &= ~(texts.spread(heads) & texts.spread(whole))
    cluster = texts.cluster_at(np.flatnonzero(places))
    marked = np.zeros(texts.count, bool)
    marked[cluster] = True
    some = runs.any(marked)
    chosen, eligible = runs.pick(noise, some)
    start = np.flatnonzero(places & texts.spread(runs.clusters(chosen)))
    none = np.zeros(len(start), np.int64)
    text = texts.text_of_cluster[texts.cluster_at(start)]
    units = runs.counts(chosen)
    reached = runs.clusters(np.flatnonzero(some))
    return edits(
        texts, text, start, start + 1, none, none[:0], eligible=eligible, units=units, reached=reached
    )


def _lookup(char: str) -> list[tuple[str, float]]:
    return [("", 1.0)] if is_vowel(char) else []


PERTURBATION = Perturbation(
    name="vowel_drop",
    family="character",
    definition="Drop the vowel letters of a word but an initial one; in Indic scripts its vowel signs.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="Latin, Cyrillic, Greek and the Indic scripts",
    kinds=tuple(FIELDS),
    risk="medium",
    citation="Eger & Benz 2020 (Zeroe, disemvowel), generalised",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
