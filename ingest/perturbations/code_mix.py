"""Words of another language are mixed in."""

import numpy as np

from ingest.fields import FIELDS
from ingest.lexicon import translations
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.replace_words import replace_words
from ingest.text.texts import Texts
from ingest.text.words import cores


def edit(texts: Texts, noise: Noise) -> Edits:
    """Replace words by a translation: English ones into any language, others into English."""
    units = cores(texts)
    lexicon = translations(noise.language)
    options = [lexicon.get(word.lower(), ()) for word in units.strings(np.arange(len(units)))]
    known = np.fromiter((bool(option) for option in options), bool, len(units)) & units.free
    chosen, eligible = units.pick(noise, known)
    draws = noise.hash(texts, units.text[chosen], units.number[chosen], "option").tolist()
    new = [options[at][draw % len(options[at])] for at, draw in zip(chosen.tolist(), draws, strict=True)]
    return replace_words(texts, units, chosen, new, eligible=eligible, reached=known)


PERTURBATION = Perturbation(
    name="code_mix",
    family="code-mixing",
    definition="Replace a word by its translation (English by any, others by English); needs $XTB_DATA.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="all with blanks between words and a lexicon; any where the text has tokens",
    kinds=tuple(FIELDS),
    risk="medium",
    citation="Tan & Joty 2021 (PolyGloss); Qin et al. 2020 (CoSDA-ML); lexicon: NL-Augmenter",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
    lacks=lambda language: (
        None if translations(language) else f"has no lexicon for {language} under $XTB_DATA/noise/lexicon"
    ),
)
