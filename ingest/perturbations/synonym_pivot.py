"""Words are replaced by others of about the same meaning."""

import numpy as np

from ingest.fields import FIELDS
from ingest.kept_words import kept_words
from ingest.perturbation import Perturbation
from ingest.synonyms import synonyms
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.replace_words import draw_words
from ingest.text.texts import Texts
from ingest.text.words import cores


def edit(texts: Texts, noise: Noise) -> Edits:
    """Replace words by one that shares their translations, in proportion to how often."""
    units = cores(texts)
    table, kept = synonyms(noise.language), kept_words(noise.language)
    strings = [word.lower() for word in units.strings(np.arange(len(units)))]
    found = [table.get(word, ()) if word not in kept else () for word in strings]
    return draw_words(texts, noise, units, found, units.free)


PERTURBATION = Perturbation(
    name="synonym_pivot",
    family="synonym",
    definition=(
        "Replace a word by another that many languages translate alike, in proportion to how many; needs "
        "$XTB_DATA."
    ),
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="all with blanks between words and a lexicon; any where the text has tokens",
    kinds=tuple(FIELDS),
    risk="high",
    not_for=("pawsx", "mini_para"),
    citation="Bannard & Callison-Burch 2005 (pivoting); lexicon: NL-Augmenter",
    sample=("en", "The happy doctor bought a car in town."),
    edit=edit,
    minimum=0.02,
    lacks=lambda language: (
        None if synonyms(language) else f"has no lexicon for {language} under $XTB_DATA/noise/lexicon"
    ),
)
