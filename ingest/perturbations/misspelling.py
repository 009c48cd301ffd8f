"""Words are spelled as people have misspelled them."""

import numpy as np

from ingest.fields import FIELDS
from ingest.misspellings import misspellings
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.replace_words import draw_words
from ingest.text.texts import Texts
from ingest.text.words import cores


def edit(texts: Texts, noise: Noise) -> Edits:
    """Replace words by one of their attested misspellings, in proportion to counts."""
    units = cores(texts)
    table = misspellings(noise.language)
    found = [table.get(word.lower(), []) for word in units.strings(np.arange(len(units)))]
    return draw_words(texts, noise, units, found, units.free)


PERTURBATION = Perturbation(
    name="misspelling",
    family="orthographic",
    definition="Replace a word by a misspelling that people made, in proportion to counts; needs $XTB_DATA.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="de en es fr hi ru tr, where the data have the word",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Liang et al. 2022 (HELM); Cooper Stickland et al. 2023 (RCP); crate-ci/typos",
    sample=("en", "They believe that the government will receive it."),
    edit=edit,
    lacks=lambda language: (
        None if misspellings(language) else f"has no list for {language} under $XTB_DATA/noise/word_pairs"
    ),
)
