"""Letters are left out."""

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import LAST, Noise, choose, quota
from ingest.text.edits import Edits
from ingest.text.spare import spare_one
from ingest.text.texts import Texts
from ingest.text.units import edits


def edit(texts: Texts, noise: Noise) -> Edits:
    """Delete letters, but never the last one of a word."""
    draws = noise.clusters(texts, texts.letters, sizes=texts.letters_in)
    spared = spare_one(texts, noise)
    draws[spared.letters] = LAST
    count = np.minimum(quota(spared.company, noise.rate), texts.letters_in - spared.runs)
    at = texts.letters[choose(draws, texts.letters_in, count)]
    none = np.zeros(len(at), np.int64)
    return edits(
        texts,
        texts.text_of_cluster[at],
        texts.starts_of(at),
        texts.ends_of(at),
        none,
        none[:0],
        eligible=spared.company,
        reached=texts.letter,
    )


PERTURBATION = Perturbation(
    name="char_delete",
    family="character",
    definition="Delete a cluster; one letter of every word stays.",
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="any",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Belinkov & Bisk 2018; Pruthi et al. 2019; Xue et al. 2022 (ByT5, drop)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
