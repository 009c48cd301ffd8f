"""The last letter of a word is lost."""

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.runs import letter_runs
from ingest.text.texts import Texts
from ingest.text.units import edits


def edit(texts: Texts, noise: Noise) -> Edits:
    """Drop the last letter of words of more than three."""
    runs = letter_runs(texts)
    at, eligible = runs.pick(noise, runs.last - runs.first > 3)
    last = runs.last[at] - 1
    none = np.zeros(len(at), np.int64)
    return edits(
        texts,
        runs.text[at],
        texts.starts_of(last),
        texts.ends_of(last),
        none,
        none[:0],
        eligible=eligible,
        reached=runs.covered,
    )


PERTURBATION = Perturbation(
    name="char_truncate",
    family="character",
    definition="Drop the last cluster of a word of more than three.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="alphabets, abjads and abugidas with blanks between words",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Eger & Benz 2020 (Zeroe, truncate)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
