"""Words are replaced by what a masked language model would put there."""

import numpy as np

from ingest.candidates import ENVIRONMENT, candidates, text_hash
from ingest.kept_words import kept_words
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.replace_words import draw_words
from ingest.text.texts import Texts
from ingest.text.words import cores


def edit(texts: Texts, noise: Noise) -> Edits:
    """Replace words by one of their candidates, in proportion to the model's probabilities."""
    units = cores(texts)
    table, kept = candidates(noise.language), kept_words(noise.language)
    names = [text_hash(content) if isinstance(content, str) else "" for content in texts.contents]
    begin = (texts.starts[units.text] + 1).tolist()
    places = zip(units.text.tolist(), units.starts.tolist(), units.ends.tolist(), begin, strict=True)
    found = [table.get((names[text], start - at, end - at), ()) for text, start, end, at in places]
    fixed = np.fromiter((word.lower() in kept for word in units.strings(np.arange(len(units)))), bool)
    return draw_words(texts, noise, units, found, units.free & ~units.numeral & ~fixed)


PERTURBATION = Perturbation(
    name="synonym_mlm",
    family="synonym",
    definition=(
        "Replace a word by what a fixed masked language model puts in its place, in proportion to its "
        "probabilities; needs the table of xtb candidates."
    ),
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="all with blanks between words",
    kinds=("pair", "choice", "span", "retrieval"),
    risk="high",
    not_for=("pawsx", "mini_para"),
    citation="Li et al. 2020 (BERT-Attack); Garg & Ramakrishnan 2020 (BAE)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
    lacks=lambda language: (
        None if candidates(language) else f"has no table for {language} in ${ENVIRONMENT}: see xtb candidates"
    ),
)
