"""Punctuation is left out."""

import numpy as np

from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.punctuation import loose
from ingest.text.texts import Texts
from ingest.text.units import edits, pick


def edit(texts: Texts, noise: Noise) -> Edits:
    """Remove punctuation that is not inside a word or number, with the blank before it if it stands alone."""
    at, eligible = pick(texts, noise, loose(texts))
    blank = texts.white & texts.free
    alone = blank[at - 1] & texts.white[at + 1]
    start = np.where(alone, texts.starts_of(at - 1), texts.starts_of(at))
    none = np.zeros(len(at), np.int64)
    return edits(
        texts, texts.text_of_cluster[at], start, texts.ends_of(at), none, none[:0], eligible=eligible
    )


PERTURBATION = Perturbation(
    name="punct_strip",
    family="punctuation",
    definition="Remove a punctuation mark of any script, but none between two letters or digits.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="any",
    kinds=("pair", "choice", "span", "retrieval"),
    risk="low",
    citation="LangTest (strip_punctuation)",
    sample=("hi", "क्या वह, जो कल आया था, आज जाएगा?"),
    edit=edit,
)
