"""Two words grow together."""

import numpy as np

from ingest.perturbation import Perturbation
from ingest.text.draw import Noise, choose, quota
from ingest.text.edits import Edits
from ingest.text.gaps import gaps
from ingest.text.texts import Texts
from ingest.text.units import edits


def edit(texts: Texts, noise: Noise) -> Edits:
    """Remove the blanks between two words, unless two digits would meet."""
    between = gaps(texts)
    first, last = between.first[~between.numbers], between.last[~between.numbers]
    text = texts.text_of_cluster[first]
    eligible = np.bincount(text, minlength=len(texts))
    chosen = choose(noise.clusters(texts, first), eligible, quota(eligible, noise.rate))
    start, end = texts.starts_of(first[chosen]), texts.starts_of(last[chosen])
    none = np.zeros(len(chosen), np.int64)
    return edits(
        texts,
        text[chosen],
        start,
        end,
        none,
        none[:0],
        eligible=eligible,
        reached=texts.letter & ~texts.unspaced,
    )


PERTURBATION = Perturbation(
    name="space_delete",
    family="whitespace",
    definition="Merge two words by removing the blank between them, unless it separates two digits.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="all with blanks between words",
    kinds=("pair", "choice", "span", "retrieval"),
    risk="low",
    citation="NL-Augmenter (whitespace_perturbation); Eger & Benz 2020 (Zeroe, segmentation)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
