"""Punctuation turns up between words."""

import numpy as np

from ingest.perturbation import Perturbation
from ingest.text.draw import Noise, choose, quota
from ingest.text.edits import Edits
from ingest.text.gaps import gaps
from ingest.text.properties import LETTER, script_names, scripts
from ingest.text.punctuation import drawn_marks
from ingest.text.texts import Texts
from ingest.text.units import edits


def edit(texts: Texts, noise: Noise) -> Edits:
    """Put a mark of the script, with a blank before it, between two words."""
    between = gaps(texts)
    after_letter = (texts.bits[between.first - 1] & LETTER) != 0
    at = between.first[after_letter]
    eligible = texts.sizes_of(at)
    at = at[choose(noise.clusters(texts, at), eligible, quota(eligible, noise.rate))]
    names = [script_names()[number] for number in scripts()[texts.first[at - 1]].tolist()]
    marks = drawn_marks(names, noise.clusters(texts, at, "mark"))
    new = np.frombuffer("".join(f" {mark}" for mark in marks).encode("utf-32-le"), np.uint32)
    start = texts.starts_of(at)
    return edits(
        texts,
        texts.text_of_cluster[at],
        start,
        start,
        np.full(len(at), 2),
        len(texts.points) + np.arange(len(new)),
        new,
        eligible=eligible,
        reached=texts.letter & ~texts.unspaced,
    )


PERTURBATION = Perturbation(
    name="punct_insert",
    family="punctuation",
    definition="Insert a punctuation mark of the script between two words, at most in every second gap.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="all with blanks between words",
    kinds=("pair", "choice", "span", "retrieval"),
    risk="low",
    citation="Karimi et al. 2021 (AEDA)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
