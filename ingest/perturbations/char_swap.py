"""Two neighbouring letters change places."""

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise, quota
from ingest.text.edits import Edits
from ingest.text.pairs import choose_apart
from ingest.text.texts import Texts
from ingest.text.units import edits, exchange


def edit(texts: Texts, noise: Noise) -> Edits:
    """Exchange pairs of neighbouring letters that differ."""
    letter, code = texts.letter, texts.code
    pair = letter[:-1] & letter[1:] & (code[:-1] != code[1:])
    at = np.flatnonzero(pair)
    within = np.zeros(len(letter), bool)  # letters that belong to some pair
    within[at] = within[at + 1] = True
    eligible = texts.per_text(within)
    count = quota(eligible, noise.rate)
    sizes = texts.sizes_of(at)
    at = at[choose_apart(noise.clusters(texts, at, sizes=sizes), at, sizes, count)]
    middle = texts.ends_of(at)
    start, end, length, source = exchange((texts.starts_of(at), middle), (middle, texts.ends_of(at + 1)))
    return edits(
        texts, texts.text_of_cluster[at], start, end, length, source, eligible=eligible, reached=within
    )


PERTURBATION = Perturbation(
    name="char_swap",
    family="character",
    definition="Exchange two adjacent clusters of a word that differ; no pairs overlap; two units a pair.",
    levels=(0.01, 0.025, 0.05, 0.1, 0.15),
    scripts="any",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Belinkov & Bisk 2018 (swap); Pruthi et al. 2019",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
