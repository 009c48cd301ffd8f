"""Words are typed in Latin letters."""

import numpy as np

from ingest.fields import FIELDS
from ingest.latin import latin
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.properties import in_scripts
from ingest.text.replace_words import replace_words
from ingest.text.texts import Bools, Texts
from ingest.text.words import Words


def edit(texts: Texts, noise: Noise) -> Edits:
    """Write runs of letters of other scripts in Latin letters."""
    units = _runs(texts, noise.language)
    strings = units.strings(np.arange(len(units)))
    between = np.where(texts.tokenised[units.text], "", " ").tolist()
    known: dict[tuple[str, str], str] = {}
    new = [_looked_up(known, word, blank) for word, blank in zip(strings, between, strict=True)]
    readable = np.fromiter((bool(word) for word in new), bool, len(new))
    at, eligible = units.pick(noise, readable)
    words = [new[i] for i in at.tolist()]
    return replace_words(texts, units, at, words, eligible=eligible, reached=readable)


def _looked_up(known: dict[tuple[str, str], str], word: str, between: str) -> str:
    if (word, between) not in known:
        known[word, between] = latin(word, between)
    return known[word, between]


def _runs(texts: Texts, language: str) -> Words:
    """Runs of letters that are not Latin; in Japanese, of kana only, since readings of kanji vary."""
    others = texts.letter & ~in_scripts("Latn")[texts.points[texts.clusters]]
    if language == "ja":
        others &= ~in_scripts("Hani")[texts.points[texts.clusters]]
    edge = np.diff(others.astype(np.int8), prepend=0, append=0)
    mask: Bools = edge == 1
    return Words(texts, np.flatnonzero(mask), np.flatnonzero(edge == -1))


PERTURBATION = Perturbation(
    name="romanize",
    family="transliteration",
    definition=(
        "Write a run of letters of another script in Latin letters: a word, or in scripts without blanks all "
        "between punctuation; Chinese in pinyin, Japanese kana in romaji, Korean revised."
    ),
    levels=(0.2, 0.4, 0.6, 0.8, 1.0),
    scripts="all but Latin",
    kinds=tuple(FIELDS),
    risk="medium",
    citation="Tan & Joty 2021 (Bumblebee, transliterated); TokSuite 2025; table: anyascii",
    sample=("hi", "बूढ़ा आदमी धीरे धीरे घर गया।"),
    edit=edit,
)
