"""Blanks are doubled: a control."""

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise, choose, quota
from ingest.text.edits import Edits
from ingest.text.gaps import gaps
from ingest.text.texts import Texts
from ingest.text.units import edits


def edit(texts: Texts, noise: Noise) -> Edits:
    """Type the single blanks between words twice."""
    between = gaps(texts)
    at = between.first[between.single]
    text = texts.text_of_cluster[at]
    eligible = np.bincount(text, minlength=len(texts))
    chosen = choose(noise.clusters(texts, at), eligible, quota(eligible, noise.rate))
    places = texts.ends_of(at[chosen])
    one = np.ones(len(places), np.int64)
    return edits(texts, text[chosen], places, places, one, places - 1, eligible=eligible)


PERTURBATION = Perturbation(
    name="space_double",
    family="control",
    definition="Double the blank between two words; a tokenizer that folds blanks undoes it: drop 0.",
    levels=(0.2, 0.4, 0.6, 0.8, 1.0),
    scripts="all with blanks between words",
    kinds=tuple(FIELDS),
    risk="none",
    control=True,
    citation="Liang et al. 2022 (HELM, extra_space)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
