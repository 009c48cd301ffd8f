"""Words in another spelling that readers accept."""

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.replace_words import replace_words
from ingest.text.texts import Texts
from ingest.text.words import Words
from ingest.variants import variant


def edit(texts: Texts, noise: Noise) -> Edits:
    """Respell words by the rules of the language."""
    edge = np.diff(texts.letter.astype(np.int8), prepend=0, append=0)
    runs = Words(texts, np.flatnonzero(edge == 1), np.flatnonzero(edge == -1))
    strings = runs.strings(np.arange(len(runs)))
    known = {word: variant(word, noise.language) for word in set(strings)}
    differs = np.fromiter((known[word] != word for word in strings), bool, len(strings))
    at, eligible = runs.pick(noise, differs)
    new = [known[strings[i]] for i in at.tolist()]
    return replace_words(texts, runs, at, new, eligible=eligible, reached=differs)


PERTURBATION = Perturbation(
    name="orthographic_variant",
    family="orthographic",
    definition=(
        "Respell a word by fixed rules: Arabic hamza, ya and ta marbuta; Persian ya, kaf and joiner; Hindi "
        "anusvara and nukta; German ß and umlauts; Russian ё; Romanian cedillas; Japanese kana; "
        "Chinese simplified and traditional characters (a run of letters is one unit)."
    ),
    levels=(0.2, 0.4, 0.6, 0.8, 1.0),
    scripts="ar fa hi mr ja zh de ru da ro yo",
    kinds=tuple(FIELDS),
    risk="none",
    citation="TokSuite 2025; Gorman & Pinter 2025 (2410.24140)",
    sample=("de", "Die Straße führt über den Fluss."),
    edit=edit,
    minimum=0.01,
)
